import { ASSIGNMENT_COST } from "./work.ts";
import { isReplacement, toMarker, toNumber, toOtherDigits } from "./replacement.ts";
import type { Pass } from "./pass.ts";
import type { KeyKind } from "./names/sensitive-key.ts";

/** Replaces secret text: by a marker, or a phone number by other digits in the same grouping. */
export function replaceText(kind: KeyKind | "signature", value: string, pass: Pass): string {
  if (value === "" || isReplacement(value) || (kind === "personal" && pass.policy.personal === "keep")) return value;
  const isPhone = kind === "personal" && /^[+\d][\d ().-]{5,20}$/.test(value);
  return isPhone ? toOtherDigits(value, pass.pseudonym) : toMarker(kind, value, pass.pseudonym);
}

/** The same, counted. */
export function replaceString(kind: KeyKind | "signature", value: string, pass: Pass): string {
  const replaced = replaceText(kind, value, pass);
  if (replaced !== value) pass.count(kind);
  return replaced;
}

/**
 * Replaces a secret number, as text, by one with as many digits. Zero stays zero, because it tells more about a fault than about a person.
 */
export function replaceNumber(kind: KeyKind, text: string, pass: Pass): string {
  return Number(text) === 0 || (kind === "personal" && pass.policy.personal === "keep") ? text : toNumber(text, pass.pseudonym);
}

/** The same, counted. */
export function replaceDigits(kind: KeyKind, text: string, pass: Pass): string {
  pass.work.left -= ASSIGNMENT_COST;
  const replaced = replaceNumber(kind, text, pass);
  if (replaced !== text) pass.count(kind);
  return replaced;
}
