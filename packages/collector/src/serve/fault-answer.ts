import type { FailingExchange, FaultAnswer, TraceAnswer, Window } from "@faultline/model";
import type { Store, StoredFault, StoredTrace } from "../store/contract.ts";
import { dropEchoes } from "./changes.ts";
import { contrastTraces } from "./contrast-traces.ts";
import { chooseSteps, toCountSeries } from "./count-series.ts";
import { toFaultListing } from "./fault-listing.ts";
import { composeTrace } from "./trace-answer.ts";

const BEFORE_MS = 10 * 60_000;
const AFTER_MS = 2 * 60_000;
const LONGEST_MS = 6 * 3_600_000;
const MOST_STEPS = 120;
const MOST_FAILING = 20;
/** Traces of each kind that the contrast reads. */
const MOST_COMPARED = 30;

/**
 * Everything that a fault's page shows, in one answer; undefined when there is no such fault. The example is the failing request with
 * `traceId`, else the newest one of the symptom that the diagnosis is about.
 */
export async function composeFault(store: Store, fingerprint: string, traceId?: string): Promise<FaultAnswer | undefined> {
  const asked = await store.findFault(fingerprint);
  // A fault whose failures turned out to belong to another fault leads there, so that old links keep working.
  const fault = asked?.absorbedBy === undefined ? asked : ((await store.findFault(asked.absorbedBy)) ?? asked);
  if (fault === undefined) return undefined;
  const { stepMs, window } = chooseSteps(toWindow(fault), MOST_STEPS);
  const scope = toScope(fault);
  const [counts, changes, failing] = await Promise.all([
    store.count({ window, stepMs, ...scope, groupBy: [] }),
    store.listChanges(window),
    store.listFailing({ window, fingerprint: fault.fingerprint, order: "newest", limit: MOST_COMPARED }),
  ]);
  const [traces, good] = await Promise.all([
    findTraces(store, failing),
    store.sampleSucceeding({ window, ...scope, limit: MOST_COMPARED }),
  ]);
  const chosen =
    traceId === undefined ? undefined : (traces.find((trace) => trace.traceId === traceId) ?? (await store.findTrace(traceId)));
  const alike = keepAlike(traces, failing, scope);
  const shown = chosen ?? alike[0];
  const origin = fault.diagnosis?.suspects[0]?.service ?? fault.service;
  const example: TraceAnswer | undefined = shown === undefined ? undefined : composeTrace(shown, origin);
  return {
    fault: toFaultListing(fault),
    ...(fault.diagnosis === undefined ? {} : { diagnosis: fault.diagnosis }),
    series: toCountSeries(counts, window, stepMs),
    changes: dropEchoes(changes),
    failing: failing.slice(0, MOST_FAILING),
    ...(example === undefined ? {} : { example }),
    contrast: contrastTraces(alike, good),
    compared: { failing: alike.length, succeeding: good.length },
  };
}

/** The charted window: from some time before the fault, so that its onset shows, to some time after; of a long one, the newest six hours. */
function toWindow({ firstSeenMs, lastSeenMs }: StoredFault): Window {
  const toMs = lastSeenMs + AFTER_MS;
  return { fromMs: Math.max(firstSeenMs - BEFORE_MS, toMs - LONGEST_MS), toMs };
}

/** The service and route that the diagnosis is about; without one, those that the fault was named after. */
function toScope({ diagnosis, service, route }: StoredFault): { readonly service?: string; readonly route?: string } {
  const symptom = diagnosis?.scope;
  if (symptom?.service === undefined && symptom?.route === undefined) return { service, route };
  return {
    ...(symptom.service === undefined ? {} : { service: symptom.service }),
    ...(symptom.route === undefined ? {} : { route: symptom.route }),
  };
}

/** The traces of the symptom, because a fault may show on several routes and the page tells the story of one; all traces where none belongs to it. */
function keepAlike(
  traces: readonly StoredTrace[],
  failing: readonly FailingExchange[],
  { service, route }: ReturnType<typeof toScope>,
): readonly StoredTrace[] {
  const ids = new Set(failing.filter((each) => each.service === service && each.route === route).map(({ traceId }) => traceId));
  const alike = traces.filter(({ traceId }) => ids.has(traceId));
  return alike.length > 0 ? alike : traces;
}

async function findTraces(store: Store, failing: readonly FailingExchange[]) {
  const found = await Promise.all(failing.map(({ traceId }) => store.findTrace(traceId)));
  return found.filter((trace) => trace !== undefined);
}
