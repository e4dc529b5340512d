/**
 * The work that one call may still do. The scan itself is one pass; the places where it stops cost more, and a text may consist of nothing else. Each
 * reader subtracts its worst-case cost, in units of about a nanosecond. A text that uses up everything is not read to its end: the
 * rest is dropped, as it is past the limit of length. Logs, stacks and JSON use a third to a half of what their length allows.
 */
export type Work = { left: number };

const BASE = 1_000_000;
const PER_CHARACTER = 60;

/** How far JSON may overdraw: its texts are dropped one by one, which keeps its structure, until this is reached. */
export const MOST_OVERDRAWN = -BASE;

/** Sets the work that a call may do before the length of its texts is known. */
export function startWork(work: Work): void {
  work.left = BASE;
}

/** Adds the work that `length` more characters may cost. */
export function allowWork(work: Work, length: number): void {
  work.left += length * PER_CHARACTER;
}

// Worst-case costs, measured on texts that consist of nothing but their cause.
/** Of a word that is looked at. */
export const WORD_COST = 100;
/** Of a sign with a reader. */
export const SIGN_COST = 200;
/** Of a reader that is tried on a word. */
export const READER_COST = 120;
/** Of a name that is judged for the first time. */
export const NAME_COST = 3_100;
/** Of a value that is judged. */
export const ASSIGNMENT_COST = 2_500;
/** Of a line that is looked back over, and of a number that is replaced. */
export const LINE_COST = 6_600;
/** Of applying a regular expression, of a finding, of a text within a text. */
export const STEP_COST = 900;
/** Of an encoding that is followed. */
export const DECODING_COST = 3_300;
/** Of each of its characters. */
export const DECODED_CHARACTER_COST = 30;
