import type { Pass } from "./pass.ts";
import { toMarker } from "./replacement.ts";

/** A stretch of text that is secret, and what stands in its place. */
export type Finding = {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  readonly replacement: string;
};

/** A stretch that is part of a finding, and what stands in its place. */
export type Piece = Omit<Finding, "kind">;

/** A run of letters, digits and underscores, with the classes of all its characters; one object serves a whole scan. */
export type Word = { start: number; end: number; bits: number };

/** Positions behind the last run that each reader has read, by what it reads. */
type ReadAhead = {
  alnum: number;
  word: number;
  base64: number;
  dotted: number;
  /** Of the next `@`. */
  at: number;
  /** Of digits in groups, more than a card has. */
  digits: number;
  /** Of a header's line. */
  line: number;
  /** Of letters, digits, `_` and `-`, where its names end, and its longest piece behind them. */
  joined: number;
  tail: number;
  longest: number;
  tuple: number;
  /** Of a table. */
  table: number;
  percent: number;
  escaped: number;
  base64Text: number;
  /** Of the last access key id of a cloud: its secret is expected near. */
  keyId: number;
};

/** A stretch that was searched by a quote or an operator: the same search from inside of it goes on behind it. */
export type Searched = { by: number | string; from: number; to: number };

/** The state of one scan. Every reader gets it and a position, and answers with a finding or nothing. */
export type Scan = {
  readonly text: string;
  /** The text's code units, and zeros behind them: what loops look at. */
  readonly codes: Uint16Array;
  readonly pass: Pass;
  /** Reads a decoded piece; absent when enough encodings have been followed. */
  readonly inner: ((text: string) => string) | undefined;
  /** End of the last finding: nothing before it may be taken again. */
  taken: number;
  /** Start of the chain of words joined by `.` and `-` that the current word belongs to: `x-api-key`, `db.password`. */
  chain: number;
  /** The chain before the current one. */
  readonly before: { start: number; end: number };
  /** How far each reader has read ahead: a run is read once, however many tokens might begin in it. */
  readonly read: ReadAhead;
  /** Where the last search for such a closing quote failed, and how far it had looked: bounds the work over the whole text. */
  readonly unclosed: Searched;
  /** How far the last bare value behind such an operator was read: one that begins inside of it ends no sooner. */
  readonly bare: Searched;
};

/** The state before the first character. */
export function createScan(text: string, codes: Uint16Array, { pass, inner }: Pick<Scan, "pass" | "inner">): Scan {
  // Each literal of constants is copied by a built-in; one that has another in it is by the runtime, for every string of JSON.
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

/** The finding of a stretch that a marker of its kind replaces. */
export function toFinding(scan: Scan, kind: string, [start, end]: readonly [number, number]): Finding {
  return {
    start,
    end,
    kind,
    replacement: toMarker(kind, scan.text.slice(start, end), scan.pass.pseudonym),
  };
}

/** The text between two indexes with its pieces, which come in order, replaced. */
export function rewrite(text: string, [from, to]: readonly [number, number], pieces: readonly Piece[]): string {
  let output = "";
  let at = from;
  for (const { start, end, replacement } of pieces) {
    output += text.slice(at, start) + replacement;
    at = end;
  }
  return output + text.slice(at, to);
}

/** One finding of several pieces, from the first that changed to the last; none where nothing did. What lies between was read. */
export function joinPieces({ text }: Scan, kind: string, pieces: readonly Piece[]): Finding | undefined {
  const changed = pieces.filter(({ start, end, replacement }) => replacement !== text.slice(start, end));
  const start = changed[0]?.start;
  const end = changed.at(-1)?.end;
  if (start === undefined || end === undefined) return undefined;
  return { start, end, kind, replacement: rewrite(text, [start, end], changed) };
}

/** What a sticky form meets at `at`, ahead of it or behind: each is bounded by itself, and costs what it reads wherever that is. */
export function lookAt(text: string, at: number, form: RegExp): RegExpExecArray | null {
  form.lastIndex = at;
  return form.exec(text);
}

/** The index behind what a sticky form meets at `at`; `at` itself where it meets nothing. */
export function passOver(text: string, at: number, form: RegExp): number {
  return at + (lookAt(text, at, form)?.[0].length ?? 0);
}

/** What a form finds at `at` in `length` characters: the group that it met, which ends where the form does, or all of it. */
export function findForm(scan: Scan, kind: string, form: readonly [at: number, length: number, form: RegExp]): Finding | undefined {
  const [at, length, pattern] = form;
  const match = pattern.exec(scan.text.slice(at, at + length));
  if (match === null) return undefined;
  const end = at + match[0].length;
  return toFinding(scan, kind, [end - (match.findLast(Boolean) ?? "").length, end]);
}
