import type { FailurePath, MetricPoint, Suspect, Window } from "@faultline/model";
import { startOf } from "../trace/span-time.ts";
import { type Deviation, compareProfiles } from "./behaviour/compare.ts";
import { compareSaturation } from "./behaviour/compare-saturation.ts";
import { findConstantDelays } from "./behaviour/find-constant-delays.ts";
import { findConstantErrors } from "./behaviour/find-constant-errors.ts";
import { profilePaths } from "./behaviour/profile.ts";

/** A service that behaves differently than before, with all evidence, the most certain first. */
export type DeviatingService = { readonly suspect: Suspect; readonly deviations: readonly Deviation[] };

/** The paths to compare: before the window and in it. */
export type DeviationRequest = {
  readonly paths: readonly FailurePath[];
  readonly metrics: readonly MetricPoint[];
  readonly window: Window;
  /** A time in which all was well; by default, the time before the window. */
  readonly baseline?: Window;
};

/** A deviation that would be expected by chance is not suspicious. */
const SUSPICIOUS = 0;
/** The fault may have begun inside the baseline, so the beginning of the baseline is also tried alone. */
const PREFIXES = [1 / 3, 1 / 2, 2 / 3, 1];
/** With fewer good traces than this, nothing can be called usual. */
const MIN_BASELINE_TRACES = 5;

/**
 * If no request failed openly: finds the service that behaves differently than before. Log lines and calls that every request had are
 * missing, new errors appear, its own time or the way to it takes longer, or it is busier than before while others are not.
 */
export function findDeviations({ paths, metrics, ...request }: DeviationRequest): readonly DeviatingService[] {
  const timed = paths.map((path) => ({ path, startMs: Math.min(...path.roots.map(startOf)) })).sort((a, b) => a.startMs - b.startMs);
  const baseline =
    request.baseline ??
    findBaseline(
      timed.map(({ startMs }) => startMs),
      request.window,
    );
  const isBefore = (timeMs: number) => timeMs >= baseline.fromMs && timeMs < baseline.toMs;
  const before = timed.filter(({ startMs }) => isBefore(startMs));
  const now = timed.filter(({ startMs }) => startMs >= request.window.fromMs && startMs < request.window.toMs && !isBefore(startMs));
  if (before.length < MIN_BASELINE_TRACES || now.length === 0) return [];
  const window = profilePaths(now.map(({ path }) => path));
  const found = PREFIXES.flatMap((share) => {
    const toMs = baseline.fromMs + (baseline.toMs - baseline.fromMs) * share;
    const good = before.filter(({ startMs }) => startMs < toMs).map(({ path }) => path);
    return good.length < MIN_BASELINE_TRACES
      ? []
      : compareProfiles(profilePaths(good), window).map((each) => ({ ...each, logP: each.logP + Math.log(PREFIXES.length) }));
  });
  found.push(...findConstantErrors(window), ...findConstantDelays(window));
  const asked = { fromMs: Math.max(baseline.toMs, request.window.fromMs), toMs: request.window.toMs };
  return rankServices([...found, ...compareSaturation(metrics, baseline, asked)]);
}

/** The time before the window. If the window begins with the data, the first third of its traces instead. */
function findBaseline(startsMs: readonly number[], window: Window): Window {
  const fromMs = startsMs[0] ?? 0;
  const before = startsMs.filter((startMs) => startMs < window.fromMs).length;
  return { fromMs, toMs: before >= MIN_BASELINE_TRACES ? window.fromMs : (startsMs[Math.floor(startsMs.length / 3)] ?? fromMs) };
}

/** A new error says more than a new step. */
const NEW_ERROR = 2;
/** What did not change may be everyday noise, so it decides only if nothing changed. */
const MOST_FOR_CONSTANT = 1.5;

/** The weight of a deviation: by its certainty, its share of the requests, and, for durations, its length relative to whole requests. */
function weigh({ kind, logP, share, relativeExcess }: Deviation): number {
  if (kind === "always-error" || kind === "always-far") return MOST_FOR_CONSTANT * (1 - Math.exp(logP / 20));
  const size = relativeExcess === undefined ? 0 : Math.max(-3, Math.min(2, Math.log(relativeExcess)));
  return -logP + 2 * Math.log(share) + size + (kind === "new-error" ? NEW_ERROR : 0);
}

/** A time that grew by this many times what whole requests take, in nearly all traces of at least a few, is no chance, however few they are. */
const EXTREME = { excess: 5, share: 0.9, traces: 3 } as const;

function isExtreme({ relativeExcess = 0, share, traceIds }: Deviation): boolean {
  return relativeExcess > EXTREME.excess && share > EXTREME.share && traceIds.size >= EXTREME.traces;
}

function rankServices(found: readonly Deviation[]): readonly DeviatingService[] {
  const services = [...Map.groupBy(found, ({ service }) => service)].map(([service, deviations]) => {
    const sorted = [...deviations].sort((a, b) => weigh(b) - weigh(a));
    const [best] = sorted;
    return { service, deviations: sorted, best, weight: best === undefined ? 0 : weigh(best) + addOtherKinds(sorted) };
  });
  return services
    .filter(({ weight, best }) => weight > 0 && best !== undefined && (best.logP < SUSPICIOUS || isExtreme(best)))
    .sort((a, b) => b.weight - a.weight)
    .map(({ service, deviations, weight }) => ({ suspect: { service, score: weight }, deviations }));
}

/** Evidence of another kind for the same service counts by half. */
function addOtherKinds([best, ...rest]: readonly Deviation[]): number {
  const other = rest.find(({ kind }) => (kind === "busy") !== (best?.kind === "busy"));
  return other === undefined ? 0 : Math.max(0, weigh(other)) / 2;
}
