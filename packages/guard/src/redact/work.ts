/**
 * What one call may still cost. The scan itself is one pass; what it stops at costs more, and a text can be made of nothing else. Each
 * reader takes off what it costs at worst, in units of about a nanosecond, and a text that leaves nothing is not read to its end: the
 * rest is dropped, as what lies past the limit of length is. Logs, stacks and JSON use a tenth to a third of what their length allows.
 */
export type Work = { left: number };

const BASE = 500_000;
const PER_CHARACTER = 26;

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
  sign: 120,
  form: 250,
  token: 300,
  name: 2_500,
  assignment: 1_000,
  words: 150,
  line: 2_500,
  random: 400,
  decoding: 1_500,
  decodedCharacter: 14,
  inner: 300,
  finding: 450,
  number: 3_000,
} as const;
