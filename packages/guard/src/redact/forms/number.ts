import { ALNUM, classOf, DIGIT, FOREIGN, UNDERSCORE } from "../character.ts";
import { COST } from "../work.ts";
import type { Finding, Scan, Word } from "../finding.ts";
import { isIdentity } from "./random-token.ts";
import { ibanRemainder, luhnSum, toCardNumber, toIban, toSsn } from "../replacement.ts";

const WORD = ALNUM | UNDERSCORE | FOREIGN;

function isBoundary(text: string, at: number): boolean {
  return at < 0 || at >= text.length || (classOf(text.charCodeAt(at)) & WORD) === 0;
}

/** How the brands' numbers begin, by their length (ISO/IEC 7812; the schemes' own lists). */
const BRANDS: Readonly<Record<number, RegExp>> = {
  14: /^3(?:0[0-5]|[689])/,
  15: /^3[47]/,
  16: /^(?:2(?:20[0-4]|22[1-9]|2[3-9]|[3-6]|7[01]|720)|30|35(?:2[89]|[3-8])|4|5[1-5]|50(?:18|20|38)|5893|6(?:[025]|4[4-9]|304|759|76[1-3])|81)/,
  17: /^(?:4|50(?:18|20|38)|6[237])/,
};

/** True for a number of so many digits that begins with these four. */
function isBrand(four: string, count: number): boolean {
  return BRANDS[Math.min(count, 17)]?.test(four) === true;
}

type DigitRun = { readonly end: number; readonly count: number; readonly isGrouped: boolean };

/** Measures digits from `start`, in groups joined by one kind of separator or not. */
function measureDigits(text: string, start: number): DigitRun {
  let count = 0;
  let separator = 0;
  let end = start;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) {
      count += 1;
      end = at + 1;
      continue;
    }
    const isSeparator = (code === 0x20 || code === 0x2d) && (separator === 0 || separator === code) && at === end;
    if (!isSeparator || count < 4 || (classOf(text.charCodeAt(at + 1)) & DIGIT) === 0) break;
    separator = code;
  }
  return { end, count, isGrouped: separator !== 0 };
}

/** Nineteen digits, each between two separators. */
const MOST_GROUPED = 38;

/** A payment card's number: 14 to 19 digits, in groups or not, of a known brand, with Luhn's check digit. */
export function readCard(scan: Scan, { start }: Word): Finding | undefined {
  const { text, read } = scan;
  if (read.digits - start > MOST_GROUPED) return undefined;
  const { end, count, isGrouped } = measureDigits(text, start);
  // Only the end of a longer run can be one: it is measured once.
  read.digits = end;
  if (count < 13 || count > 19 || !isBoundary(text, end)) return undefined;
  if (!isBrand(text.slice(start, start + 4), count)) return undefined;
  const raw = text.slice(start, end);
  if (luhnSum(raw) !== 0 || (!isGrouped && isIdentity(text, start))) return undefined;
  const before = text.charCodeAt(start - 1);
  // A decimal's fraction, a timestamp's piece and a UUID's group are no cards.
  if (
    before === 0x2e ||
    (before === 0x2d && isGrouped) ||
    (text.charCodeAt(end) === 0x2e && (classOf(text.charCodeAt(end + 1)) & DIGIT) !== 0)
  )
    return undefined;
  if (isGrouped && !/^\d{4}.\d{4}.\d{4}.\d{1,7}$|^\d{4}.\d{6}.\d{4,5}$|^\d{4}.\d{4}.\d{4}.\d{4}.\d{1,3}$/.test(raw)) return undefined;
  scan.pass.work.left -= COST.number;
  return { start, end, kind: "card", replacement: toCardNumber(raw, scan.pass.pseudonym) };
}

/** A United States social security number written with hyphens, of an area that can have been issued. */
export function readSsn(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  const raw = text.slice(start, start + 11);
  if (
    !/^\d{3}-\d{2}-\d{4}$/.test(raw) ||
    !isBoundary(text, start + 11) ||
    text.charCodeAt(start + 11) === 0x2d ||
    text.charCodeAt(start - 1) === 0x2d
  )
    return undefined;
  const area = Number(raw.slice(0, 3));
  if (area === 0 || area === 666 || area >= 900 || raw.slice(4, 6) === "00" || raw.slice(7) === "0000") return undefined;
  return { start, end: start + 11, kind: "national-id", replacement: toSsn(raw, scan.pass.pseudonym) };
}

/** Lengths of IBANs by country (SWIFT IBAN registry). */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  "15NO 16BE 18DKFIFKFOGLNLSD 19MKSI 20ATBAEEKZLTLUMNXK 21CHHRLILV 22BGBHCRDEGBGEIEMERSVA 23AEGIILIQOMSOTL 24ADCZESMDPKROSASESKTNVG 25AOCVGWLYMZPTST 26DZIRISTR 27BICFCGCMDJFRGAGQGRITKMMCMGMRSMTD 28ALAZBFBJBYCICYDOGTHNHULBMAMLNENIPLSNSVTG 29BREGPSQAUA 30JOKWMUYE 31MTSC 32LC 33RU"
    .split(" ")
    .flatMap((row) => (row.slice(2).match(/../g) ?? []).map((country) => [country, Number(row.slice(0, 2))] as const)),
);

/** Reads `length` letters and digits, in groups or not; fewer when something else comes in between. */
function readGroups(text: string, start: number, length: number): { readonly bare: string; readonly end: number } {
  let count = 0;
  let at = start;
  for (; at < text.length && count < length; at++) {
    const code = text.charCodeAt(at);
    if ((classOf(code) & ALNUM) !== 0) count += 1;
    else if ((code !== 0x20 && code !== 0x2d) || count < 4 || at + 1 >= text.length || isBoundary(text, at + 1)) break;
  }
  const raw = text.slice(start, at);
  return { bare: (at - start === count ? raw : raw.replace(/[ -]/g, "")).toUpperCase(), end: at };
}

/** An international bank account number (ISO 13616), in groups or not, by its country's length and its check digits. */
export function readIban(scan: Scan, { start }: Word): Finding | undefined {
  const { text } = scan;
  if ((classOf(text.charCodeAt(start + 2)) & classOf(text.charCodeAt(start + 3)) & DIGIT) === 0) return undefined;
  const length = IBAN_LENGTHS.get(text.slice(start, start + 2));
  if (length === undefined || !/^\d\d[ -]?[0-9A-Z]/.test(text.slice(start + 2, start + 6))) return undefined;
  const { bare, end } = readGroups(text, start, length);
  if (bare.length !== length || !isBoundary(text, end) || bare.startsWith("00000000", 4) || ibanRemainder(bare) !== 1) return undefined;
  scan.pass.work.left -= COST.number;
  return { start, end, kind: "iban", replacement: toIban(text.slice(start, end), scan.pass.pseudonym) };
}
