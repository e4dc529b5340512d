import { isIdentity } from "./random-token.ts";
import { LINE_COST } from "../work.ts";
import { ALNUM, classAt, DIGIT, FOREIGN, UNDERSCORE } from "../character.ts";
import { ibanRemainder, luhnSum, toCardNumber, toIban, toSsn } from "../replacement.ts";
import { type Finding, lookAt, type Scan, type Word } from "../finding.ts";

const WORD = ALNUM | UNDERSCORE | FOREIGN;

/** The length and the first digits of each brand's numbers (ISO/IEC 7812 and the lists of the card schemes). */
const BRAND = /^(?:14 3(?:0[0-5]|[689])|15 3[47]|16 (?:2[2-7]|3[05]|4|5[0-58]|6[02-57]|81)|1[7-9] (?:4|50|6[237]))/;

type DigitRun = { readonly end: number; readonly count: number; readonly isGrouped: boolean };

/** Measures the digits from `start`, which may be in groups with one kind of separator. */
function measureDigits(scan: Scan, start: number): DigitRun {
  const { codes } = scan;
  let count = 0;
  let separator = 0;
  let end = start;
  for (let at = start; ; at++) {
    const code = codes[at] ?? 0;
    if (code >= 0x30 && code <= 0x39) {
      count += 1;
      end = at + 1;
      continue;
    }
    const isSeparator = (code === 0x20 || code === 0x2d) && (separator === 0 || separator === code) && at === end;
    if (!isSeparator || count < 4 || (classAt(codes, at + 1) & DIGIT) === 0) break;
    separator = code;
  }
  return { end, count, isGrouped: separator !== 0 };
}

/** Nineteen digits, each between two separators. */
const MOST_GROUPED = 38;

/** A payment card's number: 14 to 19 digits, in groups or not, of a known brand, with Luhn's check digit. */
export function readCard(scan: Scan, { start }: Word): Finding | undefined {
  const { text, codes, read } = scan;
  if (read.digits - start > MOST_GROUPED) return undefined;
  const { end, count, isGrouped } = measureDigits(scan, start);
  // A longer run is measured once; only its end can be a card number.
  read.digits = end;
  if ((classAt(codes, end) & WORD) !== 0 || !BRAND.test(`${count} ${text.slice(start, start + 4)}`)) return undefined;
  const raw = text.slice(start, end);
  if (luhnSum(raw) !== 0 || (!isGrouped && isIdentity(scan, start))) return undefined;
  const before = codes[start - 1];
  // The fraction of a decimal, a part of a timestamp and a group of a UUID are not card numbers.
  if (before === 0x2e || (before === 0x2d && isGrouped) || (codes[end] === 0x2e && (classAt(codes, end + 1) & DIGIT) !== 0))
    return undefined;
  if (isGrouped && !/^\d{4}.\d{4}.\d{4}.\d{1,7}$|^\d{4}.\d{6}.\d{4,5}$|^\d{4}.\d{4}.\d{4}.\d{4}.\d{1,3}$/.test(raw)) return undefined;
  scan.pass.work.left -= LINE_COST;
  return { start, end, kind: "card", replacement: toCardNumber(raw, scan.pass.pseudonym) };
}

/** The area, group and serial numbers that the Social Security Administration may have issued. */
const SSN = /(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])/y;

/** A United States social security number written with hyphens. */
export function readSsn(scan: Scan, { start }: Word): Finding | undefined {
  const { text, codes } = scan;
  const raw = lookAt(text, start, SSN)?.[0];
  if (raw === undefined || codes[start - 1] === 0x2d) return undefined;
  return {
    start,
    end: start + 11,
    kind: "national-id",
    replacement: toSsn(raw, scan.pass.pseudonym),
  };
}

/** A country, check digits, and up to 30 letters and digits, in groups of four or not (ISO 13616). */
const IBAN = /^[A-Z]{2}\d\d(?:([ -]?)[A-Z\d]{4}(?:\1[A-Z\d]{4}){1,6}(?:\1[A-Z\d]{1,3})?)(?![A-Za-z\d_])/;

/** An international bank account number, in groups or not, with valid check digits. */
export function readIban(scan: Scan, { start }: Word): Finding | undefined {
  const { text, codes } = scan;
  if ((classAt(codes, start + 2) & classAt(codes, start + 3) & DIGIT) === 0) return undefined;
  // The text after it may look like one more group.
  for (let raw = IBAN.exec(text.slice(start, start + 44))?.[0] ?? ""; raw.length > 14; raw = raw.replace(/[ -]?[^ -]*$/, "")) {
    const bare = raw.replace(/[ -]/g, "");
    if (bare.startsWith("00000000", 4) || ibanRemainder(bare) !== 1) continue;
    scan.pass.work.left -= LINE_COST;
    return {
      start,
      end: start + raw.length,
      kind: "iban",
      replacement: toIban(raw, scan.pass.pseudonym),
    };
  }
  return undefined;
}
