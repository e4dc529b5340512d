import type { CauseId, Change, Evidence, MetricPoint } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { describeOnset } from "./describe-onset.ts";
import type { Onset } from "./find-onset.ts";

/** Something besides a release that changed as the failures began, and the causes that it supports if something else supports them too. */
export type OnsetSign = {
  readonly kind: "restart" | "traffic" | "saturation";
  readonly causes: readonly CauseId[];
  readonly evidence: Evidence;
};

/** The input against which the onset is checked. */
export type OnsetGround = {
  readonly onset: Onset;
  /** The services of the failing path, the creating one first. */
  readonly services: readonly string[];
  /** The times at which the route's requests ended, sorted, Unix ms; absent if only some of them are available. */
  readonly timesMs?: readonly number[];
  readonly changes: readonly { readonly change: Change; readonly beforeOnsetMs: number }[];
  readonly metrics: readonly MetricPoint[];
};

/** Restarts, a change in traffic and a metric of saturation at the onset. */
export function findOnsetSigns(ground: OnsetGround): readonly OnsetSign[] {
  return [...fromRestart(ground), ...fromTraffic(ground), ...fromSaturation(ground)];
}

const GONE: readonly CauseId[] = ["connection-refused", "no-healthy-upstream", "keepalive-race", "memory-leak"];
const FULL: readonly CauseId[] = ["pool-exhausted", "resource-exhausted", "rate-limited-as-5xx", "retry-storm"];

function fromRestart({ changes, services, onset }: OnsetGround): readonly OnsetSign[] {
  const near = changes.find(({ change }) => (change.kind === "restart" || change.kind === "scale") && services.includes(change.service));
  if (near === undefined) return [];
  const { change, beforeOnsetMs } = near;
  const detail = change.description === undefined ? "" : `${change.description}; `;
  const evidence: Evidence = {
    statement: `${change.service} was ${change.kind === "restart" ? "restarted" : "scaled"} before the failures began`,
    measured: `${detail}${formatMs(beforeOnsetMs)} before ${describeOnset(onset)}`,
    source: "deploy",
    weight: 1.5,
  };
  return [{ kind: "restart", causes: GONE, evidence }];
}

/** The number of requests on each side of the onset whose rates are compared. */
const PACE_OVER = 20;
/**
 * Of two groups of 20 arrivals, one is this many times as fast as the other by chance about once in a hundred times: F(40, 40) at 0.99 is
 * 2.1.
 */
const LEAST_GROWTH = 2.2;

/** Compares the traffic just before the onset with that just after it. Traffic that had grown long before did not bring the failures. */
function fromTraffic({ onset, timesMs = [] }: OnsetGround): readonly OnsetSign[] {
  const at = timesMs.findIndex((timeMs) => timeMs >= onset.fromMs);
  const [before, after] = [timesMs.slice(Math.max(0, at - PACE_OVER), at), timesMs.slice(at, at + PACE_OVER)];
  const [paceBefore, paceAfter] = [paceOf(before, onset.fromMs), paceOf(after, after.at(-1) ?? onset.fromMs)];
  if (at < 0 || before.length < PACE_OVER || after.length < PACE_OVER || paceAfter < paceBefore * LEAST_GROWTH) return [];
  const evidence: Evidence = {
    statement: "traffic grew as the failures began",
    measured: `${paceBefore.toPrecision(2)} requests/s right before, ${paceAfter.toPrecision(2)} right after ${describeOnset(onset)}`,
    source: "span",
    weight: 1.5,
  };
  return [{ kind: "traffic", causes: FULL, evidence }];
}

/** The arrivals per second from the first time to an end. */
function paceOf(timesMs: readonly number[], endMs: number): number {
  const lastingMs = Math.max(1, endMs - (timesMs[0] ?? endMs));
  return (timesMs.length * 1_000) / lastingMs;
}

/** Names of metrics that are shares of something limited, 0 to 1, and of work that waits for it. */
const SHARE = /(?:utilization|usage|ratio)$/i;
const WAITING = /(?:pending|queue|waiting|backlog)/i;
const LIMITED = /cpu|memory|heap|event[._]?loop|thread|pool|connection|worker|file|queue/i;
const [CALM_SHARE, FULL_SHARE] = [0.6, 0.9];
const WAITING_GROWTH = 3;
const LEAST_POINTS = 2;

function fromSaturation({ onset, services, metrics }: OnsetGround): readonly OnsetSign[] {
  const own = metrics.filter(({ name, resource }) => services.includes(resource.service) && LIMITED.test(name));
  const found: OnsetSign[] = [];
  for (const points of Map.groupBy(own, ({ name, resource }) => `${name}\n${resource.service}\n${resource.instance ?? ""}`).values()) {
    const before = points.filter(({ timeMs }) => timeMs < onset.fromMs).map(({ value }) => value);
    const since = points.filter(({ timeMs }) => timeMs >= onset.fromMs).map(({ value }) => value);
    const first = points[0];
    if (first === undefined || before.length < LEAST_POINTS || since.length < LEAST_POINTS) continue;
    const [was, is] = [middleOf(before), middleOf(since)];
    if (!isFuller(first, was, is)) continue;
    const evidence: Evidence = {
      statement: `${first.resource.service} became full as the failures began`,
      measured: `${first.name}: ${was.toPrecision(2)} before, ${is.toPrecision(2)} since ${describeOnset(onset)}`,
      source: "metric",
      weight: 1.5,
    };
    found.push({ kind: "saturation", causes: FULL, evidence });
  }
  return found.slice(0, 1);
}

function isFuller({ name, unit }: MetricPoint, was: number, is: number): boolean {
  if (WAITING.test(name)) return is >= 1 && is >= was * WAITING_GROWTH;
  return SHARE.test(name) && (unit === "1" || unit === "") && was < CALM_SHARE && is >= FULL_SHARE && is <= 1.5;
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
