/**
 * The ten faults as a customer meets them: the request that fails and what can truly be said of it from outside, without telemetry.
 * Only tests and the benchmark read this.
 */
import type { CauseId } from "@faultline/model";
import { drawRequest, type TrafficKind } from "./src/load/traffic.ts";

/** One fault seen from outside. */
export type OutsideView = {
  readonly fault: string;
  /** The request with which customers meet it. */
  readonly kind: TrafficKind;
  /** The answer's status while the fault is on. */
  readonly statuses: readonly number[];
  /** Who writes that answer: the gateway or a service behind it. `nobody`: no answer fails. */
  readonly maker: "app" | "intermediary" | "nobody";
  /** The causes that are true of it. A triage may suggest another one, but must not diagnose it. */
  readonly causes: readonly CauseId[];
};

/** One for each fault, in the order in which they are played. */
export const OUTSIDE_VIEWS: readonly OutsideView[] = [
  {
    fault: "unhandled-exception",
    kind: "quoteInYen",
    statuses: [500],
    maker: "app",
    causes: ["unhandled-exception", "invalid-input-unguarded"],
  },
  { fault: "blocked-query", kind: "status", statuses: [502, 504], maker: "app", causes: ["dependency-timeout", "database-failure"] },
  {
    fault: "bad-deploy",
    kind: "cart",
    statuses: [500],
    maker: "app",
    causes: ["bad-configuration", "bad-deploy", "unhandled-exception"],
  },
  { fault: "large-body", kind: "largeReview", statuses: [500], maker: "app", causes: ["body-too-large", "unhandled-exception"] },
  {
    fault: "pool-exhaustion",
    kind: "checkout",
    statuses: [502, 504],
    maker: "app",
    causes: ["pool-exhausted", "resource-exhausted", "dependency-error", "dependency-timeout"],
  },
  { fault: "third-party", kind: "checkout", statuses: [502], maker: "app", causes: ["third-party-failure", "dependency-error"] },
  { fault: "gateway-html", kind: "giftCard", statuses: [500], maker: "intermediary", causes: ["gateway-mismatch"] },
  { fault: "masked-error", kind: "recommendToEarly", statuses: [200], maker: "nobody", causes: [] },
  { fault: "cascade", kind: "checkout", statuses: [502], maker: "app", causes: ["dependency-error", "unhandled-exception"] },
  {
    fault: "blocked-loop",
    kind: "longInvoice",
    statuses: [504],
    maker: "intermediary",
    causes: ["gateway-timeout", "dependency-timeout", "resource-exhausted"],
  },
];

/** A customer's request that meets the fault, as somebody would paste it. `random` draws what does not matter. */
export function toCurl(kind: TrafficKind, gatewayUrl: string, random: () => number): string {
  const { method, path, body } = drawRequest(kind, random);
  const data = body === undefined ? "" : ` -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
  return `curl -X ${method} '${gatewayUrl}${path}'${data}`;
}
