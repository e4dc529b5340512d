import type { Pseudonymizer } from "./pseudonym.ts";

/** Replaces a value that could not be read. No part of the value ever follows it. */
export const UNSCANNED = "[unscanned]";

/** True for a replacement that this module wrote, so that redacting it again changes nothing. */
export function isReplacement(text: string): boolean {
  return /^(?:\[redacted:[a-z\d-]{1,40}:[\da-f]{6}(?::\d{1,9})?\]|redacted-[\da-f]{6}|\[unscanned\])$/.test(text);
}

/**
 * The first `count` hex digits of a word. They are written one at a time, because the platform takes three times as long for a large
 * number.
 */
function hex(word: number, count: number): string {
  let text = "";
  for (let shift = 28; text.length < count; shift -= 4) text += "0123456789abcdef"[(word >>> shift) & 15];
  return text;
}

const NINE_DIGITS = 1_000_000_000;

/** Pseudonymous decimal digits. */
function digits(raw: string, count: number, pseudonym: Pseudonymizer): string {
  let text = "";
  for (let salt = 1; text.length < count; salt++) text += String(NINE_DIGITS + (pseudonym(raw, salt) % NINE_DIGITS)).slice(1);
  return text.slice(0, count);
}

/**
 * The marker of a secret: its kind and a pseudonym, and for long values the length rounded to a power of two, because "too long"
 * is itself a cause of failures. The brackets keep other scanners of secrets from taking it for one.
 */
export function toMarker(kind: string, raw: string, pseudonym: Pseudonymizer): string {
  const size = raw.length > 256 ? `:${2 ** Math.round(Math.log2(raw.length))}` : "";
  return `[redacted:${kind}:${hex(pseudonym(raw), 6)}${size}]`;
}

/** A replacement of letters, digits and a hyphen only, for parts of a URL where a marker's brackets would break parsers. */
export function toPlainMarker(raw: string, pseudonym: Pseudonymizer): string {
  return `redacted-${hex(pseudonym(raw), 6)}`;
}

/** An email address in a domain that can never exist (RFC 2606), so that code which expects an address still gets one. */
export function toEmail(raw: string, pseudonym: Pseudonymizer): string {
  return `user-${hex(pseudonym(raw.toLowerCase()), 8)}@${EMAIL_DOMAIN}`;
}

/** The domain of all pseudonymous addresses. */
export const EMAIL_DOMAIN = "redacted.example";

/** An address of the benchmarking range 198.18.0.0/15 (RFC 2544), which no host on the internet has. */
export function toIpv4(raw: string, pseudonym: Pseudonymizer): string {
  const word = pseudonym(raw);
  return `198.${18 + (word & 1)}.${(word >>> 8) & 255}.${(word >>> 16) & 255}`;
}

/** An address of the documentation range 2001:db8::/32 (RFC 3849). */
export function toIpv6(raw: string, pseudonym: Pseudonymizer): string {
  return `2001:db8::${hex(pseudonym(raw), 4)}:${hex(pseudonym(raw, 1), 4)}`;
}

/**
 * The sum of Luhn's check over the digits of `text`; 0 when they are a valid number. Other characters are passed over. The last digit
 * is doubled where the check digit is still to come.
 */
export function luhnSum(text: string, isLastDoubled = false): number {
  let sum = 0;
  let doubled = isLastDoubled;
  for (let at = text.length - 1; at >= 0; at--) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) continue;
    const value = doubled ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
    doubled = !doubled;
  }
  return sum % 10;
}

/** Puts the characters of `replacement` in place of the letters and digits of `raw`, so that its grouping stays. */
function keepGrouping(raw: string, replacement: string): string {
  let next = 0;
  return raw.replace(/\w/g, () => replacement.charAt(next++));
}

/** The letters and digits of `raw` alone. */
function ungroup(raw: string): string {
  return raw.replace(/[ -]/g, "");
}

/** A number of the same length and grouping that passes Luhn's check and belongs to no brand: it begins with 9. */
export function toCardNumber(raw: string, pseudonym: Pseudonymizer): string {
  const bare = ungroup(raw);
  const body = `9${digits(bare, bare.length - 2, pseudonym)}`;
  const check = (10 - luhnSum(body, true)) % 10;
  return keepGrouping(raw, `${body}${check}`);
}

/** A social security number from the area numbers 900 to 999, which are never given out. */
export function toSsn(raw: string, pseudonym: Pseudonymizer): string {
  return keepGrouping(raw, `9${digits(raw, 8, pseudonym)}`);
}

/** Remainder by 97 of an IBAN's rearranged digits (ISO 13616, ISO 7064); 1 when the check digits are right. */
export function ibanRemainder(iban: string): number {
  let remainder = 0;
  for (let at = 4; at < iban.length + 4; at++) {
    const code = iban.charCodeAt(at < iban.length ? at : at - iban.length);
    remainder = code >= 65 ? (remainder * 100 + (code - 55)) % 97 : (remainder * 10 + (code - 48)) % 97;
  }
  return remainder;
}

/** An IBAN of the same country and length with right check digits and the bank code 0, which no bank has. */
export function toIban(raw: string, pseudonym: Pseudonymizer): string {
  const bare = ungroup(raw).toUpperCase();
  const account = `00000000${digits(bare, bare.length - 12, pseudonym)}`;
  const country = bare.slice(0, 2);
  const check = 98 - ibanRemainder(`${country}00${account}`);
  return keepGrouping(raw, `${country}${String(check).padStart(2, "0")}${account}`);
}

/** A number with as many digits, for a secret that was a number: `{"cvv": 123}`. Zero, a sign and the form of a fraction are kept. */
export function toNumber(raw: string, pseudonym: Pseudonymizer): string {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(\.\d)?/.exec(raw) ?? [];
  if (/^0*$/.test(whole)) return `${sign}0`;
  return `${sign}9${digits(raw, whole.length - 1, pseudonym)}${fraction && ".5"}`;
}

/** The same text with other digits: a phone number keeps its signs and groups. */
export function toOtherDigits(raw: string, pseudonym: Pseudonymizer): string {
  return keepGrouping(raw, digits(raw, raw.length, pseudonym));
}
