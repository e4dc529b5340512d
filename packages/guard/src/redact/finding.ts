import type { Pass } from "./pass.ts";

/** A stretch of text that is secret, and what stands in its place. */
export type Finding = { readonly start: number; readonly end: number; readonly kind: string; readonly replacement: string };

/** Positions behind the last run that each reader has read, by what it reads. */
type ReadAhead = {
  alnum: number;
  word: number;
  hex: number;
  base64: number;
  dotted: number;
  /** Of the next digit. */
  digit: number;
  tuple: number;
  percent: number;
  base64Text: number;
  /** Of the last access key id of a cloud: its secret is expected near. */
  accessKeyId: number;
};

/** The state of one scan. Every reader gets it and a position, and answers with a finding or nothing. */
export type Scan = {
  readonly text: string;
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
  /** Where the last search for a closing quote failed, and how far it had looked: bounds the work over the whole text. */
  readonly unclosed: { quote: number; from: number; to: number };
};
