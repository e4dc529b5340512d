import type { FaultIdentity } from "@faultline/playbook";
import type { FailingExchange } from "@faultline/model";
import type { Store, StoredFault } from "../store/contract.ts";
import type { Identified } from "./identify-failures.ts";

/** One outage shows itself in several ways (first cut, then refused, then late). What shows itself in a new way this long after it began is another outage. */
const ONE_OUTAGE_MS = 10 * 60_000;

/** Where faults are looked up: the working set first, because it holds what is not stored yet. */
export type FaultSources = { readonly store: Store; readonly entries: ReadonlyMap<string, { readonly fault: StoredFault }> };

/**
 * Keeps outages of one service apart that differ in how the answer was missing. Otherwise the fault of a dependency that resets a connection now and then
 * would silently absorb the day on which that dependency is down. The ways in which a fault showed itself when it began are recorded as absorbed by it.
 */
export async function tellApart(
  identities: ReadonlyMap<FailingExchange, Identified>,
  sources: FaultSources,
): Promise<ReadonlyMap<FailingExchange, Identified>> {
  const found = new Map<FailingExchange, Identified>();
  for (const members of Map.groupBy(identities, ([, { fingerprint, apart }]) => apart?.fingerprint ?? fingerprint).values()) {
    const [first] = members;
    if (first === undefined) continue;
    const firstMs = members.reduce((least, [{ timeMs }]) => Math.min(least, timeMs), Infinity);
    const { fingerprint, title } = await choose(first[1], firstMs, sources);
    for (const [exchange, identity] of members) found.set(exchange, { ...identity, fingerprint, title });
  }
  return found;
}

async function choose(
  identity: FaultIdentity,
  firstMs: number,
  sources: FaultSources,
): Promise<Pick<FaultIdentity, "fingerprint" | "title">> {
  const { apart, service, fingerprint } = identity;
  if (apart === undefined) return identity;
  const own = await findFault(apart.fingerprint, sources);
  if (own !== undefined) return own.absorbedBy === fingerprint ? identity : apart;
  const began = (await findFault(fingerprint, sources))?.firstSeenMs ?? firstMs;
  if (Math.abs(firstMs - began) > ONE_OUTAGE_MS) return apart;
  const noted = { ...apart, service, route: "", firstSeenMs: firstMs, lastSeenMs: firstMs, count: 0, state: "open" as const };
  await sources.store.saveFault({ ...noted, absorbedBy: fingerprint });
  return identity;
}

async function findFault(fingerprint: string, { store, entries }: FaultSources): Promise<StoredFault | undefined> {
  return entries.get(fingerprint)?.fault ?? (await store.findFault(fingerprint));
}
