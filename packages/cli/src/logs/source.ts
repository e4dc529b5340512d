/**
 * The sources of lines: standard input and files, which may be compressed with gzip or zstd or written in UTF-16; their first bytes tell.
 * All are read into one buffer.
 */
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { UsageError } from "../command.ts";
import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from "../input/node-fs.ts";
import { createDecoder, HEAD_BYTES, nameEncoding, type Encoding } from "../input/encoding.ts";

/** The size of the buffer. A longer line is passed over. */
export const BUFFER_BYTES = 4 << 20;
/** The number of bytes read at once while lines are short, few enough to be in the processor's cache when they are scanned. */
const READ_BYTES = 256 << 10;
const NEWLINE = 10;
/** After this many bytes, a fast loop over a cached file lets signals and timers run. */
const BREATH_BYTES = 64 << 20;

/** The receiver of the lines. */
export type Reader = {
  /** The buffer to read into, `BUFFER_BYTES` long. Without it, the source allocates its own. */
  readonly buffer?: Buffer;
  /**
   * Takes the first `length` bytes of the buffer and returns how many it consumed: whole lines, or none if it wants to see more. The buffer
   * stays unchanged until then. With `isEnd`, no more bytes follow.
   */
  readonly consume: (buffer: Buffer, length: number, isEnd: boolean) => number | Promise<number>;
  /** True if a plain file is followed afterwards. A last line without a line break is then left to the follower. */
  readonly isFollowed?: boolean;
};

/** One thing to read. `onBytes` is called with the number of (compressed) bytes as they are read. */
export type Source = {
  readonly name: string;
  readonly stdin?: Input;
  readonly onBytes: (bytes: number) => void;
};

/** Standard input as chunks. If it is a pipe or a file that can be read directly, its descriptor too, which saves copying everything. */
export type Input = { readonly chunks: () => AsyncIterable<Uint8Array>; readonly fd?: number };

/** Calls `onLine` with the bounds of each whole line among the first `length` bytes, and returns the start of the last, unfinished line. */
export function eachLine(buffer: Buffer, length: number, onLine: (start: number, end: number) => void): number {
  // The bytes after `length` are left from an earlier read.
  const filled = buffer.subarray(0, length);
  let start = 0;
  for (let newline = filled.indexOf(10); newline !== -1; newline = filled.indexOf(10, start)) {
    onLine(start, newline);
    start = newline + 1;
  }
  return start;
}

/** The size of a file, or 0 for standard input. Throws a `UsageError` if the file cannot be read. */
export function findSize(name: string): number {
  // Whoever writes to a named pipe would notice that it was opened and closed again.
  if (name === "-" || isNamedPipe(name)) return 0;
  const fd = openFile(name);
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) throw new UsageError(`${name} is a directory; name the files in it, for example ${name}/*.log`);
    return stat.isFile() ? stat.size : 0;
  } finally {
    closeSync(fd);
  }
}

/** True for a pipe in the file system, which can be opened and read only once. */
export function isNamedPipe(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isFIFO() === true;
}

/** Opens a file for reading. Throws a `UsageError` that says why it cannot be read. */
export function openFile(name: string): number {
  try {
    return openSync(name, "r");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const why = code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "you may not read it" : code;
    throw new UsageError(`cannot open ${name}: ${why}`);
  }
}

/** True for a plain file, whose parts can be read independently. Throws a `UsageError` if it cannot be read. */
export function isPlainFile(name: string): boolean {
  return name !== "-" && findSize(name) > 0 && findEncoding(name) === "none";
}

/** Reads a source to its end. The last line counts even without a line break. */
export async function readSource(source: Source, reader: Reader): Promise<void> {
  const filled = new Filled(reader);
  if (source.stdin !== undefined) {
    const { chunks, fd } = source.stdin;
    if (fd === undefined) await readChunks(await peelStream(chunks()), source, filled);
    else await readPipe({ fd, chunks }, source, filled);
  } else {
    const kind = findEncoding(source.name);
    if (kind === "none") {
      await readPlain(source, filled);
      if (reader.isFollowed === true) filled.leaveTail();
    } else {
      const file = createReadStream(source.name, { highWaterMark: 1 << 20 });
      file.on("data", (chunk) => source.onBytes(chunk.length));
      const decoder = createDecoder(kind);
      file.on("error", (error) => decoder.destroy(error));
      file.pipe(decoder);
      await readChunks(decoder, { ...source, onBytes: () => undefined }, filled);
    }
  }
  await filled.finish();
}

/** Reads a pipe straight into the buffer, unless its first bytes show that it is compressed or not UTF-8. */
async function readPipe({ fd, chunks }: Input & { readonly fd: number }, source: Source, filled: Filled): Promise<void> {
  const count = readSync(fd, filled.buffer, 0, Math.min(filled.room, READ_BYTES), null);
  if (count === 0) return;
  if (nameEncoding(filled.buffer.subarray(0, count)) === "none") {
    source.onBytes(count);
    await filled.advance(count);
    await readAll(fd, source, filled);
    return;
  }
  const first = Uint8Array.from(filled.buffer.subarray(0, count));
  const whole = (async function* () {
    yield first;
    yield* chunks();
  })();
  await readChunks(await peelStream(whole), source, filled);
}

function findEncoding(name: string): Encoding {
  const fd = openFile(name);
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    return fstatSync(fd).isFile() ? nameEncoding(head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0))) : "none";
  } finally {
    closeSync(fd);
  }
}

/** Standard input, decoded if its first chunk shows that it is encoded. */
async function peelStream(stdin: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const chunks = stdin[Symbol.asyncIterator]();
  const first = await chunks.next();
  const whole = (async function* () {
    if (first.done !== true) yield first.value;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  })();
  const kind = first.done === true ? "none" : nameEncoding(first.value);
  if (kind === "none") return whole;
  return Readable.from(whole).pipe(createDecoder(kind));
}

async function readChunks(chunks: AsyncIterable<Uint8Array>, source: Source, filled: Filled): Promise<void> {
  try {
    for await (const chunk of chunks) {
      source.onBytes(chunk.length);
      await filled.add(chunk);
    }
  } catch (error) {
    const isBroken = error instanceof Error && "code" in error && /^(?:Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/.test(String(error.code));
    if (!isBroken) throw error;
    await filled.finish();
    throw new UsageError(`${source.name} is cut off or damaged: its compressed data ends in an error (${error.message})`);
  }
}

/** Reads a plain file straight into the buffer. */
async function readPlain(source: Source, filled: Filled): Promise<void> {
  const fd = openFile(source.name);
  try {
    await readAll(fd, source, filled);
  } finally {
    closeSync(fd);
  }
}

/** A stretch of an open file. `toBytes` may lie beyond its end. */
export type Stretch = { readonly fd: number; readonly fromBytes: number; readonly toBytes: number; readonly onBytes: Source["onBytes"] };

/** Reads the lines of a stretch. It begins at the start of a line, and ends after a line break or at the end of the file. */
export async function readStretch(stretch: Stretch, reader: Reader): Promise<void> {
  const filled = new Filled(reader);
  await readAll(stretch.fd, stretch, filled);
  if (reader.isFollowed === true) filled.leaveTail();
  await filled.finish();
}

type Plain = Pick<Source, "onBytes"> & Partial<Pick<Stretch, "fromBytes" | "toBytes">>;

/** Reads a stretch, or everything from the descriptor's position on. */
async function readAll(fd: number, source: Plain, filled: Filled): Promise<void> {
  const { fromBytes, toBytes = Number.POSITIVE_INFINITY } = source;
  let sinceBreath = 0;
  for (let at = fromBytes ?? 0; at < toBytes;) {
    const count = Math.min(filled.room, READ_BYTES, toBytes - at);
    const read = readSync(fd, filled.buffer, filled.length, count, fromBytes === undefined ? null : at);
    if (read === 0) return;
    at += read;
    // Usually there is nothing to wait for, and an `await` costs as much as reading some kilobytes.
    const pending = filled.advance(read);
    if (pending !== undefined) await pending;
    source.onBytes(read);
    sinceBreath += read;
    if (sinceBreath < BREATH_BYTES) continue;
    sinceBreath = 0;
    await setImmediate();
  }
}

/** The buffer and how much of it is filled. */
class Filled {
  readonly buffer: Buffer;
  length = 0;
  private readonly reader: Reader;
  private skipping = false;

  constructor(reader: Reader) {
    this.buffer = reader.buffer ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.reader = reader;
  }

  get room(): number {
    return this.buffer.length - 1 - this.length;
  }

  async add(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length;) {
      const count = Math.min(this.room, chunk.length - from);
      this.buffer.set(chunk.subarray(from, from + count), this.length);
      await this.advance(count);
      from += count;
    }
  }

  /**
   * Takes in `count` new bytes and hands out whole lines. Of a line longer than the buffer only the start is handed out. What follows a
   * hole is kept, though: zeros in place of bytes that a crash lost, or that were truncated while a writer kept its position.
   */
  advance(count: number): Promise<void> | undefined {
    const from = this.length;
    this.length += count;
    if (this.skipping) {
      const newline = this.buffer.indexOf(10, from);
      if (newline === -1 || newline >= this.length) {
        this.length = 0;
        return undefined;
      }
      this.skipping = false;
      this.drop(newline + 1);
    }
    const consumed = this.reader.consume(this.buffer, this.length, false);
    if (typeof consumed !== "number") return consumed.then((bytes) => this.makeRoom(bytes));
    return this.makeRoom(consumed);
  }

  /** Drops what was consumed. If one line fills the buffer, its start is handed out and the rest passed over. */
  private makeRoom(consumed: number): Promise<void> | undefined {
    this.drop(consumed);
    return this.room > 0 ? undefined : this.passOver();
  }

  private async passOver(): Promise<void> {
    const written = findHole(this.buffer, this.length);
    const shown = Math.min(written, LONG_BYTES);
    this.buffer[shown] = NEWLINE;
    if (shown > 0) await this.reader.consume(this.buffer, shown + 1, false);
    this.skipping = written === this.length;
    this.length = 0;
  }

  /** Drops what follows the last line break. */
  leaveTail(): void {
    this.length = this.length === 0 ? 0 : this.buffer.lastIndexOf(NEWLINE, this.length - 1) + 1;
  }

  private drop(count: number): void {
    if (count > 0) this.buffer.copyWithin(0, count, this.length);
    this.length -= count;
  }

  async finish(): Promise<void> {
    if (this.length === 0 || this.skipping) return;
    if (this.buffer[this.length - 1] !== NEWLINE) {
      this.buffer[this.length] = NEWLINE;
      this.length += 1;
    }
    await this.reader.consume(this.buffer, this.length, true);
    this.length = 0;
  }
}

/** The start of the zeros that end the first `length` bytes. */
function findHole(buffer: Buffer, length: number): number {
  // The buffer is compared with itself, shifted by one byte, because a hole may have gigabytes.
  if (buffer[0] === 0 && buffer.compare(buffer, 1, length, 0, length - 1) === 0) return 0;
  let at = length;
  while (buffer[at - 1] === 0) at -= 1;
  return at;
}

/** How much of a line longer than the buffer the parsers are shown. */
const LONG_BYTES = 2 << 20;
