/**
 * The fast path: lines of the combined and common formats, read as bytes. It counts what a report needs without making a string of a line,
 * and hands every line that is not plainly of that shape to the full parsers. It must never count what they would read otherwise:
 * `scanner.test.ts` holds the two against each other.
 */
import { parseAnyTime } from "@faultline/formats/access-log";
import { findLatencyBucket, LATENCY_BUCKETS, RouteTally } from "./route-tally.ts";
import { findValueEnd } from "./routes/segment.ts";
import type { Tally } from "./tally.ts";

const SPACE = 32;
const QUOTE = 34;
const SLASH = 47;
const QUESTION = 63;
const AT = 64;
const BACKSLASH = 92;
const OPEN = 91;
const DASH = 45;
const DOT = 46;
const NEWLINE = 10;
const RETURN = 13;

/** Bytes that the name or address of a client is made of. */
const CLIENT = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:*%-") CLIENT[character.charCodeAt(0)] = 1;

const MAX_SHAPES = 16_384;
const TABLE = MAX_SHAPES * 4;
const MAX_NAMES = 256;
const TIME_BYTES = 26;
/** What a shape's classes and latency take in the flat arrays. */
const CLASSES = 8;

/** What the scanner asks for when a line is not its own, or when a failing one deserves a full look. */
export type ScannerHooks = {
  readonly onOther: (start: number, end: number) => void;
  readonly onFailure: (start: number, end: number, tally: RouteTally) => void;
};

/** Counts lines of one file into a tally. */
export class Scanner {
  private readonly tally: Tally;
  private readonly hooks: ScannerHooks;
  private buffer: Buffer = Buffer.alloc(0);
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
  private timed = 0;
  private hashA = 0;
  private hashB = 0;
  private firstValue = 0;
  private otherValues = 0;

  constructor(tally: Tally, hooks: ScannerHooks) {
    this.tally = tally;
    this.hooks = hooks;
  }

  /** Counts the whole lines of `buffer` up to `length` and returns where the last, unfinished one starts. */
  scan(buffer: Buffer, length: number): number {
    this.buffer = buffer;
    let start = 0;
    while (start < length) {
      const newline = buffer.indexOf(NEWLINE, start);
      if (newline === -1 || newline >= length) break;
      const end = newline > start && buffer[newline - 1] === RETURN ? newline - 1 : newline;
      if (!this.scanLine(start, end)) this.hooks.onOther(start, end);
      start = newline + 1;
    }
    return start;
  }

  /** Counts one line, or says that it is not of the scanner's shape. */
  private scanLine(start: number, end: number): boolean {
    const bytes = this.buffer;
    const open = findTime(bytes, start, end);
    if (open === -1) return false;
    const request = open + TIME_BYTES + 4;
    let at = request;
    while (at < end && bytes[at] !== SPACE && at - request < 17) at += 1;
    if (bytes[at] !== SPACE || bytes[at + 1] !== SLASH || at === request || !isUpper(bytes, request, at)) return false;
    const path = at + 1;
    const pathEnd = this.hashPath(path, end, hashMethod(bytes, request, at));
    if (pathEnd === -1) return false;
    const quote = findRequestEnd(bytes, pathEnd, end);
    if (quote === -1) return false;
    const status = readStatus(bytes, quote + 2);
    let tail = quote + 6;
    while (tail < end && bytes[tail] !== SPACE) tail += 1;
    if (status === -1 || bytes[quote + 5] !== SPACE || !isNumber(bytes, quote + 6, tail)) return false;
    const duration = readDuration(bytes, tail, end);
    if (duration === NO_FIT) return false;
    const timeMs = this.readTime(open + 1);
    if (timeMs === undefined) return false;
    if (this.tally.isInside(timeMs)) this.count({ start, end, timeMs, path, pathEnd, method: request, status, duration });
    return true;
  }

  /** Hashes the path, every value in it as one and the same, and returns where it ends; -1 when it needs the full parser. */
  private hashPath(path: number, end: number, seed: number): number {
    const bytes = this.buffer;
    let a = seed;
    let b = 0x9e3779b9 ^ seed;
    let firstValue = 0;
    let otherValues = 0;
    let segment = path + 1;
    let at = path + 1;
    let hash = 0x811c9dc5;
    // Only a segment with a digit or an @ can be a value by itself.
    let mayBeValue = false;
    for (; at < end; at += 1) {
      const code = bytes[at] as number;
      if (code > QUESTION && code !== BACKSLASH) {
        if (code === AT) mayBeValue = true;
        hash = Math.imul(hash ^ code, 0x01000193);
        continue;
      }
      if (code > SLASH && code < 58) {
        mayBeValue = true;
        hash = Math.imul(hash ^ code, 0x01000193);
        continue;
      }
      if (code === SLASH || code === SPACE || code === QUESTION) {
        const valueEnd = mayBeValue ? findValueEnd(bytes, segment, at) : -1;
        if (valueEnd !== -1) {
          if (firstValue === 0) firstValue = hash | 1;
          else otherValues = (Math.imul(otherValues ^ hash, 0x85ebca6b) + 1) | 0;
          hash = 0x1b873593;
          for (let index = valueEnd; index < at; index += 1) hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
        }
        a = (Math.imul(a ^ hash, 0x01000193) + 0x165667b1) | 0;
        b = Math.imul(b + hash, 0x85ebca77) ^ (b >>> 13);
        if (code !== SLASH) break;
        segment = at + 1;
        mayBeValue = false;
        hash = 0x811c9dc5;
        continue;
      }
      if (code < SPACE || code === QUOTE || code === BACKSLASH || code === 35) return -1;
      hash = Math.imul(hash ^ code, 0x01000193);
    }
    this.hashA = a;
    this.hashB = b;
    this.firstValue = firstValue;
    this.otherValues = otherValues;
    return at < end ? at : -1;
  }

  private count(line: Line): void {
    const { status, duration, timeMs } = line;
    this.pending += 1;
    this.counted += 1;
    if (duration >= 0) this.timed += 1;
    const shape = this.findShape(line);
    if (status >= 500 && status < 600) {
      this.pendingErrors += 1;
      let tally = this.failing.get(shape);
      if (tally === undefined) {
        tally = new RouteTally();
        this.failing.set(shape, tally);
      }
      tally.lines += 1;
      tally.classes[5] = (tally.classes[5] ?? 0) + 1;
      tally.getFailures(status).addTimed(timeMs, duration < 0 ? undefined : duration);
      this.hooks.onFailure(line.start, line.end, tally);
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
    const path = this.buffer.toString("utf8", line.path, line.pathEnd);
    this.shapes.push({ method: this.buffer.toString("latin1", line.method, line.path - 1), path });
    return shape;
  }

  /** The line's time. Neighbours mostly share it, or at least its minute, so its bytes are compared before they are read. */
  private readTime(at: number): number | undefined {
    const bytes = this.buffer;
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

  private flushTime(): void {
    if (this.pending > 0) this.tally.addTime(this.timeMs, this.pending);
    if (this.pendingErrors > 0 && this.timeMs !== undefined) this.tally.errors.add(this.timeMs, this.pendingErrors);
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
      for (let index = 0; index < LATENCY_BUCKETS; index += 1)
        leaf.latency[index] = this.latency[shape * LATENCY_BUCKETS + index] as number;
      this.tally.getTrie(method).add(path, leaf, { lines: leaf.lines, variedFrom: this.variedFrom[shape] as number });
    });
    this.tally.lines += this.counted;
    this.tally.exchanges += this.counted;
    if (this.counted > 0) this.tally.formats.add(this.timed > 0 ? "combined with time" : "combined", this.counted);
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
function findTime(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end - TIME_BYTES - 20, start + MAX_NAMES);
  let spaces = 0;
  for (let at = start; at < limit; at += 1) {
    const code = bytes[at] as number;
    if (code === OPEN) {
      const fits =
        spaces === 3 && bytes[at - 1] === SPACE && bytes[at + 3] === SLASH && bytes[at + 7] === SLASH && bytes[at + 21] === SPACE;
      return fits && bytes[at + 27] === 93 && bytes[at + 28] === SPACE && bytes[at + 29] === QUOTE ? at : -1;
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

function isUpper(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = bytes[at] as number;
    if (code < 65 || code > 90) return false;
  }
  return true;
}

function hashMethod(bytes: Buffer, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash;
}

/** The quote that ends a request: ` HTTP/1.1" ` behind path and query; -1 when something else stands there. */
function findRequestEnd(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const code = bytes[at] as number;
    if (code === SPACE) break;
    if (code === QUOTE || code === BACKSLASH || code < SPACE) return -1;
    at += 1;
  }
  // " HTTP/" is 32 72 84 84 80 47.
  const fits = bytes[at + 1] === 72 && bytes[at + 2] === 84 && bytes[at + 3] === 84 && bytes[at + 4] === 80 && bytes[at + 5] === SLASH;
  if (!fits) return -1;
  let quote = at + 6;
  while (quote < end && bytes[quote] !== QUOTE && quote - at < 12) {
    const code = bytes[quote] as number;
    if (code !== DOT && (code < 48 || code > 57)) return -1;
    quote += 1;
  }
  return quote < end && bytes[quote] === QUOTE && bytes[quote + 1] === SPACE && quote > at + 6 ? quote : -1;
}

/** Three digits, the first of them not 0, as a number; -1 for anything else. */
function readStatus(bytes: Buffer, at: number): number {
  const a = (bytes[at] as number) - 48;
  const b = (bytes[at + 1] as number) - 48;
  const c = (bytes[at + 2] as number) - 48;
  return a >= 1 && a <= 9 && b >= 0 && b <= 9 && c >= 0 && c <= 9 ? a * 100 + b * 10 + c : -1;
}

function isNumber(bytes: Buffer, from: number, to: number): boolean {
  if (to === from + 1 && bytes[from] === DASH) return true;
  for (let at = from; at < to; at += 1) {
    const code = bytes[at] as number;
    if (code < 48 || code > 57) return false;
  }
  return to > from;
}

const NO_DURATION = -1;
const NO_FIT = -2;

/**
 * What stands behind the size: nothing, two quoted fields, or these and seconds with a point, in whole ms. Anything else does not fit.
 */
function readDuration(bytes: Buffer, from: number, end: number): number {
  if (from >= end) return NO_DURATION;
  if (bytes[from] !== SPACE || bytes[from + 1] !== QUOTE) return NO_FIT;
  let at = end - 1;
  const last = bytes[at] as number;
  if (last === QUOTE) return isTwoQuoted(bytes, from, end) ? NO_DURATION : NO_FIT;
  let fraction = 0;
  let scale = 100;
  const digits = at;
  while (at > from && isDigit(bytes[at] as number)) at -= 1;
  if (bytes[at] !== DOT || at === digits || digits - at > 6) return NO_FIT;
  for (let index = at + 1; index <= digits; index += 1) {
    fraction += ((bytes[index] as number) - 48) * scale;
    scale /= 10;
  }
  let seconds = 0;
  let unit = 1;
  const dot = at;
  for (at -= 1; at > from && isDigit(bytes[at] as number); at -= 1) {
    seconds += ((bytes[at] as number) - 48) * unit;
    unit *= 10;
  }
  if (at === dot - 1 || dot - at > 8 || bytes[at] !== SPACE || bytes[at - 1] !== QUOTE) return NO_FIT;
  return isTwoQuoted(bytes, from, at) ? Math.round(seconds * 1000 + fraction) : NO_FIT;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** True when ` "..." "..."` fills the stretch: exactly two quoted fields without a quote, an escape or a control character in them. */
function isTwoQuoted(bytes: Buffer, from: number, end: number): boolean {
  const first = bytes.indexOf(QUOTE, from + 2);
  if (first === -1 || first + 2 >= end || bytes[first + 1] !== SPACE || bytes[first + 2] !== QUOTE) return false;
  return bytes.indexOf(QUOTE, first + 3) === end - 1;
}
