import type { CauseId, Resource, Window } from "@faultline/model";
import { findLoopDelay } from "../../isolate/processes/loop-delay.ts";
import { readActivity } from "../../isolate/processes/process-activity.ts";
import { formatMs } from "../../trace/format-ms.ts";
import type { Findings } from "../findings.ts";
import { findWait } from "./stall.ts";

/** Shorter pauses are common. */
const LEAST_MS = 500;
/** The least share of the failing request's wait during which others must have stood still for one thing to have held them all up. */
const LEAST_SHARE = 0.5;

/** Causes that are recognised by durations. A machine that stands still produces all of them. */
export const OF_TIME: ReadonlySet<CauseId> = new Set([
  "dependency-timeout",
  "gateway-timeout",
  "resource-exhausted",
  "third-party-failure",
]);

/** Services that stood still together. */
export type Standstill = { readonly services: readonly string[]; readonly measured: string };

/**
 * Other services that stood still while the failing request waited for the origin. Perhaps their machine had no time for any of them, which
 * is no hop's fault. A caller that waits does not stand still, since its event loop turns.
 */
export function findStandstill({ origin, failing, elsewhere, succeeding, metrics }: Findings): Standstill | undefined {
  const wait = origin === undefined ? undefined : findWait(origin.step);
  if (origin === undefined || wait === undefined || wait.toMs - wait.fromMs < LEAST_MS) return undefined;
  // A callee that answered with an error had the time to do so.
  if (origin.judgement.originKind === "silent-callee") return undefined;
  const leastMs = Math.max(LEAST_MS, (wait.toMs - wait.fromMs) * LEAST_SHARE);
  const machine = nameMachine(origin.step.hop?.entry.span.resource ?? origin.step.call?.from.span.resource);
  const others = listResources(metrics).filter(
    (resource) => resource.service !== origin.step.service && isSameMachine(nameMachine(resource), machine),
  );
  const activity = readActivity([...failing, ...elsewhere, ...succeeding]);
  const still = others.flatMap((resource) => {
    const late = findLoopDelay(metrics, { resource, ...wait });
    if (late === undefined || late.delayMs < leastMs || activity.wasActive(resource, wait.fromMs, wait.toMs)) return [];
    return [{ service: resource.service, delayMs: late.delayMs }];
  });
  if (still.length === 0) return undefined;
  const measured = still.map(({ service, delayMs }) => `${service} ${formatMs(delayMs)}`).join(", ");
  return {
    services: [...new Set(still.map(({ service }) => service))],
    measured: `${measured}; the failing request waited ${describe(wait)}`,
  };
}

function describe({ fromMs, toMs }: Window): string {
  return formatMs(toMs - fromMs);
}

function listResources(metrics: Findings["metrics"]): readonly Resource[] {
  return [...new Map(metrics.map(({ resource }) => [`${resource.service}\n${resource.instance ?? ""}`, resource])).values()];
}

/** The node on which a process runs, as far as it says. */
function nameMachine(resource: Resource | undefined): string | undefined {
  const named = ["k8s.node.name", "host.id", "host.name"].map((key) => resource?.attributes[key]).find((value) => value !== undefined);
  return named === undefined ? undefined : String(named);
}

/** True unless the two machines are known to differ. */
function isSameMachine(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}
