/** What may go, and when: the oldest first, a bounded number at a time, and never uncounted. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { DropReason } from "../ledger.ts";

/** How long things are kept, and how large the database may grow. */
export type RetentionOptions = {
  /** Failing traces, and error logs without a trace. Default 30 days. */
  readonly failingMs: number;
  /** Good traces of the sample. Default 2 hours. */
  readonly sampleMs: number;
  /** Counts and changes. Default 90 days. */
  readonly countsMs: number;
  /** Metric points. Default 24 hours. */
  readonly metricsMs: number;
  /** Size of the database; beyond it good traces go first, then the oldest failing ones, then the oldest of all else. Default 2 GiB. */
  readonly maxBytes: number;
};

const DAY_MS = 86_400_000;
/** See RetentionOptions. */
const DEFAULT_RETENTION: RetentionOptions = {
  failingMs: 30 * DAY_MS,
  sampleMs: DAY_MS / 12,
  countsMs: 90 * DAY_MS,
  metricsMs: DAY_MS,
  maxBytes: 2 * 1024 ** 3,
};

/** Items that stop being stored, and why. */
export type Removal = { readonly reason: DropReason; readonly items: number };

const ROWS_AT_A_TIME = 500;
/** Pages given back to the file system at a time: 8 MiB. Some are left for what comes next. */
const PAGES_AT_A_TIME = 512;
const PAGES_LEFT = 64;

/** Deletes inside the caller's transaction. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #pageBytes: number;
  readonly #db: DatabaseSync;
  readonly #statements: Record<
    | "oldest"
    | "oldestBefore"
    | "parts"
    | "sample"
    | "trace"
    | "blocks"
    | "oldestBlocks"
    | "oldestMetrics"
    | "oldestChanges"
    | "oldestLogs"
    | "metrics"
    | "changes"
    | "logs"
    | "pages"
    | "freePages",
    StatementSync
  >;

  constructor(db: DatabaseSync, options: Partial<RetentionOptions>) {
    this.#options = { ...DEFAULT_RETENTION, ...options };
    this.#db = db;
    this.#pageBytes = Number(db.prepare("PRAGMA page_size").get()?.["page_size"] ?? 0);
    this.#statements = {
      oldest: db.prepare("SELECT id, trace_id, items FROM trace WHERE failing = ? ORDER BY stored_ms LIMIT ?"),
      oldestBefore: db.prepare("SELECT id, trace_id, items FROM trace WHERE failing = ? AND stored_ms < ? ORDER BY stored_ms LIMIT ?"),
      parts: db.prepare("DELETE FROM part WHERE trace = ?"),
      sample: db.prepare("DELETE FROM sample WHERE trace = ?"),
      trace: db.prepare("DELETE FROM trace WHERE id = ?"),
      blocks: db.prepare("DELETE FROM block WHERE from_ms < ?"),
      oldestBlocks: db.prepare("DELETE FROM block WHERE from_ms IN (SELECT from_ms FROM block ORDER BY from_ms LIMIT ?)"),
      oldestMetrics: db.prepare("DELETE FROM metric_block WHERE from_ms = (SELECT min(from_ms) FROM metric_block)"),
      oldestChanges: db.prepare("DELETE FROM change WHERE key IN (SELECT key FROM change ORDER BY time_ms LIMIT ?)"),
      oldestLogs: db.prepare("DELETE FROM untraced_log WHERE id IN (SELECT id FROM untraced_log ORDER BY time_ms LIMIT ?)"),
      metrics: db.prepare("DELETE FROM metric_block WHERE from_ms < ?"),
      changes: db.prepare("DELETE FROM change WHERE time_ms < ?"),
      logs: db.prepare("DELETE FROM untraced_log WHERE time_ms < ?"),
      pages: db.prepare("PRAGMA page_count"),
      freePages: db.prepare("PRAGMA freelist_count"),
    };
  }

  /** Bytes in use, free pages not counted. */
  get usedBytes(): number {
    const pages = Number(this.#statements.pages.get()?.["page_count"] ?? 0);
    return (pages - this.#freePages) * this.#pageBytes;
  }

  /** Takes out what is over its time or too much; `forget` hears the id of every trace that went. */
  remove(nowMs: number, forget: (traceId: Uint8Array) => void): Removal[] {
    const { failingMs, sampleMs, countsMs, metricsMs, maxBytes } = this.#options;
    const { oldest, oldestBefore, blocks, metrics, changes, logs } = this.#statements;
    const aged = this.#removeTraces(oldestBefore.all(1, nowMs - failingMs, ROWS_AT_A_TIME), forget);
    this.#removeTraces(oldestBefore.all(0, nowMs - sampleMs, ROWS_AT_A_TIME), forget);
    blocks.run(nowMs - countsMs);
    changes.run(nowMs - countsMs);
    metrics.run(nowMs - metricsMs);
    const agedLogs = Number(logs.run(nowMs - failingMs).changes);
    let pressed = 0;
    if (this.usedBytes > maxBytes) this.#removeTraces(oldest.all(0, ROWS_AT_A_TIME), forget);
    if (this.usedBytes > maxBytes) pressed = this.#removeTraces(oldest.all(1, ROWS_AT_A_TIME), forget);
    if (this.usedBytes > maxBytes && pressed === 0) pressed = this.#removeOldest();
    return [
      { reason: "retention-age", items: aged + agedLogs },
      { reason: "retention-size", items: pressed },
    ];
  }

  /** What is left once there are no traces; answers with how many items that were. */
  #removeOldest(): number {
    const { oldestBlocks, oldestMetrics, oldestChanges, oldestLogs } = this.#statements;
    oldestBlocks.run(ROWS_AT_A_TIME);
    oldestMetrics.run();
    oldestChanges.run(ROWS_AT_A_TIME);
    return Number(oldestLogs.run(ROWS_AT_A_TIME).changes);
  }

  /** Gives free pages back to the file system; outside a transaction. */
  shrink(): void {
    const pages = Math.min(PAGES_AT_A_TIME, this.#freePages - PAGES_LEFT);
    if (pages >= PAGES_LEFT) this.#db.exec(`PRAGMA incremental_vacuum(${pages})`);
  }

  get #freePages(): number {
    return Number(this.#statements.freePages.get()?.["freelist_count"] ?? 0);
  }

  #removeTraces(rows: readonly Readonly<Record<string, unknown>>[], forget: (traceId: Uint8Array) => void): number {
    let items = 0;
    for (const row of rows) {
      const id = Number(row["id"]);
      this.#statements.parts.run(id);
      this.#statements.sample.run(id);
      this.#statements.trace.run(id);
      items += Number(row["items"]);
      if (row["trace_id"] instanceof Uint8Array) forget(row["trace_id"]);
    }
    return items;
  }
}
