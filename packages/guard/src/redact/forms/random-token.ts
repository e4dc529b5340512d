import { remember } from "../names/remember.ts";
import { type Finding, lookAt, type Scan, toFinding, type Word } from "../finding.ts";
import { decodeText } from "./encoded.ts";
import { ASSIGNMENT_COST, STEP_COST } from "../work.ts";
import { ALNUM, BASE64, classAt, classOf, DIGIT, entropyOf, LOWER, QUOTE, SPACE, UPPER } from "../character.ts";
import { IDENTIFIER, isTokenLike } from "../credible.ts";
import { FINGERPRINT } from "./spoken.ts";

const HYPHEN = 0x2d;

/** Parts of a prefix that mark the rest as a key: `acme_live_...`, `x-secret-...`. */
const KEY_PART =
  /(?:^|[_-])(?:token|apikey|admin|tok|api|access|prod|priv|stg|pt|sandbox|dev|sk|test|rk|secret|key|pat|pw|tkn|o?auth|live)(?:[_-]|$)/i;

/** Prefixes of identifiers of requests, files, messages and digests, which are never keys, however long. */
const PUBLIC_PART = /^(?:sha\d|md5|req|resp?|msg|chatcmpl|run|evt|file|id|trace|span|build|hash|etag|chunk|css|ssh)/i;
/** With digits, small letters and capitals. */
const MIXED = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-/i;

/** A token with a readable beginning of its own, as most services issue them today, whoever the issuer is: `acme_live_x9...`. */
export function readPrefixed(scan: Scan, { start }: Word): Finding | undefined {
  const { text, read } = scan;
  if (read.joined <= start) readJoined(scan, start);
  const { joined: end, tail } = read;
  if (end - tail < 20 || tail - start < 3 || tail - start > 32 || end - start > 512) return undefined;
  scan.pass.work.left -= STEP_COST;
  const random = text.slice(tail, end);
  const prefix = text.slice(start, tail);
  const isKey = KEY_PART.test(prefix)
    ? isMixed(random) && !UUID.test(random) && (read.longest >= 20 || MIXED.test(random))
    : random.length >= 30 && MIXED.test(random) && !PUBLIC_PART.test(prefix) && entropyOf(random) >= 4;
  return isKey && !isAlphabet(random) && !lookAt(text, scan.chain, PUBLISHED) ? toFinding(scan, "key", [start, end]) : undefined;
}

/** A digest after `sha256=`, and the ids and keys of Stripe that every page may show. */
const PUBLISHED = /(?<=sha\d{1,3}[=:])|(?:cs|pk)_(?:live|test)_(?!\w*_secret_)/y;

/** True for a piece that may belong to a name: a word without digits, or a short one without mixed case. */
function isReadable(text: string, [from, end]: readonly [number, number], bits: number): boolean {
  const isMixedCase = (bits & (UPPER | LOWER)) === (UPPER | LOWER);
  return (bits & DIGIT) === 0 ? !isMixedCase || IDENTIFIER.test(text.slice(from, end)) : end - from < 13 && !isMixedCase;
}

/** Measures a run of joined words once, however many of them ask: where its readable part ends, and its longest piece after that. */
function readJoined(scan: Scan, start: number): void {
  const { text, codes, read } = scan;
  let end = start;
  let from = start;
  let bits = 0;
  read.tail = -1;
  read.longest = 0;
  for (; ; end++) {
    const code = codes[end];
    const kind = classAt(codes, end) & ALNUM;
    bits |= kind;
    if (kind !== 0) continue;
    if (read.tail < 0 && !isReadable(text, [from, end], bits)) read.tail = from;
    if (read.tail >= 0) read.longest = Math.max(read.longest, end - from);
    if (code !== 0x5f && code !== HYPHEN) break;
    from = end + 1;
    bits = 0;
  }
  read.joined = end;
  if (read.tail < 0) read.tail = end;
}

function isMixed(text: string): boolean {
  return /\d/.test(text) && /[a-z]/i.test(text) && entropyOf(text) >= 3;
}

/** Base 32 or 36 in small letters, but not hex. `baf` begins the address of some content (CID). */
const SMALL = /^(?!baf)(?=[\da-f]*[g-z])(?=(?:[a-z]*\d){5})[a-z\d]+$/;

/** True for an alphabet that ids are drawn from: that many random characters are never all different. */
function isAlphabet(text: string): boolean {
  return text.length > 35 && new Set(text).size === text.length;
}

/** The lengths of SHA-1, SHA-256, SHA-384 and SHA-512 in base64: digests are not secrets. */
const DIGEST_LENGTHS = new Set([27, 28, 43, 44, 64, 86, 88]);

/** Where a separate text begins or ends: at a quote, a blank, or the edge of the whole text. */
const EDGE = QUOTE | SPACE;

/** The name that ends here and what may precede it. Of the parameters of a URL, only `key` counts. */
const NAME = /(?<=(?:^|[^\w.?&/-]|[?&](?=key=))([A-Za-z][A-Za-z_.-]{2,48}))/y;

function skipBlanksBefore(codes: Uint16Array, at: number): number {
  let before = at;
  while (before >= 0 && at - before < 8 && (codes[before] === 0x20 || codes[before] === 0x09)) before -= 1;
  return before;
}

/** The end of the name to which the value at `start` is assigned: `name: "`, `name => `, `["name"] = `; -1 if there is none. */
function findNameEnd({ codes }: Scan, start: number): number {
  if (start < 3) return -1;
  const isQuoted = (classAt(codes, start - 1) & QUOTE) !== 0;
  let at = skipBlanksBefore(codes, isQuoted ? start - 2 : start - 1);
  if (at < 1) return -1;
  const sign = codes[at];
  if (sign !== 0x3a && sign !== 0x3d && (sign !== 0x3e || codes[at - 1] !== 0x3d)) return -1;
  at = skipBlanksBefore(codes, at - (sign === 0x3e || (sign === 0x3d && codes[at - 1] === 0x3a) ? 2 : 1));
  const least = Math.max(0, at - 2);
  while (at > least && (codes[at] === 0x22 || codes[at] === 0x27 || codes[at] === 0x5d)) at -= 1;
  return at + 1;
}

/** Names of identifiers, which are never secrets, and the empty name. */
const IDENTITY =
  /keyboard|monkey|boundary|path|place|item|message|route|build|revision|url|sha|file|idempoten|uri|websocket|node|host|gpg|order|author|public|version|release|digest|hash(?!_?salt)|product|request|[gu]uid|transaction|correlation|integrity|commit|fingerprint|partition|instance|span|pod|primary|cache|foreign|pub.?key|peer$|checksum|object|etag|image|ray|event|parent|trace|sort|(?<!key_)id$|^$/i;
/** Names that often hold keys, and services whose keys have no form of their own: hex under these names is replaced as well. */
const GENERIC =
  /key|api|access|client|auth|cert|datadog|sonar|meraki|cloudflare|newrelic|virustotal|adobe|salt|variable|shodan|hmac|asana|facebook|sentry|algolia|spotify|cred|heroku|snyk|sendbird|mailgun|discord|mailchimp|postmark|seed|trello|twilio|twitter|codecov/i;

/** Whether a name is generic; null for the name of an identifier. */
const isGenericName = remember((name) => (IDENTITY.test(name) ? null : GENERIC.test(name)), 500);

/** Counts the changes between small letters, capitals and digits, which are most frequent in random text. */
function countChanges(raw: string): number {
  let changes = 0;
  let last = 0;
  for (let at = 0; at < raw.length; at++) {
    const sort = classOf(raw.charCodeAt(at)) & ALNUM;
    if (sort * last > 0 && sort !== last) changes += 1;
    last = sort;
  }
  return changes;
}

/** True for a value that is assigned to a name other than an identifier's, and is as mixed as only a random value is. */
function isNamedRandom(scan: Scan, nameEnd: number, raw: string): boolean {
  const name = lookAt(scan.text, nameEnd, NAME)?.[1] ?? "";
  const isGeneric = isGenericName(name);
  if (isGeneric === null) return false;
  const [least, share] = MIXED.test(raw) ? [20, 0.4] : [24, 0.25];
  if (!isGeneric && (raw.length < least || countChanges(raw) < raw.length * share)) return false;
  scan.pass.work.left -= ASSIGNMENT_COST;
  if (
    (FINGERPRINT.test(raw) && !/api|access|client|auth/i.test(name)) ||
    /^0x|=[^=]|^[a-z]+\d{0,4}(?:[._/-][a-z]*\d{0,2})*$|(?:^|\/)[a-z]{3,}(?:\/|$)|^[a-z]+-.*-[\da-f]{40,64}$/i.test(raw)
  )
    return false;
  return isGeneric
    ? isTokenLike(raw, 16) &&
        (!UUID.test(raw) || /key|auth|cred|heroku|snyk|postmark/i.test(name)) &&
        entropyOf(raw) >= (/[g-z]/i.test(raw) ? 3.4 : 3)
    : /[A-Za-z\d]{12}/.test(raw) && !/^[\da-f-]+$|^_|^[a-z]{2,8}_|\//i.test(raw) && entropyOf(raw) >= 3.5 && decodeText(raw) === undefined;
}

/** One more than is read, so that longer text is noticed. */
const RANDOM = /[\w+/=-]{16,129}/y;

/**
 * Finds a separate text that is random base64, in quotes or with padding, as long as a key but not as a digest. Base64 of readable
 * text is not random. Also finds a shorter one that is assigned to a name. The caller has checked what precedes it.
 */
export function readLoneRandom(scan: Scan, { start }: Word): Finding | undefined {
  const { text, codes } = scan;
  if ((classAt(codes, start + 9) & BASE64) === 0 || (classAt(codes, start + 15) & BASE64) === 0) return undefined;
  const nameEnd = findNameEnd(scan, start);
  if (nameEnd < 0 && (classAt(codes, start + 39) & BASE64) === 0) return undefined;
  scan.pass.work.left -= STEP_COST;
  const raw = lookAt(text, start, RANDOM)?.[0] ?? "";
  const { length } = raw;
  const end = start + length;
  if (
    length > 128 ||
    !/\d/.test(raw) ||
    isAlphabet(raw) ||
    (codes[start] === 0x73 && /^sha\d{1,3}-/.test(raw)) ||
    isIdentityName(text, nameEnd)
  )
    return undefined;
  const isBehindEdge = (classAt(codes, end) & EDGE) !== 0;
  if (nameEnd >= 0 && (isBehindEdge || ",;)}<&".includes(text.charAt(end))) && isNamedRandom(scan, nameEnd, raw))
    return toFinding(scan, "key", [start, end]);
  if (length < 40 || !isBehindEdge || (classAt(codes, start - 1) & EDGE) === 0) return undefined;
  const isQuoted = (classAt(codes, start - 1) & QUOTE) !== 0;
  if (!(MIXED.test(raw) || SMALL.test(raw)) || !(isQuoted || raw.endsWith("=")) || DIGEST_LENGTHS.has(length)) return undefined;
  // The last line of a certificate looks like a key as well.
  if (
    text.startsWith("-----END C", end + 1) ||
    entropyOf(raw) < 4.5 ||
    decodeText(raw) !== undefined ||
    /ABCDE|^[A-Za-z]+(?:[-_/][A-Za-z]+)+$|^[a-z\d-]+(?:\/[\w-]+){2,}$/.test(raw)
  )
    return undefined;
  return toFinding(scan, "key", [start, end]);
}

/** The name of an identifier, matched backwards from its end. */
const IDENTITY_NAME = /(?<=id(?:-2)?|etag|digest|hash|sum|cursor|public_?key|signature-input)/iy;

function isIdentityName(text: string, nameEnd: number): boolean {
  return nameEnd >= 0 && lookAt(text, nameEnd, IDENTITY_NAME) !== null;
}

/** True for a value under the name of an identifier: `x-amz-cf-id: ...`, `digest=...`. */
export function isIdentity(scan: Scan, start: number): boolean {
  return isIdentityName(scan.text, findNameEnd(scan, start));
}
