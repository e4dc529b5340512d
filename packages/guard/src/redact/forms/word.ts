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

/** What a word must look like for a reader to be asked: what is left out, or empty, may be anything. */
type Look = readonly [
  read: Reader,
  least: number,
  most: number,
  /** Characters that it may begin with, that may stand behind it, and before it; the text's edges count as a line's end. */
  first?: string,
  behind?: string,
  before?: string,
  /** Sums of `DIGIT`, `UPPER` and `LOWER` that the classes met anywhere in it may have. */
  classes?: string,
];

const SPACES = " \t\n\r\f\v";
const EDGES = `${SPACES}"'\``;
const ASSIGNED = `${EDGES}=:`;
const DIGITS = "1";
const DIGIT_AND_CAPITAL = "37";
const MIXED = "3567";

/** Readers of what a word may begin, the surest first. */
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
/** Readers that more than the look of a word decides on. */
const IP_ADDRESS = bitOf(readIpAddress);
const VENDOR_TOKEN = bitOf(readVendorToken);
const AWS_SECRET = bitOf(readAwsSecret);
const ASSIGNMENT = bitOf(readAssignment);

/** Everything above ASCII looks the same, and so does what is longer. */
const ABOVE = 128;
const LINE_END = 10;
const EVERY = Buffer.from([...Array(ABOVE + 1).keys()]);

/** For each value of what is looked at, the readers that allow it, as bits. */
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

/** Readers that a word may be one for, as bits: most words of most texts begin nothing, and cost a few looks at tables. */
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

/** Reads what a word begins: each reader that its look allows is asked in turn. */
export function readWord(scan: Scan, word: Word): Finding | undefined {
  for (let readers = findReaders(scan, word); readers !== 0; readers &= readers - 1) {
    scan.pass.work.left -= READER_COST;
    const found = READERS[31 - Math.clz32(readers & -readers)]?.[0](scan, word);
    if (found !== undefined) return found;
  }
  return undefined;
}
