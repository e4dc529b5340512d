/**
 * What a segment of a path looks like by itself: `id` (numbers, UUIDs, hashes, dates, versions, random tokens), which is a value wherever
 * it stands; or `word`, which may be part of the route or a value: only its neighbours tell.
 */
type SegmentKind = "id" | "word";

const DIGIT = 1;
const HEX_LETTER = 2;
const LETTER = 4;
const UPPER = 8;
const DASH = 16;
const DOT = 32;
const UNDERSCORE = 64;
const COLON = 128;
const OTHER = 256;

/** The kind of each byte, as bits. */
const BYTES = new Uint16Array(256).fill(OTHER);
for (let code = 48; code <= 57; code += 1) BYTES[code] = DIGIT;
for (let code = 97; code <= 122; code += 1) BYTES[code] = code <= 102 ? HEX_LETTER : LETTER;
for (let code = 65; code <= 90; code += 1) BYTES[code] = (code <= 70 ? HEX_LETTER : LETTER) | UPPER;
BYTES[45] = DASH;
BYTES[46] = DOT;
BYTES[95] = UNDERSCORE;
BYTES[58] = COLON;

const ALPHABET = HEX_LETTER | LETTER | UPPER;

/** So many digits beside a single letter are no part of a name, as in 2026-W47, 2026-Q3 and Q42137; v20260101 is a version. */
const LETTERED_DIGITS = 5;
const V_CODE = 118;
const SLASH_CODE = 47;
const SMALL = 32;

/** The kind of the segment that lies in `bytes` from `start` to `end`, and nothing else of it. */
function classifySegment(bytes: Uint8Array, start: number, end: number): SegmentKind {
  let mask = 0;
  let digits = 0;
  let dashes = 0;
  let dots = 0;
  let turns = 0;
  let letters = 0;
  let last = 0;
  for (let index = start; index < end; index += 1) {
    const kind = BYTES[bytes[index] as number] as number;
    mask |= kind;
    if (kind === DIGIT) digits += 1;
    else if (kind === DASH) dashes += 1;
    else if (kind === DOT) dots += 1;
    else if ((kind & ALPHABET) !== 0) letters += 1;
    const side = kind === DIGIT ? 1 : (kind & ALPHABET) === 0 ? last : 2;
    if (side !== last && last !== 0) turns += 1;
    last = side;
  }
  const isVersioned = ((bytes[start] as number) | SMALL) === V_CODE;
  if (letters + digits === end - start && turns === 2 && digits <= NAME_DIGITS && isCompound(bytes, start, end)) return "word";
  const isLettered = letters === 1 && digits >= LETTERED_DIGITS && digits + letters + dashes === end - start && !isVersioned;
  return digits > 0 && (isLettered || isId({ mask, digits, dashes, dots, turns, length: end - start })) ? "id" : "word";
}

/** Of a name's one number: `getOffice365ActiveUserDetail`. */
const NAME_DIGITS = 4;

/** True for words that each start with a capital, as random letters hardly ever do: capitals, and no two of them together. */
function isCompound(bytes: Uint8Array, start: number, end: number): boolean {
  let capitals = 0;
  for (let index = start; index < end; index += 1) {
    if (((BYTES[bytes[index] as number] as number) & UPPER) === 0) continue;
    if (index > start && ((BYTES[bytes[index - 1] as number] as number) & UPPER) !== 0) return false;
    capitals += 1;
  }
  return capitals > 1;
}

type Shape = Readonly<Record<"mask" | "digits" | "dashes" | "dots" | "turns" | "length", number>>;

/** Judges a segment that has digits. */
function isId({ mask, digits, dashes, dots, turns, length }: Shape): boolean {
  if ((mask & ALPHABET) === 0) return true;
  const isHex = (mask & ~(DIGIT | HEX_LETTER | UPPER | DASH)) === 0;
  if (isHex && (dashes === 0 ? length >= 8 : length === 36 && dashes === 4)) return true;
  if (digits >= 3 && turns >= 3 && length >= 8) return true;
  if (digits >= 2 && length >= 16 && dashes <= 1) return true;
  // 2024-01-01T10:00:00Z, logs-2024.01.01 and other times.
  return digits >= 8 && dashes + dots >= 2 && turns <= 4;
}

/** Bytes of a suffix with its dot or colon: of a verb with digits, and of one of letters only (`:modifyAckDeadline`). */
const MAX_SUFFIX = 12;
const MAX_VERB = 63;

/**
 * The end of a stem that carries a file extension (`report.json`, `v2.tar.gz`) or a custom verb (`orders:cancel`); `end` when there is none.
 */
function findSuffix(bytes: Uint8Array, start: number, end: number): number {
  let most = MAX_VERB;
  for (let index = end - 1; index > start && end - index <= most; index -= 1) {
    const kind = BYTES[bytes[index] as number] as number;
    if (kind === COLON) return end - index > 2 ? index : end;
    if (kind === DOT) {
      const isExtension = end - index > 1 && end - index <= 6 && ((BYTES[bytes[index + 1] as number] as number) & ALPHABET) !== 0;
      return isExtension ? index - (index - TAR.length > start && isTarBefore(bytes, index) ? TAR.length : 0) : end;
    }
    if (kind === DIGIT) most = MAX_SUFFIX;
    else if ((kind & ALPHABET) === 0) return end;
  }
  return end;
}

/** What an archive is called before it is compressed. */
const TAR = ".tar";

function isTarBefore(bytes: Uint8Array, index: number): boolean {
  return bytes[index - 4] === DOT_CODE && bytes[index - 3] === 116 && bytes[index - 2] === 97 && bytes[index - 1] === 114;
}

/** The suffix of a segment behind which others stand: a folder has none, but for a repository's. */
export function toFolderSuffix(suffix: string): string {
  return suffix === REPOSITORY ? suffix : "";
}

const REPOSITORY = ".git";

/** Where the suffix of a value starts that ends at `end`, as for `toFolderSuffix`; -1 for a word. */
export function cutFolder(bytes: Uint8Array, valueEnd: number, end: number): number {
  if (valueEnd === -1 || bytes[end] !== SLASH_CODE) return valueEnd;
  const isRepository = end - valueEnd === 4 && bytes[end - 3] === 103 && bytes[end - 2] === 105 && bytes[end - 1] === 116;
  return isRepository ? valueEnd : end;
}

/** Where the fixed suffix of a value starts (`end` when it has none), or -1 when the segment is a word. */
export function findValueEnd(bytes: Uint8Array, start: number, end: number): number {
  if (isAddress(bytes, start, end)) return end;
  // A key in brackets stands behind a name.
  if (bytes[end - 1] === BRACKET_CODE) return -1;
  const stem = findSuffix(bytes, start, end);
  return classifySegment(bytes, start, stem) === "id" ? stem : -1;
}

const DOT_CODE = 46;
const AT_CODE = 64;
const BRACKET_CODE = 41;

/** Bytes of a version: `12.34`. */
const MAX_VERSION = 5;

/** True for the version of an API as the first segment of a path: `2`, `1.1`, `12.0`. */
export function isVersion(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > MAX_VERSION) return false;
  let dot = -1;
  for (let index = start; index < end; index += 1) {
    if (bytes[index] === DOT_CODE && dot === -1) dot = index;
    else if (BYTES[bytes[index] as number] !== DIGIT) return false;
  }
  const major = dot === -1 ? end - start : dot - start;
  const minor = dot === -1 ? 1 : end - dot - 1;
  return major >= 1 && major <= 2 && minor >= 1 && minor <= 2;
}

const encoder = new TextEncoder();

/** True for the text of an API's version, as `isVersion`. */
export function isVersionText(text: string): boolean {
  return text.length <= MAX_VERSION && /^\d/.test(text) && isVersion(encoder.encode(text), 0, text.length);
}

const API = /^(?:api|rest|ws|version|v)$/i;

/** True for what an API is called in front of its version: `/api/2.1/jobs`. */
export function isApi(segment: string): boolean {
  return segment.length <= 7 && API.test(segment);
}

/** True where the version of an API may stand, which is no value by itself: at the start of a path, and behind what an API is called. */
export function isVersionPlace(depth: number, parent: string | undefined): boolean {
  return depth === 0 || (parent !== undefined && isApi(parent));
}

const DATE_LENGTH = 10;
const DATE = /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** True for a date, which may be the version of an API as the first segment of a path: `2015-03-31`. */
export function isDateText(text: string): boolean {
  return text.length === DATE_LENGTH && DATE.test(text);
}

/** True for the bytes of such a date. */
export function isDate(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === DATE_LENGTH && isDateText(String.fromCharCode(...bytes.subarray(start, end)));
}

/** True for what may be the version of an API as the first segment of a path, and so is no value by itself. */
export function isTopName(bytes: Uint8Array, start: number, end: number): boolean {
  return isVersion(bytes, start, end) || isDate(bytes, start, end);
}

/** Where the fixed suffix of a value starts in the text of a segment (its length when there is none), or -1 for a word. */
export function findValueEndInText(text: string): number {
  if (isMatrixId(text) || isRandom(text)) return text.length;
  // Other values have a digit or an @.
  if (!/[\d@]/.test(text)) return -1;
  if (HARDWARE_ADDRESS.test(text) || isCode(text)) return text.length;
  const bytes = encoder.encode(text);
  const end = findValueEnd(bytes, 0, bytes.length);
  return end !== -1 && text[end] === ":" && !isVerbAt(text, end) ? text.length : end;
}

const OF_TOKENS = /^[\w-]+$/;
const CAPITALS = /[A-Z]{2}/;
/** Words with dashes between: `how-to-do-it-in-AWS`. */
const WORDS = /^(?:[A-Z]?[a-z]+|[A-Z]+)(?:[-_]+(?:[A-Z]?[a-z]+|[A-Z]+))*$/;
const MIN_TOKEN = 16;
/** Small letters that stand together: two on the average in random tokens, three and more in the words of a name. */
const MOST_TOGETHER = 2.5;

/** True for a long token of random letters: `XNHPXUXuxivBlElho5fC`, not `GetWebACLForResource`. */
function isRandom(text: string): boolean {
  if (text.length < MIN_TOKEN || !OF_TOKENS.test(text) || !CAPITALS.test(text) || WORDS.test(text)) return false;
  const small = text.match(/[a-z]+/g) ?? [];
  return small.length >= MIN_TURNS && small.join("").length < small.length * MOST_TOGETHER;
}

const MIN_TURNS = 4;

/** `@user:server`, `!room:server`; `@me` and `!important` are names. */
function isMatrixId(text: string): boolean {
  const colon = text.startsWith("@") || text.startsWith("!") ? text.indexOf(":") : -1;
  return colon > 1 && colon < text.length - 1;
}

const HARDWARE_ADDRESS = /^(?:[\da-f]{2}[:-]){5}[\da-f]{2}$/i;

const CODE = /^(?![A-Z]+\d\d$)(?=.{4,}$)(?=.*\d.*\d)(?=.*[A-Z])[A-Z\d]+(?:-[A-Z\d]+)*$|^[A-Z]{2,}-\d+$/;

/** `OPS-7`, `LH1234`: capitals and digits are seldom names; with two digits behind they may be (`SOAP12`, `ORDR01`). */
function isCode(text: string): boolean {
  return text.charCodeAt(text.length - 1) < 91 && CODE.test(text);
}

const SHORT_CODE = /^[A-Z]{2,}\d\d$/;

/** True for a code that is a value where others are: `LH90` beside `LH400`. */
export function isShortCode(text: string): boolean {
  return text.charCodeAt(text.length - 1) < 58 && SHORT_CODE.test(text);
}

/** Letters that are a part of an address, too. */
const HEXADECIMAL = /^[\da-f]+$/i;

/** A name in several parts, of which the first two are words: `hue:bulb:3f2a9c10:kitchen`. */
const OF_PARTS = /^[a-z]+:[a-z]+:[^:]+:/i;

/** A verb is a word behind the only colon, or starts with a small letter; `10:30:00Z`, `10.0.0.1:8080` and `2001:db8::abc` end in none. */
function isVerbAt(text: string, colon: number): boolean {
  if (OF_PARTS.test(text)) return false;
  const verb = text.slice(colon + 1);
  return text.indexOf(":") === colon ? /^[a-z]/i.test(verb) : /^[a-z][A-Za-z]{2,}$/.test(verb) && !HEXADECIMAL.test(verb);
}

/** The suffix that a segment would have if it were a value; "" when it has none. */
export function findTextSuffix(text: string): string {
  const bytes = encoder.encode(text);
  return text.slice(findSuffix(bytes, 0, bytes.length) - bytes.length || text.length);
}

/** Endings of host names that no file has: a place for domains is one parameter, whatever they end in. */
export const DOMAINS: ReadonlySet<string> = new Set(
  ".com .net .org .io .dev .app .info .biz .edu .gov .eu .uk .de .fr .nl .ch .at .se .us .ca .au .jp .xyz".split(" "),
);

/** `AG.LND.FRST.ZS` */
const CODE_OF_PARTS = /^[A-Z]+(?:\.[A-Z]+){2,}$/;

/** The file extension or the verb that a word ends in; "" when there is none. */
export function findFixedSuffix(word: string): string {
  if (!word.includes(".") && !word.includes(":")) return "";
  const suffix = /(?:[^.:]((?:\.tar)?\.[A-Za-z]\w{0,4}|:[A-Za-z]\w{1,10}|:[A-Za-z]{2,62}))$/.exec(word)?.[1] ?? "";
  const isNone =
    DOMAINS.has(suffix) || CODE_OF_PARTS.test(word) || (suffix.startsWith(":") && !isVerbAt(word, word.length - suffix.length));
  return isNone ? "" : suffix;
}

/** An e-mail address has its @ inside; `@me` is a name, and so may `@somebody` be. */
function isAddress(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start + 1; index < end - 1; index += 1) if (bytes[index] === AT_CODE) return true;
  return false;
}

/** `web1`, `node_2b`, `us-central1`, `europe-west4-a`. */
const NUMBERED = /^[a-z]+(?:[._]?|(?:-[a-z]+)*-?)\d+[a-z]*(?:-[a-z])?$/i;

/** Matrix parameters (`/cars;color=red`, `;jsessionid=...`) are no part of a path's names. */
export function dropParameters(path: string): string {
  return path.includes(";") ? path.replaceAll(/;[^/]*/g, "") : path;
}

/** `Products(5)`, `Customers('ALFKI')`, `Lines(Order=7,Product=11)`: an entity set of OData with a key; `Heat_(1995)` is a title. */
const KEYED = /^[A-Za-z][\w.]*[A-Za-z\d]\((?:-?\d+|[\da-f]{8}-[\da-f-]{27}|'[^']*'|\w+=[^,=]+(?:,\w+=[^,=]+)*)\)$/i;
/** The values of a key: quoted ones keep their quotes, as in the service's description. */
const KEY_VALUES = /(?<=[(=])(?:'[^']*'|[^',=()]+)(?=[,)])/g;

/** The template of a key in brackets behind a name, as OData writes it; undefined for other segments. */
export function findKeyed(segment: string): string | undefined {
  if (!segment.endsWith(")") || !KEYED.test(segment)) return undefined;
  return segment.replace(KEY_VALUES, (value) => (value.startsWith("'") ? "'{id}'" : "{id}"));
}

/** True for words that look more like a value than like a part of a route: digits, escapes, many dashes, all capitals, random letters. */
export function looksLikeValue(word: string): boolean {
  if (/\d{2}|[%+=,]|(?:-[^-]+){3}|^[A-Z]+$|^[A-Z][A-Z\d]*(?:[._:-][A-Z\d]+)+$|^.{28,}$/.test(word)) return true;
  return (NUMBERED.test(word) && !/(?:^|[._-])v\d+$/i.test(word)) || takesTurns(word);
}

/** True for a token whose letters take turns as random ones do: `cus_MuGzKmQeoQagg`; a name's hardly ever do so. */
export function isOfMixedCase(word: string): boolean {
  return takesTurns(word) && haveShortRuns(word.match(/[a-z]+/g) ?? []);
}

function takesTurns(word: string): boolean {
  const letters = /^(?:[a-z]{2,8}[_-])?([A-Za-z\d]{10,})$/.exec(word)?.[1];
  return letters !== undefined && countCaseTurns(letters) > letters.length * 0.3;
}

function haveShortRuns(small: readonly string[]): boolean {
  return small.length >= 3 && small.join("").length < small.length * MOST_TOGETHER;
}

/** How often small and capital letters take turns: half of the time in random ones, seldom in camelCase. */
function countCaseTurns(letters: string): number {
  let turns = 0;
  for (let index = 1; index < letters.length; index += 1) {
    if (isCapital(letters, index) !== isCapital(letters, index - 1)) turns += 1;
  }
  return turns;
}

function isCapital(letters: string, index: number): boolean {
  return letters.charCodeAt(index) < 97;
}

/** `users`, `orders`, `keys`; not `status`, `access`, `basis`. */
const PLURAL = /[a-z]{2,}[^sui]s$/i;

/** True for the name of a collection. */
export function isPlural(key: string | undefined): boolean {
  return key !== undefined && PLURAL.test(key);
}
