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
/** Of metrics: 20,000 series leave a row each in ten minutes. */
const METRIC_ROWS_AT_A_TIME = 1_000;
/** Pages given back to the file system at a time: 8 MiB. Some are left for what comes next. */
const PAGES_AT_A_TIME = 512;
const PAGES_LEFT = 64;

/** Deletes inside the caller's transaction. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #pageBytes: number;
  readonly #db: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync, options: Partial<RetentionOptions>) {
    this.#options = { ...DEFAULT_RETENTION, ...options };
    this.#db = db;
    this.#pageBytes = Number(db.prepare("PRAGMA page_size").get()?.["page_size"] ?? 0);
    this.#statements = prepare(db);
  }

  /** Bytes in use, free pages not counted. */
  get usedBytes(): number {
    const pages = Number(this.#statements.pages.get()?.["page_count"] ?? 0);
    return (pages - this.#freePages) * this.#pageBytes;
  }

  /** True when there is something to remove, even if nothing arrives any more. */
  isDue(nowMs: number): boolean {
    const { failingMs, sampleMs, countsMs, metricsMs, maxBytes } = this.#options;
    const aged = this.#statements.aged.get(nowMs - failingMs, nowMs - sampleMs, nowMs - countsMs, nowMs - metricsMs);
    return aged !== undefined || this.usedBytes > maxBytes;
  }

  /** Removes what has expired or exceeds the size; calls `forget` with the id of every trace removed. */
  remove(nowMs: number, forget: (traceId: Uint8Array) => void): Removal[] {
    const { failingMs, sampleMs, countsMs, metricsMs, maxBytes } = this.#options;
    const { traces, blocks, metrics, changes, logs } = this.#statements;
    const aged = this.#removeTraces(traces.all(1, nowMs - failingMs, ROWS_AT_A_TIME), forget);
    this.#removeTraces(traces.all(0, nowMs - sampleMs, ROWS_AT_A_TIME), forget);
    blocks.run(nowMs - countsMs, ROWS_AT_A_TIME);
    changes.run(nowMs - countsMs, ROWS_AT_A_TIME);
    metrics.run(nowMs - metricsMs, METRIC_ROWS_AT_A_TIME);
    const agedLogs = Number(logs.run(nowMs - failingMs, ROWS_AT_A_TIME).changes);
    let pressed = 0;
    // Traces vary in size: a few hundred may be all there are.
    const isEnough = (): boolean => this.usedBytes <= maxBytes;
    if (!isEnough()) this.#removeTraces(traces.all(0, Infinity, ROWS_AT_A_TIME), forget, isEnough);
    if (!isEnough()) pressed = this.#removeTraces(traces.all(1, Infinity, ROWS_AT_A_TIME), forget, isEnough);
    if (this.usedBytes > maxBytes && pressed === 0) pressed = this.#removeOldest();
    return [
      { reason: "retention-age", items: aged + agedLogs },
      { reason: "retention-size", items: pressed },
    ];
  }

  /** Removes the oldest of everything else, once no traces are left; returns how many items that were. */
  #removeOldest(): number {
    const { blocks, metrics, changes, logs } = this.#statements;
    blocks.run(Infinity, ROWS_AT_A_TIME);
    metrics.run(Infinity, METRIC_ROWS_AT_A_TIME);
    changes.run(Infinity, ROWS_AT_A_TIME);
    return Number(logs.run(Infinity, ROWS_AT_A_TIME).changes);
  }

  /** Gives free pages back to the file system; outside a transaction. */
  shrink(): void {
    const pages = Math.min(PAGES_AT_A_TIME, this.#freePages - PAGES_LEFT);
    if (pages >= PAGES_LEFT) this.#db.exec(`PRAGMA incremental_vacuum(${pages})`);
  }

  get #freePages(): number {
    return Number(this.#statements.freePages.get()?.["freelist_count"] ?? 0);
  }

  #removeTraces(
    rows: readonly Readonly<Record<string, unknown>>[],
    forget: (traceId: Uint8Array) => void,
    isEnough = (): boolean => false,
  ): number {
    let items = 0;
    for (const row of rows) {
      if (isEnough()) break;
      const id = Number(row["id"]);
      this.#statements.parts.run(id);
      this.#statements.sample.run(id);
      this.#statements.hops.run(id);
      this.#statements.trace.run(id);
      items += Number(row["items"]);
      if (row["trace_id"] instanceof Uint8Array) forget(row["trace_id"]);
    }
    return items;
  }
}

function prepare(
  db: DatabaseSync,
): Record<
  "aged" | "traces" | "parts" | "sample" | "hops" | "trace" | "blocks" | "metrics" | "changes" | "logs" | "pages" | "freePages",
  StatementSync
> {
  return {
    aged: db.prepare(`
      SELECT 1 WHERE EXISTS (SELECT 1 FROM trace WHERE failing = 1 AND stored_ms < ?1)
        OR EXISTS (SELECT 1 FROM trace WHERE failing = 0 AND stored_ms < ?2)
        OR EXISTS (SELECT 1 FROM block WHERE from_ms < ?3)
        OR EXISTS (SELECT 1 FROM change WHERE time_ms < ?3)
        OR EXISTS (SELECT 1 FROM metric_block WHERE from_ms < ?4)
        OR EXISTS (SELECT 1 FROM untraced_log WHERE time_ms < ?1)
    `),
    traces: db.prepare("SELECT id, trace_id, items FROM trace WHERE failing = ? AND stored_ms < ? ORDER BY stored_ms LIMIT ?"),
    parts: db.prepare("DELETE FROM part WHERE trace = ?"),
    sample: db.prepare("DELETE FROM sample WHERE trace = ?"),
    hops: db.prepare("DELETE FROM failed_hop WHERE trace = ?"),
    trace: db.prepare("DELETE FROM trace WHERE id = ?"),
    blocks: db.prepare("DELETE FROM block WHERE from_ms IN (SELECT from_ms FROM block WHERE from_ms < ? ORDER BY from_ms LIMIT ?)"),
    metrics: db.prepare(`
      DELETE FROM metric_block
      WHERE (series, from_ms) IN (SELECT series, from_ms FROM metric_block WHERE from_ms < ? ORDER BY from_ms LIMIT ?)
    `),
    changes: db.prepare("DELETE FROM change WHERE key IN (SELECT key FROM change WHERE time_ms < ? ORDER BY time_ms LIMIT ?)"),
    logs: db.prepare("DELETE FROM untraced_log WHERE id IN (SELECT id FROM untraced_log WHERE time_ms < ? ORDER BY time_ms LIMIT ?)"),
    pages: db.prepare("PRAGMA page_count"),
    freePages: db.prepare("PRAGMA freelist_count"),
  };
}
