/** Moves what the window has decided into the database, in transactions short enough that a page never waits for one. */
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { Journal } from "../journal/journal.ts";
import type { RecordKind } from "../journal/frame.ts";
import type { Ingest, IngestParts } from "./ingest.ts";
import type { Progress, ProgressRow } from "./progress.ts";
import { joinPieces, type Piece } from "./request-pieces.ts";
import type { Removal, Retention } from "./retention.ts";
import type { SampleGate } from "./sample-gate.ts";
import type { Part } from "./trace-parts.ts";
import { type OpenTrace, PLACE_WORDS } from "./trace-window.ts";

/** What checkpoints work on. */
export type CheckpointParts = IngestParts & {
  readonly db: DatabaseSync;
  readonly journal: Journal;
  readonly ingest: Ingest;
  readonly progress: ProgressRow;
  readonly gate: SampleGate;
  readonly retention: Retention;
};

/** How the journal stands at a checkpoint. */
export type CheckpointTask = {
  readonly nowMs: number;
  /** Position behind the last record that was applied. */
  readonly appliedEnd: () => number;
  /** Journal positions before this must be given up. */
  readonly oldestPosition: number;
  /** Settle good traces however young they are. */
  readonly settleAll: boolean;
  /** Write counts and metrics, and take out what is too old or too much, too. */
  readonly counts: boolean;
};

const TRACES_PER_TRANSACTION = 100;

/** What of a trace the database does not hold yet, as parts. */
export function readUnwritten(trace: OpenTrace, journal: Journal): Part[] {
  const pieces = new Map<RecordKind, Piece[]>();
  let position = 0;
  for (let at = trace.writtenPlaces; at < trace.places.length; at += PLACE_WORDS) {
    const record = trace.records[trace.places[at] ?? 0];
    const start = trace.places[at + 1] ?? 0;
    const end = trace.places[at + 2] ?? 0;
    if (record === undefined) continue;
    position = record.position;
    const resource = record.resources[trace.places[at + 3] ?? 0]?.bytes ?? new Uint8Array();
    const field = journal.read(record.position + start, end - start);
    const list = pieces.get(record.kind);
    if (list === undefined) pieces.set(record.kind, [{ field, resource }]);
    else list.push({ field, resource });
  }
  const parts: Part[] = [...pieces].map(([kind, list]) => ({ kind, packed: false, position, bytes: joinPieces(list) }));
  const exchanges = trace.intermediaries?.slice(trace.writtenIntermediaries) ?? [];
  const written = { kind: "exchanges", packed: false, position: trace.lastIntermediary } as const;
  if (exchanges.length > 0) parts.push({ ...written, bytes: Buffer.from(JSON.stringify(exchanges)) });
  return parts;
}

/** Writes checkpoints, one at a time. */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  #saved: Progress;

  constructor(parts: CheckpointParts, saved: Progress) {
    this.#parts = parts;
    this.#saved = saved;
  }

  /** Runs one; throws, with the database as it was before its last transaction, when the disk refuses. */
  async run(task: CheckpointTask): Promise<void> {
    const { window, ingest } = this.#parts;
    const gone = window.evict(task.nowMs, task.oldestPosition);
    const samples = this.#chooseSamples(
      gone.filter((trace) => !trace.failing && !trace.settled),
      task.nowMs,
    );
    for (;;) {
      const due = window.takeUnsettled(task.nowMs, { limit: 5_000, all: task.settleAll });
      if (due.length === 0) break;
      samples.push(...this.#chooseSamples(due, task.nowMs));
    }
    while (ingest.dirty.size + samples.length > TRACES_PER_TRANSACTION) {
      const failing = [...ingest.dirty].slice(0, TRACES_PER_TRANSACTION);
      const good = samples.splice(0, TRACES_PER_TRANSACTION - failing.length);
      this.#transact(() => this.#writeTraces([...failing, ...good], task));
      await setImmediate();
    }
    this.#finish(samples, gone, task);
  }

  /** The last transaction: the rest of the traces, everything else that waits, and how far it all goes. */
  #finish(samples: readonly OpenTrace[], gone: readonly OpenTrace[], task: CheckpointTask): void {
    const { window, ingest, ledger, journal, rollups, metrics, traces, changes, untracedLogs, progress, retention } = this.#parts;
    const applied = task.appliedEnd();
    const replayFrom = Math.min(window.oldestPosition ?? applied, applied);
    const isIdle = ingest.dirty.size === 0 && samples.length === 0 && !changes.isDirty && !untracedLogs.isDirty;
    const countsDue = task.counts && (rollups.isDirty || metrics.isDirty || this.#saved.counted !== applied);
    if (isIdle && !countsDue && this.#saved.replayFrom === replayFrom) return;
    const counted = task.counts ? applied : this.#saved.counted;
    const forgottenLogs = gone.reduce(
      (sum, trace) => sum + (trace.failing || trace.row !== 0 || samples.includes(trace) ? 0 : trace.logs),
      0,
    );
    this.#transact(() => {
      const commits = [...this.#writeTraces([...ingest.dirty, ...samples], task), changes.write()];
      const logs = untracedLogs.write();
      const removals: Removal[] = [
        { reason: "log-of-good-trace", items: forgottenLogs },
        { reason: "retention-size", items: logs.removed },
      ];
      commits.push(logs.commit);
      if (task.counts) {
        commits.push(rollups.writeBlocks(), metrics.write());
        removals.push(...retention.remove(task.nowMs, (traceId) => traces.forget(traceId)));
      }
      const ledgerAfter = ledger.preview(removals);
      const saved: Progress = { applied, counted, replayFrom, lastNumber: journal.lastNumber, items: ledger.accepted, ledger: ledgerAfter };
      progress.write(saved);
      commits.push(() => {
        this.#saved = saved;
        ledger.restore(ledgerAfter);
      });
      return commits;
    });
    if (task.counts) retention.shrink();
    journal.deleteBefore(Math.min(replayFrom, counted));
  }

  #chooseSamples(traces: readonly OpenTrace[], nowMs: number): OpenTrace[] {
    const { gate, rollups } = this.#parts;
    return traces.filter((trace) => {
      trace.settled = true;
      for (let at = 0; at < trace.exchanges.length; at += 2) {
        const series = rollups.get(trace.exchanges[at] ?? 0);
        if (series !== undefined && gate.admit(series.service, series.route, nowMs)) return true;
      }
      return false;
    });
  }

  #writeTraces(list: readonly OpenTrace[], { nowMs }: CheckpointTask): (() => void)[] {
    const { traces, journal, ingest, rollups } = this.#parts;
    const commits = list.map((trace) => {
      const { traceId, failing, items } = trace;
      const [places, intermediaries] = [trace.places.length, trace.intermediaries?.length ?? 0];
      const parts = readUnwritten(trace, journal);
      const sampleExchanges = failing ? [] : trace.exchanges;
      const row = traces.write({ traceId, failing, items, parts, sampleExchanges, nowMs });
      return () => {
        trace.row = row;
        trace.settled = true;
        [trace.writtenPlaces, trace.writtenIntermediaries] = [places, intermediaries];
        if (!trace.isUnwritten) ingest.dirty.delete(trace);
      };
    });
    return [...commits, rollups.writeSeries()];
  }

  #transact(write: () => readonly (() => void)[]): void {
    const { db } = this.#parts;
    db.exec("BEGIN IMMEDIATE");
    let commits: readonly (() => void)[];
    try {
      commits = write();
      db.exec("COMMIT");
    } catch (error) {
      // A full disk may have rolled back by itself; then there is nothing to roll back and this fails, which is no news.
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
    for (const commit of commits) commit();
  }
}
