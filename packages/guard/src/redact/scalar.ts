import type { Pass } from "./pass.ts";
import { isReplacement, toMarker, toNumber, toOtherDigits } from "./replacement.ts";
import type { KeyKind } from "./sensitive-key.ts";

/** Secret text: a marker, or for a phone number other digits in the same grouping. */
export function replaceString(kind: KeyKind | "signature", value: string, pass: Pass): string {
  if (value === "" || isReplacement(value) || (kind === "personal" && pass.policy.personal === "keep")) return value;
  pass.count(kind);
  const isPhone = kind === "personal" && /^[+\d][\d ().-]{5,20}$/.test(value);
  return isPhone ? toOtherDigits(value, pass.pseudonym) : toMarker(kind, value, pass.pseudonym);
}

/** A secret number, as text: one of as many digits. Zero stays zero: it tells more about a fault than about a person. */
export function replaceDigits(kind: KeyKind, text: string, pass: Pass): string {
  if (Number(text) === 0 || (kind === "personal" && pass.policy.personal === "keep")) return text;
  pass.count(kind);
  return toNumber(text, pass.pseudonym);
}
