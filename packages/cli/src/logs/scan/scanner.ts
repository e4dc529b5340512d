/**
 * The fast path: lines of the combined and common formats, read as bytes. It counts what a report needs without turning a line into a
 * string, and hands every line that deviates from these formats to the full parsers. It must never read a line differently from them:
 * `scanner.test.ts` compares the two.
 */
import { parseAnyTime } from "@faultline/formats/access-log-combined";
import { findLatencyBucket, LATENCY_BUCKETS, RouteTally } from "../tally/route-tally.ts";
import { findRequestEnd, findTime, isDigit, isLineEnd, readStatus, skipQuoted, skipSize } from "./combined-fields.ts";
import { CrowdedPlaces } from "./crowded-places.ts";
import type { LineScanner, ScannerHooks } from "./line-scanner.ts";
import { MAX_DEPTH } from "../routes/route-trie.ts";
import { cutFolder, findValueEnd, isDate, isVersion } from "../routes/segment.ts";
import { Series } from "../tally/series.ts";
import type { Tally } from "../tally/tally.ts";

const SPACE = 32;
const QUOTE = 34;
const SLASH = 47;
const SEMICOLON = 59;
const QUESTION = 63;
const AT = 64;
const BACKSLASH = 92;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const SEED_B = 0x9e3779b9;
/** The initial hash of a value. */
const VALUE = 0x1b873593;
const DOT = 46;
const NEWLINE = 10;
const RETURN = 13;

/** The bytes of a path as its hash sees them. Bytes that a plain path cannot contain are foreign. */
const IS_DIGIT = 2;
const IS_AT = 4;
const SEGMENT_END = 8;
const FOREIGN = 16;
const PATH_KIND = new Uint8Array(256).fill(1);
PATH_KIND.fill(IS_DIGIT, 48, 58);
PATH_KIND.fill(FOREIGN, 0, SPACE);
PATH_KIND[AT] = IS_AT;
for (const code of [SLASH, SPACE, QUESTION]) PATH_KIND[code] = SEGMENT_END;
for (const code of [QUOTE, BACKSLASH, 35, SEMICOLON]) PATH_KIND[code] = FOREIGN;

/** The failing lines that the full parsers read as well: the first ones, then every n-th, and the first of each shape. */
const FIRST_LOOKS = 500;
const LOOK_EVERY = 256;
const FIRST_OF_SHAPE = 3;
/**
 * The number of shapes that fill the table at first. It is small because a full table shows which places are crowded, and that keeps later
 * shapes few; the core on WebAssembly does the same.
 */
const FIRST_SHAPES = 4096;
const MAX_SHAPES = 16_384;
const TABLE = MAX_SHAPES * 4;
const TIME_BYTES = 26;
/** The room that a shape's status classes and latency take in the flat arrays. */
const CLASSES = 8;

/** The scanner in plain JavaScript: the oracle of the one on WebAssembly, and its replacement where WebAssembly is missing. */
export class Scanner implements LineScanner {
  private readonly tally: Tally;
  private readonly hooks: ScannerHooks;
  private bytes: Buffer = Buffer.alloc(0);
  private readonly slots = new Int32Array(TABLE).fill(-1);
  private readonly hashes = new Int32Array(MAX_SHAPES * 2);
  /**
   * For each shape, hashes of the first value in its path and of the other values, and from which number on the values varied: 0, 1, or 2
   * for none.
   */
  private readonly values = new Int32Array(MAX_SHAPES * 2);
  private readonly variedFrom = new Uint8Array(MAX_SHAPES);
  private readonly classes = new Uint32Array(MAX_SHAPES * CLASSES);
  private readonly latency = new Uint32Array(MAX_SHAPES * LATENCY_BUCKETS);
  private readonly failing = new Map<number, RouteTally>();
  private readonly shapes: { readonly method: string; readonly path: string; readonly crowdedValues: number }[] = [];
  private readonly places = new CrowdedPlaces();
  /** A bit for each segment of the current path that is a value because its place is crowded. */
  private crowdedValues = 0;
  private shapeLimit = FIRST_SHAPES;
  private readonly timeBytes = new Uint8Array(TIME_BYTES);
  private timeMs: number | undefined;
  private minuteMs: number | undefined;
  private pending = 0;
  private pendingErrors = 0;
  private counted = 0;
  private outside = 0;
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

  /** Counts the whole lines of `buffer` up to `length`, and returns the start of the last, unfinished line. */
  scan(buffer: Buffer, length: number): number | Promise<number> {
    const prepared = this.hooks.prepare();
    if (prepared !== undefined) return prepared.then(() => this.scan(buffer, length));
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
      this.hooks.onOther({ start, end: newline > start && buffer[newline - 1] === RETURN ? newline - 1 : newline });
      start = newline + 1;
    }
    return start;
  }

  /**
   * Counts one line and returns the start of the next, or -1 if the line is not of the scanner's format. Each loop ends at the latest at
   * the line break, which every line here has, so none has to check the buffer's end.
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
    if (!this.tally.isInside(timeMs)) this.outside += 1;
    else this.count({ start, end, timeMs, path, pathEnd, method: request, status, duration: this.durationMs });
    return bytes[end] === RETURN ? end + 2 : end + 1;
  }

  /**
   * Reads what follows the size: nothing, two quoted fields, or these and seconds with a decimal point, which become whole ms. Returns the
   * end of the line, or -1 if something else follows.
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

  /** Hashes the path, with all values hashed alike, and returns its end; -1 if the path needs the full parser. */
  private hashPath(path: number, seed: number): number {
    const bytes = this.bytes;
    let a = seed;
    let b = SEED_B ^ seed;
    let firstValue = 0;
    let otherValues = 0;
    let segment = path + 1;
    let at = path + 1;
    let hash = FNV_OFFSET;
    let seen = 0;
    let depth = 0;
    this.crowdedValues = 0;
    for (; ; at += 1) {
      const code = bytes[at] as number;
      const kind = PATH_KIND[code] as number;
      if (kind < SEGMENT_END) {
        seen |= kind;
        hash = Math.imul(hash ^ code, FNV_PRIME);
        continue;
      }
      if (kind === FOREIGN) return -1;
      // Deeper segments are not told apart.
      if (depth < MAX_DEPTH) {
        // Only a segment with a digit or an @ can be a value by itself. A segment of digits always is one.
        const isFixed = (seen & (IS_DIGIT | IS_AT)) === 0 || (segment === path + 1 && this.isTopName(segment, at, `${a} ${b}`));
        let valueEnd = isFixed ? -1 : seen === IS_DIGIT ? at : cutFolder(bytes, findValueEnd(bytes, segment, at), at);
        if (!this.places.isEmpty) valueEnd = this.findCrowdedEnd({ a, b, depth, segment, end: at, valueEnd });
        if (valueEnd !== -1) {
          if (firstValue === 0) firstValue = hash | 1;
          else otherValues = (Math.imul(otherValues ^ hash, 0x85ebca6b) + 1) | 0;
          hash = valueEnd === at ? VALUE : hashBytes(bytes.subarray(valueEnd, at), VALUE);
        }
        a = mixA(a, hash);
        b = mixB(b, hash);
      }
      depth += 1;
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

  /** True for an API's version at the start of a path. A date may be one, as long as there are few dates in this place. */
  private isTopName(start: number, end: number, place: string): boolean {
    return isVersion(this.bytes, start, end) || (isDate(this.bytes, start, end) && this.places.find(place) === undefined);
  }

  /** The start of a value's suffix at the place whose hash is `a` and `b`, if that place is crowded; -1 for a word. */
  private findCrowdedEnd({ a, b, depth, segment, end, valueEnd }: SegmentAt): number {
    const place = this.places.find(`${a} ${b}`);
    if (place === undefined) return valueEnd;
    if (valueEnd !== -1) {
      const isOther = place.valueSuffixes !== undefined && !place.valueSuffixes.has(this.bytes.toString("utf8", valueEnd, end));
      return isOther ? end : valueEnd;
    }
    const suffix = this.places.findSuffix(place, this.bytes.toString("utf8", segment, end), this.bytes[end] === SLASH);
    if (suffix === undefined) return -1;
    this.crowdedValues |= 1 << depth;
    return end - suffix.length;
  }

  /** Learns at which places new words are values by now, so that an endless variety of paths has few shapes. */
  private namePlaces(): void {
    this.places.name(this.tally.routes, (method, steps) => {
      const seed = hashBytes(Buffer.from(method), FNV_OFFSET);
      let a = seed;
      let b = SEED_B ^ seed;
      for (const { isValue, text } of steps) {
        const hash = hashBytes(Buffer.from(text), isValue ? VALUE : FNV_OFFSET);
        a = mixA(a, hash);
        b = mixB(b, hash);
      }
      return `${a} ${b}`;
    });
  }

  private count(line: Line): void {
    const { status, duration, timeMs } = line;
    // Finding the shape flushes full tables, so it must happen before the line is counted.
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
        this.hooks.onFailure({ ...line, method: this.shapes[shape]?.method ?? "", failures });
      return;
    }
    const slot = shape * CLASSES + (status < 800 ? (status / 100) | 0 : 0);
    this.classes[slot] = (this.classes[slot] as number) + 1;
    if (duration >= 0) {
      const bucket = shape * LATENCY_BUCKETS + findLatencyBucket(duration);
      this.latency[bucket] = (this.latency[bucket] as number) + 1;
    }
  }

  /** The number of the line's shape: its method, and its path without the values. */
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
    if (this.shapes.length >= this.shapeLimit) {
      this.flush();
      this.namePlaces();
      this.shapeLimit = Math.min(MAX_SHAPES, this.shapeLimit * 2);
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
    const method = this.bytes.toString("latin1", line.method, line.path - 1);
    this.shapes.push({ method, path, crowdedValues: this.crowdedValues });
    return shape;
  }

  /** The line's time. Neighbouring lines mostly share it, or at least its minute, so the bytes are compared before they are parsed. */
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

  /** Moves the counts into the tally. The scanner can continue afterwards. */
  flush(): void {
    this.flushTime();
    this.shapes.forEach(({ method, path, crowdedValues }, shape) => {
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
      const variedFrom = this.variedFrom[shape] as number;
      this.tally.getTrie(method).add(path, leaf, { lines: leaf.lines, variedFrom, crowdedValues });
    });
    const { counted: lines, timed, outside, firstMs, lastMs, traffic, errors } = this;
    this.tally.addCombined({ lines, timed, outside, firstMs, lastMs, traffic, errors });
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
    this.outside = 0;
  }
}

type SegmentAt = Readonly<Record<"a" | "b" | "depth" | "segment" | "end" | "valueEnd", number>>;

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

function hashBytes(bytes: Uint8Array, seed: number): number {
  let hash = seed;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash;
}

/** The two halves of a path's hash, extended by one segment. */
function mixA(a: number, hash: number): number {
  return (Math.imul(a ^ hash, FNV_PRIME) + 0x165667b1) | 0;
}

function mixB(b: number, hash: number): number {
  return Math.imul(b + hash, 0x85ebca77) ^ (b >>> 13);
}

type Stretch = { readonly at: number; readonly known: Uint8Array; readonly from: number; readonly to: number };

function isEqual(bytes: Buffer, { at, known, from, to }: Stretch): boolean {
  for (let index = from; index < to; index += 1) if (bytes[at + index] !== known[index]) return false;
  return true;
}

const NO_DURATION = -1;
