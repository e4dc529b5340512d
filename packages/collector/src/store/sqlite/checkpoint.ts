/** Moves traces that the window has decided about into the database, in transactions so short that a page never has to wait for one. */
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { Journal } from "../journal/journal.ts";
import type { RecordKind } from "../journal/frame.ts";
import type { CommitSync } from "./commit-sync.ts";
import type { Ingest, IngestParts } from "./ingest.ts";
import type { Progress, ProgressRow } from "./progress.ts";
import { joinPieces, type Piece } from "./request-pieces.ts";
import type { Removal, Retention } from "./retention.ts";
import type { SampleGate } from "./sample-gate.ts";
import type { Part } from "./trace-parts.ts";
import type { TraceWindow } from "./window/trace-window.ts";

/** What checkpoints work on. */
export type CheckpointParts = IngestParts & {
  readonly db: DatabaseSync;
  readonly commits: CommitSync;
  readonly journal: Journal;
  readonly ingest: Ingest;
  readonly progress: ProgressRow;
  readonly gate: SampleGate;
  readonly retention: Retention;
};

/** A table that collects rows and writes some of them inside a transaction; what `write` returns is to be called after the commit. */
type WaitingRows = { readonly waiting: number; write(limit: number): () => void };

/** How the journal stands at a checkpoint. */
export type CheckpointTask = {
  /** The date. */
  readonly nowMs: number;
  /** By the clock that never goes back. */
  readonly steadyMs: number;
  /** Position behind the last record that was applied. */
  readonly appliedEnd: () => number;
  /** The journal must be released up to this position. */
  readonly oldestPosition: number;
  /** A start after a crash may skip the journal before this position, provided that the database holds everything required from it. */
  readonly restartFrom: number;
  /** Settle good traces however young they are. */
  readonly settleAll: boolean;
  /** Also write counts and metrics, and remove what is too old or too much. */
  readonly counts: boolean;
};

/** Some milliseconds of work: a page waits for no more than one transaction. */
const TRACES_PER_TRANSACTION = 64;
const BYTES_PER_TRANSACTION = 4 << 20;
const SMALL_ROWS_PER_TRANSACTION = 1_000;
/** For metrics, whose series are assembled when they are written, and for changes, which are JSON. */
const LARGER_ROWS_PER_TRANSACTION = 250;
/** Traces looked at for the sample at a time. */
const TRACES_AT_A_TIME = 2_000;

/** The parts of a trace that the database does not hold yet. */
export function readUnwritten(trace: number, window: TraceWindow, journal: Journal): Part[] {
  const pieces = new Map<RecordKind, Piece[]>();
  const unwritten = window.listUnwritten(trace);
  for (let at = 0; at < unwritten.length;) {
    const { place, record } = unwritten[at]!;
    const { start } = place;
    let { end } = place;
    // Spans of one process usually follow each other: one read, and one piece, for all of them.
    for (at += 1; at < unwritten.length; at++) {
      const next = unwritten[at]!;
      if (next.record !== record || next.place.start !== end || next.place.resource !== place.resource) break;
      ({ end } = next.place);
    }
    const resource = record.resources[place.resource]?.bytes ?? new Uint8Array();
    const piece = { fields: journal.read(record.position + start, end - start), resource };
    const list = pieces.get(record.kind);
    if (list === undefined) pieces.set(record.kind, [piece]);
    else list.push(piece);
  }
  const position = unwritten.at(-1)?.record.position ?? 0;
  const parts: Part[] = [...pieces].map(([kind, list]) => ({ kind, packed: false, position, bytes: joinPieces(list) }));
  const { intermediaries = [], writtenIntermediaries = 0, lastIntermediary = 0 } = window.findDetails(trace) ?? {};
  const exchanges = intermediaries.slice(writtenIntermediaries);
  const written = { kind: "exchanges", packed: false, position: lastIntermediary } as const;
  if (exchanges.length > 0) parts.push({ ...written, bytes: Buffer.from(JSON.stringify(exchanges)) });
  return parts;
}

/** Writes checkpoints, one at a time. */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  #saved: Progress;
  /** True while there are commits that a loss of power would undo. */
  #isUnsynced = false;

  constructor(parts: CheckpointParts, saved: Progress) {
    this.#parts = parts;
    this.#saved = saved;
  }

  /** Runs one; throws, with the database as it was before its last transaction, when the disk refuses. */
  async run(task: CheckpointTask): Promise<void> {
    const { db, ingest, journal, commits, series, changes, metrics } = this.#parts;
    await commits.ready();
    // Before anything that names them.
    await this.#writeAhead(series, SMALL_ROWS_PER_TRANSACTION);
    const samples = await this.#takeSamples(task);
    for (;;) {
      const failing = this.#takeSome(ingest.dirty, []);
      const some = this.#takeSome(samples, failing);
      if (some.length === ingest.dirty.size + samples.length) break;
      samples.splice(0, some.length - failing.length);
      this.#transact(() => this.#writeTraces(some, task));
      await setImmediate();
    }
    // Both may be written before the database says how far it follows the journal: a replay infers the same changes again, under the same
    // keys, and blocks of metrics are written whole.
    await this.#writeAhead(changes, LARGER_ROWS_PER_TRANSACTION);
    if (task.counts) await this.#writeAhead(metrics, LARGER_ROWS_PER_TRANSACTION);
    const keepFrom = this.#finish(samples, task);
    if (this.#isUnsynced) await commits.sync();
    this.#isUnsynced = false;
    // Only what survives a loss of power in the database may be deleted from the journal.
    if (keepFrom !== undefined) journal.deleteBefore(keepFrom);
    await commits.moveLog(db);
  }

  /**
   * Writes most of what waits for a table, `rows` in a transaction; what is left fits into the last transaction with everything else.
   * No more than waits now: more arrives while others have their turn.
   */
  async #writeAhead(table: WaitingRows, rows: number): Promise<void> {
    for (let left = table.waiting; left > rows; left -= rows) {
      this.#transact(() => [table.write(rows)]);
      await setImmediate();
    }
  }

  /** `taken`, and as many of `traces` as fit into the same transaction; at least one in all. */
  #takeSome(traces: Iterable<number>, taken: readonly number[]): number[] {
    const { window } = this.#parts;
    const some = [...taken];
    let bytes = some.reduce((sum, trace) => sum + window.bytes(trace), 0);
    for (const trace of traces) {
      bytes += window.bytes(trace);
      if (some.length >= TRACES_PER_TRANSACTION || (some.length > 0 && bytes > BYTES_PER_TRANSACTION)) break;
      some.push(trace);
    }
    return some;
  }

  /** Good traces that have been quiet for long enough and are wanted for the sample. */
  async #takeSamples({ steadyMs, settleAll, oldestPosition }: CheckpointTask): Promise<number[]> {
    const { window, gate, series } = this.#parts;
    const samples: number[] = [];
    const isWanted = (number: number): boolean => gate.admit(number, series, steadyMs);
    // No more than there are now: more arrive while others have their turn.
    for (let left = window.size; left > 0; left -= TRACES_AT_A_TIME) {
      const due = window.takeUnsettled(steadyMs, { limit: TRACES_AT_A_TIME, all: settleAll, oldestPosition });
      for (const trace of due) if (window.someSeries(trace, isWanted)) samples.push(trace);
      if (due.length < TRACES_AT_A_TIME) break;
      await setImmediate();
    }
    return samples;
  }

  /**
   * The last transaction: the remaining traces, everything else that waits, and the journal position that all of this covers. Then old traces leave the
   * window. Returns the position from which the journal must be kept once this is synced, or undefined when there was nothing to do.
   */
  #finish(samples: readonly number[], task: CheckpointTask): number | undefined {
    const { window, ingest, ledger, journal, series, rollups, metrics, traces, changes, untracedLogs, progress, retention } = this.#parts;
    const applied = task.appliedEnd();
    const leaving = window.countExpired(task.steadyMs, task.oldestPosition);
    const windowFrom = Math.min(window.findPositionBehind(leaving) ?? applied, applied);
    // A full journal makes traces leave before it is time to write counts. A replay that began after uncounted records would lose them.
    const counts = task.counts || Math.max(windowFrom, task.restartFrom) > this.#saved.counted;
    const counted = counts ? applied : this.#saved.counted;
    const replayFrom = Math.max(windowFrom, Math.min(task.restartFrom, applied, counted));
    const isIdle = ingest.dirty.size === 0 && samples.length === 0 && !changes.isDirty && !untracedLogs.isDirty;
    const countsDue = counts && (rollups.isDirty || metrics.waiting > 0 || this.#saved.counted !== applied);
    const removalDue = task.counts && (retention.isDue(task.nowMs) || series.hasUnused(task.nowMs));
    if (isIdle && !countsDue && !removalDue && this.#saved.replayFrom === replayFrom) return undefined;
    const forgottenLogs = this.#countForgottenLogs(leaving, samples);
    this.#transact(() => {
      const commits = [...this.#writeTraces([...ingest.dirty, ...samples], task), changes.write()];
      const logs = untracedLogs.write();
      const removals: Removal[] = [
        { reason: "log-of-good-trace", items: forgottenLogs },
        { reason: "retention-size", items: logs.removed },
      ];
      commits.push(logs.commit);
      // Expired data goes first: its metric series make room for others.
      const gone: Uint8Array[] = [];
      if (task.counts) removals.push(...retention.remove(task.nowMs, (traceId) => gone.push(traceId)));
      if (counts) commits.push(rollups.writeBlocks(task.steadyMs), metrics.write());
      if (task.counts) commits.push(series.removeUnused(task.nowMs));
      const ledgerAfter = ledger.preview(removals);
      // After a restart from here, the window lacks everything before `replayFrom`.
      const unread = { reason: "log-of-good-trace", items: window.countGoodLogs(leaving, replayFrom, samples) } as const;
      const saved: Progress = {
        applied,
        counted,
        replayFrom,
        lastNumber: journal.lastNumber,
        items: ledger.accepted,
        ledger: ledger.preview([...removals, unread]),
      };
      progress.write(saved);
      commits.push(() => {
        this.#saved = saved;
        ledger.restore(ledgerAfter);
        window.evict(leaving);
        // Only now: if the disk had refused the transaction, they would still be there.
        for (const traceId of gone) traces.forget(traceId);
      });
      return commits;
    });
    if (task.counts) retention.shrink();
    return Math.min(windowFrom, counted);
  }

  /** Log records of traces that leave the window without being stored. */
  #countForgottenLogs(leaving: number, samples: readonly number[]): number {
    const { window } = this.#parts;
    let logs = 0;
    for (let index = 0; index < leaving; index++) {
      const trace = window.at(index);
      if (window.logs(trace) === 0 || window.isFailing(trace) || window.row(trace) !== 0 || samples.includes(trace)) continue;
      logs += window.logs(trace);
    }
    return logs;
  }

  #writeTraces(list: readonly number[], { nowMs }: CheckpointTask): (() => void)[] {
    const { traces, journal, ingest, series, window } = this.#parts;
    // A trace may have become failing since it was chosen for the sample.
    const commits = [...new Set(list)].map((trace) => {
      const [failing, items] = [window.isFailing(trace), window.items(trace)];
      const size = window.measure(trace);
      const parts = readUnwritten(trace, window, journal);
      const row = traces.write({ words: window.words(trace), failing, items, parts, nowMs });
      return () => {
        window.markWritten(trace, { row, ...size });
        if (!window.isUnwritten(trace)) ingest.dirty.delete(trace);
      };
    });
    traces.finishWrites();
    return [...commits, series.write(), () => traces.endWrites(true)];
  }

  #transact(write: () => readonly (() => void)[]): void {
    const { db, traces } = this.#parts;
    db.exec("BEGIN IMMEDIATE");
    let commits: readonly (() => void)[];
    try {
      commits = write();
      db.exec("COMMIT");
      this.#isUnsynced = true;
    } catch (error) {
      // On a full disk SQLite may already have rolled back; a second ROLLBACK would then fail.
      if (db.isTransaction) db.exec("ROLLBACK");
      traces.endWrites(false);
      throw error;
    }
    for (const commit of commits) commit();
  }
}
