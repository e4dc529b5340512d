import { replaceDigits, replaceString } from "../scalar.ts";
import { readCodes } from "../codes.ts";
import { ALNUM, BACKSLASH, CLASSES, classAt, DIGIT, isPlainWord, SPACE, UNDERSCORE } from "../character.ts";
import { readUnderName } from "../named-text.ts";
import type { Pass } from "../pass.ts";
import {
  BLANK,
  DONE,
  isLabel,
  isSaidOf,
  isSaidOfField,
  isSentence,
  isTokenLike,
  isVersion,
  isWording,
  isNoNumber,
  LONG_KINDS,
  NO_VALUE,
} from "../credible.ts";
import { isNameOf, type KeyKind } from "../names/sensitive-key.ts";
import { FILE_NAME } from "../names/name-table.ts";
import { isNamedVersion } from "../forms/ip-address.ts";
import { ASSIGNMENT_COST, MOST_OVERDRAWN } from "../work.ts";

/** One open object or array. */
type Frame = {
  readonly isObject: boolean;
  /** The kind that a secret name above gives to everything inside. */
  readonly kind: KeyKind | undefined;
  /** The name under which this object or array itself stands. */
  readonly name: string | undefined;
  /** The frame around this one. */
  readonly above: Frame | undefined;
  readonly depth: number;
  key: string | undefined;
  /** What the key says of its value. */
  keyKind: KeyKind | undefined;
  isKeyNext: boolean;
  /** What `name`, `key` or `header` said in this object: the name of its `value`, as HAR and many clients write headers. */
  label: string | undefined;
};

/**
 * Names whose value names the `value` beside it, as do clouds in their tags, HAR and what validators write of what they refuse. Pydantic
 * writes a path, of which the last name counts.
 */
const LABELS = /^(?:(?:parameter|property)?(?:name|key|path)|field|property|header|loc|type)$/i;

/** Keys of the value beside such a name. */
const VALUE = /^(?:\w*value|val|input|received)$/i;

/** Such a name after the value, as validators write it: `{"value": "x9", "path": "password"}`. */
const LABEL_BEHIND = /^[^{}]*?"(?:name|key|path|field|property|param)": ?"([\w.]+)"/;

/** Objects with a text about each field. In one called `message` or `error` the text is as often the value that was sent. */
const ABOUT_KEYS = /^(?:errors|messages|labels)$/i;

/** The private parts of a JSON Web Key, which have names of one or two letters (RFC 7518, 6.2.2, 6.3.2, 6.4.1). */
const JWK_PART = /^(?:[dpqk]|d[pq]|qi) [\w-]{40,}$/;

/** What is needed to redact the texts in a structure. */
type Reading = { readonly pass: Pass; readonly inner: (text: string) => string };

type Walk = Reading & {
  readonly text: string;
  readonly codes: Uint16Array;
  frame: Frame | undefined;
  /** Where the last key begins, with its quote. */
  keyAt: number;
  /** What is written of the text before `copied`; whatever is not replaced is copied in one piece. */
  output: string;
  copied: number;
};

/** The most objects and arrays open at once; no program writes JSON nested deeper. */
const MOST_OPEN = 512;
const QUOTE = 0x22;

/** Index behind the closing quote of the string that opens at `start`, or -1 when it never closes. */
function findStringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if (((at - before) & 1) === 0) return at + 1;
  }
  return -1;
}

function unescape(raw: string): string {
  if (!raw.includes("\\")) return raw;
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw;
  }
}

function replaceRange(walk: Walk, [start, end]: readonly [number, number], replacement: string): void {
  walk.output += walk.text.slice(walk.copied, start) + replacement;
  walk.copied = end;
}

/** True for text that describes a secret in the place where the secret itself could stand: `session: "active"`, `auth: { role: "admin" }`. */
function isSaid({ pass, frame }: Walk, kind: KeyKind, plain: string): boolean {
  pass.work.left -= ASSIGNMENT_COST;
  const { isObject, name = "", above, key = name, label = key } = frame ?? {};
  const about = (isObject === true ? name : above?.name) ?? "";
  // Inside an object with a secret name, a neutral key most often describes the secret.
  const isBelow = isObject === true && frame?.kind !== undefined && frame.keyKind === undefined;
  return (
    isLabel(plain, [key, kind], pass.classify) ||
    (LONG_KINDS.test(kind) && (isBelow ? /^[a-z.]{1,12}$/.test(plain) : isSaidOf(plain) || DONE.test(plain))) ||
    isSaidOf(plain, NO_VALUE) ||
    isNoNumber(plain, kind, label) ||
    isVersion(plain, /ependencies/.test(about) ? "secret" : kind) ||
    // In a structure a word, or several, may be what somebody chose.
    (isWording(plain, kind) && /^ |[^\w ]| $/.test(plain)) ||
    // A password that begins with a letter may be a phrase: `enter the dragon`.
    (BLANK.test(plain) && (kind !== "password" || /^\W/.test(plain))) ||
    // A reference to an entry of a secret store: `"secret": {"name": "shop-db", "key": "password"}`.
    (frame?.key === "key" && isNameOf(plain, "")) ||
    isSaidOfField(plain) ||
    (isSentence(plain) && (isObject !== true || ABOUT_KEYS.test(about))) ||
    // A command is read as the text it is.
    (about === "scripts" && /^[a-z]+ --?[a-z]|^(?:node|tsx|npm) /.test(plain))
  );
}

/** Redacts the text between the quotes. If nothing was found, it stays as written, including its escapes. */
function redactString(walk: Walk, raw: string, { name, kind }: { name?: string | undefined; kind?: KeyKind | undefined }): string {
  const plain = unescape(raw);
  if (kind === undefined && isNamedVersion(name, plain)) return raw;
  const known = kind === undefined ? plain.length > 39 && JWK_PART.test(`${name} ${plain}`) && "key" : !isSaid(walk, kind, plain) && kind;
  const redacted = known ? replaceString(known, plain, walk.pass) : readUnderName(name, plain, walk.inner);
  return redacted === plain ? raw : JSON.stringify(redacted).slice(1, -1);
}

/** The kind of a value by its key, by what `name` said beside it, or by the names above. */
function findKind({ pass }: Walk, frame: Frame | undefined): KeyKind | undefined {
  if (frame?.isObject !== true || frame.key === undefined) return frame?.kind;
  // `auth: { type, provider }`: what only describes a secret is none.
  if (frame.kind !== undefined)
    return frame.kind === "card" || pass.classify(`secret_${frame.key}`).kind ? (frame.keyKind ?? frame.kind) : undefined;
  if (frame.label !== undefined && VALUE.test(frame.key) && !FILE_NAME.test(frame.label))
    return pass.classify(frame.label).kind ?? pass.classify("value", frame.name).kind;
  return frame.keyKind;
}

/** Opens an object or an array; false when too many are open. */
function open(walk: Walk, isObject: boolean): boolean {
  const above = walk.frame;
  const depth = above === undefined ? 1 : above.depth + 1;
  const name = above?.isObject === true ? above.key : above?.name;
  // A validator that misses a field shows all that was sent.
  const kind = isObject && above?.key === "input" ? above.kind : findKind(walk, above);
  walk.frame = {
    isObject,
    kind,
    name,
    above,
    depth,
    key: undefined,
    keyKind: undefined,
    isKeyNext: isObject,
    label: undefined,
  };
  return depth <= MOST_OPEN;
}

/** Takes the key between two indexes; the table of names knows what has been met, and a name that depends on the one above is rare. */
function takeKey(walk: Walk, frame: Frame, [start, end]: readonly [number, number]): void {
  const raw = walk.text.slice(start, end);
  frame.isKeyNext = false;
  walk.keyAt = start - 1;
  frame.key = unescape(raw);
  const known = frame.key === raw ? walk.pass.names(walk, start, end) : undefined;
  frame.keyKind = known?.kind ?? (known?.isDependent === false ? undefined : walk.pass.classify(frame.key, frame.name).kind);
}

/** Reads a string; returns where to continue, or -1 if the text ends inside it. */
function readString(walk: Walk, start: number): number {
  const { frame, text, codes } = walk;
  const from = start + 1;
  let at = from;
  let bits = 0;
  for (; ; at++) {
    const code = codes[at] ?? 0;
    const kind = CLASSES[code] ?? 0;
    if ((kind & (ALNUM | UNDERSCORE)) === 0 && code !== 0x2e && code !== 0x2d) break;
    bits |= kind;
  }
  const isPlain = codes[at] === QUOTE && isPlainWord(at - from, bits);
  const end = isPlain ? at + 1 : findStringEnd(text, start);
  const to = end < 0 ? text.length : end - 1;
  const isKey = frame?.isKeyNext === true;
  if (isKey) takeKey(walk, frame, [from, to]);
  if (!isKey && frame?.key === "value") frame.label ??= LABEL_BEHIND.exec(text.slice(to + 1, to + 320))?.[1];
  const kind = isKey ? undefined : findKind(walk, frame);
  const labelled = frame?.isObject === true ? frame : frame?.above;
  // Of a `type` only a password's: of a token it says what the parser made of it.
  if (!isKey && labelled?.key !== undefined && LABELS.test(labelled.key) && (labelled.key !== "type" || text.startsWith('password"', from)))
    labelled.label = unescape(text.slice(from, to));
  const beside = frame?.isObject === false && kind === undefined ? frame.keyKind : undefined;
  // `["password", "x9"]`: a pair, or headers in one list, as Node and fetch give them.
  if (frame?.isObject === false) frame.keyKind = walk.pass.names(walk, from, to).kind;
  if (isPlain && kind === undefined && beside === undefined) return end;
  const raw = text.slice(from, to);
  // An escape that the end of the text cut in two would make the last piece unreadable.
  const whole = end < 0 ? raw.replace(/\\(?:u[\dA-Fa-f]{0,3})?$/, "") : raw;
  const isPair =
    beside !== undefined &&
    frame?.keyKind === undefined &&
    // Columns and files are listed beside such a name: `["password", "address_line_1"]`.
    !/^[a-z\d]+[_/]/.test(whole) &&
    isTokenLike(whole.replace(/[!|@#$%^*]/g, "."), beside === "password" ? 8 : 12);
  const redacted = redactString(walk, whole, isKey ? {} : { name: frame?.key ?? frame?.name, kind: isPair ? beside : kind });
  if (redacted !== raw) replaceRange(walk, [from, to], redacted);
  return end;
}

/** Reads a number or a literal; returns its end. */
function readBare(walk: Walk, start: number): number {
  const { text, codes, pass } = walk;
  let end = start + 1;
  for (; ; end++) {
    const code = codes[end] ?? 0;
    if (((CLASSES[code] ?? 0) & (ALNUM | UNDERSCORE)) === 0 && code !== 0x2e && code !== 0x2b && code !== 0x2d) break;
  }
  const first = codes[start] === 0x2d ? start + 1 : start;
  if ((classAt(codes, first) & DIGIT) === 0) return end;
  const kind = findKind(walk, walk.frame);
  if (end - start < (kind === undefined || LONG_KINDS.test(kind) ? 9 : 3)) return end;
  const raw = text.slice(start, end);
  const redacted =
    kind === undefined ? readUnderName(walk.frame?.key ?? walk.frame?.name, raw, walk.inner) : replaceDigits(kind, raw, pass);
  // A replacement that is not a number is written as a string.
  if (redacted !== raw) replaceRange(walk, [start, end], /^-?[\d.]+$/.test(redacted) ? redacted : JSON.stringify(redacted));
  return end;
}

/** Takes one step at `at`; returns where to continue, or -1 if that is not JSON. */
function step(walk: Walk, at: number): number {
  const { frame, codes } = walk;
  const code = codes[at];
  if (code === 0x7b || code === 0x5b) return open(walk, code === 0x7b) ? at + 1 : -1;
  if (code === 0x7d || code === 0x5d) walk.frame = frame?.above;
  else if (code === 0x2c) {
    if (frame?.isObject === true) frame.isKeyNext = true;
  } else if (code !== 0x3a && (classAt(codes, at) & SPACE) === 0)
    return "-0123456789tfnTFN".includes(walk.text.charAt(at)) && frame?.isKeyNext !== true ? readBare(walk, at) : -1;
  return at + 1;
}

/**
 * Redacts JSON as text: what is not secret stays byte for byte, so that duplicate names, numbers beyond a double and odd spacing, each
 * of which has been the cause of a failure, are still there in the proof. Text that breaks off is read to its end; from where it stops
 * being JSON the rest goes to `inner`, which reads free text.
 */
export function redactJson(text: string, depth: number, { pass, inner }: Reading): string {
  const codes = readCodes(text, depth);
  const walk: Walk = { text, codes, pass, inner, frame: undefined, keyAt: 0, output: "", copied: 0 };
  let at = 0;
  while (at >= 0 && at < text.length) {
    const code = codes[at];
    if (code === QUOTE && (walk.frame !== undefined || at === 0)) at = readString(walk, at);
    else {
      const isOver = pass.work.left < MOST_OVERDRAWN || (walk.frame === undefined && !/[\s[{]/.test(text.charAt(at)));
      const next = isOver ? -1 : step(walk, at);
      if (next < 0) {
        // `{"password"=>"x9"}` is Ruby's: the name belongs to what is read on.
        const from = code === 0x3d ? Math.max(walk.copied, walk.keyAt) : at;
        return walk.output + text.slice(walk.copied, from) + inner(text.slice(from));
      }
      at = next;
    }
  }
  return walk.copied === 0 ? text : walk.output + text.slice(walk.copied);
}
