import { assembleTraces, type FaultIdentity, fingerprintFailure, isolateFault } from "@faultline/playbook";
import type { FailingExchange, Store } from "../store/contract.ts";

/** Traces read in one round. Beyond it an exchange inherits the fault of its kind, so that a burst cannot stall the watch. */
const MOST_EXAMINED = 200;
const EXAMINED_PER_KIND = 25;

/**
 * Finds the fault of each failing exchange by reading its trace; one whose trace holds nothing but errors that were handled has none.
 * In a burst only the first of each kind (service, route, status, error type, version) are read; the others of that kind get the fault
 * that most of those had.
 */
export async function identifyFailures(
  store: Store,
  failing: readonly FailingExchange[],
): Promise<ReadonlyMap<FailingExchange, FaultIdentity>> {
  const found = new Map<FailingExchange, FaultIdentity>();
  let examined = 0;
  for (const members of Map.groupBy(failing, toKind).values()) {
    const share = Math.max(1, Math.min(EXAMINED_PER_KIND, MOST_EXAMINED - examined));
    const votes: (FaultIdentity | undefined)[] = [];
    for (const exchange of members.slice(0, share)) {
      const identity = await identify(store, exchange);
      votes.push(identity);
      if (identity !== undefined) found.set(exchange, identity);
    }
    examined += votes.length;
    const winner = findMost(votes);
    if (winner !== undefined) for (const exchange of members.slice(share)) found.set(exchange, winner);
  }
  return found;
}

function toKind({ service, route, method, status, errorType, version }: FailingExchange): string {
  return JSON.stringify([service, route, method, status, errorType, version]);
}

/** The most frequent vote; of equals the earlier one. */
function findMost(votes: readonly (FaultIdentity | undefined)[]): FaultIdentity | undefined {
  const groups = [...Map.groupBy(votes, (vote) => vote?.fingerprint).values()];
  return groups.reduce((best, group) => (group.length > best.length ? group : best), [])[0];
}

async function identify(store: Store, exchange: FailingExchange): Promise<FaultIdentity | undefined> {
  const trace = await store.findTrace(exchange.traceId);
  if (trace === undefined) return undefined;
  const failing = assembleTraces(trace.spans, trace.logs, trace.exchanges);
  const [path] = failing;
  const domain = isolateFault({ failing });
  return path === undefined || domain.suspects.length === 0 ? undefined : fingerprintFailure(path, domain);
}
