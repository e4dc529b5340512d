/**
 * The fast path: lines of the combined and common formats, read as bytes. It counts what a report needs without making a string of a line,
 * and hands every line that is not plainly of that shape to the full parsers. It must never count what they would read otherwise:
 * `scanner.test.ts` holds the two against each other.
 */
import { parseAnyTime } from "@faultline/formats/access-log";
import { type FailureTally, findLatencyBucket, LATENCY_BUCKETS, RouteTally } from "./route-tally.ts";
import { findValueEnd, isVersion } from "./routes/segment.ts";
import { Series } from "./series.ts";
import type { Tally } from "./tally.ts";

const SPACE = 32;
const QUOTE = 34;
const SLASH = 47;
const QUESTION = 63;
const AT = 64;
const BACKSLASH = 92;
const OPEN = 91;
const CLOSE = 93;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const DASH = 45;
const DOT = 46;
const NEWLINE = 10;
const RETURN = 13;

/** Bytes that the name or address of a client is made of. */
const CLIENT = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:*%-") CLIENT[character.charCodeAt(0)] = 1;

/** What the bytes of a path are to its hash; bytes that a plain path cannot hold are foreign. */
const IS_DIGIT = 2;
const IS_AT = 4;
const SEGMENT_END = 8;
const FOREIGN = 16;
const PATH_KIND = new Uint8Array(256).fill(1);
PATH_KIND.fill(IS_DIGIT, 48, 58);
PATH_KIND.fill(FOREIGN, 0, SPACE);
PATH_KIND[AT] = IS_AT;
for (const code of [SLASH, SPACE, QUESTION]) PATH_KIND[code] = SEGMENT_END;
for (const code of [QUOTE, BACKSLASH, 35]) PATH_KIND[code] = FOREIGN;

/** Failing lines that are shown to the full parsers: the first ones, each n-th after them, and the first of each shape. */
const FIRST_LOOKS = 500;
const LOOK_EVERY = 256;
const FIRST_OF_SHAPE = 3;
const MAX_SHAPES = 16_384;
const TABLE = MAX_SHAPES * 4;
const MAX_NAMES = 256;
const TIME_BYTES = 26;
/** What a shape's classes and latency take in the flat arrays. */
const CLASSES = 8;

/** What the scanner asks for when a line is not its own, or when a failing one deserves a full look. */
export type ScannerHooks = {
  readonly onOther: (start: number, end: number) => void;
  readonly onFailure: (start: number, end: number, failures: FailureTally) => void;
};

/** Counts lines of one file into a tally. */
export type LineScanner = {
  /** The memory that it scans without a copy, when it has one of its own. */
  readonly buffer?: Buffer;
  /** Counts the whole lines of `buffer` up to `length` and returns where the last, unfinished one starts. */
  readonly scan: (buffer: Buffer, length: number) => number;
  /** Moves what was counted into the tally. The scanner can go on afterwards. */
  readonly flush: () => void;
  /** Ends its use, and forgets what was not flushed. */
  readonly close: () => void;
};

/** The scanner in plain JavaScript: the oracle of the one on WebAssembly, and its stand-in where there is none. */
export class Scanner implements LineScanner {
  private readonly tally: Tally;
  private readonly hooks: ScannerHooks;
  private bytes: Buffer = Buffer.alloc(0);
  private readonly slots = new Int32Array(TABLE).fill(-1);
  private readonly hashes = new Int32Array(MAX_SHAPES * 2);
  /** Of each shape, hashes of the first value in its path and of the others, and from which on they were several: 0, 1 or 2 for none. */
  private readonly values = new Int32Array(MAX_SHAPES * 2);
  private readonly variedFrom = new Uint8Array(MAX_SHAPES);
  private readonly classes = new Uint32Array(MAX_SHAPES * CLASSES);
  private readonly latency = new Uint32Array(MAX_SHAPES * LATENCY_BUCKETS);
  private readonly failing = new Map<number, RouteTally>();
  private readonly shapes: { readonly method: string; readonly path: string }[] = [];
  private readonly timeBytes = new Uint8Array(TIME_BYTES);
  private timeMs: number | undefined;
  private minuteMs: number | undefined;
  private pending = 0;
  private pendingErrors = 0;
  private counted = 0;
  private failingLines = 0;
  private traffic = new Series();
  private errors = new Series();
  private firstMs = Number.POSITIVE_INFINITY;
  private lastMs = Number.NEGATIVE_INFINITY;
  private timed = 0;
  private hashA = 0;
  private hashB = 0;
  private durationMs = 0;
  private firstValue = 0;
  private otherValues = 0;

  constructor(tally: Tally, hooks: ScannerHooks) {
    this.tally = tally;
    this.hooks = hooks;
  }

  /** Counts the whole lines of `buffer` up to `length` and returns where the last, unfinished one starts. */
  scan(buffer: Buffer, length: number): number {
    this.bytes = buffer;
    const limit = length === 0 ? 0 : buffer.lastIndexOf(NEWLINE, length - 1) + 1;
    let start = 0;
    while (start < limit) {
      const next = this.scanLine(start);
      if (next !== -1) {
        start = next;
        continue;
      }
      const newline = buffer.indexOf(NEWLINE, start);
      this.hooks.onOther(start, newline > start && buffer[newline - 1] === RETURN ? newline - 1 : newline);
      start = newline + 1;
    }
    return start;
  }

  /**
   * Counts one line and returns where the next one starts, or -1 when it is not of the scanner's shape. The line break that every line
   * here has ends each of the loops, so none needs to look for the buffer's end.
   */
  private scanLine(start: number): number {
    const bytes = this.bytes;
    const open = findTime(bytes, start);
    if (open === -1) return -1;
    const request = open + TIME_BYTES + 4;
    let at = request;
    let method = FNV_OFFSET;
    for (let code = bytes[at] as number; code !== SPACE; code = bytes[at] as number) {
      if (code < 65 || code > 90 || at - request > 16) return -1;
      method = Math.imul(method ^ code, FNV_PRIME);
      at += 1;
    }
    const path = at + 1;
    if (bytes[path] !== SLASH || at === request) return -1;
    const pathEnd = this.hashPath(path, method);
    if (pathEnd === -1) return -1;
    const quote = findRequestEnd(bytes, pathEnd);
    if (quote === -1) return -1;
    const status = readStatus(bytes, quote + 2);
    if (status === -1 || bytes[quote + 5] !== SPACE) return -1;
    const end = this.readTail(skipSize(bytes, quote + 6));
    if (end === -1) return -1;
    const timeMs = this.readTime(open + 1);
    if (timeMs === undefined) return -1;
    if (this.tally.isInside(timeMs)) this.count({ start, end, timeMs, path, pathEnd, method: request, status, duration: this.durationMs });
    return bytes[end] === RETURN ? end + 2 : end + 1;
  }

  /**
   * Reads what stands behind the size: nothing, two quoted fields, or these and seconds with a point, which become whole ms. Returns the
   * line's end, or -1 when something else stands there.
   */
  private readTail(from: number): number {
    const bytes = this.bytes;
    this.durationMs = NO_DURATION;
    if (from === -1 || isLineEnd(bytes, from)) return from;
    const agent = skipQuoted(bytes, from);
    const after = agent === -1 ? -1 : skipQuoted(bytes, agent);
    if (after === -1 || isLineEnd(bytes, after)) return after;
    if (bytes[after] !== SPACE) return -1;
    let at = after + 1;
    let seconds = 0;
    for (let code = bytes[at] as number; isDigit(code); code = bytes[at] as number) {
      seconds = seconds * 10 + code - 48;
      at += 1;
    }
    const dot = at;
    if (bytes[dot] !== DOT || dot === after + 1 || dot - after > 8) return -1;
    let fraction = 0;
    let scale = 100;
    at += 1;
    for (let code = bytes[at] as number; isDigit(code); code = bytes[at] as number) {
      fraction += (code - 48) * scale;
      scale /= 10;
      at += 1;
    }
    if (at === dot + 1 || at - dot > 7 || !isLineEnd(bytes, at)) return -1;
    this.durationMs = Math.round(seconds * 1000 + fraction);
    return at;
  }

  /** Hashes the path, every value in it as one and the same, and returns where it ends; -1 when it needs the full parser. */
  private hashPath(path: number, seed: number): number {
    const bytes = this.bytes;
    let a = seed;
    let b = 0x9e3779b9 ^ seed;
    let firstValue = 0;
    let otherValues = 0;
    let segment = path + 1;
    let at = path + 1;
    let hash = FNV_OFFSET;
    let seen = 0;
    for (; ; at += 1) {
      const code = bytes[at] as number;
      const kind = PATH_KIND[code] as number;
      if (kind < SEGMENT_END) {
        seen |= kind;
        hash = Math.imul(hash ^ code, FNV_PRIME);
        continue;
      }
      if (kind === FOREIGN) return -1;
      // Only a segment with a digit or an @ can be a value by itself; one of nothing but digits always is.
      const isFixed = (seen & (IS_DIGIT | IS_AT)) === 0 || (segment === path + 1 && isVersion(bytes, segment, at));
      const valueEnd = isFixed ? -1 : seen === IS_DIGIT ? at : findValueEnd(bytes, segment, at);
      if (valueEnd !== -1) {
        if (firstValue === 0) firstValue = hash | 1;
        else otherValues = (Math.imul(otherValues ^ hash, 0x85ebca6b) + 1) | 0;
        hash = 0x1b873593;
        for (let index = valueEnd; index < at; index += 1) hash = Math.imul(hash ^ (bytes[index] as number), FNV_PRIME);
      }
      a = (Math.imul(a ^ hash, FNV_PRIME) + 0x165667b1) | 0;
      b = Math.imul(b + hash, 0x85ebca77) ^ (b >>> 13);
      if (code !== SLASH) break;
      segment = at + 1;
      seen = 0;
      hash = FNV_OFFSET;
    }
    this.hashA = a;
    this.hashB = b;
    this.firstValue = firstValue;
    this.otherValues = otherValues;
    return at;
  }

  private count(line: Line): void {
    const { status, duration, timeMs } = line;
    // Full tables are flushed here, before the line is counted.
    const shape = this.findShape(line);
    this.pending += 1;
    this.counted += 1;
    if (duration >= 0) this.timed += 1;
    if (status >= 500 && status < 600) {
      this.pendingErrors += 1;
      let tally = this.failing.get(shape);
      if (tally === undefined) {
        tally = new RouteTally();
        this.failing.set(shape, tally);
      }
      this.failingLines += 1;
      tally.lines += 1;
      tally.classes[5] = (tally.classes[5] ?? 0) + 1;
      const failures = tally.getFailures(status);
      failures.addTimed(timeMs, duration < 0 ? undefined : duration);
      if (this.failingLines <= FIRST_LOOKS || this.failingLines % LOOK_EVERY === 0 || tally.lines <= FIRST_OF_SHAPE)
        this.hooks.onFailure(line.start, line.end, failures);
      return;
    }
    const slot = shape * CLASSES + (status < 800 ? (status / 100) | 0 : 0);
    this.classes[slot] = (this.classes[slot] as number) + 1;
    if (duration >= 0) {
      const bucket = shape * LATENCY_BUCKETS + findLatencyBucket(duration);
      this.latency[bucket] = (this.latency[bucket] as number) + 1;
    }
  }

  /** The number of the line's shape: method and path with its values left out. */
  private findShape(line: Line): number {
    const { hashA, hashB, firstValue, otherValues } = this;
    let slot = (hashA ^ (hashB >>> 7)) & (TABLE - 1);
    for (;;) {
      const shape = this.slots[slot] as number;
      if (shape === -1) break;
      if (this.hashes[shape * 2] === hashA && this.hashes[shape * 2 + 1] === hashB) {
        if (this.values[shape * 2] !== firstValue) this.variedFrom[shape] = 0;
        else if (this.values[shape * 2 + 1] !== otherValues && this.variedFrom[shape] === 2) this.variedFrom[shape] = 1;
        return shape;
      }
      slot = (slot + 1) & (TABLE - 1);
    }
    if (this.shapes.length >= MAX_SHAPES) {
      this.flush();
      return this.findShape(line);
    }
    const shape = this.shapes.length;
    this.slots[slot] = shape;
    this.hashes[shape * 2] = hashA;
    this.hashes[shape * 2 + 1] = hashB;
    this.values[shape * 2] = firstValue;
    this.values[shape * 2 + 1] = otherValues;
    this.variedFrom[shape] = 2;
    const path = this.bytes.toString("utf8", line.path, line.pathEnd);
    this.shapes.push({ method: this.bytes.toString("latin1", line.method, line.path - 1), path });
    return shape;
  }

  /** The line's time. Neighbours mostly share it, or at least its minute, so its bytes are compared before they are read. */
  private readTime(at: number): number | undefined {
    const bytes = this.bytes;
    const known = this.timeBytes;
    const isSameSecond = bytes[at + 19] === known[19] && bytes[at + 18] === known[18];
    const isSameMinute = isEqual(bytes, { at, known, from: 0, to: 18 }) && isEqual(bytes, { at, known, from: 20, to: TIME_BYTES });
    if (isSameMinute && isSameSecond) return this.timeMs;
    this.flushTime();
    for (let index = 0; index < TIME_BYTES; index += 1) known[index] = bytes[at + index] as number;
    const tens = (bytes[at + 18] as number) - 48;
    const ones = (bytes[at + 19] as number) - 48;
    if (isSameMinute && this.minuteMs !== undefined && tens >= 0 && tens < 6 && ones >= 0 && ones < 10) {
      this.timeMs = this.minuteMs + (tens * 10 + ones) * 1000;
    } else {
      this.timeMs = parseAnyTime(bytes.toString("latin1", at, at + TIME_BYTES), { nowMs: 0, zoneOffsetMinutes: 0 });
      this.minuteMs = this.timeMs === undefined ? undefined : this.timeMs - (tens * 10 + ones) * 1000;
    }
    return this.timeMs;
  }

  close(): void {
    this.bytes = Buffer.alloc(0);
  }

  private flushTime(): void {
    if (this.pending > 0 && this.timeMs !== undefined) {
      this.traffic.add(this.timeMs, this.pending);
      if (this.pendingErrors > 0) this.errors.add(this.timeMs, this.pendingErrors);
      this.firstMs = Math.min(this.firstMs, this.timeMs);
      this.lastMs = Math.max(this.lastMs, this.timeMs);
    }
    this.pending = 0;
    this.pendingErrors = 0;
  }

  /** Moves what was counted into the tally. The scanner can go on afterwards. */
  flush(): void {
    this.flushTime();
    this.shapes.forEach(({ method, path }, shape) => {
      const leaf = this.failing.get(shape) ?? new RouteTally();
      for (let index = 0; index < CLASSES; index += 1) {
        const count = this.classes[shape * CLASSES + index] as number;
        leaf.classes[index] = (leaf.classes[index] ?? 0) + count;
        leaf.lines += count;
      }
      for (let index = 0; index < LATENCY_BUCKETS; index += 1) {
        const count = this.latency[shape * LATENCY_BUCKETS + index] as number;
        if (count > 0) leaf.addLatency(index, count);
      }
      this.tally.getTrie(method).add(path, leaf, { lines: leaf.lines, variedFrom: this.variedFrom[shape] as number });
    });
    const { counted: lines, timed, firstMs, lastMs, traffic, errors } = this;
    this.tally.addCombined({ lines, timed, firstMs, lastMs, traffic, errors });
    this.traffic = new Series();
    this.errors = new Series();
    const used = this.shapes.length;
    this.classes.fill(0, 0, used * CLASSES);
    this.latency.fill(0, 0, used * LATENCY_BUCKETS);
    this.slots.fill(-1);
    this.failing.clear();
    this.shapes.length = 0;
    this.counted = 0;
    this.timed = 0;
  }
}

type Line = {
  readonly start: number;
  readonly end: number;
  readonly timeMs: number;
  readonly method: number;
  readonly path: number;
  readonly pathEnd: number;
  readonly status: number;
  readonly duration: number;
};

/** Where `[25/Oct/2016:14:49:33 +0200] "` stands in the line, behind plain names; -1 when it does not. */
function findTime(bytes: Buffer, start: number): number {
  const limit = start + MAX_NAMES;
  let spaces = 0;
  for (let at = start; at < limit; at += 1) {
    const code = bytes[at] as number;
    if (code === OPEN) {
      const fits =
        spaces === 3 && bytes[at - 1] === SPACE && bytes[at + 3] === SLASH && bytes[at + 7] === SLASH && bytes[at + 21] === SPACE;
      return fits && bytes[at + 27] === CLOSE && bytes[at + 28] === SPACE && bytes[at + 29] === QUOTE ? at : -1;
    }
    if (code === SPACE) spaces += 1;
    else if (code < SPACE || code === QUOTE || code > 126 || (spaces === 0 && CLIENT[code] === 0)) return -1;
  }
  return -1;
}

type Stretch = { readonly at: number; readonly known: Uint8Array; readonly from: number; readonly to: number };

function isEqual(bytes: Buffer, { at, known, from, to }: Stretch): boolean {
  for (let index = from; index < to; index += 1) if (bytes[at + index] !== known[index]) return false;
  return true;
}

/** The quote that ends a request: ` HTTP/1.1" ` behind path and query; -1 when something else stands there. */
function findRequestEnd(bytes: Buffer, from: number): number {
  let at = from;
  for (let code = bytes[at] as number; code !== SPACE; code = bytes[at] as number) {
    if (code === QUOTE || code === BACKSLASH || code < SPACE) return -1;
    at += 1;
  }
  // " HTTP/" is 32 72 84 84 80 47.
  const fits = bytes[at + 1] === 72 && bytes[at + 2] === 84 && bytes[at + 3] === 84 && bytes[at + 4] === 80 && bytes[at + 5] === SLASH;
  if (!fits) return -1;
  let quote = at + 6;
  for (let code = bytes[quote] as number; code !== QUOTE; code = bytes[quote] as number) {
    if ((code !== DOT && !isDigit(code)) || quote - at > 11) return -1;
    quote += 1;
  }
  return bytes[quote + 1] === SPACE && quote > at + 6 ? quote : -1;
}

/** Three digits, the first of them not 0, as a number; -1 for anything else. */
function readStatus(bytes: Buffer, at: number): number {
  const a = (bytes[at] as number) - 48;
  const b = (bytes[at + 1] as number) - 48;
  const c = (bytes[at + 2] as number) - 48;
  return a >= 1 && a <= 9 && b >= 0 && b <= 9 && c >= 0 && c <= 9 ? a * 100 + b * 10 + c : -1;
}

/** Where a size, or the - in its place, ends; -1 when there is none. */
function skipSize(bytes: Buffer, from: number): number {
  if (bytes[from] === DASH) return from + 1;
  let at = from;
  while (isDigit(bytes[at] as number)) at += 1;
  return at === from ? -1 : at;
}

/** Where ` "..."` ends; -1 when it does not stand there plainly: escapes and stray quotes are for the full parser. */
function skipQuoted(bytes: Buffer, from: number): number {
  if (bytes[from] !== SPACE || bytes[from + 1] !== QUOTE) return -1;
  let at = from + 2;
  for (let code = bytes[at] as number; code !== QUOTE; code = bytes[at] as number) {
    if (code === NEWLINE || code === BACKSLASH) return -1;
    at += 1;
  }
  return at + 1;
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === NEWLINE || (bytes[at] === RETURN && bytes[at + 1] === NEWLINE);
}

const NO_DURATION = -1;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
