import { ALNUM, classOf, FOREIGN, LOWER, UNDERSCORE, UPPER } from "../character.ts";
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

/**
 * The authority of a URL up to its last `@`: a name and a password, which may have signs of the path in it, or a token alone. A port is no
 * password.
 */
const USER_INFO =
  /^:\/\/(?:[^\s"<>`@:/?#',]*:(?!\d{1,5}\/)((?:(?!\/\/)[^\s"<>`@]){1,500}(?:@[^\s"<>`@/?#',]*)*)|((?=\D{0,31}\d|\D{32})[^\s"<>`@:/?#',]{16,500}))@/;

/** The password, or the lone token, before the `@` of a URL's authority; `at` is the colon of `://`. */
export function readUserInfo(scan: Scan, at: number): Finding | undefined {
  const { text, codes } = scan;
  if (codes[at + 1] !== 0x2f || codes[at + 2] !== 0x2f) return undefined;
  const [whole = "", password, token] = USER_INFO.exec(text.slice(at, at + 515)) ?? [];
  const raw = password ?? token ?? "";
  if (raw === "" || /^(?:\$\{?\w+\}?|\{\w+\}|\*+|%s)$/.test(raw) || isReplacement(raw)) return undefined;
  const end = at + whole.length - 1;
  return { start: end - raw.length, end, kind: "password", replacement: toPlainMarker(raw, scan.pass.pseudonym) };
}
