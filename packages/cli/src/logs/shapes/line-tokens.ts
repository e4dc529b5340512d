import type { ReadLine } from "@faultline/formats/access-log";
import type { TaughtShape } from "./taught-shape.ts";

/** Lines with more tokens are left to the parsers. */
export const MAX_TOKENS = 160;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The kinds of characters in a token, as bits. */
const DIGIT = 1;
const LETTER = 2;
const DASH = 4;
const DOT = 8;
const COLON = 16;
const SLASH = 32;
const COMMA = 64;
const UNDERSCORE = 128;
const GAP = 256;
const OTHER = 512;
/** An empty token, or a lone dash. */
export const ABSENT = 1024;
/** Escapes, control characters and anything outside of ASCII; such tokens are not read here. */
const FOREIGN = 2048;

const CLASS = new Uint16Array(256).fill(OTHER);
CLASS.fill(FOREIGN, 0, 32).fill(FOREIGN, 127);
CLASS.fill(DIGIT, 48, 58).fill(LETTER, 65, 91).fill(LETTER, 97, 123);
for (const [character, kind] of [
  ["-", DASH],
  [".", DOT],
  [":", COLON],
  ["/", SLASH],
  [",", COMMA],
  ["_", UNDERSCORE],
  [" ", GAP],
  ["\\", FOREIGN],
] as const)
  CLASS[character.charCodeAt(0)] = kind;

/** The separators of tokens: in text, in JSON, and in the text or JSON that Docker wraps into JSON. */
const QUOTE = 34;
const BRACE = 123;
const BACKSLASH = 92;
const EQUALS = 61;
const COLON_CODE = 58;
const TEXT = toTable(" \t[]");
const JSON_LINE = toTable(" \t[]{},:");
const DOCKER = toTable(' \t[]{}"\\');
const DOCKER_JSON = toTable(' \t[]{}"\\,:');
const DOCKER_HEAD = '{"log":"';
/** What may precede JSON: the heads that CRI, compose and syslog write, as wrapped.h knows them. */
const WRAPPER = new RegExp(
  `^(?:${[
    /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]00:00)? std(?:out|err) F /,
    /(?=[\w.-]*[A-Za-z])[\w.-]{1,80} +\| /,
    /(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? (?:[!-~]* )?[\w./()-]+(?:\[\d+\])?: /,
  ]
    .map(({ source }) => source)
    .join("|")})$`,
);
/** The characters of names before an equals sign. */
const NAME = LETTER | UNDERSCORE | DASH | DOT;

function chooseSeparators(isDocker: boolean, isJson: boolean): Uint8Array {
  if (isDocker) return isJson ? DOCKER_JSON : DOCKER;
  return isJson ? JSON_LINE : TEXT;
}

function toTable(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/** A line that the parsers read, and its position in the scanner's memory. */
export type HeardLine = { readonly start: number; readonly end: number; readonly line: string; readonly read: ReadLine };

/**
 * Cuts lines in the scanner's memory, which is faster. It fills the lists of `LineTokens`, and returns the number of tokens, or -1 for a
 * line that it does not read.
 */
export type LineCutter = Pick<LineTokens, "starts" | "ends" | "classes" | "hashes"> & {
  readonly cut: (start: number, end: number) => number;
  readonly signature: () => number;
  /** Lets the scanner count lines of a shape by itself, or stops it. */
  readonly teach: (shape: TaughtShape) => void;
  readonly forget: (shape: TaughtShape) => void;
  readonly clear: () => void;
  /** Counts a line if it is a known message, and returns 0 if it is not; is told about each line that the parsers read. */
  readonly countMessage: (start: number, end: number) => number;
  readonly hear: (heard: HeardLine) => void;
};

/** A line of any format, cut into words, quoted texts and separators. One object serves all lines. */
export class LineTokens {
  private readonly cutter: LineCutter | undefined;
  bytes: Buffer = Buffer.alloc(0);
  /** The bounds of the line. */
  start = 0;
  end = 0;
  count = 0;
  /** Equal for lines with the same separators and the same names before = and :, in the same order. */
  signature = 0;
  /** True if a token has escapes, control characters or anything outside of ASCII. */
  private isForeign = false;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly classes: Int32Array;
  /** A hash of each token, which is compared instead of its bytes. */
  readonly hashes: Int32Array;

  /** The cutter, if given, may cut lines that lie in its memory. */
  constructor(cutter?: LineCutter) {
    this.cutter = cutter;
    this.starts = cutter?.starts ?? new Int32Array(MAX_TOKENS);
    this.ends = cutter?.ends ?? new Int32Array(MAX_TOKENS);
    this.classes = cutter?.classes ?? new Int32Array(MAX_TOKENS);
    this.hashes = cutter?.hashes ?? new Int32Array(MAX_TOKENS);
  }

  /** Cuts the bytes from `start` to `end`, which a line break follows. False if there are too many tokens, or foreign characters. */
  cut(bytes: Buffer, start: number, end: number): boolean {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    if (this.cutter === undefined) return this.cutHere(bytes, start, end);
    this.count = this.cutter.cut(start, end);
    this.signature = this.cutter.signature();
    return this.count !== -1;
  }

  private cutHere(bytes: Buffer, start: number, end: number): boolean {
    this.count = 0;
    this.isForeign = false;
    const isDocker = isTextAt(bytes, start, DOCKER_HEAD);
    let isJson = isDocker ? bytes[start + DOCKER_HEAD.length] === BRACE : bytes[start] === BRACE;
    let separators = chooseSeparators(isDocker, isJson);
    let signature = FNV_OFFSET ^ ((isDocker ? 2 : 0) + (isJson ? 1 : 0));
    let at = start;
    while (at < end) {
      const code = bytes[at] as number;
      const isQuote = isDocker ? code === BACKSLASH && bytes[at + 1] === QUOTE : code === QUOTE;
      // A text wrapper contains JSON, up to the end of the line.
      if (!isJson && !isDocker && code === BRACE && bytes[at + 1] === QUOTE && WRAPPER.test(bytes.toString("latin1", start, at))) {
        isJson = true;
        separators = JSON_LINE;
      }
      if (!isQuote && separators[code] === 1) {
        signature = Math.imul(signature ^ code, FNV_PRIME);
        // The token before it is the name of a member. Docker's own time has colons too.
        const isName = code === COLON_CODE && this.count > 0 && (!isDocker || bytes[at - 1] === QUOTE);
        if (isJson && isName) signature ^= this.hashes[this.count - 1] as number;
        at += 1;
        continue;
      }
      if (this.count === MAX_TOKENS) return false;
      const next = isQuote ? this.cutQuoted(at + (isDocker ? 2 : 1), end, isDocker) : this.cutBare(at, end, separators);
      signature = Math.imul(signature ^ (isQuote ? QUOTE : next < 0 ? (this.hashes[this.count - 1] as number) : 1), FNV_PRIME);
      at = Math.abs(next);
    }
    this.signature = signature;
    return !this.isForeign;
  }

  /** Cuts a quoted text, and returns the position after it. A text cut off by the end of the line is not read here. */
  private cutQuoted(at: number, end: number, isDocker: boolean): number {
    const { bytes } = this;
    let classes = 0;
    let hash = FNV_OFFSET;
    let to = at;
    for (; to < end; to += 1) {
      const code = bytes[to] as number;
      if (isDocker ? code === BACKSLASH && bytes[to + 1] === QUOTE : code === QUOTE) break;
      // A quote of Docker's own ends the text that it wrapped, so it cannot be part of that text.
      classes |= isDocker && code === QUOTE ? FOREIGN : (CLASS[code] as number);
      hash = Math.imul(hash ^ code, FNV_PRIME);
      if (code === BACKSLASH) to += 1;
    }
    // Without a closing quote the line was cut off, and the token may be shorter than what was written.
    if (to >= end) classes = FOREIGN;
    this.hashes[this.count] = hash;
    this.put(at, Math.min(to, end), classes);
    return Math.min(to, end) + (isDocker ? 2 : 1);
  }

  /** Cuts a word, and returns the position after it, as a negative number after `name=`. */
  private cutBare(at: number, end: number, separators: Uint8Array): number {
    const { bytes } = this;
    let classes = 0;
    let hash = FNV_OFFSET;
    let to = at;
    for (; to < end; to += 1) {
      const code = bytes[to] as number;
      if (separators[code] === 1) break;
      if (code === EQUALS && to > at && (classes & ~NAME) === 0) {
        this.hashes[this.count] = hash;
        this.put(at, to, classes);
        return -(to + 1);
      }
      classes |= CLASS[code] as number;
      hash = Math.imul(hash ^ code, FNV_PRIME);
    }
    this.hashes[this.count] = hash;
    this.put(at, to, classes);
    return to;
  }

  private put(start: number, end: number, classes: number): void {
    const isAbsent = end === start || (end === start + 1 && classes === DASH);
    if ((classes & FOREIGN) !== 0) this.isForeign = true;
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.classes[this.count] = isAbsent ? ABSENT : classes;
    this.count += 1;
  }

  /** The text of a token, or of several adjacent ones. */
  text(first: number, last = first): string {
    return this.bytes.toString("latin1", this.starts[first], this.ends[last]);
  }
}

/** True if the bytes from `start` on are this ASCII text. */
export function isTextAt(bytes: Uint8Array, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (bytes[start + index] !== text.charCodeAt(index)) return false;
  return true;
}

/** The number of remembered texts, a power of two. */
const KNOWN = 512;

/** Makes texts from bytes, and reuses those made recently. */
export class KnownTexts {
  private readonly texts: string[] = Array.from({ length: KNOWN }, () => "");

  read(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    let hash = length;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
    const slot = (hash ^ (hash >>> 15)) & (KNOWN - 1);
    const known = this.texts[slot] as string;
    if (known.length === length && isTextAt(bytes, start, known)) return known;
    const text = bytes.toString("latin1", start, end);
    this.texts[slot] = text;
    return text;
  }
}
