import type { FailingExchange, FaultAlert, Observations, Scope } from "@faultline/model";
import { diagnose } from "@faultline/playbook";
import { type Signature, SIGNATURES } from "@faultline/playbook/signatures";
import type { LiveFeed } from "../live-feed.ts";
import type { Store } from "../store/contract.ts";
import { decideAlert } from "./decide-alert.ts";
import { gatherObservations } from "./gather-observations.ts";
import { keepVerdict } from "./keep-verdict.ts";
import { type Entry, isToLook, type OpenFailures, reconsider, recordFailures } from "./record-failures.ts";
import { takeTurns } from "./take-turns.ts";

/** What the watch needs from the world. */
export type WatchOptions = {
  readonly store: Store;
  readonly feed: LiveFeed;
  /** What the answers of known gateways look like. */
  readonly signatures?: readonly Signature[];
  /** Prepares a fault's observations before they are diagnosed. It does not affect the fingerprint. */
  readonly prepare?: (observations: Observations) => Observations;
  /** Called at most once for a fault, as long as its data is kept. The receiver calls `markAlerted` once the alert was delivered. */
  readonly onAlert: (alert: FaultAlert) => void;
  /** One line for the operator about a round that failed and will be tried again. */
  readonly onProblem: (line: string) => void;
  /** Unix ms. */
  readonly now?: () => number;
  /** Pause between rounds, ms. Default 500. */
  readonly intervalMs?: number;
  /** How long a failing exchange waits for the rest of its trace, ms. Default 1000. */
  readonly settleMs?: number;
};

/** Turns newly failing exchanges into faults with diagnoses, and faults into alerts. */
export type Watch = {
  /** Runs one round: reads what has newly failed and diagnoses what changed. The timer calls it, and tests may. */
  round(): Promise<void>;
  markAlerted(fingerprint: string): Promise<void>;
  close(): Promise<void>;
};

const BATCH = 1000;
const DEFAULT_INTERVAL_MS = 500;
/** The spans of one trace come from several processes. Identified by its first pieces alone, a failure would be taken for another fault. */
const DEFAULT_SETTLE_MS = 1000;
/** A fault that keeps failing is diagnosed again when it has grown by this factor, or after this much time. */
const REDIAGNOSE_GROWTH = 1.3;
const REDIAGNOSE_AFTER_MS = 10_000;
/** A fault without a new failure for this long leaves the working set; the store keeps it. */
const FORGET_AFTER_MS = 10 * 60_000;

/** Starts watching. Rounds never overlap. A round that fails is reported and tried again. */
export function startWatch(options: WatchOptions): Watch {
  const { store, feed, now = Date.now, intervalMs = DEFAULT_INTERVAL_MS, settleMs = DEFAULT_SETTLE_MS } = options;
  const entries = new Map<string, Entry>();
  const queue: Queue = { waiting: [], open: [] };
  let cursor: number | undefined;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const round = async (): Promise<void> => {
    cursor ??= await resume(store, entries);
    for (;;) {
      const page = await store.listFailingSince(cursor, BATCH);
      if (page.failing.length === 0) break;
      queue.waiting.push({ failing: page.failing, seenAtMs: now() });
      cursor = page.cursor;
      if (page.failing.length < BATCH || isClosed) break;
    }
    await recordDue(queue, { store, entries, settleMs, nowMs: now() });
    for (const entry of entries.values()) {
      if (!isClosed && isDue(entry, now())) await update(entry, options, now());
      if (now() - entry.heardAtMs > FORGET_AFTER_MS) entries.delete(entry.fault.fingerprint);
    }
    feed.publish({ kind: "counts", atMs: now() });
  };
  // A full disk fails every round, for hours: it is told once, until a round succeeds or fails for another reason.
  let toldProblem: string | undefined;
  const tellOnce = (error: unknown): void => {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== toldProblem) options.onProblem(`the watch missed a round: ${problem}`);
    toldProblem = problem;
  };
  const guarded = (): Promise<void> => {
    running = running
      .then(round)
      .then(() => void (toldProblem = undefined))
      .catch(tellOnce);
    return running;
  };
  const schedule = (): void => {
    timer = setTimeout(() => void guarded().then(() => (isClosed ? undefined : schedule())), intervalMs);
  };
  schedule();
  return {
    round: guarded,
    async markAlerted(fingerprint) {
      const fault = entries.get(fingerprint)?.fault ?? (await store.findFault(fingerprint));
      if (fault === undefined) return;
      const alerted = { ...fault, alertedAtMs: now() };
      const entry = entries.get(fingerprint);
      if (entry !== undefined) entry.fault = alerted;
      await store.saveFault(alerted);
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Failures that have no final fault yet: `waiting` for the rest of their traces, or `open`, to be looked at again, because a hop has sent nothing yet. */
type Queue = {
  readonly waiting: { readonly failing: readonly FailingExchange[]; readonly seenAtMs: number }[];
  open: readonly OpenFailures[];
};

type Recording = {
  readonly store: Store;
  readonly entries: Map<string, Entry>;
  readonly settleMs: number;
  readonly nowMs: number;
};

async function recordDue(queue: Queue, { store, entries, settleMs, nowMs }: Recording): Promise<void> {
  while (queue.waiting[0] !== undefined && nowMs - queue.waiting[0].seenAtMs >= settleMs) {
    const left = await recordFailures(store, { entries, nowMs }, queue.waiting[0].failing);
    queue.waiting.shift();
    if (left !== undefined) queue.open = [...queue.open, left];
  }
  const due = queue.open.filter((each) => isToLook(each, nowMs));
  queue.open = queue.open.filter((each) => !due.includes(each));
  for (const each of due) {
    const left = await reconsider(store, { entries, nowMs }, each);
    if (left !== undefined) queue.open = [...queue.open, left];
  }
}

/** After a start: recent faults return to the working set, and failing exchanges without a fault are read again. */
async function resume(store: Store, entries: Map<string, Entry>): Promise<number> {
  for (const fault of await store.listFaults({ limit: BATCH })) {
    entries.set(fault.fingerprint, {
      fault,
      diagnosedCount: fault.diagnosis === undefined ? 0 : fault.count,
      alerted: fault.alertedAtMs !== undefined,
      heardAtMs: fault.lastSeenMs,
    });
  }
  return 0;
}

/** Where the symptom shows, without its counts. The window is left out, so that good traces from before the onset are read too. */
function toFilter({ service, route }: Scope): { readonly service?: string; readonly route?: string } {
  return { ...(service === undefined ? {} : { service }), ...(route === undefined ? {} : { route }) };
}

function isDue({ fault, diagnosedCount, judgedAtMs = fault.diagnosedAtMs ?? 0, alerted, heldUntilMs }: Entry, nowMs: number): boolean {
  if (!alerted && heldUntilMs !== undefined && nowMs >= heldUntilMs) return true;
  if (fault.count === diagnosedCount) return false;
  if (fault.diagnosis === undefined || fault.count >= diagnosedCount * REDIAGNOSE_GROWTH) return true;
  return nowMs - judgedAtMs >= REDIAGNOSE_AFTER_MS;
}

/** Diagnoses a fault anew, shows it, and raises its alert when that is due. */
async function update(entry: Entry, options: WatchOptions, nowMs: number): Promise<void> {
  const { store, feed, onAlert, signatures = SIGNATURES, prepare = (observations) => observations } = options;
  const evidence = await gatherObservations(store, entry.fault, nowMs);
  if (evidence === undefined) return;
  await takeTurns();
  const { observations, scope, judgedFromMs } = evidence;
  const counts = { failing: scope.failing, succeeding: scope.succeeding };
  const diagnosis = diagnose(prepare(observations), { scope: toFilter(scope), counts, signatures });
  const fault = { ...entry.fault, ...keepVerdict(entry.fault, { diagnosis, diagnosedAtMs: nowMs, judgedFromMs }) };
  entry.fault = fault;
  entry.judgedAtMs = nowMs;
  entry.diagnosedCount = fault.count;
  await store.saveFault(fault);
  feed.publish({ kind: "fault", fault });
  if (entry.alerted || (entry.heldUntilMs ?? 0) > nowMs) return;
  delete entry.heldUntilMs;
  const alert = await decideAlert(store, fault, { nowMs, exampleTraceId: evidence.example.traceId });
  if (alert === undefined) return;
  entry.alerted = true;
  onAlert(alert);
}
