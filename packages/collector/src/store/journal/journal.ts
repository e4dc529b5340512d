/**
 * The append-only journal that makes an acknowledgement true: a record's promise resolves after the `fdatasync` that covers it has
 * returned. All appends that wait while one sync runs share the next (group commit), so the cost of a sync is divided by the load.
 *
 * Under load the files of segments that are no longer needed are reused: overwriting blocks that a file already has changes nothing but those blocks,
 * while appending makes the file system write its own journal as well, which can take a tenth of a second.
 */
import { closeSync, constants, openSync, readSync, unlinkSync } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { encodeHeader, END, HEADER_BYTES, type RecordKind, toSeed } from "./frame.ts";
import { listSegments, listSpares, type Segment, toSegment, toSparePath } from "./segments.ts";

/** Something to append. */
export type Entry = { readonly kind: RecordKind; readonly items: number; readonly receivedMs: number; readonly payload: Uint8Array };

/** Where the payload of a durable record stands. */
export type Appended = { readonly position: number; readonly length: number };

/** A segment with its open file. */
type Ready = { readonly segment: Segment; readonly file: FileHandle };

type Waiting = { readonly entry: Entry; readonly resolve: (appended: Appended) => void; readonly reject: (reason: unknown) => void };

/** Where a journal continues. */
export type JournalStart = { readonly position: number; readonly lastNumber: number; readonly itemsBefore: number };

/** Limits of a journal. */
export type JournalOptions = {
  readonly segmentBytes: number;
  /** Bytes that may wait for the disk; beyond them an append is refused. */
  readonly maxWaitingBytes: number;
};

const MAX_BATCH_BYTES = 16 << 20;
const MAX_BATCH_RECORDS = 500;
const MAX_SPARES = 4;

/**
 * On Linux each write returns once it is synced, as if by `fdatasync` (open(2), O_DSYNC): one task in another thread instead of two, with no wait
 * for the event loop between them. Elsewhere this flag does not flush the drive's own cache, which `datasync` does.
 */
const WRITES_ARE_SYNCED = process.platform === "linux";
const SYNCED = WRITES_ARE_SYNCED ? constants.O_DSYNC : 0;

/** Thrown by `append` when so much data waits for the disk that more would only fill memory. */
export class JournalOverloadedError extends Error {
  override readonly name = "JournalOverloadedError";
}

/** One journal in one directory; one process at a time. */
export class Journal {
  readonly #directory: string;
  readonly #options: JournalOptions;
  readonly #segments: Segment[];
  readonly #readers = new Map<number, number>();
  #file: FileHandle | undefined;
  #fileBase = 0;
  /** Where the next segment begins, and that segment, once it is being prepared. */
  #nextBase = Infinity;
  #next: Promise<Ready> | undefined;
  #end: number;
  #number: number;
  #items: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #pumping: Promise<void> | undefined;
  /** Deletions, renamings and closings under way. */
  readonly #leaving = new Set<Promise<void>>();
  /** Paths of files that may become segments. */
  #spares: string[];
  /** Segments whose file may be reused: those that this process created and that never failed. */
  readonly #reusable = new Set<number>();

  constructor(directory: string, start: JournalStart, options: JournalOptions) {
    this.#directory = directory;
    this.#options = options;
    this.#segments = listSegments(directory);
    this.#spares = listSpares(directory);
    this.#end = start.position;
    this.#number = start.lastNumber;
    this.#items = start.itemsBefore;
  }

  /** The position behind the last durable byte. */
  get end(): number {
    return this.#end;
  }

  /** Number of the last durable record. */
  get lastNumber(): number {
    return this.#number;
  }

  /** Approximate size on disk. */
  get sizeBytes(): number {
    return this.#end - (this.#segments[0]?.base ?? this.#end);
  }

  /** Resolves when the record would survive a loss of power. Rejects, with nothing kept, when the disk refuses. */
  append(entry: Entry): Promise<Appended> {
    if (this.#waitingBytes + entry.payload.length > this.#options.maxWaitingBytes && this.#waiting.length > 0) {
      return Promise.reject(new JournalOverloadedError("more data waits for the disk than memory is set aside for"));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      this.#waitingBytes += entry.payload.length;
      this.#pumping ??= this.#pump();
    });
  }

  /** Reads bytes of durable records. */
  read(position: number, length: number): Uint8Array {
    const segment = this.#segments.findLast((each) => each.base <= position);
    if (segment === undefined) throw new RangeError(`journal position ${position} is gone`);
    let file = this.#readers.get(segment.base);
    if (file === undefined) this.#readers.set(segment.base, (file = openSync(segment.path, "r")));
    const bytes = Buffer.allocUnsafe(length);
    const count = readSync(file, bytes, 0, length, position - segment.base);
    if (count !== length) throw new RangeError(`journal position ${position} ends early`);
    return bytes;
  }

  /** Deletes the segments that lie wholly before a position. */
  deleteBefore(position: number): void {
    if (position >= this.#end && this.#pumping === undefined) return this.#dropAll();
    while (this.#segments.length > 1 && (this.#segments[1]?.base ?? Infinity) <= position) {
      const segment = this.#segments.shift();
      if (segment !== undefined) this.#forget(segment);
    }
  }

  /** Waits until the files of deleted segments are gone. */
  async settle(): Promise<void> {
    while (this.#leaving.size > 0) await Promise.all(this.#leaving);
  }

  /** Waits for everything that was appended, then closes the files. */
  async close(): Promise<void> {
    await this.#pumping;
    this.#dropNext();
    await this.settle();
    this.#dropSpares();
    await this.settle();
    await this.#file?.close();
    this.#file = undefined;
    for (const file of this.#readers.values()) closeSync(file);
    this.#readers.clear();
  }

  /** Nothing is needed any more: the next append begins a new segment. */
  #dropAll(): void {
    const file = this.#file;
    this.#file = undefined;
    void file?.close().catch(() => undefined);
    this.#reusable.clear();
    for (const segment of this.#segments.splice(0)) this.#forget(segment);
    this.#dropNext();
    this.#dropSpares();
  }

  #dropNext(): void {
    const next = this.#next;
    this.#next = undefined;
    this.#nextBase = Infinity;
    if (next !== undefined) this.#leave(next.then(({ segment, file }) => file.close().finally(() => unlink(segment.path))));
  }

  #dropSpares(): void {
    for (const path of this.#spares.splice(0)) this.#leave(unlink(path));
  }

  #forget(segment: Segment): void {
    const { base, path } = segment;
    const reader = this.#readers.get(base);
    if (reader !== undefined) closeSync(reader);
    this.#readers.delete(base);
    if (this.#reusable.delete(base) && this.#spares.length < MAX_SPARES) {
      const spare = toSparePath(segment);
      return this.#leave(rename(path, spare).then(() => this.#keep(spare)));
    }
    // Freeing 16 MiB of blocks takes milliseconds, which a page need not wait for. A path that is about to be reused must be free, though.
    if (base === this.#end) return unlinkSync(path);
    this.#leave(unlink(path));
  }

  /** Nothing is written at present where there is no file: then what may be used again has come too late. */
  async #keep(spare: string): Promise<void> {
    if (this.#file === undefined) await unlink(spare);
    else this.#spares.push(spare);
  }

  #leave(change: Promise<void>): void {
    const leaving = change.catch(() => undefined);
    this.#leaving.add(leaving);
    void leaving.then(() => this.#leaving.delete(leaving));
  }

  /** Resolves a batch only once the next one is being written, so that the store processes the one while the disk writes the other. */
  async #pump(): Promise<void> {
    let tell = (): void => {};
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      const writing = this.#write(batch.map((each) => each.entry));
      tell();
      try {
        const appended = await writing;
        tell = () => batch.forEach((each, index) => each.resolve(appended[index] ?? { position: 0, length: 0 }));
      } catch (error) {
        tell = () => batch.forEach((each) => each.reject(error));
      }
    }
    this.#pumping = undefined;
    tell();
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && count < MAX_BATCH_RECORDS && bytes < MAX_BATCH_BYTES) {
      bytes += this.#waiting[count]?.entry.payload.length ?? 0;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  /** Writes and syncs one batch; counters move only when both have succeeded. */
  async #write(batch: readonly Entry[]): Promise<Appended[]> {
    const bytes = batch.reduce((sum, { payload }) => sum + HEADER_BYTES + payload.length, 0);
    const file = this.#findRoom(bytes) ?? (await this.#turn());
    const chunks: Uint8Array[] = [];
    const seed = toSeed(this.#fileBase);
    const appended: Appended[] = [];
    let [number, items, end] = [this.#number, this.#items, this.#end];
    for (const { kind, items: count, receivedMs, payload } of batch) {
      number += 1;
      chunks.push(encodeHeader({ number, itemsBefore: items, receivedMs, items: count, kind }, payload, seed), payload);
      items += count;
      appended.push({ position: end + HEADER_BYTES, length: payload.length });
      end += HEADER_BYTES + payload.length;
    }
    chunks.push(END);
    try {
      await writeAll(file, chunks, this.#end - this.#fileBase);
      if (!WRITES_ARE_SYNCED) await file.datasync();
    } catch (error) {
      await this.#abandonSegment(file);
      throw error;
    }
    [this.#number, this.#items, this.#end] = [number, items, end];
    this.#prepare();
    return appended;
  }

  /** The current file, if its segment has room. */
  #findRoom(bytes: number): FileHandle | undefined {
    const isFull = this.#end - this.#fileBase >= this.#options.segmentBytes;
    return isFull || this.#end + bytes >= this.#nextBase ? undefined : this.#file;
  }

  /** Begins the next segment. */
  async #turn(): Promise<FileHandle> {
    const next = this.#next ?? this.#openSegment(this.#end);
    this.#next = undefined;
    this.#nextBase = Infinity;
    const { segment, file } = await next;
    if (this.#file !== undefined) this.#leave(this.#file.close());
    this.#file = file;
    this.#fileBase = segment.base;
    this.#end = segment.base;
    this.#reusable.add(segment.base);
    if (this.#segments.at(-1)?.base !== segment.base) this.#segments.push(segment);
    return file;
  }

  /**
   * Prepares the next segment once half of this one is used: creating a file takes as long as several syncs, and all requests would wait. The next
   * segment's position must be fixed by then, so the rest of this one stays unused when a batch does not fit into it.
   */
  #prepare(): void {
    const { segmentBytes } = this.#options;
    const base = this.#fileBase + segmentBytes;
    if (this.#next !== undefined || this.#end - this.#fileBase < segmentBytes / 2 || this.#end >= base) return;
    this.#nextBase = base;
    this.#next = this.#openSegment(base);
    // Whoever awaits it learns of the error.
    this.#next.catch(() => undefined);
  }

  async #openSegment(base: number): Promise<Ready> {
    // A file that is still being removed may have had the same path.
    await Promise.all(this.#leaving);
    const segment = toSegment(this.#directory, base);
    const file = await this.#createFile(segment);
    await syncDirectory(this.#directory);
    return { segment, file };
  }

  async #createFile({ path }: Segment): Promise<FileHandle> {
    const spare = this.#spares.pop();
    if (spare === undefined) return open(path, constants.O_CREAT | constants.O_RDWR | constants.O_TRUNC | SYNCED, 0o600);
    const file = await open(spare, constants.O_RDWR | SYNCED);
    await writeAll(file, [END], 0);
    await rename(spare, path);
    return file;
  }

  /**
   * After a failed write or sync it is unknown what reached the disk (a failed fsync may have dropped the pages, and the error is reported only once),
   * so the file is truncated to what was acknowledged and not written to again.
   */
  async #abandonSegment(file: FileHandle): Promise<void> {
    const keep = this.#end - this.#fileBase;
    this.#file = undefined;
    this.#reusable.delete(this.#fileBase);
    await file.truncate(keep).catch(() => undefined);
    await file.close().catch(() => undefined);
    if (keep > 0) this.#end += 1;
  }
}

async function writeAll(file: FileHandle, chunks: readonly Uint8Array[], at: number): Promise<void> {
  let position = at;
  let left: readonly Uint8Array[] = chunks;
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left as Uint8Array[], position);
    position += bytesWritten;
    left = dropBytes(left, bytesWritten);
  }
}

/** The part of the chunks that remains after a partial write. */
function dropBytes(chunks: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count;
  for (const [index, chunk] of chunks.entries()) {
    if (left < chunk.length) return [chunk.subarray(left), ...chunks.slice(index + 1)];
    left -= chunk.length;
  }
  return [];
}

/** A new file survives a loss of power only once its directory was synced too. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
