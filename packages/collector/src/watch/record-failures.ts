import type { FaultIdentity } from "@faultline/playbook";
import type { FailingExchange } from "@faultline/model";
import type { Store, StoredFault } from "../store/contract.ts";
import { identifyFailures, type Identified } from "./identify-failures.ts";
import { takeTurns } from "./take-turns.ts";
import { tellApart } from "./tell-apart.ts";

/** A fault in the working set. */
export type Entry = {
  fault: StoredFault;
  diagnosedCount: number;
  /** When it was last diagnosed, Unix ms. The verdict that is shown may be an earlier one. */
  judgedAtMs?: number;
  alerted: boolean;
  /** No alert is raised before this time, Unix ms: until then it may turn out to be another fault, or to reach clients too. */
  heldUntilMs?: number;
  /** When the last of its failures arrived here, Unix ms; a late failure carries a much earlier time. */
  heardAtMs: number;
};

/** Failures on whose path a hop has sent nothing yet; they are looked at again. */
export type OpenFailures = {
  readonly failing: ReadonlyMap<FailingExchange, string>;
  /** How often they were looked at again. */
  readonly looks: number;
  readonly recordedAtMs: number;
};

/**
 * When failures with a silent hop are looked at again, ms after they were recorded: a callee whose caller gave up ends later than its caller, and
 * exporters send a batch every five seconds. A failure whose hop is still silent after the last look keeps its fault.
 */
const LOOKS_AFTER_MS = [3_000, 8_000, 20_000] as const;

/** True when failures are to be looked at again. */
export function isToLook({ looks, recordedAtMs }: OpenFailures, nowMs: number): boolean {
  return nowMs - recordedAtMs >= (LOOKS_AFTER_MS[looks] ?? Infinity);
}

/** Gives each newly failing exchange its fault. Returns those that are to be looked at again, when there are any. */
export async function recordFailures(
  store: Store,
  { entries, nowMs }: { readonly entries: Map<string, Entry>; readonly nowMs: number },
  failing: readonly FailingExchange[],
): Promise<OpenFailures | undefined> {
  // A crash between the listing and `assignFault` shows a failure again; one that has its fault already is not counted twice.
  const fresh = failing.filter((exchange) => exchange.fingerprint === undefined);
  const identities = await tellApart(await identifyFailures(store, fresh), { store, entries });
  const open = new Map<FailingExchange, string>();
  const groups = Map.groupBy(identities.keys(), (exchange) => identities.get(exchange)?.fingerprint ?? "");
  for (const members of groups.values()) {
    const identity = identities.get(members[0] as FailingExchange) as Identified; // grouped by their identity, so each has one
    const known = await findTarget(store, entries, identity);
    const fault = countIn(known, identity, members);
    await assign(store, members, fault);
    await takeTurns();
    const entry = keep(entries, { fault, known, nowMs });
    for (const member of members) if (identities.get(member)?.mayChange === true) open.set(member, fault.fingerprint);
    const isWhole = members.some((member) => !open.has(member) && identities.get(member)?.isMasked === false);
    if (isWhole) delete entry.heldUntilMs;
    else if (known === undefined) entry.heldUntilMs = nowMs + LOOKS_AFTER_MS[1];
  }
  return open.size === 0 ? undefined : { failing: open, looks: 0, recordedAtMs: nowMs };
}

/** What is not certain yet is counted where the same was found to belong before. */
async function findTarget(store: Store, entries: ReadonlyMap<string, Entry>, identity: Identified): Promise<StoredFault | undefined> {
  const known = await findKnown(store, entries, identity.fingerprint);
  if (!identity.mayChange || known?.absorbedBy === undefined) return known;
  return (await findKnown(store, entries, known.absorbedBy)) ?? known;
}

async function findKnown(store: Store, entries: ReadonlyMap<string, Entry>, fingerprint: string): Promise<StoredFault | undefined> {
  return entries.get(fingerprint)?.fault ?? (await store.findFault(fingerprint));
}

/** Looks again at failures of which a hop was silent; what turns out to belong to another fault moves there. */
export async function reconsider(
  store: Store,
  { entries, nowMs }: { readonly entries: Map<string, Entry>; readonly nowMs: number },
  { failing, looks, recordedAtMs }: OpenFailures,
): Promise<OpenFailures | undefined> {
  const isLast = looks === LOOKS_AFTER_MS.length - 1;
  const identities = await tellApart(await identifyFailures(store, [...failing.keys()]), { store, entries });
  const moves = Map.groupBy(
    [...failing].filter(([exchange, from]) => (identities.get(exchange)?.fingerprint ?? from) !== from),
    ([exchange, from]) => `${from} ${identities.get(exchange)?.fingerprint}`,
  );
  const stillOpen = new Map([...failing].filter(([exchange]) => identities.get(exchange)?.mayChange === true));
  for (const members of moves.values()) {
    const [first] = members;
    const identity = first === undefined ? undefined : identities.get(first[0]);
    if (first === undefined || identity === undefined) continue;
    // What looks as it did before it was absorbed goes back only when nothing more can be expected.
    if (identity.mayChange && !isLast && (await findKnown(store, entries, identity.fingerprint))?.absorbedBy === first[1]) continue;
    await move(store, entries, { from: first[1], to: identity, members: members.map(([exchange]) => exchange), nowMs });
    for (const [exchange] of members) if (stillOpen.has(exchange)) stillOpen.set(exchange, identity.fingerprint);
  }
  return isLast || stillOpen.size === 0 ? undefined : { failing: stillOpen, looks: looks + 1, recordedAtMs };
}

type Move = {
  readonly from: string;
  readonly to: FaultIdentity;
  readonly members: readonly FailingExchange[];
  readonly nowMs: number;
};

/** A fault that lost its last failure is absorbed: its page shows where they went, and people are not told twice. */
async function move(store: Store, entries: Map<string, Entry>, { from, to, members, nowMs }: Move): Promise<void> {
  const source = await findKnown(store, entries, from);
  const known = await findKnown(store, entries, to.fingerprint);
  if (source === undefined) return;
  const left = Math.max(0, source.count - members.length);
  const revived = countIn(known, to, members);
  const inherits = left === 0 && source.alertedAtMs !== undefined && revived.alertedAtMs === undefined;
  const target = inherits ? { ...revived, alertedAtMs: source.alertedAtMs } : revived;
  await assign(store, members, target);
  const entry = keep(entries, { fault: target, known, nowMs });
  const remainder: StoredFault = { ...source, count: left, ...(left === 0 ? { absorbedBy: to.fingerprint } : {}) };
  await store.saveFault(remainder);
  const sourceEntry = entries.get(from);
  if (left === 0) {
    entry.alerted ||= sourceEntry?.alerted === true;
    entries.delete(from);
  } else if (sourceEntry !== undefined) sourceEntry.fault = remainder;
}

async function assign(store: Store, members: readonly FailingExchange[], fault: StoredFault): Promise<void> {
  const traceIds = members.map((each) => each.traceId);
  await store.assignFault(traceIds, fault.fingerprint);
  await store.saveFault(fault);
}

type Kept = { readonly fault: StoredFault; readonly known: StoredFault | undefined; readonly nowMs: number };

function keep(entries: Map<string, Entry>, { fault, known, nowMs }: Kept): Entry {
  const entry = entries.get(fault.fingerprint);
  if (entry !== undefined) {
    entry.fault = fault;
    entry.heardAtMs = nowMs;
    return entry;
  }
  const diagnosedCount = known?.diagnosis === undefined ? 0 : known.count;
  const added: Entry = { fault, diagnosedCount, alerted: fault.alertedAtMs !== undefined, heardAtMs: nowMs };
  entries.set(fault.fingerprint, added);
  return added;
}

/** The fault with these failures added. */
function countIn(
  known: StoredFault | undefined,
  { fingerprint, title, service }: FaultIdentity,
  members: readonly FailingExchange[],
): StoredFault {
  const times = members.map((each) => each.timeMs);
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = times.reduce((a, b) => Math.max(a, b));
  if (known === undefined) {
    const route = members[0]?.route ?? "";
    return { fingerprint, title, service, route, firstSeenMs: first, lastSeenMs: last, count: members.length, state: "open" };
  }
  const { absorbedBy: _, ...rest } = known;
  return {
    ...rest,
    firstSeenMs: Math.min(known.firstSeenMs, first),
    lastSeenMs: Math.max(known.lastSeenMs, last),
    count: known.count + members.length,
  };
}
