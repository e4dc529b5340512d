/** Secrets that words lead to without any sign: `with password x9!aB`, `requirepass x9`, `mysql -px9`. */
import { type Finding, lookAt, passOver, type Scan, toFinding, type Word } from "../finding.ts";
import { isReplacement } from "../replacement.ts";
import { LINE_COST, STEP_COST } from "../work.ts";
import type { KeyKind } from "../names/sensitive-key.ts";
import { classAt, DIGIT, QUOTE, SPACE } from "../character.ts";

/** Kinds of names that one value can follow; `session 4bf92f` and `card 17` are sentences. */
const SPOKEN = /^(?:password|secret|key|token|code)$/;

const LONGEST = 512;
const LONGEST_NAME = 40;

/** The value: up to a blank or a quote, without the punctuation of the sentence around it. */
const WORD = /[^\s"'`]{0,511}[^\s"'`.,;:)\]}>]/y;

/** A password introduced as such (see `TOLD`), which needs no more than a digit. */
const TOLD_PASSWORD = /^(?=\D{0,40}\d)[^\s(=/]{4,40}$/;

/** Of an OpenPGP key, which is public: `Signature made using RSA key 4AEE...`. An API's key may look the same. */
export const FINGERPRINT = /^[\dA-F]{40}$/;

/** True for letters and digits that look random: with both cases or a sign of a password, or as long as a key. */
function isSecretLike(raw: string, kind: KeyKind): boolean {
  if (kind === "code") return /^(?:\d{3,4}-?\d{1,4}|(?=\D*\d)(?:[A-Za-z\d]{24,}|[A-Za-z\d]{4,6}-[A-Za-z\d]{4,6}))$/.test(raw);
  if (raw.length < 8 || !/\d/.test(raw) || !/[a-z]/i.test(raw) || /^[\w.-]{1,64}[(=:](?!=?$)|:\/\/|^v?\d+\.\d+/.test(raw)) return false;
  const isMixed = /[a-z]/.test(raw) && /[A-Z!#$%^&*@]/.test(raw);
  if (/^[A-Za-z\d+][A-Za-z\d/+]{39,}={0,2}$/.test(raw)) return true;
  return (
    (isMixed && !/[(\\]|\/.*\//.test(raw) && (kind === "password" || !raw.includes("/"))) ||
    /^(?:[\da-f]{32,}|[\dA-F]{32,}|[A-Z\d]{16,}|(?=(?:[a-z-]*\d){5})[a-z\d-]{20,})$/.test(raw) ||
    ((kind === "password" || kind === "secret") && /^[\da-f-]{16,36}$/i.test(raw))
  );
}

/** `password is`, `secret of the user "app" was`, `PIN has been set to`, `api key`: the name, and whose it is. */
export const SAID =
  /(?<=((?:\b[\w-]{2,16} )?\b[\w\xc0-\u024f-]{2,40})(?: (?:for|of|in|to)(?: ["']?[\w.@-]{1,40}["']?){1,4})?(?: (?:is(?: now)?|was|es|[ei]st|lautet)|(?: has been| was)? (?:\w*set|changed) to|(?<=\b[sS]et(?:ting)? .{0,40}) to|(?<! to)))/y;

/** `password is`, `login app password`, FTP's and POP's replies, settings of Docker, Java and Redis: here a password of small letters and digits is one as well. */
const TOLD =
  /(?<= (?:is|now|was|to|es|[ei]st|lautet) |\b(?:login|user|331|OK) .{1,64}\s{1,8}(?:> )?\w{4,12} |(?:env .{1,64}|\.|require)pass(?:word)? )/iy;

/** The kind by the word before the value, or by the word before `is` or `was`. */
function judgeBefore(scan: Scan, start: number): KeyKind | undefined {
  const { text, codes, pass, before } = scan;
  // Most of what stands before a random word is no name: a number, a path, a word of one letter.
  const length = before.end - before.start;
  if (length > LONGEST_NAME || (classAt(codes, before.start) & DIGIT) !== 0) return undefined;
  const known = pass.names(scan, before.start, before.end);
  if (known.kind !== undefined) return known.kind;
  const isSaid =
    (length < 4 && "oOsStw".includes(text.charAt(before.end - 1))) || (length === 6 && text.startsWith("lautet", before.start));
  if (!isSaid && !known.isTail) return undefined;
  const name = lookAt(text, start - 1, SAID)?.[1];
  return name === undefined ? undefined : pass.classify(name).kind;
}

/** What follows a number that lets in: `is your verification code`, `to confirm your email`. An error's or a place's code does not. */
const LETS_IN =
  / (?:(?:is|as) (?:your|the) (?:(?!err|exit|stat|zip|post|re)[\w-]{1,24} ){0,3}(?:code|otp|pin|passw\w+|one-time)\b|to (?:verify|confirm|(?:log|sign) ?in)\b)/iy;

/** The same before a number, in the words of some languages: `Your Shop code:`, `Sicherheitscode lautet`, `code de vérification est`. */
const LET_IN_BY =
  /(?<=\b(?:your (?:(?!err|exit|stat|zip|post|re)[\w-]{1,24} ){0,2}code|\S{3,20}(?:its|[grt]ungs|nmelde)code|(?:c[oó]di[cg][oe]|code) d[ei] [acsv](?!t)\S{3,16})(?: is| est?| è| lautet|:) )/iy;

/** A random value right behind a secret's name and one space, or a number before what it is for. Words of both cases, or with digits, ask. */
export function readSpoken(scan: Scan, { start, end, bits }: Word): Finding | undefined {
  const { text, pass, before } = scan;
  if (
    bits === DIGIT &&
    (("aitAIT".includes(text.charAt(end + 1)) && lookAt(text, end, LETS_IN)) ||
      ("stè:".includes(text.charAt(start - 2)) && lookAt(text, start, LET_IN_BY)))
  )
    return toFinding(scan, "code", [start, end]);
  if (scan.chain !== start || before.end !== start - 1) return undefined;
  const kind = judgeBefore(scan, start);
  if (kind === undefined || !SPOKEN.test(kind)) return undefined;
  pass.work.left -= STEP_COST;
  const to = passOver(text, start, WORD);
  const raw = text.slice(start, to);
  const isSecret = isSecretLike(raw, kind) || (kind === "password" && TOLD_PASSWORD.test(raw) && lookAt(text, start, TOLD));
  const isPublic = kind === "key" && FINGERPRINT.test(raw) && !/api.key.$/i.test(text.slice(start - 8, start));
  if (!isSecret || isPublic || isReplacement(raw)) return undefined;
  return toFinding(scan, kind, [start, to]);
}

/** Programs that take a password behind `-p`, OpenLDAP's behind `-w` and by the first letter of what they do (`ldapsearch`, not `ldap`). */
const PROGRAM =
  /\b(?:mysql|mariadb|mongo|sshpass|(?:az|oc|docker|podman|registry) +login|ldap[admpsw]|psexec|sqlcmd|cqlsh|7z|zip)\w*\b[^\n|;&]*-[pw]$/i;
/** Programs for which the letter in the other case means something else. */
const CASED = /\b(?:redis-cli [^\n|;&]*-a|ssh-keygen [^\n|;&]*-[NP]|unzip [^\n|;&]*-P)$/;
/** Any program that is given a user takes a password after `-p`. */
const USER_GIVEN = /[ \t]-(?:-user(?:name)?|[uUD])[ =]?[\w.\\@=,-]+[ \t][^\n|;&]*-[pPw]$/;

/** `mysql -uroot -pSecret`, `sshpass -p 'Secret'`, `redis-cli -a Secret`: `start` is behind the hyphen. */
export function readPasswordOption(scan: Scan, { start, end }: Word): Finding | undefined {
  const { text, codes } = scan;
  if ((classAt(codes, start - 2) & SPACE) === 0) return undefined;
  scan.pass.work.left -= LINE_COST;
  const line = text.slice(Math.max(0, start - 160), start + 1);
  const isApart = end - start === 1 && (classAt(codes, end) & SPACE) !== 0;
  const isKnown = PROGRAM.test(line) || CASED.test(line);
  if (!isKnown && !(isApart && USER_GIVEN.test(line))) return undefined;
  const at = isApart ? end + 1 : start + 1;
  const from = (classAt(codes, at) & QUOTE) === 0 ? at : at + 1;
  const close = from === at ? -1 : text.slice(from, from + LONGEST).indexOf(text.charAt(at));
  const to = close < 0 ? passOver(text, from, WORD) : from + close;
  const raw = text.slice(from, to);
  // After a blank, MySQL's clients take a database, and a program that is not listed a folder or a name.
  const mayBeName = isApart && from === at && (!isKnown || /\bm(?:ysql|aria)/.test(line));
  return raw.length < 4 || (mayBeName && /^[a-z_]+$/.test(raw)) || /^[-$<%]|^[\d:]{1,11}$|^\//.test(raw) || isReplacement(raw)
    ? undefined
    : toFinding(scan, "password", [from, to]);
}
