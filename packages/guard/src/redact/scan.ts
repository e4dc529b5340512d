import { readAddress, readUserInfo } from "./address.ts";
import { ALNUM, CLASSES, FOREIGN, SPACE, UNDERSCORE } from "./character.ts";
import { readPercent } from "./encoded.ts";
import { createScan, type Finding, type Scan, type Word } from "./finding.ts";
import type { Pass } from "./pass.ts";
import { isReplacement } from "./replacement.ts";
import { readAzureSecret } from "./shaped-token.ts";
import { readPrivateKey } from "./token.ts";
import { readWord } from "./word.ts";
import { COST } from "./work.ts";

const WORD = ALNUM | UNDERSCORE | FOREIGN;

/** Longest chain of words that is read as one name. */
const LONGEST_CHAIN = 128;

/** Readers of what a sign stands in the middle or at the beginning of: `@`, `:`, `-`, `%`, `~`. */
const SIGNS: ReadonlyMap<number, (scan: Scan, at: number) => Finding | undefined> = new Map([
  [0x40, readAddress],
  [0x3a, readUserInfo],
  [0x2d, readPrivateKey],
  [0x25, readPercent],
  [0x7e, readAzureSecret],
]);

function readAtSign(scan: Scan, at: number, code: number): Finding | undefined {
  const read = SIGNS.get(code);
  if (read === undefined) return undefined;
  scan.pass.work.left -= COST.sign;
  return read(scan, at);
}

/**
 * Finds what is secret in free text, in one pass from left to right. Every reader looks a bounded way ahead or consumes what it has
 * read, so the time is linear in the length whatever the text; no regular expression runs over unbounded text.
 */
export function findSecrets(text: string, pass: Pass, inner: ((text: string) => string) | undefined): Finding[] {
  const scan = createScan(text, pass, inner);
  const word: Word = { start: 0, end: 0, bits: 0 };
  const findings: Finding[] = [];
  const { work } = pass;
  const { length } = text;
  let at = 0;
  let wordEnd = -2;
  while (at < length) {
    const code = text.charCodeAt(at);
    const kind = CLASSES[code] ?? 0;
    let next = at + 1;
    let finding: Finding | undefined;
    if ((kind & WORD) !== 0) {
      let bits = kind;
      for (; next < length; next++) {
        const each = CLASSES[text.charCodeAt(next)] ?? 0;
        if ((each & WORD) === 0) break;
        bits |= each;
      }
      if (wordEnd !== at - 1 || !isJoint(text.charCodeAt(wordEnd)) || next - scan.chain > LONGEST_CHAIN) {
        scan.before.start = scan.chain;
        scan.before.end = wordEnd;
        scan.chain = at;
      }
      wordEnd = next;
      word.start = at;
      word.end = next;
      word.bits = bits;
      finding = readWord(scan, word);
    } else if (code === 0x5b && text.startsWith("[redacted:", at)) {
      next = skipReplacement(text, at);
      wordEnd = -2;
    } else if ((kind & SPACE) === 0) finding = readAtSign(scan, at, code);
    if (work.left < 0) {
      findings.push(dropRest(at, length));
      break;
    }
    if (finding !== undefined && finding.start >= scan.taken) {
      findings.push(finding);
      work.left -= COST.finding;
      scan.taken = finding.end;
      if (finding.kind.startsWith("aws")) scan.read.accessKeyId = finding.end;
      next = finding.end;
      wordEnd = -2;
    }
    at = next;
  }
  return findings;
}

/** What is left of a text that costs too much to read. */
function dropRest(start: number, end: number): Finding {
  return { start, end, kind: "unscanned", replacement: `[${end - start} more]` };
}

/** Passes over a marker of an earlier reading, so that nothing inside it is taken for a secret. */
function skipReplacement(text: string, at: number): number {
  const marker = text.slice(at, at + 80);
  const length = marker.indexOf("]") + 1;
  return length > 0 && isReplacement(marker.slice(0, length)) ? at + length : at + 1;
}

/** True for the `.` and the `-` that make one name of two words. */
function isJoint(code: number): boolean {
  return code === 0x2e || code === 0x2d;
}
