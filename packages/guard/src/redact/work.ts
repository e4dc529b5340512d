/**
 * What one call may still cost. The scan itself is one pass; what it stops at costs more, and a text can be made of nothing else. Each
 * reader takes off what it costs at worst, in units of about a nanosecond, and a text that leaves nothing is not read to its end: the
 * rest is dropped, as what lies past the limit of length is. Logs, stacks and JSON use a third to a half of what their length allows.
 */
export type Work = { left: number };

const BASE = 1_000_000;
const PER_CHARACTER = 60;

/** What a call may cost before the length of its texts is known. */
export function startWork(work: Work): void {
  work.left = BASE;
}

/** Adds what `length` more characters may cost. */
export function allowWork(work: Work, length: number): void {
  work.left += length * PER_CHARACTER;
}

/** Costs at worst, measured on texts made of what causes them. */
export const COST = {
  word: 100,
  sign: 200,
  reader: 120,
  name: 4_000,
  assignment: 2_500,
  line: 6_600,
  step: 900,
  decoding: 3_300,
  decodedCharacter: 30,
} as const;
