import type { Evidence, Window } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import type { Hop } from "../../isolate/hops/hop-shape.ts";
import { durationOf, endOf, startOf } from "../../trace/span-time.ts";
import { type ProcessActivity, readActivity } from "../../isolate/processes/process-activity.ts";
import { findLoopDelay } from "../../isolate/processes/loop-delay.ts";
import type { Step } from "../../isolate/judgement.ts";
import type { Findings } from "../findings.ts";

/** Shorter waits are common. */
const STALL_MS = 500;
/** A stop explains a wait if it fills at least this share of it. */
const STOOD_SHARE = 0.7;
/** Requests that begin this soon after the end of the stall were released by it. */
const LET_GO_MS = 5;
/** An event loop that is late by more than this held up every request of its process. */
const LOOP_DELAY_MS = 500;

/**
 * Evidence that a process stood still: whatever reached the instance while a long request ran was done only after that request. From
 * outside, a blocked event loop, a long garbage collection and a stopped process all look like this. If the process sends measurements,
 * they show it from inside.
 */
export function findStall(findings: Findings): readonly Evidence[] {
  const activity = readActivity([...findings.failing, ...findings.elsewhere, ...findings.succeeding]);
  const shown = fromRequests(findings, activity);
  return [...(shown.length > 0 ? shown : fromStops(findings)), ...fromLoopDelay(findings, activity)];
}

/**
 * Evidence that a process stands still again and again. Between two stops it takes up what waited, and makes calls for it, but does not
 * read the answers before its own timers run out. Every stop counts, by the request that was in progress.
 */
function fromStops({ originHops, stops }: Findings): readonly Evidence[] {
  const waits = originHops.map(({ call, entry }) => {
    const window = call === undefined ? { fromMs: startOf(entry), toMs: endOf(entry) } : { fromMs: call.startMs, toMs: call.endMs };
    return { service: entry.span.resource.service, waitMs: window.toMs - window.fromMs, stoodMs: stops.measureHeld(entry, window) };
  });
  const stood = waits.filter(({ waitMs, stoodMs }) => stoodMs >= STALL_MS && stoodMs >= waitMs * STOOD_SHARE);
  const [worst] = stood.toSorted((a, b) => b.stoodMs - a.stoodMs);
  if (worst === undefined || stood.length * 2 < originHops.length) return [];
  return [
    {
      statement: `${worst.service} stood still for most of the time of the failing request, busy with another one, and let several go at once`,
      measured: `${formatMs(worst.stoodMs)} of ${formatMs(worst.waitMs)}; so in ${stood.length} of ${originHops.length} requests`,
      source: "span",
      weight: 4,
    },
  ];
}

function fromRequests({ origin, originCalls, failing, succeeding, elsewhere }: Findings, activity: ProcessActivity): readonly Evidence[] {
  const hop = origin?.step.hop;
  if (hop === undefined) return [];
  const { resource } = hop.entry.span;
  const { instance, service } = resource;
  // A stall during few of the failing requests is not why they failed.
  const met = originCalls.filter(({ startMs, endMs }) => !activity.wasActive(resource, startMs, endMs)).length;
  if (met * 2 < originCalls.length) return [];
  const hops = [...failing, ...elsewhere, ...succeeding]
    .flatMap(({ entry }) => collect(entry))
    .filter(({ entry }) => entry.span.resource.service === service && entry.span.resource.instance === instance);
  // The request that waited longest may have given up and left no trace, so any long request may be the one that shows the stall.
  const stalls = hops
    .filter((each) => ownTimeOf(each) >= STALL_MS && !activity.wasActive(each.entry.span.resource, startOf(each.entry), endOf(each.entry)))
    .map((long) => ({ long, held: countHeld(long, hops) }))
    .sort((a, b) => b.held - a.held || ownTimeOf(b.long) - ownTimeOf(a.long));
  const [worst] = stalls;
  if (worst === undefined || worst.held < 2) return [];
  return [
    {
      statement: `${service} stood still: one request kept it busy and ${worst.held} others waited until it was done`,
      measured: `${formatMs(ownTimeOf(worst.long))} of its own time in ${worst.long.entry.span.name}`,
      source: "span",
      weight: 4,
    },
  ];
}

/**
 * The number of requests that came while a long one ran and were taken up only after it; 0 if more than a stray one was taken up before.
 */
function countHeld(long: Hop, hops: readonly Hop[]): number {
  const [fromMs, toMs] = [startOf(long.entry), endOf(long.entry)];
  const during = hops.filter((each) => each !== long && arrivalOf(each) > fromMs && arrivalOf(each) < toMs - STALL_MS);
  const held = during.filter(({ entry }) => startOf(entry) >= toMs - LET_GO_MS).length;
  return held < during.length * 0.8 ? 0 : held;
}

function collect(hop: Hop): readonly Hop[] {
  return [hop, ...hop.calls.flatMap(({ callee }) => (callee === undefined ? [] : collect(callee)))];
}

/** The time at which the request was sent. A process that stands still notices it later. */
function arrivalOf({ entry, call }: Hop): number {
  return call === undefined ? startOf(entry) : Math.min(call.startMs, startOf(entry));
}

/** The time of a hop during which none of its calls ran, ms. */
function ownTimeOf({ entry, calls }: Hop): number {
  let covered = 0;
  let reachedMs = startOf(entry);
  for (const { startMs, endMs } of [...calls].sort((a, b) => a.startMs - b.startMs)) {
    const fromMs = Math.max(reachedMs, startMs);
    const toMs = Math.min(endOf(entry), endMs);
    if (toMs <= fromMs) continue;
    covered += toMs - fromMs;
    reachedMs = toMs;
  }
  return durationOf(entry) - covered;
}

function fromLoopDelay({ origin, metrics }: Findings, activity: ProcessActivity): readonly Evidence[] {
  const waited = origin === undefined ? undefined : findWait(origin.step);
  if (origin === undefined || waited === undefined) return [];
  const { fromMs, toMs } = waited;
  const waitMs = toMs - fromMs;
  // A request that did not wait did not fail because of the loop.
  if (waitMs < LOOP_DELAY_MS) return [];
  // A process that stands still sends its spans late or never. Its measurements are then found by its name.
  const resource = origin.step.hop?.entry.span.resource ?? { service: origin.step.service, attributes: {} };
  const late = findLoopDelay(metrics, { resource, fromMs, toMs });
  if (late === undefined || late.delayMs < LOOP_DELAY_MS) return [];
  // A reporter gives the longest delay of its interval. A process that did other work meanwhile did not stand still at this time.
  if (activity.wasActive(resource, fromMs, toMs)) return [];
  return [
    {
      statement: `the event loop of ${resource.service} was blocked`,
      measured: `${late.name} reached ${formatMs(late.delayMs)}, the failing request waited ${formatMs(waitMs)}`,
      source: "metric",
      // A block as long as the wait explains all of it.
      weight: late.delayMs >= waitMs * 0.8 ? 4.5 : 2,
    },
  ];
}

/**
 * True for a callee that was late by itself and, as far as is known, did nothing else meanwhile. It may have waited for something that is
 * not seen, or have stood still. Its own measurements, or other work at that time, would tell.
 */
export function mayHaveStoodStill({ origin, originCalls, failing, elsewhere, succeeding, metrics }: Findings): boolean {
  const hop = origin?.step.hop;
  if (hop === undefined || origin?.judgement.originKind !== "slow-callee") return false;
  const { resource } = hop.entry.span;
  const activity = readActivity([...failing, ...elsewhere, ...succeeding]);
  const waits = originCalls.map(({ startMs, endMs }) => ({ resource, fromMs: startMs, toMs: endMs }));
  return !waits.some((wait) => activity.wasActive(resource, wait.fromMs, wait.toMs) || findLoopDelay(metrics, wait) !== undefined);
}

/** The time during which the failing request waited for the origin. */
export function findWait({ call, hop }: Step): Window | undefined {
  if (call !== undefined) return { fromMs: call.startMs, toMs: call.endMs };
  return hop === undefined ? undefined : { fromMs: startOf(hop.entry), toMs: endOf(hop.entry) };
}
