import type { CauseId, Evidence } from "@faultline/model";
import { findTimeouts, type KnownTimeout } from "@faultline/model/known-timeouts";

/** The durations of failures with one status, ms: a tenth, half and nine tenths of them were shorter than these. */
export type Durations = { readonly count: number; readonly lowMs: number; readonly medianMs: number; readonly highMs: number };

/** Failures of one route and status, as an observer in front of them logged them. */
export type TimedFailures = {
  readonly status: number;
  readonly durations: Durations;
  /** The median of the good requests; absent if none was timed. */
  readonly okMedianMs?: number | undefined;
  /** Who wrote the answers, and whether they asked anybody before. */
  readonly maker: { readonly hop: "observer" | "behind" | "client" | "unknown"; readonly observer: string; readonly asked: boolean };
};

/** What a clock ended, and the cause that this suggests. `confidence` is 0 to 1, and 0 if it suggests none. */
export type SteadyDelay = { readonly evidence: Evidence; readonly cause: CauseId; readonly confidence: number };

const LEAST_TIMED = 3;
const LEAST_MS = 900;
const SAME_MS = 150;
const SAME_RATIO = 0.02;

/** Failures that all end after the same time are ended by a clock, so they are time-outs. */
export function findSteadyDelay(failures: TimedFailures): SteadyDelay | undefined {
  const { status, okMedianMs } = failures;
  const { count, lowMs, medianMs, highMs } = failures.durations;
  if (count < LEAST_TIMED || medianMs < LEAST_MS || highMs - lowMs > Math.max(SAME_MS, medianMs * SAME_RATIO)) return undefined;
  const timeouts = findLikelyTimeouts(failures);
  const [first] = timeouts;
  const near = timeouts.slice(0, 3).map(({ hop, setting, ms }) => `; ${hop}'s ${setting} is ${ms / 1000} s by default`);
  const ok = okMedianMs === undefined ? "" : `; good ones have a median of ${formatSeconds(okMedianMs)}`;
  const evidence: Evidence = {
    statement: `the failures all end after the same time, which is what a time-out does${near.join("")}`,
    measured: `${count} durations: 10 % below ${formatSeconds(lowMs)}, median ${formatSeconds(medianMs)}, 90 % below ${formatSeconds(highMs)}${ok}`,
    source: "access-log",
    weight: first === undefined ? 1.5 : first.statuses.includes(status) ? 3 : 2,
  };
  return { evidence, ...judge(failures) };
}

/** Seconds, with as many digits as a setting would have. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function judge({ status, maker }: TimedFailures): Pick<SteadyDelay, "cause" | "confidence"> {
  // A maker that answered by itself and asked nobody waited for nobody. A tarpit and a queue end by a clock as well.
  if (maker.hop === "observer" && !maker.asked) return { cause: "dependency-timeout", confidence: 0 };
  if (status === 504 || status === 524) return { cause: "gateway-timeout", confidence: 0.7 };
  // A 502 or 503 may also end attempts to connect, or to resolve a name; a 500 may end any wait in the code.
  return { cause: "dependency-timeout", confidence: status === 502 || status === 503 ? 0.4 : 0.45 };
}

/** Logs and tables have their own names for hops: `alb` is AWS ALB, `ingress-nginx` is nginx. */
function isSameHop(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.toLowerCase().replaceAll("-", " "));
  return a !== undefined && b !== undefined && (a.includes(b) || b.includes(a));
}

/**
 * The time-outs that may have ended the failures: that of the hop which made them, if it is known, and never that of a hop which passed
 * them on.
 */
function findLikelyTimeouts({ status, durations, maker }: TimedFailures): readonly KnownTimeout[] {
  const near = findTimeouts(durations.medianMs, status);
  const own = near.filter(({ hop }) => isSameHop(hop, maker.observer));
  if (maker.hop === "behind") return near.filter((timeout) => !own.includes(timeout));
  return maker.hop === "observer" && own.length > 0 ? own : near;
}
