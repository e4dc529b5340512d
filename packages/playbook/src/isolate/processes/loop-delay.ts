import type { MetricPoint, Resource } from "@faultline/model";

/** How long a process could do nothing, as it measured itself. */
export type LoopDelay = { readonly name: string; readonly delayMs: number };

const LOOP_DELAY = /event[._]?loop[._](?:delay|lag)(?:[._](?:max|p99))?$/i;
/** Measurements come late: at the next turn of a reporter's interval, and not before the process moves again. */
const REPORTED_WITHIN_MS = 15_000;

/**
 * The longest delay of its event loop that a process measured in a stretch of time. Without an instance, any process of the service counts.
 */
export function findLoopDelay(
  metrics: readonly MetricPoint[],
  { resource, fromMs, toMs }: { readonly resource: Pick<Resource, "service" | "instance">; readonly fromMs: number; readonly toMs: number },
): LoopDelay | undefined {
  let longest: LoopDelay | undefined;
  for (const point of metrics) {
    if (point.resource.service !== resource.service || (resource.instance ?? point.resource.instance) !== point.resource.instance) continue;
    if (point.timeMs < fromMs || point.timeMs > toMs + REPORTED_WITHIN_MS || !LOOP_DELAY.test(point.name)) continue;
    const delayMs = toMilliseconds(point);
    if (longest === undefined || delayMs > longest.delayMs) longest = { name: point.name, delayMs };
  }
  return longest;
}

function toMilliseconds({ value, unit }: MetricPoint): number {
  return unit === "s" ? value * 1_000 : unit === "ns" ? value / 1e6 : unit === "us" ? value / 1_000 : value;
}
