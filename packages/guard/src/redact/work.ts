/**
 * What one call may still cost. The scan itself is one pass; what it stops at costs more, and a text can be made of nothing else. Each
 * reader takes off what it costs at worst, in units of about a nanosecond, and a text that leaves nothing is not read to its end: the
 * rest is dropped, as what lies past the limit of length is. Logs, stacks and JSON use a third to a half of what their length allows.
 */
export type Work = { left: number };

const BASE = 1_000_000;
const PER_CHARACTER = 60;

/** Where JSON ends whose texts go on being dropped one by one, so that its structure stays. */
export const MOST_OVERDRAWN = -BASE;

/** What a call may cost before the length of its texts is known. */
export function startWork(work: Work): void {
  work.left = BASE;
}

/** Adds what `length` more characters may cost. */
export function allowWork(work: Work, length: number): void {
  work.left += length * PER_CHARACTER;
}

// Costs at worst, measured on texts made of what causes them.
/** Of a word that is looked at. */
export const WORD_COST = 100;
/** Of a sign with a reader. */
export const SIGN_COST = 200;
/** Of a reader that a word is shown to. */
export const READER_COST = 120;
/** Of a name that is judged for the first time. */
export const NAME_COST = 3_100;
/** Of a value that is judged. */
export const ASSIGNMENT_COST = 2_500;
/** Of a line that is looked back over, and of a number that is replaced. */
export const LINE_COST = 6_600;
/** Of a look by a regular expression, of a finding, of a text inside of a text. */
export const STEP_COST = 900;
/** Of an encoding that is followed. */
export const DECODING_COST = 3_300;
/** Of each of its characters. */
export const DECODED_CHARACTER_COST = 30;
