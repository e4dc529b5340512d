import { readAssignment } from "./assignment.ts";
import { isNearAccessKey, readAwsSecret, readPart, readSetPassword, readSqlWord } from "./beside.ts";
import { classOf, DIGIT, SPACE, UPPER } from "./character.ts";
import { readScheme, readUserOption } from "./credential.ts";
import { readBase64 } from "./encoded.ts";
import type { Finding, Scan, Word } from "./finding.ts";
import { readIpAddress } from "./ip-address.ts";
import { readCard, readIban, readSsn } from "./number.ts";
import { leadsToValue } from "./operator.ts";
import { isBase64Sign, isEdge, readLoneRandom, readPrefixed } from "./random-token.ts";
import { readBotToken, readPuttyKey, readShaped, readWebhook } from "./shaped-token.ts";
import { readOracle, readPasswordOption, readSpoken } from "./spoken.ts";
import { COST } from "./work.ts";
import { readDetail, readInsert } from "./tuple.ts";
import { mayBeginToken, readVendorToken } from "./token.ts";

const HYPHEN = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const EQUALS = 0x3d;

function readNumber(scan: Scan, start: number, end: number): Finding | undefined {
  const length = end - start;
  if (length !== 3 && length !== 4 && length < 13) return undefined;
  scan.pass.work.left -= COST.form;
  if (length !== 3) return readCard(scan, start);
  return readSsn(scan, start, end);
}

/** What is known by its own form. */
function readForm(scan: Scan, { start, end, bits }: Word): Finding | undefined {
  const { text } = scan;
  let found: Finding | undefined;
  if (bits === DIGIT) found = readNumber(scan, start, end);
  else if (end - start >= 4 && (bits & DIGIT) !== 0 && (classOf(text.charCodeAt(start)) & UPPER) !== 0) found = readIban(scan, start);
  if (found === undefined && end - start <= 4 && scan.pass.policy.ipAddresses !== "keep") found = readIpAddress(scan, start, end);
  if (found !== undefined || !mayBeginToken(text, start)) return found;
  scan.pass.work.left -= COST.token;
  return readVendorToken(scan, start);
}

/** What the words behind this one make of it, in SQL and in what databases answer. */
function readSql(scan: Scan, start: number, end: number): Finding | undefined {
  switch (end - start) {
    case 2:
    case 4:
    case 5:
      return readSqlWord(scan, start, end);
    case 3:
      return readDetail(scan, start) ?? readSetPassword(scan, start, end);
    case 6:
      return readInsert(scan, start);
    case 7:
      return readInsert(scan, start) ?? readDetail(scan, start);
    default:
      return undefined;
  }
}

/** What is known by the sign that follows the word, or by the hyphen before it. */
function readBySigns(scan: Scan, { start, end }: Word, next: number): Finding | undefined {
  const length = end - start;
  const option = start > 1 && scan.text.charCodeAt(start - 1) === HYPHEN ? readPasswordOption(scan, start, end) : undefined;
  if (option !== undefined) return option;
  if (length < 5) {
    if (length === 4 && next === COLON) return readOracle(scan, start);
    return start > 0 && scan.text.charCodeAt(start - 1) === HYPHEN ? readUserOption(scan, start, end) : undefined;
  }
  let found: Finding | undefined;
  if (next === DOT || next === SLASH) found = readWebhook(scan, start);
  else if (next === COLON && length > 6) found = readBotToken(scan, start, end);
  else if (next === HYPHEN && length === 5) found = readPuttyKey(scan, start);
  else if (length <= 6 && (classOf(next) & SPACE) !== 0) found = readScheme(scan, start, end);
  return found === undefined && length >= 14 ? readShaped(scan, start, end) : found;
}

/** A long random text of no known form. */
function readRandom(scan: Scan, { start, end }: Word, next: number): Finding | undefined {
  const length = end - start;
  // A word carries its own underscores; only a hyphen can make it longer.
  const prefixed = length >= 23 || (next === HYPHEN && length > 6) ? readPrefixed(scan, start) : undefined;
  if (prefixed !== undefined) return prefixed;
  const isLone = (length >= 40 || (length > 6 && isBase64Sign(next))) && isEdge(scan.text, start - 1);
  return (isLone ? readLoneRandom(scan, start) : undefined) ?? (length >= 12 ? readBase64(scan, start, end) : undefined);
}

/**
 * Readers of what a word may begin, the surest first. Most words of most texts begin nothing, so each reader is asked only when the
 * word's length, classes, first characters, or the character behind it allow what it looks for.
 */
export function readWord(scan: Scan, word: Word): Finding | undefined {
  const { text } = scan;
  const { start, end } = word;
  const next = end < text.length ? text.charCodeAt(end) : 0;
  let found = readForm(scan, word);
  if (found !== undefined) return found;
  if ((classOf(next) & SPACE) !== 0) found = readSql(scan, start, end);
  else if (next === EQUALS && end - start === 4) found = readPart(scan, start);
  if (found === undefined && isNearAccessKey(scan, start)) found = readAwsSecret(scan, start);
  if (found === undefined && leadsToValue(next)) found = readAssignment(scan, end);
  return found ?? readSpoken(scan, word) ?? readBySigns(scan, word, next) ?? (end - start > 6 ? readRandom(scan, word, next) : undefined);
}
