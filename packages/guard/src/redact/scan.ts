import { readAddress, readUserInfo } from "./address.ts";
import { readAssignment } from "./assignment.ts";
import { readBeside } from "./beside.ts";
import { ALNUM, classOf, DIGIT, FOREIGN, SPACE, UNDERSCORE, UPPER } from "./character.ts";
import { readAzureSecret, readCredential } from "./credential.ts";
import { readBase64, readPercent } from "./encoded.ts";
import type { Finding, Scan } from "./finding.ts";
import { readIpAddress } from "./ip-address.ts";
import { readCard, readIban, readSsn } from "./number.ts";
import type { Pass } from "./pass.ts";
import { isReplacement } from "./replacement.ts";
import { readTuples } from "./tuple.ts";
import { readPrivateKey, readVendorToken } from "./token.ts";

const WORD = ALNUM | UNDERSCORE | FOREIGN;

/** Longest chain of words that is read as one name. */
const LONGEST_CHAIN = 128;

function findWordEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && (classOf(text.charCodeAt(at)) & WORD) !== 0) at += 1;
  return at;
}

/** Readers of what a word may begin, the surest first. */
function readAtWord(scan: Scan, start: number, end: number): Finding | undefined {
  const first = classOf(scan.text.charCodeAt(start));
  if ((first & DIGIT) !== 0) {
    const number = readCard(scan, start) ?? readSsn(scan, start, end);
    if (number !== undefined) return number;
  }
  const address = readIpAddress(scan, start, end);
  if (address !== undefined) return address;
  const token = readVendorToken(scan, start);
  if (token !== undefined) return token;
  if ((first & UPPER) !== 0) {
    const iban = readIban(scan, start);
    if (iban !== undefined) return iban;
  }
  return (
    readTuples(scan, start, end) ??
    readBeside(scan, start, end) ??
    readAssignment(scan, end) ??
    readCredential(scan, start, end) ??
    (end - start >= 12 ? readBase64(scan, start, end) : undefined)
  );
}

function readAtSign(scan: Scan, at: number): Finding | undefined {
  switch (scan.text.charCodeAt(at)) {
    case 0x40:
      return readAddress(scan, at);
    case 0x3a:
      return readUserInfo(scan, at);
    case 0x2d:
      return readPrivateKey(scan, at);
    case 0x25:
      return readPercent(scan, at);
    case 0x7e:
      return readAzureSecret(scan, at);
    default:
      return undefined;
  }
}

/**
 * Finds what is secret in free text, in one pass from left to right. Every reader looks a bounded way ahead or consumes what it has
 * read, so the time is linear in the length whatever the text; no regular expression runs over unbounded text.
 */
export function findSecrets(text: string, pass: Pass, inner: ((text: string) => string) | undefined): Finding[] {
  const scan: Scan = {
    text,
    pass,
    inner,
    taken: 0,
    chain: 0,
    before: { start: 0, end: 0 },
    read: {
      alnum: 0,
      word: 0,
      hex: 0,
      base64: 0,
      dotted: 0,
      digit: -1,
      tuple: 0,
      percent: 0,
      base64Text: 0,
      accessKeyId: Number.NEGATIVE_INFINITY,
    },
    unclosed: { quote: 0, from: 0, to: 0 },
  };
  const findings: Finding[] = [];
  let at = 0;
  let wordEnd = -2;
  while (at < text.length) {
    const kind = classOf(text.charCodeAt(at));
    let next = at + 1;
    let finding: Finding | undefined;
    if ((kind & WORD) !== 0) {
      next = findWordEnd(text, at);
      if (!isJoined(text, at, wordEnd) || next - scan.chain > LONGEST_CHAIN) {
        scan.before.start = scan.chain;
        scan.before.end = wordEnd;
        scan.chain = at;
      }
      wordEnd = next;
      finding = readAtWord(scan, at, next);
    } else if (text.charCodeAt(at) === 0x5b && text.startsWith("[redacted:", at)) {
      next = skipReplacement(text, at);
      wordEnd = -2;
    } else if ((kind & SPACE) === 0) finding = readAtSign(scan, at);
    if (finding !== undefined && finding.start >= scan.taken) {
      findings.push(finding);
      scan.taken = finding.end;
      if (finding.kind.startsWith("aws")) scan.read.accessKeyId = finding.end;
      next = finding.end;
      wordEnd = -2;
    }
    at = next;
  }
  return findings;
}

/** Passes over a marker of an earlier reading, so that nothing inside it is taken for a secret. */
function skipReplacement(text: string, at: number): number {
  const marker = text.slice(at, at + 80);
  const length = marker.indexOf("]") + 1;
  return length > 0 && isReplacement(marker.slice(0, length)) ? at + length : at + 1;
}

/** True when exactly one `.` or `-` stands between the last word and this one. */
function isJoined(text: string, at: number, wordEnd: number): boolean {
  if (wordEnd !== at - 1) return false;
  const between = text.charCodeAt(wordEnd);
  return between === 0x2e || between === 0x2d;
}
