import { readWord } from "./forms/word.ts";
import { createScan, type Finding, type Scan, type Word } from "./finding.ts";
import { isReplacement } from "./replacement.ts";
import { SIGN_COST, STEP_COST, WORD_COST } from "./work.ts";
import { readAddress, readUserInfo } from "./forms/address.ts";
import { ALNUM, CLASSES, FOREIGN, UNDERSCORE } from "./character.ts";
import { readPasswordHash } from "./forms/shaped-token.ts";
import { readEscaped, readPercent } from "./forms/encoded.ts";
import { readPrivateKey } from "./forms/token.ts";
import { readCodes } from "./codes.ts";

const WORD = ALNUM | UNDERSCORE | FOREIGN;

/** The longest chain of words that is read as one name. */
const LONGEST_CHAIN = 128;

/** The end of the last word, when the next one must not be joined to it. */
const NO_WORD = -2;

/** Reads the word at `start`, after the last one, and determines the chain that it belongs to. */
function measureWord(scan: Scan, word: Word, start: number): void {
  const { codes, before } = scan;
  const wordEnd = word.end;
  // A `.` or a `-` joins two words to one name.
  if (wordEnd !== start - 1 || (codes[wordEnd] !== 0x2e && codes[wordEnd] !== 0x2d) || start - scan.chain > LONGEST_CHAIN) {
    before.start = scan.chain;
    before.end = wordEnd;
    scan.chain = start;
  }
  let bits = 0;
  let at = start;
  // The text is followed by zeros, which belong to no word.
  for (; ; at++) {
    const kind = CLASSES[codes[at] ?? 0] ?? 0;
    if ((kind & WORD) === 0) break;
    bits |= kind;
  }
  word.start = start;
  word.end = at;
  word.bits = bits;
}

/**
 * The readers for secrets with a certain sign inside them or at their beginning, by its code unit; most signs have none. An index beyond the
 * end is slow, and so is a sparse table, which is looked up by a hash; hence its length.
 */
const SIGN_READERS: readonly (((scan: Scan, at: number) => Finding | undefined) | undefined)[] = Object.assign(Array(65), {
  0x24: readPasswordHash,
  0x25: readPercent,
  0x26: readEscaped,
  0x2d: readPrivateKey,
  0x3a: readUserInfo,
  0x40: readAddress,
});

/**
 * Finds what is secret in free text, in one pass from left to right. Every reader looks a bounded way ahead or consumes what it has
 * read, so the time is linear in the length whatever the text; no regular expression runs over unbounded text.
 */
export function findSecrets(text: string, depth: number, state: Pick<Scan, "pass" | "inner">): Finding[] {
  return readScan(createScan(text, readCodes(text, depth), state));
}

/** The same for a prepared scan; tests pass one that counts how often each character is looked at. */
export function readScan(scan: Scan): Finding[] {
  const { text, codes, pass } = scan;
  const word: Word = { start: 0, end: NO_WORD, bits: 0 };
  const findings: Finding[] = [];
  const { work } = pass;
  const { length } = text;
  let at = 0;
  while (at < length) {
    // In a structure each text is truncated by itself: when no work is left for one, it is not begun.
    const code = work.left < 0 ? 0 : (codes[at] ?? 0);
    let next = at + 1;
    let finding: Finding | undefined;
    if (((CLASSES[code] ?? 0) & WORD) !== 0) {
      measureWord(scan, word, at);
      next = word.end;
      work.left -= WORD_COST;
      finding = readWord(scan, word);
    } else if (code === 0x5b && text.startsWith("[redacted:", at)) {
      next = skipReplacement(text, at);
      work.left -= STEP_COST;
      word.end = NO_WORD;
    } else {
      const read = code > 64 ? undefined : SIGN_READERS[code];
      if (read !== undefined) {
        work.left -= SIGN_COST;
        finding = read(scan, at);
      }
    }
    if (work.left < 0) {
      findings.push({
        start: at,
        end: length,
        kind: "unscanned",
        replacement: `[${length - at} more]`,
      });
      break;
    }
    if (finding !== undefined && finding.start >= scan.taken) {
      findings.push(finding);
      work.left -= STEP_COST;
      scan.taken = finding.end;
      if (finding.kind.startsWith("aws")) scan.read.keyId = finding.end;
      next = finding.end;
      word.end = NO_WORD;
    }
    at = next;
  }
  return findings;
}

/** Skips a marker of an earlier redaction, so that nothing inside it is taken for a secret. */
function skipReplacement(text: string, at: number): number {
  const marker = text.slice(at, at + 80);
  const length = marker.indexOf("]") + 1;
  return length > 0 && isReplacement(marker.slice(0, length)) ? at + length : at + 1;
}
