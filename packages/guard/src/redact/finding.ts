import type { Pass } from "./pass.ts";
import { toMarker } from "./replacement.ts";

/** A secret stretch of text, and its replacement. */
export type Finding = {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  readonly replacement: string;
};

/** A stretch that is part of a finding, and its replacement. */
export type Piece = Omit<Finding, "kind">;

/** A run of letters, digits and underscores, with the classes of all its characters; one object serves a whole scan. */
export type Word = { start: number; end: number; bits: number };

/** For each kind of run, the end of the last one that was read. */
type ReadAhead = {
  alnum: number;
  word: number;
  base64: number;
  dotted: number;
  /** Of the next `@`. */
  at: number;
  /** Of a run of grouped digits longer than a card number. */
  digits: number;
  /** Of a header's line. */
  line: number;
  /** Of a run of letters, digits, `_` and `-`; with `tail`, where its names end, and `longest`, its longest piece after them. */
  joined: number;
  tail: number;
  longest: number;
  tuple: number;
  /** Of a table. */
  table: number;
  percent: number;
  escaped: number;
  base64Text: number;
  /** Of the last cloud access key id, since its secret is expected nearby. */
  keyId: number;
};

/** A stretch already searched because of a quote or an operator. The same search, started inside it, continues after it. */
export type Searched = { by: number | string; from: number; to: number };

/** The state of one scan. Every reader gets it with a position, and returns a finding or nothing. */
export type Scan = {
  readonly text: string;
  /** The text's code units followed by zeros, for loops. */
  readonly codes: Uint16Array;
  readonly pass: Pass;
  /** Redacts a decoded piece; absent at the deepest level of encodings that is followed. */
  readonly inner: ((text: string) => string) | undefined;
  /** The end of the last finding; later findings must not overlap it. */
  taken: number;
  /** Start of the chain of words joined by `.` and `-` that the current word belongs to: `x-api-key`, `db.password`. */
  chain: number;
  /** The chain before the current one. */
  readonly before: { start: number; end: number };
  /** How far each reader has read ahead, so that a run is read once, however many tokens might begin in it. */
  readonly read: ReadAhead;
  /** Where the last search for a closing quote failed, and how far it had looked; this bounds the work over the whole text. */
  readonly unclosed: Searched;
  /** How far the last unquoted value after such an operator extends. One that begins inside of it ends at the same place. */
  readonly bare: Searched;
};

/** The state before the first character. */
export function createScan(text: string, codes: Uint16Array, { pass, inner }: Pick<Scan, "pass" | "inner">): Scan {
  // A flat literal of constants is copied by a fast built-in, a nested one by the slower runtime, and this runs for every string of JSON.
  const before = { start: 0, end: 0 };
  const bare = { by: 0, from: 0, to: 0 };
  const unclosed = { by: 0, from: 0, to: 0 };
  const read = {
    alnum: 0,
    word: 0,
    base64: 0,
    dotted: 0,
    at: -1,
    digits: 0,
    line: 0,
    joined: 0,
    tail: 0,
    longest: 0,
    tuple: 0,
    table: 0,
    percent: 0,
    escaped: 0,
    base64Text: 0,
    keyId: -999,
  };
  return { text, codes, pass, inner, taken: 0, chain: 0, before, read, bare, unclosed };
}

/** A finding whose stretch is replaced by a marker of its kind. */
export function toFinding(scan: Scan, kind: string, [start, end]: readonly [number, number]): Finding {
  return {
    start,
    end,
    kind,
    replacement: toMarker(kind, scan.text.slice(start, end), scan.pass.pseudonym),
  };
}

/** The text between two indexes with its pieces, given in order, replaced. */
export function rewrite(text: string, [from, to]: readonly [number, number], pieces: readonly Piece[]): string {
  let output = "";
  let at = from;
  for (const { start, end, replacement } of pieces) {
    output += text.slice(at, start) + replacement;
    at = end;
  }
  return output + text.slice(at, to);
}

/**
 * Joins several pieces to one finding, from the first that changed to the last; undefined when none did. The text between them has been
 * read.
 */
export function joinPieces({ text }: Scan, kind: string, pieces: readonly Piece[]): Finding | undefined {
  const changed = pieces.filter(({ start, end, replacement }) => replacement !== text.slice(start, end));
  const start = changed[0]?.start;
  const end = changed.at(-1)?.end;
  if (start === undefined || end === undefined) return undefined;
  return { start, end, kind, replacement: rewrite(text, [start, end], changed) };
}

/**
 * Matches a sticky expression at `at`; it may look ahead and behind. Each expression is bounded by itself, so its cost does not depend on
 * the text.
 */
export function lookAt(text: string, at: number, form: RegExp): RegExpExecArray | null {
  form.lastIndex = at;
  return form.exec(text);
}

/** The index after a sticky expression's match at `at`; `at` itself without a match. */
export function passOver(text: string, at: number, form: RegExp): number {
  return at + (lookAt(text, at, form)?.[0].length ?? 0);
}

/**
 * The finding of an expression applied to `length` characters from `at`: its last matching group, which ends where the match does, or all
 * of it.
 */
export function findForm(scan: Scan, kind: string, form: readonly [at: number, length: number, form: RegExp]): Finding | undefined {
  const [at, length, pattern] = form;
  const match = pattern.exec(scan.text.slice(at, at + length));
  if (match === null) return undefined;
  const end = at + match[0].length;
  return toFinding(scan, kind, [end - (match.findLast(Boolean) ?? "").length, end]);
}
