import { readDecimal } from "./decimal.ts";
import { isTextAt, type LineTokens } from "./line-tokens.ts";
import type { Spot } from "./spot.ts";

/** Parses a text or a number as a time, in Unix ms; undefined if it is none. */
export type ParseTime = (value: string | number) => number | undefined;

const COLON = 58;
const DOT = 46;

/**
 * The spot of a time, in one token or in several adjacent ones. Consecutive lines mostly share their time, or at least its minute. So
 * hashes are compared before bytes, and the bytes up to the minute before the parser is asked.
 */
export class TimeSpot implements Spot<number> {
  private readonly first: number;
  private readonly last: number;
  private readonly parse: ParseTime;
  readonly place: readonly number[];
  private firstHash = 0;
  private lastHash = 0;
  private timeMs: number | undefined;
  /** What the parser read last: the text before and after the seconds, and the minute in Unix ms. */
  private head = "";
  private tail = "";
  private minuteMs = 0;

  constructor(first: number, last: number, parse: ParseTime) {
    this.first = first;
    this.last = last;
    this.parse = parse;
    this.place = [first, last, 0, 0, 0, -1, -1, 0];
  }

  read(line: LineTokens): number | undefined {
    const firstHash = line.hashes[this.first] as number;
    const lastHash = line.hashes[this.last] as number;
    if (firstHash === this.firstHash && lastHash === this.lastHash) return this.timeMs;
    this.firstHash = firstHash;
    this.lastHash = lastHash;
    const start = line.starts[this.first] as number;
    const end = line.ends[this.last] as number;
    this.timeMs = this.readWithinMinute(line.bytes, start, end) ?? this.readAnew(line, start, end);
    return this.timeMs;
  }

  /** The time, if it is in the minute that was read last and written in the same way. */
  private readWithinMinute(bytes: Buffer, start: number, end: number): number | undefined {
    const { head, tail } = this;
    const seconds = start + head.length;
    const secondsEnd = end - tail.length;
    if (head === "" || secondsEnd < seconds + 2 || !isTextAt(bytes, start, head) || !isTextAt(bytes, secondsEnd, tail)) return undefined;
    const value = this.readSeconds(bytes, seconds, secondsEnd);
    return value === undefined ? undefined : this.minuteMs + toMs(value);
  }

  /** Two digits below 60, perhaps with a fraction. */
  private readSeconds(bytes: Buffer, start: number, end: number): number | undefined {
    if (end !== start + 2 && bytes[start + 2] !== DOT) return undefined;
    const value = readDecimal(bytes, start, end);
    return value < 60 ? value : undefined;
  }

  private readAnew(line: LineTokens, start: number, end: number): number | undefined {
    const { bytes } = line;
    this.head = "";
    const number = readDecimal(bytes, start, end);
    if (!Number.isNaN(number)) return this.parse(number);
    const timeMs = this.parse(line.text(this.first, this.last).replace("\t", " "));
    if (timeMs === undefined) return undefined;
    const seconds = findSeconds(bytes, start, end);
    let secondsEnd = seconds;
    while (secondsEnd < end && isOfNumber(bytes[secondsEnd] as number)) secondsEnd += 1;
    const value = seconds === -1 ? undefined : this.readSeconds(bytes, seconds, secondsEnd);
    if (value === undefined) return timeMs;
    this.head = bytes.toString("latin1", start, seconds);
    this.tail = bytes.toString("latin1", secondsEnd, end);
    this.minuteMs = Math.round(timeMs - toMs(value));
    return timeMs;
  }
}

/** Seconds as whole µs, in ms, as the parsers round them. */
function toMs(seconds: number): number {
  return Math.round(seconds * 1e6) / 1000;
}

function isOfNumber(code: number): boolean {
  return (code >= 48 && code <= 57) || code === DOT;
}

/** The start of the seconds, after minutes of two digits; -1 if there are none. A colon may precede the hour as well. */
function findSeconds(bytes: Buffer, start: number, end: number): number {
  for (let at = end - 6; at >= start + 10; at -= 1) if (bytes[at] === COLON && bytes[at + 3] === COLON) return at + 4;
  return -1;
}
