import type { ArmCounts, RolloutDecision } from "@faultline/model";
import { testFisherExact } from "../detect/fisher-exact.ts";
import { toWilsonInterval } from "../detect/wilson-interval.ts";

/** The criteria of a rollout. Ratios are 0 to 1. */
export type RolloutPolicy = {
  /** A promotion needs the canary's server-error ratio to be certainly (95 %) less than this above the baseline's. Default 0.01. */
  readonly marginRatio?: number;
  /** The probability, over all looks together, of rolling back a canary that is as good as its baseline. Default 0.01. */
  readonly alpha?: number;
  /** With fewer requests to the canary, nothing is promoted. Default 100. */
  readonly minimumRequests?: number;
  /**
   * The number of this look, from 1, for a caller who looks repeatedly. Repeated looks find chance patterns, so the k-th look spends only
   * alpha / (k (k + 1)), and the sum over all looks stays below alpha. If absent, this is the only look, and it spends alpha.
   */
  readonly look?: number;
};

const DEFAULTS = { marginRatio: 0.01, alpha: 0.01, minimumRequests: 100 } as const;
/** One-sided 95 %. */
const Z_PROMOTE = 1.6448536269514722;
/** Above this many further requests, the number is not worth telling. */
const MOST_REQUESTS = 10_000_000;
/** A baseline that certainly fails this often says nothing about the canary, because something behind both is broken. */
const BROKEN_BASELINE_RATIO = 0.1;

/**
 * May the canary have more traffic? Rolls back on an exact test of the counts (Fisher, one-sided). Promotes only on positive evidence
 * (enough requests, and a difference that is certainly below the margin). Otherwise waits, and says for how many more requests. Nothing is
 * promoted without evidence: no traffic, unusable numbers or a broken baseline all mean `wait`.
 */
export function decideRollout(baseline: ArmCounts, canary: ArmCounts, policy: RolloutPolicy = {}): RolloutDecision {
  const { marginRatio, alpha, minimumRequests } = { ...DEFAULTS, ...policy };
  const arms = { baseline, canary };
  const unusable = [describeUnusable("baseline", baseline), describeUnusable("canary", canary)].find((each) => each !== undefined);
  if (unusable !== undefined) return { kind: "wait", because: unusable, ...arms };
  if (canary.total === 0) {
    const because =
      baseline.total > 0 ? "the canary has had no requests" : "neither version has had a request: are the service and both called so?";
    return { kind: "wait", because, needMore: minimumRequests, ...arms };
  }
  if (baseline.total === 0) return { kind: "wait", because: "the baseline has had no requests to compare with", ...arms };

  const spent = policy.look === undefined ? alpha : alpha / (policy.look * (policy.look + 1));
  const pValue = testFisherExact({ hits: canary.failing, total: canary.total, otherHits: baseline.failing, otherTotal: baseline.total });
  const counts = `${formatArm(canary)} of the canary against ${formatArm(baseline)} of the baseline`;
  if (pValue <= spent) {
    return { kind: "roll-back", because: `${counts}: chance alone would do this with p = ${formatP(pValue)}`, pValue, ...arms };
  }
  if (toWilsonInterval(baseline.failing, baseline.total).lower > BROKEN_BASELINE_RATIO) {
    return { kind: "wait", because: `both versions fail (${counts}): look for what is broken behind both`, pValue, ...arms };
  }
  const excess = boundExcess(baseline, canary);
  if (canary.total >= minimumRequests && excess <= marginRatio) {
    const bound = excess < 0 ? `at least ${formatPoints(-excess)} better` : `at most ${formatPoints(excess)} worse`;
    const because = `${counts}: ${bound} (95 %), the margin is ${formatPoints(marginRatio)}`;
    return { kind: "promote", because, pValue, ...arms };
  }
  const needMore = countNeeded({ baseline, canary, marginRatio, minimumRequests, alpha: spent });
  const because = `${counts}: not worse beyond chance (p = ${formatP(pValue)}), and not yet certain to be within ${formatPoints(marginRatio)}`;
  return { kind: "wait", because, ...(needMore === undefined ? {} : { needMore }), pValue, ...arms };
}

/**
 * The upper bound (95 %, one-sided) of how much higher the canary's ratio is, by Newcombe's hybrid of two Wilson intervals. Source:
 * Newcombe, Statistics in Medicine 17 (1998), method 10.
 */
function boundExcess(baseline: ArmCounts, canary: ArmCounts): number {
  const b = toWilsonInterval(baseline.failing, baseline.total, Z_PROMOTE);
  const c = toWilsonInterval(canary.failing, canary.total, Z_PROMOTE);
  return c.ratio - b.ratio + Math.hypot(c.upper - c.ratio, b.ratio - b.lower);
}

type Need = {
  readonly baseline: ArmCounts;
  readonly canary: ArmCounts;
  readonly marginRatio: number;
  readonly minimumRequests: number;
  readonly alpha: number;
};

/**
 * The number of further canary requests after which the present ratios would decide, one way or the other; undefined if no number would.
 */
function countNeeded({ baseline, canary, marginRatio, minimumRequests, alpha }: Need): number | undefined {
  const decides = (factor: number): boolean => {
    const c = scaleArm(canary, factor);
    const b = scaleArm(baseline, factor);
    if (c.total >= minimumRequests && boundExcess(b, c) <= marginRatio) return true;
    return testFisherExact({ hits: c.failing, total: c.total, otherHits: b.failing, otherTotal: b.total }) <= alpha;
  };
  let high = 2;
  while (!decides(high)) {
    high *= 2;
    if (canary.total * high > MOST_REQUESTS) return undefined;
  }
  let low = 1;
  while ((high - low) * canary.total > 1) {
    const middle = (low + high) / 2;
    if (decides(middle)) high = middle;
    else low = middle;
  }
  return Math.max(1, Math.ceil(canary.total * high) - canary.total);
}

function scaleArm({ failing, total }: ArmCounts, factor: number): ArmCounts {
  return { failing: Math.round(failing * factor), total: Math.round(total * factor) };
}

function describeUnusable(name: string, { failing, total }: ArmCounts): string | undefined {
  const usable = Number.isSafeInteger(failing) && Number.isSafeInteger(total) && failing >= 0 && failing <= total;
  return usable ? undefined : `the counts of the ${name} cannot be used: ${failing} failing of ${total}`;
}

function formatArm({ failing, total }: ArmCounts): string {
  return `${failing} of ${total} requests`;
}

function formatP(pValue: number): string {
  return pValue >= 0.001 ? pValue.toFixed(3) : pValue.toExponential(0);
}

function formatPoints(ratio: number): string {
  return `${(ratio * 100).toFixed(2)} percentage points`;
}
