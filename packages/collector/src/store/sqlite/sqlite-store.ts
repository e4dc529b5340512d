/** The contract on one SQLite file and a journal: for one process on one machine. */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Change, Exchange, FailingExchange, LogRecord, MetricPoint, Window } from "@faultline/model";
import type { CountRow, Payload, Receipt, Store, StoredFault, StoredTrace, StoreHealth } from "../contract.ts";
import { Journal, JournalOverloadedError } from "../journal/journal.ts";
import { Ledger } from "../ledger.ts";
import { ChangeTable } from "./tables/change-table.ts";
import { Checkpoints, readUnwritten } from "./checkpoint.ts";
import { CommitSync, CommitSyncError } from "./commit-sync.ts";
import { FaultTable } from "./tables/fault-table.ts";
import { Ingest } from "./ingest.ts";
import { type Intake, readPayload, releaseIntake, toExchangeIntake } from "./intake.ts";
import { MetricTable } from "./tables/metric-table.ts";
import { isDamage, makeDirectory, openDatabase, setAside, refuseNewerVersion, toOpenError } from "./open-database.ts";
import { NOTHING_DONE, type Progress, ProgressRow } from "./progress.ts";
import { replayJournal } from "./replay.ts";
import { Retention, type RetentionOptions } from "./retention.ts";
import { RollupTable } from "./tables/rollup-table.ts";
import { SampleGate } from "./sample-gate.ts";
import { SeriesCatalog } from "./series-catalog.ts";
import { copyPartContents, readPart } from "./trace-parts.ts";
import { toStoredTrace, TraceTable } from "./tables/trace-table.ts";
import { createSteadyClock } from "./steady-clock.ts";
import { toTraceWords } from "./trace-words.ts";
import { UntracedLogTable } from "./tables/untraced-log-table.ts";
import { NONE } from "./window/place-ring.ts";
import { TraceWindow } from "./window/trace-window.ts";

/** Where a store lives, and its limits. */
export type SqliteStoreOptions = {
  /** Created when it is not there. One process at a time. */
  readonly directory: string;
  readonly now?: () => number;
  /** How long traces may keep growing before they are forgotten (good) or found only by their id (failing). Default 60 s. */
  readonly windowMs?: number;
  /** How long a good trace must be quiet before it may join the sample. Default 3 s. */
  readonly settleAfterMs?: number;
  /** Under heavy load the window is shortened so that the journal stays below this. Default 256 MiB. */
  readonly maxJournalBytes?: number;
  /**
   * Roughly how much of the journal a start reads again at most; a hundred megabytes take a second. After a restart under heavy load, earlier spans
   * of open good traces are no longer available. Default 48 MiB.
   */
  readonly maxReplayBytes?: number;
  /** Default 16 MiB. */
  readonly segmentBytes?: number;
  /** Default 20,000 series of exchanges, and as many of metrics. */
  readonly maxSeries?: number;
  readonly maxMetricSeries?: number;
  /** What is kept for how long, and how large the database may grow. */
  readonly retention?: Partial<RetentionOptions>;
  /** How often failing traces are moved from the journal to the database, where lists find them. Default 200 ms. */
  readonly checkpointEveryMs?: number;
};

const JOURNAL_DIRECTORY = "journal";
const CHECKPOINT_EVERY_MS = 200;
const COUNTS_EVERY_MS = 5_000;
const MAX_WAITING_BYTES = 64 << 20;
/** A filter that matches more series is answered from the newest of them. */
const MAX_SAMPLED_SERIES = 500;

/** Opens or creates a store. Rejects with `StoreOpenError`, one sentence that says what to do, when the directory cannot be used. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const path = join(options.directory, "faultline.db");
  let db: DatabaseSync | undefined;
  try {
    refuseNewerVersion(path);
    makeDirectory(join(options.directory, JOURNAL_DIRECTORY));
    db = openDatabase(path);
    return new SqliteStore({ db, path, options, audit: [] });
  } catch (error) {
    db?.close();
    if (!isDamage(error)) throw toOpenError(options.directory, error);
  }
  try {
    const audit = setAside(path, options.now?.() ?? Date.now());
    return new SqliteStore({ db: openDatabase(path), path, options, audit: [audit] });
  } catch (error) {
    throw toOpenError(options.directory, error);
  }
}

/** An open database, its path, and what was found when it was opened. */
type Opened = {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly options: SqliteStoreOptions;
  readonly audit: readonly string[];
};

class SqliteStore implements Store {
  readonly visibleWithinMs = 1_000;
  readonly #now: () => number;
  readonly #steadyNow: () => number;
  readonly #options: SqliteStoreOptions;
  readonly #db: DatabaseSync;
  readonly #commits: CommitSync;
  readonly #ledger = new Ledger();
  readonly #window: TraceWindow;
  readonly #series: SeriesCatalog;
  readonly #rollups: RollupTable;
  readonly #traces: TraceTable;
  readonly #changes: ChangeTable;
  readonly #faults: FaultTable;
  readonly #untracedLogs: UntracedLogTable;
  readonly #metrics: MetricTable;
  readonly #ingest: Ingest;
  readonly #journal: Journal;
  readonly #checkpoints: Checkpoints;
  readonly #audit: string[] = [];
  readonly #timer: NodeJS.Timeout;
  #appliedEnd = 0;
  #countsWrittenMs = -Infinity;
  #running: Promise<void> | undefined;
  #trouble: string | undefined;
  #closed = false;

  constructor({ db, path, options, audit }: Opened) {
    this.#db = db;
    this.#commits = new CommitSync(path);
    this.#audit.push(...audit);
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#steadyNow = createSteadyClock(this.#now);
    this.#window = new TraceWindow({ settleAfterMs: options.settleAfterMs ?? 3_000, keepMs: options.windowMs ?? 60_000 });
    this.#series = new SeriesCatalog(this.#db, options.maxSeries ?? 20_000);
    this.#rollups = new RollupTable(this.#db, this.#series);
    this.#traces = new TraceTable(this.#db, this.#series);
    this.#changes = new ChangeTable(this.#db);
    this.#faults = new FaultTable(this.#db);
    this.#untracedLogs = new UntracedLogTable(this.#db);
    this.#metrics = new MetricTable(this.#db, options.maxMetricSeries ?? 20_000);
    const parts = {
      ledger: this.#ledger,
      window: this.#window,
      series: this.#series,
      rollups: this.#rollups,
      traces: this.#traces,
      changes: this.#changes,
      untracedLogs: this.#untracedLogs,
      metrics: this.#metrics,
    };
    this.#ingest = new Ingest(parts);
    const progress = new ProgressRow(this.#db);
    const retention = new Retention(this.#db, options.retention ?? {});
    const saved = this.#readProgress(progress);
    const journalDirectory = join(options.directory, JOURNAL_DIRECTORY);
    const replayed = replayJournal(journalDirectory, { saved, ledger: this.#ledger, ingest: this.#ingest, steadyNow: this.#steadyNow });
    this.#audit.push(...replayed.findings);
    this.#appliedEnd = replayed.position;
    const { segmentBytes = 16 << 20 } = options;
    this.#journal = new Journal(journalDirectory, replayed, { segmentBytes, maxWaitingBytes: MAX_WAITING_BYTES });
    this.#checkpoints = new Checkpoints(
      {
        ...parts,
        db: this.#db,
        commits: this.#commits,
        journal: this.#journal,
        ingest: this.#ingest,
        progress,
        gate: new SampleGate(),
        retention,
      },
      saved,
    );
    this.#timer = setInterval(() => this.#tick(), options.checkpointEveryMs ?? CHECKPOINT_EVERY_MS);
    this.#timer.unref();
  }

  async append(payload: Payload): Promise<Receipt> {
    if (this.#closed) return { kind: "overloaded", because: "the store is closed", retryAfterMs: 1_000 };
    const read = readPayload(payload);
    if (!read.ok) return { kind: "malformed", because: read.error };
    return this.#accept(read.value);
  }

  async appendExchanges(exchanges: readonly Exchange[]): Promise<void> {
    const receipt = await this.#accept(toExchangeIntake(exchanges));
    if (receipt.kind !== "accepted") throw new Error(receipt.because);
  }

  async appendChange(change: Change): Promise<void> {
    this.#changes.add(change);
    await this.#checkpoint({ settleAll: false, counts: false });
  }

  async flush(): Promise<void> {
    await this.#checkpoint({ settleAll: true, counts: true });
    await this.#journal.settle();
  }

  async findTrace(traceId: string): Promise<StoredTrace | undefined> {
    const words = toTraceWords(traceId);
    const known = this.#traces.mayHold(words) ? this.#traces.load(traceId) : undefined;
    const open = this.#window.find(words);
    const unwritten = open === NONE ? [] : readUnwritten(open, this.#window, this.#journal);
    const contents = unwritten.length === 0 && known !== undefined ? known.contents : copyPartContents(known?.contents);
    for (const part of unwritten) readPart(part, contents);
    return known === undefined && open === NONE ? undefined : toStoredTrace(traceId, contents);
  }

  async listFailing(filter: Parameters<Store["listFailing"]>[0]): Promise<readonly FailingExchange[]> {
    return this.#traces.listFailing(filter);
  }

  async listFailingSince(cursor: number, limit: number): ReturnType<Store["listFailingSince"]> {
    return this.#traces.listSince(cursor, limit);
  }

  async sampleSucceeding(filter: Parameters<Store["sampleSucceeding"]>[0]): Promise<readonly StoredTrace[]> {
    const series = this.#series.listMatching(filter).slice(-MAX_SAMPLED_SERIES);
    const ids = this.#traces.listSample(series, filter);
    return ids.map((traceId) => this.#traces.read(traceId)).filter((trace) => trace !== undefined);
  }

  async count(filter: Parameters<Store["count"]>[0]): Promise<readonly CountRow[]> {
    return this.#rollups.sum(filter);
  }

  async listChanges(window: Window): Promise<readonly Change[]> {
    return this.#changes.list(window);
  }

  async listMetrics(filter: Parameters<Store["listMetrics"]>[0]): Promise<readonly MetricPoint[]> {
    return this.#metrics.list(filter);
  }

  async listUntracedLogs(filter: Parameters<Store["listUntracedLogs"]>[0]): Promise<readonly LogRecord[]> {
    return this.#untracedLogs.list(filter);
  }

  async assignFault(traceIds: readonly string[], fingerprint: string): Promise<void> {
    await this.#commits.ready();
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      for (const traceId of traceIds) this.#traces.assignFault(traceId, fingerprint);
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
    await this.#commits.sync();
  }

  async saveFault(fault: StoredFault): Promise<void> {
    await this.#commits.ready();
    this.#faults.save(fault);
    await this.#commits.sync();
  }

  async findFault(fingerprint: string): Promise<StoredFault | undefined> {
    return this.#faults.find(fingerprint);
  }

  async listFaults(filter: Parameters<Store["listFaults"]>[0]): Promise<readonly StoredFault[]> {
    return this.#faults.list(filter);
  }

  async health(): Promise<StoreHealth> {
    const { accepted, stored, deduplicated, dropped } = this.#ledger;
    const pages = this.#db.prepare("PRAGMA page_count").get()?.["page_count"];
    const sizeBytes = Number(pages ?? 0) * 16_384 + this.#journal.sizeBytes;
    const tables = [this.#series, this.#rollups, this.#traces, this.#changes, this.#faults, this.#untracedLogs, this.#metrics];
    const damaged = tables.flatMap((table) => [...table.damaged].map((what) => `Damaged on disk and left out: ${what}.`));
    const audit = [...this.#audit, ...damaged, ...(this.#trouble === undefined ? [] : [this.#trouble])];
    return {
      ready: !this.#closed && this.#trouble === undefined,
      accepted,
      stored,
      deduplicated,
      dropped: { ...dropped },
      sizeBytes,
      audit,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#checkpoint({ settleAll: false, counts: true }).catch(() => undefined);
    await this.#journal.close();
    await this.#commits.close();
    this.#db.close();
  }

  /** Writes an intake to the journal, then applies it in memory: nothing is counted or shown before it is durable. */
  async #accept(intake: Intake): Promise<Receipt> {
    const { items, rejected, rejectedBecause } = intake;
    try {
      if (this.#trouble !== undefined) return { kind: "overloaded", because: this.#trouble, retryAfterMs: 5_000 };
      if (items > 0) {
        const nowMs = this.#now();
        const { position, length } = await this.#journal.append({ kind: intake.kind, items, receivedMs: nowMs, payload: intake.bytes });
        this.#ingest.apply(intake, { position, nowMs, steadyMs: this.#steadyNow(), keep: true, count: true });
        this.#appliedEnd = position + length;
        if (this.#untracedLogs.isPressed) this.#tick();
      }
      return { kind: "accepted", items, rejected, ...(rejectedBecause === undefined ? {} : { rejectedBecause }) };
    } catch (error) {
      if (error instanceof JournalOverloadedError) return { kind: "overloaded", because: error.message, retryAfterMs: 1_000 };
      return { kind: "overloaded", because: describeDiskError(error), retryAfterMs: 5_000 };
    } finally {
      releaseIntake(intake);
    }
  }

  #readProgress(row: ProgressRow): Progress {
    const progress = row.read();
    if (progress !== undefined) return progress;
    this.#audit.push("How far the database follows the journal is damaged: the journal was read from its start.");
    return NOTHING_DONE;
  }

  #tick(): void {
    if (this.#running !== undefined) return;
    const counts = this.#steadyNow() - this.#countsWrittenMs >= COUNTS_EVERY_MS || this.#rollups.isPressed;
    // Every transaction waits for the disk, so run one only when a list would otherwise lack something, or when counts are due.
    const isWaiting = this.#ingest.dirty.size > 0 || this.#changes.isDirty || this.#untracedLogs.isDirty;
    if (!counts && !isWaiting && this.#window.findExcess() === undefined && this.#trouble === undefined) return;
    this.#checkpoint({ settleAll: false, counts }).catch(() => undefined);
  }

  /** Checkpoints run one after the other. One that is requested while another runs covers everything accepted before the request. */
  async #checkpoint(what: { readonly settleAll: boolean; readonly counts: boolean }): Promise<void> {
    while (this.#running !== undefined) await this.#running.catch(() => undefined);
    const { maxJournalBytes = 256 << 20, maxReplayBytes = 48 << 20 } = this.#options;
    const [nowMs, steadyMs] = [this.#now(), this.#steadyNow()];
    if (what.counts) this.#countsWrittenMs = steadyMs;
    const oldestPosition = Math.max(this.#journal.end - maxJournalBytes, this.#window.findExcess() ?? 0);
    const restartFrom = this.#journal.end - maxReplayBytes;
    this.#running = this.#checkpoints.run({ ...what, nowMs, steadyMs, oldestPosition, restartFrom, appliedEnd: () => this.#appliedEnd });
    try {
      await this.#running;
      this.#trouble = undefined;
      this.#rollups.cool(nowMs, steadyMs);
      this.#metrics.cool(steadyMs);
    } catch (error) {
      this.#trouble = describeDiskError(error);
      throw error;
    } finally {
      this.#running = undefined;
    }
  }
}

function describeDiskError(error: unknown): string {
  if (error instanceof CommitSyncError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  const isFull = /ENOSPC|EDQUOT|disk is full/i.test(text);
  return isFull ? "The disk is full: free some space, and the store goes on by itself." : `The disk refuses to write: ${text}.`;
}
