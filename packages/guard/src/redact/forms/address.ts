import { type Finding, lookAt, type Scan, toFinding } from "../finding.ts";
import { EMAIL_DOMAIN, isReplacement, toEmail, toPlainMarker } from "../replacement.ts";

/**
 * What stands before the `@` at the end: letters, digits, and the signs of an address (RFC 5322) but those that far more often stand
 * before one: `key=a@b.c`. Left are `.`, `+`, `_`, `-`.
 */
const LOCAL = /$(?<=([A-Za-z\d\x80-\uffff][\w.+\x80-\uffff-]{0,63}))/;

/** A domain: labels of letters, digits and hyphens, the last of two letters or more. */
const DOMAIN = /^(?:[A-Za-z\d\x80-\uffff][A-Za-z\d\x80-\uffff-]*\.)+[A-Za-z\x80-\uffff][A-Za-z\d\x80-\uffff-]+/;

/** `app:x9@tcp(db:3306)/shop`, as Go's drivers write where a database is. */
const PASSWORD_BEFORE = /(?=@(?:tcp|unix)\()(?<=[\w.-]:([^\s"'`:@]{1,64}))/y;

/** An email address around the `@` at `at` (RFC 5321: up to 64 characters before it). */
export function readAddress(scan: Scan, at: number): Finding | undefined {
  const { text, pass } = scan;
  const password = lookAt(text, at, PASSWORD_BEFORE)?.[1];
  if (password !== undefined) return toFinding(scan, "password", [at - password.length, at]);
  const domain = pass.policy.emails === "keep" ? undefined : DOMAIN.exec(text.slice(at + 1, at + 255))?.[0];
  const local = domain && LOCAL.exec(text.slice(Math.max(scan.taken, at - 64), at))?.[1];
  // What `toPlainMarker` left in a URL is no one's name.
  if (!domain || !local || local === "git" || isReplacement(local) || domain === EMAIL_DOMAIN) return undefined;
  const start = at - local.length;
  const end = at + 1 + domain.length;
  // A package with its version, `name@1.2.3`, has no domain; `user@host:port` of a git remote has one and is no address of a person.
  return {
    start,
    end,
    kind: "email",
    replacement: toEmail(text.slice(start, end), pass.pseudonym),
  };
}

const LONGEST_AUTHORITY = 515;

/**
 * The authority of a URL up to its last `@`: a name and a password, which may have signs of the path in it, or a token alone. A port is no
 * password.
 */
const USER_INFO =
  /^:\/\/(?:((?=\D{0,31}\d|\D{32})[^\s"<>`@:/?#',]{16,500})(?::(?:x-oauth-basic)?)?|[^\s"<>`@:/?#',]*:(?!\d{1,5}\/)((?:(?!\/\/)[^\s"<>`@]){1,500}(?:@[^\s"<>`@/?#',]*)*))@/;

/** The password, or the lone token, before the `@` of a URL's authority; `at` is the colon of `://`. */
export function readUserInfo(scan: Scan, at: number): Finding | undefined {
  const { text, codes, read } = scan;
  if (codes[at + 1] !== 0x2f || codes[at + 2] !== 0x2f) return undefined;
  if (read.at < at) read.at = text.indexOf("@", at) >>> 0;
  if (read.at - at > LONGEST_AUTHORITY) return undefined;
  const [whole = "", token, password] = USER_INFO.exec(text.slice(at, at + LONGEST_AUTHORITY)) ?? [];
  const raw = password ?? token ?? "";
  if (raw === "" || /^(?:[${]+\w+\}+|\$\w+|\*+|%s|pass(?:word)?\]?)$/i.test(raw) || isReplacement(raw)) return undefined;
  const start = at + whole.lastIndexOf(raw);
  return {
    start,
    end: start + raw.length,
    kind: "password",
    replacement: toPlainMarker(raw, scan.pass.pseudonym),
  };
}
