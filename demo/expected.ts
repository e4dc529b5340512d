/**
 * The right answers: for each fault of the demo, who created the failure, what every hop on the path did with it, and why it
 * failed. Only tests and the benchmark read this; the engine sees nothing but telemetry.
 */
import type { CauseId, Diagnosis, Fate } from "@faultline/model";

/** The right answer for one fault. */
export type Expectation = {
  readonly fault: string;
  /** The service that created the failure; for a third party, its host name. */
  readonly origin: string;
  readonly cause: CauseId;
  /** Client side first. */
  readonly fates: readonly (readonly [service: string, fate: Fate])[];
};

/** One answer for each fault, in the order in which the demo plays them. docs/decisions/0070 argues those that are open to argument. */
export const EXPECTATIONS: readonly Expectation[] = [
  {
    fault: "unhandled-exception",
    origin: "payments",
    cause: "unhandled-exception",
    fates: [
      ["gateway", "propagated"],
      ["payments", "created"],
    ],
  },
  {
    fault: "blocked-query",
    origin: "postgresql",
    cause: "dependency-timeout",
    fates: [
      ["gateway", "propagated"],
      ["storefront", "remapped"],
      ["orders", "propagated"],
      ["postgresql", "created"],
    ],
  },
  {
    fault: "bad-deploy",
    origin: "storefront",
    cause: "bad-configuration",
    fates: [
      ["gateway", "propagated"],
      ["storefront", "created"],
    ],
  },
  {
    fault: "large-body",
    origin: "storefront",
    cause: "body-too-large",
    fates: [
      ["gateway", "propagated"],
      ["storefront", "created"],
    ],
  },
  {
    fault: "pool-exhaustion",
    origin: "orders",
    cause: "pool-exhausted",
    fates: [
      ["gateway", "propagated"],
      ["storefront", "remapped"],
      ["orders", "created"],
    ],
  },
  {
    fault: "third-party",
    origin: "api.payco.example",
    cause: "third-party-failure",
    fates: [
      ["gateway", "propagated"],
      ["storefront", "propagated"],
      ["orders", "propagated"],
      ["payments", "remapped"],
      ["api.payco.example", "created"],
    ],
  },
  {
    fault: "gateway-html",
    origin: "storefront",
    cause: "gateway-mismatch",
    fates: [
      ["gateway", "remapped"],
      ["storefront", "created"],
    ],
  },
  {
    fault: "masked-error",
    origin: "orders",
    cause: "masked-by-middleware",
    fates: [
      ["gateway", "clean"],
      ["storefront", "masked"],
      ["orders", "created"],
    ],
  },
  {
    fault: "cascade",
    origin: "payments",
    cause: "unhandled-exception",
    fates: [
      ["gateway", "propagated"],
      ["storefront", "propagated"],
      ["orders", "remapped"],
      ["payments", "created"],
    ],
  },
  {
    fault: "blocked-loop",
    origin: "storefront",
    cause: "resource-exhausted",
    fates: [
      ["gateway", "propagated"],
      ["storefront", "created"],
    ],
  },
];

/** `honest`: the answer is inconclusive and names the missing telemetry of the hop that was left out. */
export type Mark = "right" | "honest" | "wrong";

/** How a diagnosis compares with the right answer, and what it said in one line. */
export type Marked = { readonly mark: Mark; readonly said: string };

/** Marks a diagnosis. With `without`, the telemetry of that service had been left out. */
export function markDiagnosis(diagnosis: Diagnosis, expected: Expectation, without?: string): Marked {
  const origin = diagnosis.suspects[0]?.service ?? "nobody";
  const cause = diagnosis.causes[0];
  const path = diagnosis.path.map(({ service, fate }) => `${service} ${fate}`);
  const missing = diagnosis.missing.map(({ what }) => what);
  const said = [
    diagnosis.verdict,
    `${cause?.cause ?? "no cause"} ${cause?.confidence.toFixed(2) ?? ""}`.trim(),
    path.join(" > "),
    ...(missing.length === 0 ? [] : [`missing ${missing.join("; ")}`]),
  ].join(", ");
  if (diagnosis.verdict === "inconclusive") {
    return { mark: without !== undefined && missing.some((what) => namesHop(what, expected, without)) ? "honest" : "wrong", said };
  }
  const wanted = expected.fates.map(([service, fate]) => `${service} ${fate}`);
  const isKept = (step: string): boolean => without === undefined || !step.startsWith(`${without} `);
  const samePath = path.filter(isKept).join() === wanted.filter(isKept).join();
  const isRight = origin === expected.origin && cause?.cause === expected.cause && samePath;
  return { mark: isRight ? "right" : "wrong", said };
}

/** Nothing names the first hop once its own telemetry is left out: then it is known only as the caller of the next one. */
function namesHop(what: string, { fates }: Expectation, without: string): boolean {
  const isFirst = fates[0]?.[0] === without;
  return what.includes(without) || (isFirst && what.includes(`what calls ${fates[1]?.[0]}`));
}
