import type { Evidence } from "@faultline/model";
import type { Call } from "../../isolate/hops/hop-shape.ts";
import { findLoopDelay } from "../../isolate/processes/loop-delay.ts";
import { type ProcessActivity, readActivity } from "../../isolate/processes/process-activity.ts";
import { formatMs } from "../../trace/format-ms.ts";
import type { Findings } from "../findings.ts";

/** A sender is examined for this long before it sent a request. A stop during most of this time is a stall, not a pause. */
const LOOKED_AT_MS = 1_500;
const STALL_MS = 500;
/** If at least this share of the failing requests was released by a stall, the stall is why they came at once. */
const LEAST_SHARE = 0.5;

/** At least this many requests taken up within this time after the end of a stop, ms, show that the stop had held them up. */
const LEAST_TAKEN_UP = 5;
const AT_ONCE_MS = 500;

/**
 * Evidence that requests which waited in vain for a connection came from a process that had just stood still, and that released at once
 * what it had held up. The full pool is then only the consequence of the stall. Undefined unless the sender measured its stall itself, or
 * its spans show both a stall and the requests held up by it.
 */
export function hearLetGo(findings: Findings): Evidence | undefined {
  const { originHops, failing, elsewhere, succeeding } = findings;
  if (originHops.length === 0) return undefined;
  const activity = readActivity([...failing, ...elsewhere, ...succeeding]);
  const stalls = originHops.flatMap(({ call }) => (call === undefined ? [] : (findStall(call, findings, activity) ?? [])));
  const longest = stalls.toSorted((a, b) => b.ms - a.ms)[0];
  if (longest === undefined || stalls.length < originHops.length * LEAST_SHARE) return undefined;
  return {
    statement: `the requests came at once, when ${longest.service} moved again: it had stood still`,
    measured: `${longest.measured}; ${stalls.length} of ${originHops.length} were sent right after such a stop`,
    source: longest.source,
    weight: 3,
  };
}

type Stall = { readonly service: string; readonly ms: number; readonly measured: string; readonly source: Evidence["source"] };

/** The stop of the sender that ended shortly before a call was sent. */
function findStall(call: Call, { metrics, stops }: Findings, activity: ProcessActivity): Stall | undefined {
  const { from, startMs } = call;
  const { resource } = from.span;
  const { service } = resource;
  const window = { fromMs: startMs - LOOKED_AT_MS, toMs: startMs };
  const delay = findLoopDelay(metrics, { resource, ...window });
  if (delay !== undefined && delay.delayMs >= STALL_MS && !activity.wasActive(resource, window.fromMs, window.toMs))
    return { service, ms: delay.delayMs, measured: `${delay.name} reached ${formatMs(delay.delayMs)}`, source: "metric" };
  // A reporter that was held up too may start over before the delay was noted.
  const stop = stops.find(from, window);
  if (stop === undefined || stop.toMs > startMs) return undefined;
  const takenUp = stops.countTakenUp(from, { fromMs: stop.toMs, toMs: stop.toMs + AT_ONCE_MS });
  if (takenUp < LEAST_TAKEN_UP) return undefined;
  const ms = stop.toMs - stop.fromMs;
  return {
    service,
    ms,
    measured: `${formatMs(ms)} in ${stop.operation}, then ${takenUp} requests within ${formatMs(AT_ONCE_MS)}`,
    source: "span",
  };
}
