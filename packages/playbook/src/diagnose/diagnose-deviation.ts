import type { Diagnosis, Evidence, HopAccount, Observations, RankedCause, Scope, Window } from "@faultline/model";
import type { Deviation } from "../isolate/behaviour/compare.ts";
import { type DeviatingService, findDeviations } from "../isolate/find-deviations.ts";
import type { Hop } from "../isolate/hops/hop-shape.ts";
import { nameOperation } from "../isolate/hops/hop.ts";
import { thin } from "../isolate/thin.ts";
import { assembleTraces } from "../trace/assemble-traces.ts";

/** The most traces that are compared. */
const MAX_TRACES = 1500;
/** Below this probability, after correction, a deviation is certain. */
const CERTAIN = Math.log(0.01);
/** A process that lacks CPU or memory becomes slow in nearly every request. One that is slow in only some was held up for a moment. */
const LASTING_SHARE = 0.9;

type Deviant = Pick<Diagnosis, "path" | "suspects" | "causes" | "missing" | "next">;

/**
 * For requests that did not fail openly: does a service behave differently than before? Any deviation that is hardly chance makes a
 * suspect. A cause is diagnosed only if a slowdown and a saturated resource agree. Undefined if everything is as usual.
 */
export function diagnoseDeviation(observations: Observations, scope: Scope, baseline: Window | undefined): Deviant | undefined {
  const chosen = new Set(thin([...new Set(observations.spans.map(({ traceId }) => traceId))], MAX_TRACES));
  const spans = observations.spans.filter(({ traceId }) => chosen.has(traceId));
  const logs = observations.logs.filter(({ traceId }) => traceId !== undefined && chosen.has(traceId));
  const paths = assembleTraces(spans, logs);
  const found = findDeviations({
    paths,
    metrics: observations.metrics,
    window: scope.window,
    ...(baseline === undefined ? {} : { baseline }),
  });
  const first = found[0];
  if (first === undefined) return undefined;
  const example = first.deviations.find((each) => each.example !== undefined)?.example;
  return {
    path: toPath(example, first),
    suspects: found.map(({ suspect }) => suspect),
    causes: toCauses(first, found.slice(1)),
    missing: [{ what: "an error status on the spans of these requests", wouldTell: "which of them failed, and for whom" }],
    next: [{ check: `Look at what ${first.suspect.service} changed: ${first.deviations[0]?.what ?? ""}` }],
  };
}

function toPath(example: Hop | undefined, { suspect, deviations }: DeviatingService): readonly HopAccount[] {
  const evidence = deviations.slice(0, 5).map(toEvidence);
  if (example === undefined)
    return [{ hop: suspect.service, service: suspect.service, operation: "", status: "unknown", fate: "created", evidence }];
  return [
    {
      hop: suspect.service,
      service: suspect.service,
      operation: nameOperation(example.entry),
      status: example.outcome.status,
      fate: "created",
      evidence,
    },
  ];
}

function toEvidence({ kind, what, measured, logP }: Deviation): Evidence {
  const source = kind === "busy" ? "metric" : kind === "slow" || kind === "far" || kind === "always-far" ? "span" : "log";
  return { statement: what, measured, source, weight: Math.max(0.1, Math.min(4, -logP / 2)) };
}

/**
 * A saturated resource is evidence by itself. Longer durations show that a service lacks a resource only if nearly all its requests take
 * longer while other services take no longer than before. If all services slow down at once, their machine or its neighbours slow them
 * down.
 */
function toCauses({ deviations }: DeviatingService, others: readonly DeviatingService[]): readonly RankedCause[] {
  const busy = deviations.find(({ kind }) => kind === "busy");
  const slow = deviations.find((each) => isSurelySlow(each) && (busy !== undefined || each.share >= LASTING_SHARE));
  const isAlone = !others.some((other) => other.deviations.some(isSurelySlow));
  if (busy === undefined && (slow === undefined || !isAlone)) return [];
  const confidence = slow === undefined ? 0.3 : busy === undefined ? 0.4 : 0.85;
  const evidence = [slow, busy].flatMap((each) => (each === undefined ? [] : [toEvidence(each)]));
  return [{ cause: "resource-exhausted", confidence, evidence, against: [] }];
}

function isSurelySlow({ kind, logP }: Deviation): boolean {
  return kind === "slow" && logP < CERTAIN;
}
