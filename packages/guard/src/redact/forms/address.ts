import { type Finding, type Scan, toFinding } from "../finding.ts";
import { ALNUM, classAt, FOREIGN, LOWER, UNDERSCORE, UPPER } from "../character.ts";
import { EMAIL_DOMAIN, isReplacement, toEmail, toPlainMarker } from "../replacement.ts";

/**
 * Letters, digits, and the signs of an address (RFC 5322) but those that far more often stand before one: `key=a@b.c`. Left are
 * `.`, `+`, `_`, `-`.
 */
function isLocal(codes: Uint16Array, at: number): boolean {
  return (classAt(codes, at) & (ALNUM | FOREIGN | UNDERSCORE)) !== 0 || codes[at] === 0x2e || codes[at] === 0x2b || codes[at] === 0x2d;
}

/** End of a domain that begins at `start`, or -1: labels of letters, digits and hyphens, the last of two letters or more. */
function findDomainEnd(codes: Uint16Array, start: number): number {
  let label = start;
  let at = start;
  let dots = 0;
  let end = -1;
  for (; at - start < 254; at++) {
    const code = codes[at];
    if ((classAt(codes, at) & (ALNUM | FOREIGN)) !== 0 || (code === 0x2d && at > label)) continue;
    if (at === label) break;
    if (dots > 0 && at - label >= 2 && (classAt(codes, label) & (UPPER | LOWER | FOREIGN)) !== 0) end = at;
    if (code !== 0x2e) break;
    dots += 1;
    label = at + 1;
  }
  return end;
}

/** `app:x9@tcp(db:3306)/shop`, as Go's drivers write where a database is. */
const PASSWORD_BEFORE = /[\w.-]:([^\s"'`:@]{1,64})@(?:tcp|unix)\(.?$/;

/** An email address around the `@` at `at` (RFC 5321: up to 64 characters before it). */
export function readAddress(scan: Scan, at: number): Finding | undefined {
  const { text, codes, pass } = scan;
  const password = PASSWORD_BEFORE.exec(text.slice(Math.max(0, at - 66), at + 6))?.[1];
  if (password !== undefined) return toFinding(scan, "password", [at - password.length, at]);
  const end = pass.policy.emails === "keep" ? -1 : findDomainEnd(codes, at + 1);
  if (end < 0) return undefined;
  let start = at;
  while (start > scan.taken && at - start < 64 && isLocal(codes, start - 1)) start -= 1;
  while (start < at && (classAt(codes, start) & (ALNUM | FOREIGN)) === 0) start += 1;
  // What `toPlainMarker` left in a URL is no one's name.
  const local = text.slice(start, at);
  if (local === "" || local === "git" || isReplacement(local) || text.slice(at + 1, end) === EMAIL_DOMAIN) return undefined;
  // A package with its version, `name@1.2.3`, has no domain; `user@host:port` of a git remote has one and is no address of a person.
  return { start, end, kind: "email", replacement: toEmail(text.slice(start, end), pass.pseudonym) };
}

const LONGEST_AUTHORITY = 515;

/**
 * The authority of a URL up to its last `@`: a name and a password, which may have signs of the path in it, or a token alone. A port is no
 * password.
 */
const USER_INFO =
  /^:\/\/(?:[^\s"<>`@:/?#',]*:(?!\d{1,5}\/)((?:(?!\/\/)[^\s"<>`@]){1,500}(?:@[^\s"<>`@/?#',]*)*)|((?=\D{0,31}\d|\D{32})[^\s"<>`@:/?#',]{16,500}))@/;

/** The password, or the lone token, before the `@` of a URL's authority; `at` is the colon of `://`. */
export function readUserInfo(scan: Scan, at: number): Finding | undefined {
  const { text, codes, read } = scan;
  if (codes[at + 1] !== 0x2f || codes[at + 2] !== 0x2f) return undefined;
  if (read.at < at) read.at = text.indexOf("@", at) >>> 0;
  if (read.at - at > LONGEST_AUTHORITY) return undefined;
  const [whole = "", password, token] = USER_INFO.exec(text.slice(at, at + LONGEST_AUTHORITY)) ?? [];
  const raw = password ?? token ?? "";
  if (raw === "" || /^(?:\$\{?\w+\}?|\{\w+\}|\*+|%s|pass(?:word)?)$/.test(raw) || isReplacement(raw)) return undefined;
  const end = at + whole.length - 1;
  return { start: end - raw.length, end, kind: "password", replacement: toPlainMarker(raw, scan.pass.pseudonym) };
}
