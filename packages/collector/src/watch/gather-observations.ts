import type { FailingExchange, Observations, Scope, Span, Window } from "@faultline/model";
import type { Store, StoredFault, StoredTrace } from "../store/contract.ts";
import { MOST_SPANS_A_TRACE, slimTrace } from "./slim-trace.ts";
import { takeTurns } from "./take-turns.ts";

/** What a diagnosis of a live fault reads. All of it is bounded, so that a diagnosis costs the same in a quiet hour and in a storm. */
const FAILING_TRACES = 60;
const GOOD_TRACES = 60;
const METRIC_POINTS = 20_000;
/** How many spans of failing traces, and as many of good ones: a diagnosis runs without a pause, and pages wait for it. Fewer traces than the least would tell too little. */
const MOST_SPANS = 6000;
const LEAST_TRACES = 5;
/** Good traces are read without a pause as well. A span that is read and then left out costs a tenth of one that is judged. */
const MOST_GOOD_SPANS = 20_000;
const LEAST_GOOD_TRACES = 2;
/** How far the window reaches around the newest failure, and how long before the fault began changes and metrics still matter. */
const LONGEST_WINDOW_MS = 15 * 60_000;
const BEFORE_ONSET_MS = 30 * 60_000;

/** The evidence for a fault, in the form that the playbook takes. */
export type FaultEvidence = {
  readonly observations: Observations;
  readonly scope: Scope;
  readonly example: FailingExchange;
  /** The time of the oldest failure among them, Unix ms. */
  readonly judgedFromMs: number;
};

/** Collects what is known around a fault: its failing traces, good ones of the same route, changes, metrics and counts. */
export async function gatherObservations(store: Store, fault: StoredFault, nowMs: number): Promise<FaultEvidence | undefined> {
  const window = findWindow(fault, nowMs);
  const around = { fromMs: fault.firstSeenMs - BEFORE_ONSET_MS, toMs: window.toMs };
  const failing = await store.listFailing({ window, fingerprint: fault.fingerprint, order: "newest", limit: FAILING_TRACES });
  const [example] = failing;
  if (example === undefined) return undefined;
  const { traces: bad, spans } = await findTraces(store, failing);
  await takeTurns();
  const judged = failing.filter(({ traceId }) => bad.has(traceId));
  const symptom = findSymptom(judged, bad);
  const goodWindow = { fromMs: around.fromMs, toMs: around.toMs };
  const limit = countAffordable(spans / Math.max(1, bad.size));
  const good = await store.sampleSucceeding({ window: goodWindow, service: symptom.service, route: symptom.route, limit });
  await takeTurns();
  const traces = [...bad.values(), ...good.map((trace) => slimTrace(trace))];
  const changes = await store.listChanges(around);
  const metrics = await store.listMetrics({ window: around, limit: METRIC_POINTS });
  const counts = await store.count({ window, service: symptom.service, route: symptom.route, stepMs: 3_600_000, groupBy: [] });
  const total = counts.reduce((sum, row) => sum + row.total, 0);
  const failed = counts.reduce((sum, row) => sum + row.failing, 0);
  // A fault may show on several routes, but this scope is one route. A failure that was masked is not counted as a failure anywhere.
  const ofFault = failed === 0 ? fault.count : Math.min(fault.count, failed);
  return {
    example,
    judgedFromMs: judged.reduce((oldest, { timeMs }) => Math.min(oldest, timeMs), example.timeMs),
    scope: { service: symptom.service, route: symptom.route, window, failing: ofFault, succeeding: Math.max(0, total - ofFault) },
    observations: {
      spans: traces.flatMap((trace) => trace.spans),
      logs: traces.flatMap((trace) => trace.logs),
      exchanges: traces.flatMap((trace) => trace.exchanges),
      changes,
      metrics,
    },
  };
}

/**
 * The window of a fault's newest failures, by their senders' clocks: data that was held back carries old times, and a clock may run ahead of ours.
 */
function findWindow({ firstSeenMs, lastSeenMs }: StoredFault, nowMs: number): Window {
  const fromMs = Math.max(firstSeenMs, Math.min(lastSeenMs, nowMs) - LONGEST_WINDOW_MS);
  return { fromMs, toMs: Math.max(lastSeenMs, Math.min(lastSeenMs + LONGEST_WINDOW_MS, nowMs)) + 1 };
}

/** The service and route where clients met most of the fault's failures; if all were masked, where most of the masked ones arrived. */
function findSymptom(
  failing: readonly FailingExchange[],
  traces: ReadonlyMap<string, StoredTrace>,
): { readonly service: string; readonly route: string } {
  const open = failing.filter(({ traceId, spanId }) => !isAnswered(spanId, traces.get(traceId)?.spans ?? []));
  const shown = open.length > 0 ? open : failing;
  const groups = [...Map.groupBy(shown, ({ service, route }) => JSON.stringify([service, route])).values()];
  const [most = { service: "", route: "" }] = groups.reduce((best, group) => (group.length > best.length ? group : best));
  return { service: most.service, route: most.route };
}

/** True when a hop in front of the outermost failing one sent spans: it did not fail itself, so it gave a good answer. */
function isAnswered(spanId: string, spans: readonly Span[]): boolean {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const seen = new Set<string>();
  let parentId = byId.get(spanId)?.parentSpanId;
  while (parentId !== undefined && !seen.has(parentId)) {
    seen.add(parentId);
    const parent = byId.get(parentId);
    if (parent?.kind === "server" || parent?.kind === "consumer") return true;
    parentId = parent?.parentSpanId;
  }
  return false;
}

/** The traces of these exchanges, only the first of them where all would be too many to judge, and how many spans they had before they were slimmed. */
async function findTraces(
  store: Store,
  failing: readonly FailingExchange[],
): Promise<{ readonly traces: ReadonlyMap<string, StoredTrace>; readonly spans: number }> {
  const traces = new Map<string, StoredTrace>();
  let [spans, judged] = [0, 0];
  for (const traceId of new Set(failing.map((each) => each.traceId))) {
    if (judged >= MOST_SPANS && traces.size >= LEAST_TRACES) break;
    const trace = await store.findTrace(traceId);
    await takeTurns();
    if (trace === undefined) continue;
    const slim = slimTrace(trace);
    traces.set(traceId, slim);
    spans += trace.spans.length;
    judged += slim.spans.length;
    await takeTurns();
  }
  return { traces, spans };
}

/** How many good traces may be read if each has this many spans. */
function countAffordable(spans: number): number {
  const judged = Math.floor(MOST_SPANS / Math.max(1, Math.min(spans, MOST_SPANS_A_TRACE)));
  const read = Math.floor(MOST_GOOD_SPANS / Math.max(1, spans));
  return Math.max(LEAST_GOOD_TRACES, Math.min(GOOD_TRACES, judged, read));
}
