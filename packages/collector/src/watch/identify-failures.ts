import { assembleTraces, fingerprintFailure, isolateEach, type FaultIdentity } from "@faultline/playbook";
import type { FailingExchange, FailurePath, MetricPoint } from "@faultline/model";
import type { Store } from "../store/contract.ts";
import { slimTrace } from "./slim-trace.ts";
import { takeTurns } from "./take-turns.ts";

/** How many traces one round reads. Beyond that an exchange inherits the fault of its kind, so that a burst cannot stall the watch. */
const MOST_EXAMINED = 80;
const EXAMINED_PER_KIND = 25;
/** How many spans are judged together, without a pause for pages. */
const SPANS_AT_ONCE = 6000;
/** Metrics show which process stood still. They arrive with the next report, this much later. */
const METRICS_AFTER_MS = 15_000;
const MOST_METRICS = 5000;

/**
 * The fault of a failing exchange. `mayChange`: a hop on its path has sent nothing yet, and late spans may tell another story.
 * `isMasked`: a hop in front turned it into a good answer.
 */
export type Identified = FaultIdentity & { readonly mayChange: boolean; readonly isMasked: boolean };

/**
 * Finds the fault of each failing exchange by reading its trace together with the others. An exchange whose trace holds only handled errors has
 * none. In a burst only the first exchanges of each kind (service, route, method, status, error type, version) are read; the others of that kind get the
 * fault that most of those had.
 */
export async function identifyFailures(
  store: Store,
  failing: readonly FailingExchange[],
): Promise<ReadonlyMap<FailingExchange, Identified>> {
  const kinds = [...Map.groupBy(failing, toKind).values()];
  const identities = await examine(store, chooseExamined(kinds));
  const found = new Map<FailingExchange, Identified>();
  for (const members of kinds) {
    const votes: (Identified | undefined)[] = [];
    const others: FailingExchange[] = [];
    for (const exchange of members) {
      if (!identities.has(exchange)) {
        others.push(exchange);
        continue;
      }
      const identity = identities.get(exchange);
      votes.push(identity);
      if (identity !== undefined) found.set(exchange, identity);
    }
    const winner = findMost(votes);
    if (winner !== undefined) for (const exchange of others) found.set(exchange, winner);
  }
  return found;
}

function toKind({ service, route, method, status, errorType, version }: FailingExchange): string {
  return JSON.stringify([service, route, method, status, errorType, version]);
}

function chooseExamined(kinds: readonly (readonly FailingExchange[])[]): readonly FailingExchange[] {
  const chosen: FailingExchange[] = [];
  for (const members of kinds) {
    const share = Math.max(1, Math.min(EXAMINED_PER_KIND, MOST_EXAMINED - chosen.length));
    chosen.push(...members.slice(0, share));
  }
  return chosen;
}

/** The most frequent vote; of equals the earlier one. */
function findMost(votes: readonly (Identified | undefined)[]): Identified | undefined {
  const groups = [...Map.groupBy(votes, (vote) => vote?.fingerprint).values()];
  return groups.reduce((best, group) => (group.length > best.length ? group : best), [])[0];
}

type Read = { readonly exchange: FailingExchange; readonly path: FailurePath };

async function examine(store: Store, failing: readonly FailingExchange[]): Promise<ReadonlyMap<FailingExchange, Identified | undefined>> {
  const found = new Map<FailingExchange, Identified | undefined>(failing.map((exchange) => [exchange, undefined]));
  const metrics = await listMetricsAround(store, failing);
  let read: Read[] = [];
  const judgeRead = async (): Promise<void> => {
    for (const [exchange, identity] of judge(read, metrics)) found.set(exchange, identity);
    read = [];
    await takeTurns();
  };
  for (const exchange of failing) {
    const trace = await store.findTrace(exchange.traceId);
    await takeTurns();
    const slim = trace && slimTrace(trace);
    const [path] = slim === undefined ? [] : assembleTraces(slim.spans, slim.logs, slim.exchanges);
    if (path !== undefined) read.push({ exchange, path });
    await takeTurns();
    if (read.reduce((sum, { path: { spanCount } }) => sum + spanCount, 0) >= SPANS_AT_ONCE) await judgeRead();
  }
  await judgeRead();
  return found;
}

/** Identifies the fault of each exchange, taking all of them into account. */
function judge(read: readonly Read[], metrics: readonly MetricPoint[]): ReadonlyMap<FailingExchange, Identified> {
  const domains = isolateEach(
    read.map(({ path }) => path),
    metrics,
  );
  return new Map(
    read.flatMap(({ exchange, path }, index): readonly (readonly [FailingExchange, Identified])[] => {
      const domain = domains[index];
      if (domain === undefined || domain.suspects.length === 0) return [];
      const isMasked = domain.path.some(({ fate }) => fate === "masked");
      return [[exchange, { ...fingerprintFailure(path, domain), mayChange: domain.missing.length > 0, isMasked }]];
    }),
  );
}

async function listMetricsAround(store: Store, failing: readonly FailingExchange[]): Promise<readonly MetricPoint[]> {
  if (failing.length === 0) return [];
  const fromMs = failing.reduce((least, { timeMs }) => Math.min(least, timeMs), Infinity);
  const toMs = failing.reduce((most, { timeMs, durationMs }) => Math.max(most, timeMs + durationMs), 0);
  return store.listMetrics({ window: { fromMs, toMs: toMs + METRICS_AFTER_MS }, limit: MOST_METRICS });
}
