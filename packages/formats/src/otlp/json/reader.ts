import { cutText } from "../attributes.ts";
import { parseNanos } from "../nanos.ts";
import { MalformedPayload } from "../outcome.ts";
import { readCutText, readKeyText, readValueText } from "../protobuf/interned.ts";
import { utf8Decoder } from "../text-coding.ts";

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const ZERO = 48;
const NINE = 57;

/** Far deeper than OTLP nests, because endless brackets must end somewhere. */
const MAX_NESTING = 100;
/** Any number with this many digits fits a double. */
const SAFE_DIGITS = 15;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const DIGITS = /^\d{1,20}$/;

/** The character codes of the id being read. One flat text is made of them without a look-up, because ids seldom recur. */
const traceIdCodes: number[] = Array.from({ length: 32 }, () => 0);
const spanIdCodes: number[] = Array.from({ length: 16 }, () => 0);

/**
 * Walks JSON bytes and builds only what is asked for. The lists and objects of OTLP are never built as such, and unknown members are
 * skipped. It accepts what `JSON.parse` accepts, up to a depth of 100, and throws `MalformedPayload`. A null always means absence, as in
 * proto3's JSON mapping.
 */
export class JsonReader {
  readonly bytes: Uint8Array;
  /** The index of the next byte. */
  at = 0;
  /** The number of resource groups begun so far. */
  groups = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    // A byte order mark is not JSON, but some editors write one.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
  }

  /** Steps into an object: true when it has members, and then the reader stands before the first name. */
  beginObject(what: string): boolean {
    if (this.peek() === OPEN_OBJECT) return this.stepInto(CLOSE_OBJECT);
    this.takeNull(what, "an object");
    return false;
  }

  /** Steps over a comma to the next name, or out of the object. */
  nextMember(): boolean {
    return this.next(CLOSE_OBJECT);
  }

  /** Steps into a list: true when it has items. */
  beginList(what: string): boolean {
    if (this.peek() === OPEN_LIST) return this.stepInto(CLOSE_LIST);
    this.takeNull(what, "a list");
    return false;
  }

  /** Steps over a comma to the next item, or out of the list. */
  nextItem(): boolean {
    return this.next(CLOSE_LIST);
  }

  /** Reads a member's name and the colon behind it. */
  readName(): string {
    if (this.bytes[this.at] !== QUOTE) throw this.unexpected();
    const name = this.readQuoted(readKeyText);
    if (this.peek() !== COLON) throw this.unexpected();
    this.at += 1;
    return name;
  }

  /** Reads text, and cuts it at `maxLength`; null counts as empty. */
  readText(what: string, maxLength = Infinity): string {
    if (this.peek() !== QUOTE) return this.takeNull(what, "text") ?? "";
    return cutText(
      this.readQuoted((bytes, start, end) => readCutText(bytes, { start, end }, maxLength)),
      maxLength,
    );
  }

  /** Reads an id: hex in either case, as lower-case text. A text that is not an id is returned as it is. */
  readId(what: string): string {
    const { bytes } = this;
    if (this.peek() !== QUOTE) return this.takeNull(what, "text") ?? "";
    const end = this.findQuote();
    const start = this.at + 1;
    const codes = end - start === 32 ? traceIdCodes : spanIdCodes;
    if (end < 0 || end - start !== codes.length) return this.readText(what).toLowerCase();
    let bits = 0;
    for (let index = 0; index < codes.length; index += 1) {
      const byte = bytes[start + index]!;
      bits |= byte;
      codes[index] = byte >= 65 && byte <= 70 ? byte + 32 : byte;
    }
    this.at = end + 1;
    // Bytes above 127 are parts of characters, which are not digits of an id.
    return bits > 127 ? "no id" : String.fromCharCode.apply(null, codes);
  }

  /** Reads text that names an attribute. */
  readKey(what: string): string {
    if (this.peek() === QUOTE) return this.readQuoted(readKeyText);
    return this.takeNull(what, "text") ?? "";
  }

  /** Reads a number, or text that holds one; null counts as undefined. "NaN" and "Infinity" are numbers here. */
  readNumber(what: string): number | undefined {
    const first = this.peek();
    if (first === QUOTE) {
      const text = this.readQuoted(readValueText);
      const number = text.trim() === "" ? Number.NaN : Number(text);
      if (Number.isNaN(number) && text !== "NaN") throw new MalformedPayload(`${what} is not a number`);
      return number;
    }
    if (first === 45 || (first >= ZERO && first <= NINE)) return this.readBareNumber();
    return this.takeNull(what, "a number");
  }

  /** Reads a time in Unix nanoseconds as Unix milliseconds; null counts as 0. */
  readMillis(what: string): number {
    if (this.peek() === QUOTE) {
      const quick = this.readQuotedMillis();
      if (quick >= 0) return quick;
      const start = this.at;
      const text = this.readQuoted(readValueText);
      if (DIGITS.test(text)) return parseNanos(text);
      this.at = start;
    }
    const nanos = this.readNumber(what) ?? 0;
    // The shortest digits of a double are those that the sender wrote, or closer to them than its quotient by a million.
    if (nanos >= 0 && nanos < 2 ** 64) return Number.isInteger(nanos) ? parseNanos(String(nanos)) : nanos / 1e6;
    throw new MalformedPayload(`${what} is not a time in Unix nanoseconds`);
  }

  /** Reads true or false; null counts as undefined. */
  readFlag(what: string): boolean | undefined {
    const first = this.peek();
    if (first === 116 && this.takeWord("true")) return true;
    if (first === 102 && this.takeWord("false")) return false;
    return this.takeNull(what, "true or false");
  }

  /** The next byte that is no white space, 0 at the end. */
  peek(): number {
    const { bytes } = this;
    while (this.at < bytes.length) {
      const byte = bytes[this.at]!;
      if (byte > 32) return byte;
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) throw this.unexpected();
      this.at += 1;
    }
    return 0;
  }

  /** Fails unless nothing but white space is left. */
  expectEnd(): void {
    if (this.peek() !== 0 || this.at < this.bytes.length) throw this.unexpected();
  }

  /** Steps over exactly these bytes, if they come next. */
  takeBytes(expected: Uint8Array): boolean {
    const { bytes, at } = this;
    for (let index = 0; index < expected.length; index += 1) {
      if (bytes[at + index] !== expected[index]) return false;
    }
    this.at = at + expected.length;
    return true;
  }

  /** Moves past the quote that ends the current text, and returns the quote's index; -1 if the text has escapes. */
  leaveText(): number {
    this.at -= 1;
    const end = this.findQuote();
    this.at = end + 1;
    return end;
  }

  /** Passes over any value. */
  skip(depth = 0): void {
    if (depth > MAX_NESTING) throw new MalformedPayload(`nested deeper than ${MAX_NESTING} at byte ${this.at}`);
    const first = this.peek();
    if (first === QUOTE) this.skipQuoted();
    else if (first === OPEN_OBJECT) {
      if (!this.beginObject("")) return;
      do {
        this.readName();
        this.skip(depth + 1);
      } while (this.nextMember());
    } else if (first === OPEN_LIST) {
      if (!this.beginList("")) return;
      do this.skip(depth + 1);
      while (this.nextItem());
    } else if (first === 45 || (first >= ZERO && first <= NINE)) this.readBareNumber();
    else if (!(this.takeWord("true") || this.takeWord("false") || this.takeWord("null"))) throw this.unexpected();
  }

  private stepInto(close: number): boolean {
    this.at += 1;
    if (this.peek() !== close) return true;
    this.at += 1;
    return false;
  }

  private next(close: number): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== close) throw this.unexpected();
    this.at += 1;
    if (byte === close) return false;
    this.peek();
    return true;
  }

  /** Takes a null, or says what should have been here instead. */
  private takeNull(what: string, kind: string): undefined {
    if (this.takeWord("null")) return undefined;
    if (this.at >= this.bytes.length) throw this.unexpected();
    throw new MalformedPayload(`${what} is not ${kind}`);
  }

  private takeWord(word: string): boolean {
    for (let index = 0; index < word.length; index += 1) {
      if (this.bytes[this.at + index] !== word.charCodeAt(index)) return false;
    }
    this.at += word.length;
    return true;
  }

  /** The index of the closing quote of the text that begins here, or -1 if it has escapes. */
  private findQuote(): number {
    const { bytes } = this;
    for (let at = this.at + 1; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) return -1;
      if (byte < 32) throw new MalformedPayload(`not JSON: control character in text at byte ${at}`);
    }
    throw new MalformedPayload(`not JSON: text without end at byte ${this.at}`);
  }

  private readQuoted(read: (bytes: Uint8Array, start: number, end: number) => string): string {
    const end = this.findQuote();
    if (end < 0) return this.readEscaped();
    const start = this.at + 1;
    this.at = end + 1;
    return read(this.bytes, start, end);
  }

  private skipQuoted(): void {
    const end = this.findQuote();
    if (end < 0) this.readEscaped();
    else this.at = end + 1;
  }

  private readEscaped(): string {
    const { bytes, at } = this;
    let end = at + 1;
    while (end < bytes.length && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
    this.at = end + 1;
    try {
      // The bytes are one JSON text literal, so the result is a text.
      return JSON.parse(utf8Decoder.decode(bytes.subarray(at, end + 1))) as string;
    } catch (error) {
      throw new MalformedPayload(`not JSON: bad escape in text at byte ${at}`, { cause: error });
    }
  }

  private readBareNumber(): number {
    const { bytes, at } = this;
    let end = at;
    let value = 0;
    while (end < bytes.length && bytes[end]! >= ZERO && bytes[end]! <= NINE) value = value * 10 + bytes[end++]! - ZERO;
    const isPlain = end > at && end - at <= SAFE_DIGITS && (bytes[at] !== ZERO || end - at === 1) && !isNumberPart(bytes[end]);
    if (isPlain) {
      this.at = end;
      return value;
    }
    while (end < bytes.length && isNumberPart(bytes[end])) end += 1;
    const text = utf8Decoder.decode(bytes.subarray(at, end));
    if (!JSON_NUMBER.test(text)) throw this.unexpected();
    this.at = end;
    return Number(text);
  }

  /** Reads `"…"` of 7 to 19 digits as nanoseconds. For anything else it returns -1 and reads nothing. */
  private readQuotedMillis(): number {
    const { bytes } = this;
    const start = this.at + 1;
    let end = start;
    while (end < bytes.length && bytes[end]! >= ZERO && bytes[end]! <= NINE) end += 1;
    if (bytes[end] !== QUOTE || end - start < 7 || end - start > 19) return -1;
    let millis = 0;
    let nanos = 0;
    for (let at = start; at < end - 6; at += 1) millis = millis * 10 + bytes[at]! - ZERO;
    for (let at = end - 6; at < end; at += 1) nanos = nanos * 10 + bytes[at]! - ZERO;
    this.at = end + 1;
    return millis + nanos / 1e6;
  }

  private unexpected(): MalformedPayload {
    const { bytes, at } = this;
    if (at >= bytes.length) return new MalformedPayload("not JSON: it ends too early");
    return new MalformedPayload(`not JSON: unexpected character at byte ${at}`);
  }
}

/** Digits, signs, points and exponents. */
function isNumberPart(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= ZERO && byte <= NINE) || byte === 43 || byte === 45 || byte === 46 || byte === 69 || byte === 101;
}
