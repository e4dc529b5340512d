import { ALNUM, classOf, FOREIGN, LOWER, SPACE, UNDERSCORE, UPPER } from "../character.ts";
import type { Finding, Scan } from "../finding.ts";
import { EMAIL_DOMAIN, isReplacement, toEmail, toPlainMarker } from "../replacement.ts";

/**
 * Letters, digits, and the signs of an address (RFC 5322) but those that far more often stand before one: `key=a@b.c`. Left are
 * `.`, `+`, `_`, `-`.
 */
function isLocal(code: number): boolean {
  return (classOf(code) & (ALNUM | FOREIGN | UNDERSCORE)) !== 0 || code === 0x2e || code === 0x2b || code === 0x2d;
}

/** End of a domain that begins at `start`, or -1: labels of letters, digits and hyphens, the last of two letters or more. */
function findDomainEnd(text: string, start: number): number {
  let label = start;
  let at = start;
  let dots = 0;
  let end = -1;
  for (; at - start < 254; at++) {
    const code = text.charCodeAt(at);
    const kind = classOf(code);
    if ((kind & (ALNUM | FOREIGN)) !== 0 || (code === 0x2d && at > label)) continue;
    if (at === label) break;
    if (dots > 0 && at - label >= 2 && (classOf(text.charCodeAt(label)) & (UPPER | LOWER | FOREIGN)) !== 0) end = at;
    if (code !== 0x2e) break;
    dots += 1;
    label = at + 1;
  }
  return end;
}

/** An email address around the `@` at `at` (RFC 5321: up to 64 characters before it). */
export function readAddress(scan: Scan, at: number): Finding | undefined {
  if (scan.pass.policy.emails === "keep") return undefined;
  const { text } = scan;
  let start = at;
  while (start > scan.taken && at - start < 64 && isLocal(text.charCodeAt(start - 1))) start -= 1;
  while (start < at && (classOf(text.charCodeAt(start)) & (ALNUM | FOREIGN)) === 0) start += 1;
  // What `toPlainMarker` left in a URL is no one's name.
  const local = text.slice(start, at);
  if (local === "" || local === "git" || isReplacement(local)) return undefined;
  const end = findDomainEnd(text, at + 1);
  if (end < 0 || text.slice(at + 1, end) === EMAIL_DOMAIN) return undefined;
  // A package with its version, `name@1.2.3`, has no domain; `user@host:port` of a git remote has one and is no address of a person.
  return { start, end, kind: "email", replacement: toEmail(text.slice(start, end), scan.pass.pseudonym) };
}

/** Longest authority of a URL that is looked through for user information. */
const LONGEST_AUTHORITY = 512;

/** The password, or the lone token, before the `@` of a URL's authority; `at` is the colon of `://`. */
export function readUserInfo(scan: Scan, at: number): Finding | undefined {
  const { text } = scan;
  if (text.charCodeAt(at + 1) !== 0x2f || text.charCodeAt(at + 2) !== 0x2f) return undefined;
  const start = at + 3;
  const most = Math.min(text.length, start + LONGEST_AUTHORITY);
  let colon = -1;
  let sign = -1;
  for (let next = start; next < most; next++) {
    const code = text.charCodeAt(next);
    const kind = classOf(code);
    if ((kind & SPACE) !== 0 || code === 0x22 || code === 0x3c || code === 0x3e || code === 0x60) break;
    if (code === 0x40) sign = next;
    else if (code === 0x3a && colon < 0) colon = next;
    else if (code === 0x2f && text.charCodeAt(next + 1) === 0x2f) break;
    else if ((code === 0x2f || code === 0x3f || code === 0x23 || code === 0x27 || code === 0x2c) && (sign >= 0 || colon < 0)) break;
    // Behind a password with a slash in it an `@` may still follow; a port ends the search.
    else if (code === 0x2f && next - colon <= 6 && /^\d{1,5}$/.test(text.slice(colon + 1, next))) break;
  }
  if (sign < 0) return undefined;
  const hasPassword = colon >= 0 && colon < sign;
  const from = hasPassword ? colon + 1 : start;
  const raw = text.slice(from, sign);
  const isSecret = hasPassword
    ? raw !== "" && !/^(?:\$\{?\w+\}?|<\w+>|\{\w+\}|\*+|%s)$/.test(raw)
    : raw.length >= 16 && (/\d/.test(raw) || raw.length >= 32);
  if (!isSecret || isReplacement(raw)) return undefined;
  return { start: from, end: sign, kind: "password", replacement: toPlainMarker(raw, scan.pass.pseudonym) };
}
