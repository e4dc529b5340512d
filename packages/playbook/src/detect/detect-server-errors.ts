import type { Detection, Window } from "@faultline/model";
import { testFisherExact } from "./fisher-exact.ts";
import { toWilsonInterval } from "./wilson-interval.ts";

/** Exchanges of one scope, now and before. Absent members of the scope mean "any". */
export type ScopeCounts = {
  readonly service?: string;
  readonly route?: string;
  readonly version?: string;
  readonly region?: string;
  readonly failing: number;
  readonly total: number;
  /** The same scope before the window; absent if nothing was seen of it. */
  readonly before?: { readonly failing: number; readonly total: number };
};

/** Decides when a server-error ratio is a problem. */
export type DetectionPolicy = {
  /** The ratio of server errors, 0 to 1, that is tolerated without an alert. Default 0.01. */
  readonly toleratedRatio?: number;
  /** Fewer failing exchanges than this never raise an alert, because percentages of small numbers are noise. Default 3. */
  readonly minimumFailing?: number;
  /** Fewer exchanges than this are `too-few`. Default 10. */
  readonly minimumTotal?: number;
  /** Significance of a rise over the scope's own past (Fisher's exact test, one-sided). Default 0.001. */
  readonly alpha?: number;
};

const DEFAULTS = { toleratedRatio: 0.01, minimumFailing: 3, minimumTotal: 10, alpha: 0.001 } as const;

/**
 * Decides for each scope whether there is a server-error problem. An alert needs failing exchanges that certainly exceed the tolerated
 * ratio (95 % interval) and, if the past is known, certainly exceed the past ratio. Counts decide, not percentages: 3 of 4 is `too-few`.
 */
export function detectServerErrors(scopes: readonly ScopeCounts[], window: Window, policy: DetectionPolicy = {}): readonly Detection[] {
  const settings = { ...DEFAULTS, ...policy };
  return scopes.map((counts) => detectOne(counts, window, settings)).sort((a, b) => b.errorRatio.lower - a.errorRatio.lower);
}

function detectOne(counts: ScopeCounts, window: Window, policy: Required<DetectionPolicy>): Detection {
  const { failing, total, before, service, route, version, region } = counts;
  const errorRatio = toWilsonInterval(failing, total);
  const scope = {
    ...(service === undefined ? {} : { service }),
    ...(route === undefined ? {} : { route }),
    ...(version === undefined ? {} : { version }),
    ...(region === undefined ? {} : { region }),
    window,
    failing,
    succeeding: total - failing,
  };
  const baseline = before === undefined || before.total === 0 ? {} : { baselineRatio: toWilsonInterval(before.failing, before.total) };
  return { scope, errorRatio, ...baseline, ...judge(counts, errorRatio.lower, policy) };
}

function judge(
  { failing, total, before }: ScopeCounts,
  lower: number,
  policy: Required<DetectionPolicy>,
): Pick<Detection, "state" | "because"> {
  const counts = `${failing} of ${total} failed`;
  if (total < policy.minimumTotal)
    return { state: "too-few", because: `${counts}; fewer than ${policy.minimumTotal} say nothing about a rate` };
  if (failing < policy.minimumFailing) return { state: "quiet", because: `${counts}; fewer than ${policy.minimumFailing} failures` };
  if (lower <= policy.toleratedRatio) {
    return { state: "quiet", because: `${counts}; not certainly more than the ${policy.toleratedRatio * 100} % that is tolerated` };
  }
  if (before === undefined || before.total < policy.minimumTotal) {
    return { state: "firing", because: `${counts}; at least ${formatPercent(lower)} with 95 % certainty` };
  }
  const p = testFisherExact({ hits: failing, total, otherHits: before.failing, otherTotal: before.total });
  const past = `${before.failing} of ${before.total} before`;
  if (p <= policy.alpha) return { state: "firing", because: `${counts} against ${past} (p = ${p.toExponential(0)})` };
  return { state: "quiet", because: `${counts} against ${past}: no more than is usual here (p = ${p.toFixed(3)})` };
}

function formatPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
