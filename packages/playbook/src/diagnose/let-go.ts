import type { Evidence } from "@faultline/model";
import { findLoopDelay } from "../isolate/loop-delay.ts";
import { readActivity } from "../isolate/process-activity.ts";
import { formatMs } from "../trace/format-ms.ts";
import type { Findings } from "./findings.ts";

/** Before a request was sent, its sender is looked at for this long; a stop of most of it is a stall, not a pause. */
const LOOKED_AT_MS = 1_500;
const STALL_MS = 500;
/** So many of the failing requests must have been let go by a stall for it to be why they came at once. */
const LEAST_SHARE = 0.5;

/**
 * Requests that waited in vain for a connection, and were sent by a process that had just stood still: what it held up, it lets go at
 * once. The full pool is then how the stall is met, not why. Undefined unless the sender measured its stall itself.
 */
export function hearLetGo({ origin, failing, elsewhere, succeeding, metrics, originHops }: Findings): Evidence | undefined {
  if (origin === undefined || originHops.length === 0) return undefined;
  const activity = readActivity([...failing, ...elsewhere, ...succeeding]);
  const stalls = originHops.flatMap(({ call }) => {
    if (call === undefined) return [];
    const { resource } = call.from.span;
    const window = { resource, fromMs: call.startMs - LOOKED_AT_MS, toMs: call.startMs };
    const delay = findLoopDelay(metrics, window);
    const stoodStill = delay !== undefined && delay.delayMs >= STALL_MS && !activity.wasActive(resource, window.fromMs, window.toMs);
    return stoodStill ? [{ ...delay, service: resource.service }] : [];
  });
  const longest = stalls.toSorted((a, b) => b.delayMs - a.delayMs)[0];
  if (longest === undefined || stalls.length < originHops.length * LEAST_SHARE) return undefined;
  return {
    statement: `the requests came at once, when ${longest.service} moved again: it had stood still`,
    measured: `${longest.name} reached ${formatMs(longest.delayMs)}; ${stalls.length} of ${originHops.length} were sent right after such a stop`,
    source: "metric",
    weight: 3,
  };
}
