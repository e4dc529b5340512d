import { testFisherExact } from "../../detect/fisher-exact.ts";
import type { Hop } from "../hops/hop-shape.ts";
import type { HopRecord, Profile, TimeSample } from "./profile.ts";

/** One way in which a service behaves differently than before. */
export type Deviation = {
  readonly service: string;
  readonly kind: "missing" | "new" | "new-error" | "always-error" | "always-far" | "slow" | "far" | "busy";
  readonly what: string;
  readonly measured: string;
  /** The natural logarithm of its probability by chance, multiplied by the number of comparisons that could have shown as much. */
  readonly logP: number;
  readonly example?: Hop;
  /** Traces that show it. */
  readonly traceIds: ReadonlySet<string>;
  /** The share of the comparable traces that show it, 0 to 1. */
  readonly share: number;
  /** For durations: how much longer, relative to the usual duration of whole requests. */
  readonly relativeExcess?: number;
};

type Raw = Deviation & { readonly leastLogP: number };

/** A comparison whose probability could fall below this counts as one that could have shown something (Tarone's correction). */
const ATTAINABLE = Math.log(0.01);

/**
 * Compares a time window with one in which all was well; the most certain deviation first. Deviations that may well be chance are listed
 * too, with their `logP`.
 */
export function compareProfiles(baseline: Profile, window: Profile): readonly Deviation[] {
  const found = [
    ...correct(compareFeatures(baseline, window)),
    ...correct(compareTimes({ before: baseline.ownTimes, now: window.ownTimes, kind: "slow", usualMs: baseline.usualMs })),
    ...correct(compareTimes({ before: baseline.gaps, now: window.gaps, kind: "far", usualMs: baseline.usualMs })),
  ];
  return found.sort((a, b) => a.logP - b.logP);
}

/** Bonferroni's correction over those comparisons that could have been significant at all (Tarone 1990). */
function correct(found: readonly Raw[]): readonly Deviation[] {
  const able = Math.max(1, found.filter(({ leastLogP }) => leastLogP <= ATTAINABLE).length);
  return found.map((each) => ({ ...each, logP: each.logP + Math.log(able) }));
}

function compareFeatures(baseline: Profile, window: Profile): readonly Raw[] {
  const before = Map.groupBy(baseline.hops, toOperation);
  const known = new Map(
    [...Map.groupBy(baseline.hops, ({ service }) => service)].map(([service, hops]) => [
      service,
      new Set(hops.flatMap(({ features }) => [...features])),
    ]),
  );
  const found: Raw[] = [];
  for (const [key, now] of Map.groupBy(window.hops, toOperation)) {
    const old = before.get(key);
    const [first] = now;
    if (old === undefined || first === undefined) continue;
    // Work that is done again after errors ended is not a fault.
    if (losesErrors(old, now)) continue;
    const [was, is] = [countFeatures(old), countFeatures(now)];
    for (const feature of new Set([...is.tracesOf.keys(), ...was.tracesOf.keys()])) {
      const isKnown = known.get(first.service)?.has(feature) ?? false;
      found.push(...compareFeature({ feature, isKnown, first, now }, was, is));
    }
  }
  return found;
}

function toOperation({ service, operation }: HopRecord): string {
  return `${service}\n${operation}`;
}

function losesErrors(old: readonly HopRecord[], now: readonly HopRecord[]): boolean {
  const share = (records: readonly HopRecord[]) =>
    records.filter(({ features }) => [...features].some((each) => each.startsWith("error log"))).length / records.length;
  return share(now) < share(old);
}

type Subject = { readonly feature: string; readonly isKnown: boolean; readonly first: HopRecord; readonly now: readonly HopRecord[] };

/**
 * A step that every request took before and none takes now, or that none took before. Steps that some requests take depend on the input,
 * and their shares change with the traffic.
 */
function compareFeature({ feature, isKnown, first, now }: Subject, old: FeatureCounts, current: FeatureCounts): readonly Raw[] {
  const [was, is] = [countTraces(old, feature), countTraces(current, feature)];
  if (was.total === 0 || is.total === 0) return [];
  const isMissing = was.hits === was.total && is.hits < is.total;
  const isNew = !isKnown && was.hits === 0 && is.hits > 0;
  if (!isMissing && !isNew) return [];
  const shown = now.filter(({ features }) => features.has(feature) === isNew);
  const hits = isMissing ? is.total - is.hits : is.hits;
  const [total, otherTotal] = [is.total, was.total];
  const what = `${first.operation} ${isMissing ? "no longer shows" : "shows what it never showed before"}: ${feature}`;
  return [
    {
      service: first.service,
      kind: isMissing ? "missing" : feature.startsWith("error log") ? "new-error" : "new",
      what,
      measured: `in ${is.hits} of ${is.total} traces, before in ${was.hits} of ${was.total}`,
      logP: Math.log(testFisherExact({ hits, total, otherHits: 0, otherTotal })),
      leastLogP: Math.log(testFisherExact({ hits: total, total, otherHits: 0, otherTotal })),
      ...(shown[0] === undefined ? {} : { example: shown[0].hop }),
      traceIds: new Set(shown.map(({ traceId }) => traceId)),
      share: hits / total,
    },
  ];
}

/** The traces of one operation, and which of them show which feature. Requests of one trace share their input, so they count once. */
type FeatureCounts = {
  readonly traces: ReadonlySet<string>;
  readonly tracesWithLogs: ReadonlySet<string>;
  readonly tracesOf: ReadonlyMap<string, ReadonlySet<string>>;
};

function countFeatures(records: readonly HopRecord[]): FeatureCounts {
  const traces = new Set<string>();
  const tracesWithLogs = new Set<string>();
  const tracesOf = new Map<string, Set<string>>();
  for (const { traceId, features, hasLogs } of records) {
    traces.add(traceId);
    if (hasLogs) tracesWithLogs.add(traceId);
    for (const feature of features) {
      const having = tracesOf.get(feature);
      if (having === undefined) tracesOf.set(feature, new Set([traceId]));
      else having.add(traceId);
    }
  }
  return { traces, tracesWithLogs, tracesOf };
}

function countTraces(counts: FeatureCounts, feature: string): { readonly hits: number; readonly total: number } {
  // If a trace's logs were not kept, none of its lines is missing.
  const all = feature.startsWith("call") ? counts.traces : counts.tracesWithLogs;
  return { hits: counts.tracesOf.get(feature)?.size ?? 0, total: all.size };
}

type Times = {
  readonly before: readonly TimeSample[];
  readonly now: readonly TimeSample[];
  readonly kind: "slow" | "far";
  /** The usual duration of a whole request. */
  readonly usualMs: number;
};

/**
 * Decides whether the durations of a service have grown. Each is compared with the usual limit of its own operation, so that operations can
 * be pooled. The share above the limit is then tested exactly.
 */
function compareTimes({ before, now, kind, usualMs }: Times): readonly Raw[] {
  const usual = new Map([...Map.groupBy(before, ({ key }) => key)].map(([key, samples]) => [key, toUsual(samples.map(({ ms }) => ms))]));
  const isLong = ({ key, ms }: TimeSample) => ms > (usual.get(key)?.limit ?? Infinity);
  const old = Map.groupBy(before, ({ service }) => service);
  const comparable = now.filter(({ key }) => usual.has(key));
  return [...Map.groupBy(comparable, ({ service }) => service)].flatMap(([service, samples]): readonly Raw[] => {
    const long = samples.filter(isLong).sort((a, b) => b.ms - a.ms);
    const reference = old.get(service) ?? [];
    if (long[0] === undefined) return [];
    const excess = long.reduce((sum, { key, ms }) => sum + ms - (usual.get(key)?.middle ?? 0), 0) / long.length;
    const [is, was] = [countLong(samples, isLong), countLong(reference, isLong)];
    const margins = { total: is.total, otherTotal: was.total };
    return [
      {
        service,
        kind,
        what: kind === "slow" ? "takes longer by itself than before" : "is further away from its callers than before",
        measured: `longer than usual in ${is.hits} of ${is.total} traces, before in ${was.hits} of ${was.total}; ${excess.toFixed(0)} ms more each`,
        logP: Math.log(testFisherExact({ hits: is.hits, otherHits: was.hits, ...margins })),
        leastLogP: Math.log(testFisherExact({ hits: is.total, otherHits: 0, ...margins })),
        example: long[0].hop,
        traceIds: new Set(long.map(({ hop }) => hop.entry.span.traceId)),
        share: is.hits / is.total,
        relativeExcess: excess / usualMs,
      },
    ];
  });
}

function countLong(
  samples: readonly TimeSample[],
  isLong: (sample: TimeSample) => boolean,
): { readonly hits: number; readonly total: number } {
  const all = new Set(samples.map(({ hop }) => hop.entry.span.traceId));
  return { hits: new Set(samples.filter(isLong).map(({ hop }) => hop.entry.span.traceId)).size, total: all.size };
}

/** The median and the upper limit of usual values: Tukey's far fence, but at least one and a half times the median and 10 ms more. */
function toUsual(values: readonly number[]): { readonly middle: number; readonly limit: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const middle = at(0.5);
  return { middle, limit: Math.max(at(0.75) + 3 * (at(0.75) - at(0.25)), middle * 1.5, middle + 10) };
}
