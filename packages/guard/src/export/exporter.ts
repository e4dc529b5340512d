/**
 * Delivers failures to a collector. They are gathered for a moment, gzipped and sent; they go to the spool while the collector is away, and are counted
 * when they are dropped. At any moment captured = delivered + pending + spooled + the sum of dropped.
 */
import { gzip, gzipSync } from "node:zlib";
import { promisify } from "node:util";
import type { FailureRecord } from "../capture/record.ts";
import { SIGNAL_PATHS } from "./otlp-json.ts";
import { Pending, type PlainPart } from "./pending.ts";
import type { Batch, Spool } from "./spool.ts";
import type { Transport } from "./transport.ts";

const gzipAsync = promisify(gzip);
/** Level 1: failures in a batch resemble each other so much that higher levels gain little and cost several times as much. */
const GZIP = { level: 1 } as const;
const MIN_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
/** Below this size, handing the compression to another thread costs the event loop more (110 µs) than compressing at once. */
const AT_ONCE_BYTES = 16 << 10;
/**
 * Failures are written down together, this many at a time or whatever there is when a batch is sent: in a row they take half the time that they take
 * between requests, because the processor's caches stay warm.
 */
const WRITTEN_TOGETHER = 16;
/** A batch is sent early at this size, or when it fills half of the queue: a megabyte compresses as well as ten, and its buffers are reused. */
const MAX_BATCH_BYTES = 1 << 20;

/** Why a failure did not arrive. */
export type DropReason = "queue-full" | "spool-full" | "spool-failed" | "refused" | "damaged-spool" | "record-failed" | "closed";

/** What has become of the captured failures so far. */
export type ExportCounts = {
  captured: number;
  delivered: number;
  pending: number;
  spooled: number;
  readonly dropped: Partial<Record<DropReason, number>>;
};

/** Writes a failure down; called once, some time after the failure was offered. Undefined when that failed. */
export type WriteFailure = () => FailureRecord | undefined;

/** What an exporter works with. `resource` is the resource attributes as OTLP/JSON text. */
export type ExporterSettings = {
  readonly resource: string;
  readonly transport: Transport;
  readonly spool: Spool | undefined;
  readonly flushMs: number;
  readonly queueBytes: number;
  readonly random: () => number;
};

/** A batch that is being compressed. */
type PackedParts = { readonly count: number; readonly plain: readonly PlainPart[] };

/** Sends failure records and metrics; see the file's comment. */
export class Exporter {
  readonly counts: ExportCounts = { captured: 0, delivered: 0, pending: 0, spooled: 0, dropped: {} };
  readonly #settings: ExporterSettings;
  #pending: Pending;
  #unwritten: WriteFailure[] = [];
  /** Batches in memory that wait for the collector; only used without a spool. */
  #waiting: Batch[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #failures = 0;
  #notBeforeMs = 0;
  #isClosed = false;
  /** What is being packed or sent, and is therefore in no queue. */
  #packing: PackedParts | undefined;
  #underWay: Batch | undefined;

  constructor(settings: ExporterSettings) {
    this.#settings = settings;
    this.#pending = new Pending(settings.resource);
    if (this.#hasMore()) this.#schedule();
  }

  /** Counts a drop. */
  drop(reason: DropReason, count: number): void {
    this.counts.dropped[reason] = (this.counts.dropped[reason] ?? 0) + count;
  }

  /** Takes one failure. */
  offer(write: WriteFailure): void {
    this.counts.captured += 1;
    if (this.#isClosed) return this.drop("closed", 1);
    this.counts.pending += 1;
    this.#unwritten.push(write);
    if (this.#unwritten.length >= WRITTEN_TOGETHER) this.#writeDown();
    this.#schedule();
  }

  #writeDown(): void {
    for (const write of this.#unwritten.splice(0)) {
      const record = write();
      if (record === undefined) this.#settle(1, "record-failed");
      else if (!this.#add(record, 1)) this.#settle(1, "queue-full");
    }
  }

  /** Counts what became of failures that were pending. */
  #settle(count: number, fate: "delivered" | "spooled" | DropReason): void {
    this.counts.pending -= count;
    if (fate === "delivered" || fate === "spooled") this.counts[fate] += count;
    else this.drop(fate, count);
  }

  /** Takes over `count` failures that an earlier process left behind, under that process's resource. Where there is a spool, they are on disk on return. */
  adopt(record: FailureRecord, told: { readonly count: number; readonly resource: string }): void {
    this.counts.captured += told.count;
    this.counts.pending += told.count;
    const pending = new Pending(told.resource);
    pending.add("traces", record.spans);
    pending.add("logs", record.logs);
    this.#keep(packNow({ count: told.count, plain: pending.finish() }));
    pending.release();
    this.#schedule();
  }

  /** Takes telemetry other than failures: metrics and the spans of successes. Drops it silently when the queue is full. */
  offerUncounted(items: { readonly spans?: readonly string[]; readonly metrics?: readonly string[] }): void {
    if (this.#isClosed) return;
    this.#add(items, 0);
    this.#schedule();
  }

  /** Adds items to the pending batch; false when there is no room. */
  #add({ spans = [], logs = [], metrics = [] }: Partial<FailureRecord> & { readonly metrics?: readonly string[] }, count: number): boolean {
    const sizeBytes = sizeOf(spans) + sizeOf(logs) + sizeOf(metrics);
    const pending = this.#pending;
    if (pending.sizeBytes + sizeBytes > this.#settings.queueBytes) return false;
    pending.add("traces", spans);
    pending.add("logs", logs);
    pending.add("metrics", metrics);
    pending.count += count;
    return true;
  }

  #schedule(delayMs = this.#settings.flushMs): void {
    if (this.#sending === undefined && this.#pending.sizeBytes > Math.min(MAX_BATCH_BYTES, this.#settings.queueBytes / 2)) {
      void this.flush();
    }
    if (this.#timer !== undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, delayMs);
    this.#timer.unref();
  }

  /** Sends what there is. Resolves when it is delivered, spooled or dropped; never rejects. */
  async flush(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
    this.#sending = this.#sendAll()
      .catch(() => undefined)
      .finally(() => {
        this.#sending = undefined;
      });
    await this.#sending;
    if (this.#hasMore()) this.#schedule(Math.max(this.#settings.flushMs, this.#notBeforeMs - Date.now()));
  }

  #hasMore(): boolean {
    return this.#unwritten.length > 0 || this.#pending.sizeBytes > 0 || this.#waiting.length > 0 || (this.#settings.spool?.size ?? 0) > 0;
  }

  async #sendAll(): Promise<void> {
    const isAway = Date.now() < this.#notBeforeMs;
    const pending = this.#takePending();
    const batch = pending === undefined ? undefined : await this.#pack(pending);
    this.#underWay = batch;
    if (batch !== undefined && (isAway || !(await this.#sendBatch(batch)))) await this.#keepBeside(batch);
    this.#underWay = undefined;
    if (Date.now() >= this.#notBeforeMs) await this.#sendKept();
  }

  #takePending(): Pending | undefined {
    this.#writeDown();
    if (this.#pending.sizeBytes === 0) return undefined;
    const taken = this.#pending;
    this.#pending = new Pending(this.#settings.resource);
    return taken;
  }

  async #pack(pending: Pending): Promise<Batch> {
    const { count } = pending;
    const plain = pending.finish();
    this.#packing = { count, plain };
    const parts = await Promise.all(plain.map(async ({ path, body }) => ({ path, body: await compress(body) })));
    this.#packing = undefined;
    pending.release();
    return { count, parts };
  }

  /** True when the batch is done with: delivered or refused. */
  async #sendBatch(batch: Batch): Promise<boolean> {
    let isRefused = false;
    for (const part of batch.parts) {
      const outcome = await this.#settings.transport.send(part.path, part.body);
      if (outcome.kind === "unavailable") {
        this.#backOff(outcome.retryAfterMs ?? 0);
        return false;
      }
      // A collector without metrics or logs refuses those; the failure has arrived with whichever part was accepted.
      if (outcome.kind === "refused" && part.path !== SIGNAL_PATHS.metrics) isRefused = true;
    }
    this.#failures = 0;
    this.#settle(batch.count, isRefused ? "refused" : "delivered");
    return true;
  }

  /** Full jitter, so that not everybody returns at once after a restart of the collector. Retry-After is the floor. */
  #backOff(floorMs: number): void {
    const ceiling = Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#notBeforeMs = Date.now() + Math.max(floorMs, MIN_BACKOFF_MS / 2 + this.#settings.random() * ceiling);
  }

  /** Writes a batch to disk while the host goes on. Until it is there it counts as under way, so that the end of the process finds it. */
  async #keepBeside(batch: Batch): Promise<void> {
    const { spool } = this.#settings;
    if (spool === undefined || this.#isClosed || batch.count === 0) return this.#keep(batch);
    const name = await spool.writeBeside(batch).catch(() => null);
    // Meanwhile the process began to end and wrote it synchronously.
    if (this.#underWay !== batch) return void (typeof name === "string" && spool.remove(name));
    this.#settle(batch.count, typeof name === "string" ? "spooled" : name === null ? "spool-failed" : "spool-full");
  }

  #keep(batch: Batch): void {
    if (this.#isClosed || batch.count === 0) return;
    const { spool, queueBytes } = this.#settings;
    if (spool !== undefined) return this.#keepOnDisk(batch, spool);
    const bytes = batch.parts.reduce((sum, part) => sum + part.body.byteLength, 0);
    if (this.#waitingBytes + bytes > queueBytes) return this.#settle(batch.count, "queue-full");
    this.#waiting.push(batch);
    this.#waitingBytes += bytes;
  }

  #keepOnDisk(batch: Batch, spool: Spool): void {
    let isKept: boolean | undefined;
    try {
      isKept = spool.write(batch);
    } catch {
      // A disk that fails costs the batch.
    }
    this.#settle(batch.count, isKept === undefined ? "spool-failed" : isKept ? "spooled" : "spool-full");
  }

  async #sendKept(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting[0] as Batch;
      if (!(await this.#sendBatch(batch))) return;
      this.#waiting.shift();
      this.#waitingBytes -= batch.parts.reduce((sum, part) => sum + part.body.byteLength, 0);
    }
    if (this.#settings.spool !== undefined) await this.#sendSpooled(this.#settings.spool);
  }

  async #sendSpooled(spool: Spool): Promise<void> {
    for (let oldest = spool.findOldest(); oldest !== undefined; oldest = spool.findOldest()) {
      const { count } = oldest.batch;
      // Failures of an earlier process enter this one's balance when they leave the disk.
      if (oldest.isAdopted) this.counts.captured += count;
      else this.counts.spooled -= count;
      this.counts.pending += count;
      if (!(await this.#sendBatch(oldest.batch))) {
        this.counts.pending -= count;
        if (oldest.isAdopted) this.counts.captured -= count;
        else this.counts.spooled += count;
        return;
      }
      spool.remove(oldest.name);
    }
  }

  /** Puts what is pending on disk, synchronously: at the end of the process nothing asynchronous runs any more. */
  spoolNow(): void {
    // A batch under way may arrive twice, now and from the spool; the ids of spans tell duplicates apart.
    const batches = [...this.#waiting.splice(0), this.#underWay ?? []].flat();
    if (this.#packing !== undefined) batches.push(packNow(this.#packing));
    const pending = this.#takePending();
    if (pending !== undefined) batches.push(packNow({ count: pending.count, plain: pending.finish() }));
    this.#packing = undefined;
    this.#underWay = undefined;
    const { spool } = this.#settings;
    for (const batch of batches.filter((each) => each.count > 0)) {
      if (spool !== undefined) this.#keepOnDisk(batch, spool);
      else this.#settle(batch.count, "closed");
    }
  }

  /** Sends what can be sent within `timeoutMs`, spools the rest, and takes nothing more. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.flush(), timeUp]);
    clearTimeout(timer);
    clearTimeout(this.#timer);
    this.#isClosed = true;
    this.spoolNow();
    this.#settings.transport.close();
  }
}

function compress(body: Uint8Array): Uint8Array | Promise<Uint8Array> {
  return body.byteLength <= AT_ONCE_BYTES ? gzipSync(body, GZIP) : gzipAsync(body, GZIP);
}

function sizeOf(items: readonly string[]): number {
  return items.reduce((size, item) => size + item.length, 0);
}

function packNow({ count, plain }: PackedParts): Batch {
  return { count, parts: plain.map(({ path, body }) => ({ path, body: gzipSync(body, GZIP) })) };
}
