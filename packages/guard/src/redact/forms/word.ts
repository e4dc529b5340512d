import { readAssignment } from "./assignment.ts";
import { isNearAccessKey, readAwsSecret, readSqlWord } from "./beside.ts";
import { readFailingRow, readRows } from "./tuple.ts";
import { readCard, readIban, readSsn } from "./number.ts";
import { readCall, readScheme, readUserOption } from "./credential.ts";
import { readBase64 } from "./encoded.ts";
import type { Finding, Scan, Word } from "../finding.ts";
import { readIpAddress } from "./ip-address.ts";
import { isPlainWord, LEADS_TO_VALUE } from "../operator.ts";
import { readLoneRandom, readPrefixed } from "./random-token.ts";
import { readShaped, readWhole } from "./shaped-token.ts";
import { readPasswordOption, readSpoken } from "./spoken.ts";
import { mayBeginToken, readVendorToken } from "./token.ts";
import { READER_COST } from "../work.ts";

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
  [readSpoken, 4, 8, "", "", " ", DIGITS],
  [readSpoken, 1, 4, "", "!#$%@", " "],
  [readPasswordOption, 1, Infinity, "paPw", "", "-"],
  [readCall, 3, 40, "", "("],
  [readCall, 3, 3, "P", "-"],
  [readUserOption, 1, 4, "uU", "", "-"],
  [readShaped, 4, Infinity, "hwsmorvciault", "./-"],
  [readShaped, 1, Infinity, "", ":"],
  [readShaped, 3, 8, "nhALeP", ' -"'],
  [readScheme, 5, 6, "bdtBDT", SPACES],
  [readWhole, 14, 32, "", ".-"],
  [readWhole, 40, 85, "", "", "", "7"],
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
const TOKEN = bitOf(readVendorToken);
const AWS_SECRET = bitOf(readAwsSecret);
const ASSIGNMENT = bitOf(readAssignment);

const LONGEST = 127;
/** Everything above ASCII looks the same. */
const ABOVE = 128;
const LINE_END = 10;

/** For each value of what is looked at, the readers that it allows, as bits. */
function tabulate(count: number, allows: (look: Look, value: number) => boolean): Int32Array {
  return Int32Array.from({ length: count }, (_, value) =>
    READERS.reduce((bits, look, index) => (allows(look, value) ? bits | (1 << index) : bits), 0),
  );
}

const isIn = (characters = "", code: number): boolean => characters === "" || characters.includes(String.fromCharCode(code));

const BY_LENGTH = tabulate(LONGEST + 1, ([, least, most], length) => length >= least && length <= most);
const BY_FIRST = tabulate(ABOVE + 1, ([, , , first], code) => isIn(first, code));
const BY_BEHIND = tabulate(ABOVE + 1, ([, , , , behind], code) => isIn(behind, code));
const BY_BEFORE = tabulate(ABOVE + 1, ([, , , , , before], code) => isIn(before, code));
const BY_CLASSES = tabulate(8, ([, , , , , , classes], bits) => isIn(classes, bits + 48));

const toIndex = (code = LINE_END): number => Math.min(code, ABOVE);

/** Readers that a word may be one for, as bits: most words of most texts begin nothing, and cost a few looks at tables. */
function findReaders(scan: Scan, { start, end, bits }: Word): number {
  const { codes } = scan;
  const behind = end < scan.text.length ? codes[end] : LINE_END;
  const before = start > 0 ? codes[start - 1] : LINE_END;
  let readers =
    (BY_LENGTH[Math.min(end - start, LONGEST)] ?? 0) &
    (BY_FIRST[toIndex(codes[start])] ?? 0) &
    (BY_BEHIND[toIndex(behind)] ?? 0) &
    (BY_BEFORE[toIndex(before)] ?? 0) &
    (BY_CLASSES[bits & 7] ?? 0);
  if (!mayBeginToken(codes, start)) readers &= ~TOKEN;
  if (!scan.mayName || isPlainWord(scan, end)) readers &= ~ASSIGNMENT;
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
