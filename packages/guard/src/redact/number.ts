import { ALNUM, classOf, DIGIT, FOREIGN, UNDERSCORE } from "./character.ts";
import { COST } from "./work.ts";
import type { Finding, Scan } from "./finding.ts";
import { ibanRemainder, luhnSum, toCardNumber, toIban, toSsn } from "./replacement.ts";

const WORD = ALNUM | UNDERSCORE | FOREIGN;

function isBoundary(text: string, at: number): boolean {
  return at < 0 || at >= text.length || (classOf(text.charCodeAt(at)) & WORD) === 0;
}

/** Lengths of numbers by their first digits, as the schemes publish them (ISO/IEC 7812). */
function isBrand(digits: string): boolean {
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  switch (digits.length) {
    case 14:
      return two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059);
    case 15:
      return two === 34 || two === 37;
    case 16:
      return (
        digits.startsWith("4") ||
        (two >= 51 && two <= 55) ||
        (four >= 2221 && four <= 2720) ||
        four === 6011 ||
        two === 65 ||
        (four >= 6440 && four <= 6499) ||
        two === 62 ||
        two === 81 ||
        (four >= 3528 && four <= 3589) ||
        (four >= 2200 && four <= 2204) ||
        four === 5018 ||
        four === 5020 ||
        four === 5038 ||
        four === 5893 ||
        four === 6304 ||
        four === 6759 ||
        four === 6761 ||
        four === 6762 ||
        four === 6763 ||
        two === 60 ||
        two === 30
      );
    case 17:
    case 18:
    case 19:
      return digits.startsWith("4") || two === 62 || two === 63 || two === 67 || four === 5018 || four === 5020 || four === 5038;
    default:
      return false;
  }
}

type DigitRun = { readonly end: number; readonly count: number; readonly isGrouped: boolean };

/** Measures digits from `start`, in groups joined by one kind of separator or not, up to one more than a card has. */
function measureDigits(text: string, start: number): DigitRun {
  let count = 0;
  let separator = 0;
  let end = start;
  for (let at = start; at < text.length && count <= 19; at++) {
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

/** A payment card's number: 14 to 19 digits, in groups or not, of a known brand, with Luhn's check digit. */
export function readCard(scan: Scan, start: number): Finding | undefined {
  const { text } = scan;
  const { end, count, isGrouped } = measureDigits(text, start);
  if (count < 13 || count > 19 || !isBoundary(text, end)) return undefined;
  const raw = text.slice(start, end);
  if (luhnSum(raw) !== 0 || !isBrand(raw.replace(/\D/g, ""))) return undefined;
  const before = text.charCodeAt(start - 1);
  // A decimal's fraction, a timestamp's piece and a UUID's group are no cards.
  if (
    before === 0x2e ||
    (before === 0x2d && isGrouped) ||
    (text.charCodeAt(end) === 0x2e && (classOf(text.charCodeAt(end + 1)) & DIGIT) !== 0)
  )
    return undefined;
  if (isGrouped && !/^\d{4}.\d{4}.\d{4}.\d{1,7}$|^\d{4}.\d{6}.\d{4,5}$|^\d{4}.\d{4}.\d{4}.\d{4}.\d{1,3}$/.test(raw)) return undefined;
  return { start, end, kind: "card", replacement: toCardNumber(raw, scan.pass.pseudonym) };
}

/** A United States social security number written with hyphens, of an area that can have been issued. */
export function readSsn(scan: Scan, start: number, wordEnd: number): Finding | undefined {
  if (wordEnd - start !== 3) return undefined;
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
  "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 DZ26 GA27 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28 SN28 TD27 TG28"
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
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
export function readIban(scan: Scan, start: number): Finding | undefined {
  const { text } = scan;
  if ((classOf(text.charCodeAt(start + 2)) & classOf(text.charCodeAt(start + 3)) & DIGIT) === 0) return undefined;
  scan.pass.work.left -= COST.form;
  const length = IBAN_LENGTHS.get(text.slice(start, start + 2));
  if (length === undefined || !/^\d\d[ -]?[0-9A-Z]/.test(text.slice(start + 2, start + 6))) return undefined;
  const { bare, end } = readGroups(text, start, length);
  if (bare.length !== length || !isBoundary(text, end) || bare.startsWith("00000000", 4) || ibanRemainder(bare) !== 1) return undefined;
  return { start, end, kind: "iban", replacement: toIban(text.slice(start, end), scan.pass.pseudonym) };
}
