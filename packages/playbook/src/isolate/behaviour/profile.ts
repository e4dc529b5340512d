import type { FailurePath } from "@faultline/model";
import { durationOf, endOf, startOf } from "../../trace/span-time.ts";
import type { Call, Hop } from "../hops/hop-shape.ts";
import { buildHops } from "../hops/hop.ts";
import { routeOf } from "../occurrence.ts";
import { toLogTemplate } from "./log-template.ts";

/** What one hop did in one request. */
export type HopRecord = {
  readonly traceId: string;
  readonly hop: Hop;
  readonly service: string;
  readonly operation: string;
  /** What the hop logged and did: log statements, and calls. */
  readonly features: ReadonlySet<string>;
  /** False if none of the trace's logs were kept. */
  readonly hasLogs: boolean;
  /** The hops below it. */
  readonly below: ReadonlySet<HopRecord>;
};

/** Durations of one kind, ms: a hop's own time, or the time between a caller and its callee. */
export type TimeSample = { readonly service: string; readonly key: string; readonly ms: number; readonly hop: Hop };

/** The behaviour of a system during some time. */
export type Profile = {
  /** The usual duration of a whole request: the median of the root spans' durations, at least 1 ms. */
  readonly usualMs: number;
  readonly hops: readonly HopRecord[];
  readonly ownTimes: readonly TimeSample[];
  /** `service` is the callee. */
  readonly gaps: readonly TimeSample[];
};

const LOG_ERROR = 17;

/** Reads the behaviour of every hop of every path. */
export function profilePaths(paths: readonly FailurePath[]): Profile {
  const hops: HopRecord[] = [];
  const ownTimes: TimeSample[] = [];
  const gaps: TimeSample[] = [];
  for (const path of paths) for (const root of buildHops(path)) visit(root, { hops, ownTimes, gaps, hasLogs: path.logs.size > 0 });
  const durations = paths.flatMap(({ roots }) => roots.map(durationOf)).sort((a, b) => a - b);
  return { usualMs: Math.max(1, durations[durations.length >> 1] ?? 1), hops, ownTimes, gaps };
}

type Collected = { readonly hops: HopRecord[]; readonly ownTimes: TimeSample[]; readonly gaps: TimeSample[]; readonly hasLogs: boolean };

function visit(hop: Hop, into: Collected): HopRecord {
  const { service } = hop;
  const operation = routeOf(hop);
  const below = new Set<HopRecord>();
  for (const call of hop.calls) {
    if (call.callee === undefined) continue;
    const record = visit(call.callee, into);
    below.add(record);
    for (const each of record.below) below.add(each);
    addGap(call, call.callee, into);
  }
  const record: HopRecord = {
    traceId: hop.entry.span.traceId,
    hop,
    service,
    operation,
    features: listFeatures(hop),
    hasLogs: into.hasLogs,
    below,
  };
  into.hops.push(record);
  // A generic entry such as "/*" does different work for different callees, so its own time is compared separately for each.
  const callees = [...new Set(hop.calls.map(({ callee, operation }) => (callee === undefined ? operation : routeOf(callee))))]
    .sort()
    .join(" ");
  into.ownTimes.push({ service, key: `${service}\n${operation}\n${callees}`, ms: ownTimeOf(hop), hop });
  return record;
}

/**
 * The time between a caller and its callee: the call's duration minus the callee's. Without a client span, it is the caller's own time
 * around its only callee; the two can then be told apart only by what else they do.
 */
function addGap(call: Call, callee: Hop, { gaps }: Collected): void {
  if (!call.hasClientSpan && call.from.children.length > 1) return;
  const ms = Math.max(0, durationOf(call.from) - durationOf(callee.entry));
  gaps.push({ service: callee.service, key: `${call.from.span.resource.service}\n${callee.service}\n${routeOf(callee)}`, ms, hop: callee });
}

function ownTimeOf(hop: Hop): number {
  let covered = 0;
  let reached = startOf(hop.entry);
  const end = endOf(hop.entry);
  for (const { startMs, endMs } of hop.calls) {
    const from = Math.max(reached, startMs);
    const to = Math.min(end, endMs);
    if (to <= from) continue;
    covered += to - from;
    reached = to;
  }
  return Math.max(0, end - startOf(hop.entry) - covered);
}

function listFeatures(hop: Hop): ReadonlySet<string> {
  const features = new Set<string>();
  for (const log of hop.logs) features.add(`${log.severity >= LOG_ERROR ? "error log" : "log"} ${toLogTemplate(log)}`);
  for (const { callee, operation } of hop.calls)
    features.add(`call ${callee === undefined ? operation.replace(/\d+/g, "#") : `${callee.service} ${routeOf(callee)}`}`);
  return features;
}
