import { readShaped, readWhole } from "./shaped-token.ts";
import { readCard, readIban, readSsn } from "./number.ts";
import type { Finding, Scan, Word } from "../finding.ts";
import { mayBegin, TOKEN } from "./beginning.ts";
import { readAssignment } from "./assignment.ts";
import { readPasswordOption, readSpoken } from "./spoken.ts";
import { readBase64 } from "./encoded.ts";
import { mayName } from "../names/name-trigger.ts";
import { isPlainWord, LEADS_TO_VALUE } from "../operator.ts";
import { READER_COST } from "../work.ts";
import { readCall, readScheme, readUserOption } from "./credential.ts";
import { isNearAccessKey, readAwsSecret, readSqlWord } from "./beside.ts";
import { readLoneRandom, readPrefixed } from "./random-token.ts";
import { readVendorToken } from "./token.ts";
import { readIpAddress } from "./ip-address.ts";
import { readFailingRow, readRows } from "./tuple.ts";

type Reader = (scan: Scan, word: Word) => Finding | undefined;

/** What a word must look like for a reader to be tried: its length, and further conditions, which hold for any word if left out or empty. */
type Look = readonly [
  read: Reader,
  least: number,
  most: number,
  /** The characters that it may begin with, that may follow it, and that may precede it; the edges of the text count as line ends. */
  first?: string,
  behind?: string,
  before?: string,
  /** The allowed sets of character classes in the word, each as a digit: the sum of `DIGIT`, `UPPER` and `LOWER`. */
  classes?: string,
];

const SPACES = " \t\n\r\f\v";
const EDGES = `${SPACES}"'\``;
const ASSIGNED = `${EDGES}=:`;
const DIGITS = "1";
const DIGIT_AND_CAPITAL = "37";
const MIXED = "3567";

/** The readers of whatever a word may begin, the most reliable first. */
const READERS: readonly Look[] = [
  [readSsn, 3, 3, "", "-", "", DIGITS],
  [readCard, 4, 4, "", " -", "", DIGITS],
  [readCard, 13, 19, "", "", "", DIGITS],
  [readIban, 4, Infinity, "", "", "", DIGIT_AND_CAPITAL],
  [readIpAddress, 1, 4, "", ".:"],
  [readVendorToken, 1, Infinity],
  [readSqlWord, 2, 5, "ilbfILBF", SPACES],
  [readFailingRow, 7, 7, "F", " "],
  [readRows, 3, 7, "irIRK", SPACES],
  [readAwsSecret, 1, Infinity],
  [readAssignment, 1, Infinity, "", LEADS_TO_VALUE],
  [readSpoken, 5, Infinity, "", "", " ", MIXED],
  [readSpoken, 4, 8, "", "", `${EDGES}-`, DIGITS],
  [readSpoken, 1, 16, "", "!#$%@-+/", " "],
  [readPasswordOption, 1, Infinity, "paPwN", "", "-"],
  [readCall, 3, 40, "", "("],
  [readCall, 3, 3, "P", "-"],
  [readUserOption, 1, 4, "uUa", "", "-"],
  [readShaped, 4, Infinity, "hwsmorvciault", "./-"],
  [readShaped, 1, Infinity, "", ":"],
  [readShaped, 3, 9, "nhALePDC", ' -"'],
  [readScheme, 5, 6, "bdtBDT", SPACES],
  [readWhole, 14, 32, "", ".-"],
  [readWhole, 35, 35, "m", EDGES, EDGES],
  [readWhole, 40, 40, "", "", "", "7"],
  [readWhole, 84, 85, "", "", "", "7"],
  [readWhole, 2, 5, "", "~"],
  [readPrefixed, 23, Infinity],
  [readPrefixed, 2, 22, "", "-"],
  [readLoneRandom, 16, Infinity, "", "", ASSIGNED],
  [readLoneRandom, 1, 15, "", "+/-=", ASSIGNED],
  [readBase64, 12, Infinity],
];

const bitOf = (reader: Reader): number => 1 << READERS.findIndex(([read]) => read === reader);
/** Readers that depend on more than the look of a word. */
const IP_ADDRESS = bitOf(readIpAddress);
const VENDOR_TOKEN = bitOf(readVendorToken);
const AWS_SECRET = bitOf(readAwsSecret);
const ASSIGNMENT = bitOf(readAssignment);

/** The index of every character above ASCII, and of every length from here on. */
const ABOVE = 128;
const LINE_END = 10;
const EVERY = Buffer.from([...Array(ABOVE + 1).keys()]);

/** For each value of one condition, the readers that allow it, as bits. */
function tabulate(allow: (look: Look) => Buffer): Int32Array {
  const table = new Int32Array(ABOVE + 1);
  READERS.forEach((look, index) => {
    for (const value of allow(look)) table[value] = (table[value] ?? 0) | (1 << index);
  });
  return table;
}

const BY_LENGTH = tabulate(([, least, most]) => EVERY.subarray(least, most + 1));
const bySign = (place: number) => tabulate(([, , , ...signs]) => (signs[place] ? Buffer.from(signs[place], "latin1") : EVERY));
const BY_FIRST = bySign(0);
const BY_BEHIND = bySign(1);
const BY_BEFORE = bySign(2);
const BY_CLASSES = bySign(3);

const toIndex = (code = LINE_END): number => Math.min(code, ABOVE);

/** The readers to try on a word, as bits. Most words of most texts begin nothing and cost only a few table lookups. */
function findReaders(scan: Scan, { start, end, bits }: Word): number {
  const { codes } = scan;
  const behind = end < scan.text.length ? codes[end] : LINE_END;
  const before = start > 0 ? codes[start - 1] : LINE_END;
  let readers =
    (BY_LENGTH[toIndex(end - start)] ?? 0) &
    (BY_FIRST[toIndex(codes[start])] ?? 0) &
    (BY_BEHIND[toIndex(behind)] ?? 0) &
    (BY_BEFORE[toIndex(before)] ?? 0) &
    (BY_CLASSES[(bits & 7) + 48] ?? 0);
  if (!mayBegin(codes, start, TOKEN)) readers &= ~VENDOR_TOKEN;
  if ((readers & ASSIGNMENT) !== 0 && (isPlainWord(scan, end) || !mayName(scan, scan.chain, end))) readers &= ~ASSIGNMENT;
  if (!isNearAccessKey(scan, start)) readers &= ~AWS_SECRET;
  return scan.pass.policy.ipAddresses === "keep" ? readers & ~IP_ADDRESS : readers;
}

/** Reads whatever a word begins, with each reader that its look allows in turn. */
export function readWord(scan: Scan, word: Word): Finding | undefined {
  for (let readers = findReaders(scan, word); readers !== 0; readers &= readers - 1) {
    scan.pass.work.left -= READER_COST;
    const found = READERS[31 - Math.clz32(readers & -readers)]?.[0](scan, word);
    if (found !== undefined) return found;
  }
  return undefined;
}
