import { ALNUM, classOf, DIGIT, UNDERSCORE } from "../character.ts";
import { isNamedVersion } from "../forms/ip-address.ts";
import { readUnderName } from "../named-text.ts";
import type { Pass } from "../pass.ts";
import { replaceDigits, replaceString } from "../scalar.ts";
import { DEPENDENT, type KeyKind } from "../names/sensitive-key.ts";

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
  isKeyNext: boolean;
  /** What `name`, `key` or `header` said in this object: the name of its `value`, as HAR and many clients write headers. */
  label: string | undefined;
};

/** Names whose value names the `value` beside it; capital letters are how clouds write their tags. */
const LABELS: ReadonlySet<string> = new Set(["name", "key", "header", "Name", "Key"]);

type Walk = {
  readonly text: string;
  readonly pass: Pass;
  readonly inner: (text: string) => string;
  frame: Frame | undefined;
  /** What is written of the text before `copied`; whatever is not replaced is copied in one piece. */
  output: string;
  copied: number;
};

/** What opens more often than this is no JSON of any program. */
const MOST_OPEN = 512;
const BACKSLASH = 0x5c;
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

/** Redacts what stands between the quotes; text in which nothing was found stays as it was written, escapes and all. */
function redactString(walk: Walk, raw: string, { name, kind }: { name?: string | undefined; kind?: KeyKind | undefined }): string {
  const plain = unescape(raw);
  if (kind === undefined && isNamedVersion(name, plain)) return raw;
  const redacted = kind === undefined ? readUnderName(name, plain, walk.inner) : replaceString(kind, plain, walk.pass);
  return redacted === plain ? raw : JSON.stringify(redacted).slice(1, -1);
}

function findKind({ pass }: Walk, frame: Frame | undefined): KeyKind | undefined {
  if (frame?.kind !== undefined) return frame.kind;
  const key = frame?.isObject === true ? frame.key : frame?.name;
  if (frame === undefined || key === undefined) return undefined;
  if ((key === "value" || key === "Value") && frame.label !== undefined)
    return pass.classify(frame.label).kind ?? pass.classify("value", frame.name).kind;
  // The table of names knows what has been met, without a copy; a name that depends on the one above is rare.
  const known = pass.names(key, 0, key.length);
  return (
    known.kind ??
    (known.chain !== "" && frame.isObject && DEPENDENT.has(key.toLowerCase()) ? pass.classify(key, frame.name).kind : undefined)
  );
}

/** Opens an object or an array; false when too many are open. */
function open(walk: Walk, isObject: boolean): boolean {
  const above = walk.frame;
  const depth = above === undefined ? 1 : above.depth + 1;
  const name = above?.isObject === true ? above.key : above?.name;
  walk.frame = { isObject, kind: findKind(walk, above), name, above, depth, key: undefined, isKeyNext: isObject, label: undefined };
  return depth <= MOST_OPEN;
}

/** Reads a string; returns where to go on, or -1 when the text ended inside it. */
function readString(walk: Walk, start: number): number {
  const { frame, text } = walk;
  const end = findStringEnd(text, start);
  const raw = text.slice(start + 1, end < 0 ? text.length : end - 1);
  let redacted: string;
  if (frame?.isKeyNext === true) {
    frame.key = unescape(raw);
    frame.isKeyNext = false;
    redacted = redactString(walk, raw, {});
  } else {
    if (frame?.key !== undefined && LABELS.has(frame.key)) frame.label = unescape(raw);
    // An escape that the end of the text cut in two would make the last piece unreadable.
    redacted = redactString(walk, end < 0 ? raw.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, "") : raw, {
      name: frame?.key ?? frame?.name,
      kind: findKind(walk, frame),
    });
  }
  if (redacted !== raw) replaceRange(walk, [start + 1, start + 1 + raw.length], redacted);
  return end;
}

/** Reads a number or a literal; returns its end. */
function readBare(walk: Walk, start: number): number {
  const { text, pass } = walk;
  let end = start + 1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if ((classOf(code) & (ALNUM | UNDERSCORE)) === 0 && code !== 0x2e && code !== 0x2b && code !== 0x2d) break;
  }
  const first = text.charCodeAt(start) === 0x2d ? start + 1 : start;
  if ((classOf(text.charCodeAt(first)) & DIGIT) === 0) return end;
  const kind = findKind(walk, walk.frame);
  if (kind === undefined && end - start < 9) return end;
  const raw = text.slice(start, end);
  const redacted =
    kind === undefined ? readUnderName(walk.frame?.key ?? walk.frame?.name, raw, walk.inner) : replaceDigits(kind, raw, pass);
  // What is no number any more is a text.
  if (redacted !== raw) replaceRange(walk, [start, end], /^-?[\d.]+$/.test(redacted) ? redacted : JSON.stringify(redacted));
  return end;
}

/** Characters that a number or a literal begins with. */
const BARE_STARTS: ReadonlySet<number> = new Set(Array.from("-0123456789tfnTFN", (each) => each.charCodeAt(0)));

/** Takes one step at `at`; returns where to go on, or -1 when what stands there is no JSON. */
function step(walk: Walk, at: number): number {
  const code = walk.text.charCodeAt(at);
  const { frame } = walk;
  switch (code) {
    case 0x7b:
    case 0x5b:
      return open(walk, code === 0x7b) ? at + 1 : -1;
    case 0x7d:
    case 0x5d:
      walk.frame = frame?.above;
      return at + 1;
    case 0x2c:
      if (frame?.isObject === true) frame.isKeyNext = true;
      return at + 1;
    case 0x3a:
    case 0x20:
    case 0x09:
    case 0x0a:
    case 0x0d:
      return at + 1;
    default:
      return BARE_STARTS.has(code) && frame?.isKeyNext !== true ? readBare(walk, at) : -1;
  }
}

/**
 * Redacts JSON as text: what is not secret stays byte for byte, so that duplicate names, numbers beyond a double and odd spacing, each
 * of which has been the cause of a failure, are still there in the proof. Text that breaks off is read to its end; from where it stops
 * being JSON the rest goes to `inner`, which reads free text.
 */
export function redactJson(text: string, pass: Pass, inner: (text: string) => string): string {
  const walk: Walk = { text, pass, inner, frame: undefined, output: "", copied: 0 };
  let at = 0;
  while (at >= 0 && at < text.length) {
    const isString = text.charCodeAt(at) === QUOTE && (walk.frame !== undefined || at === 0);
    if (isString) at = readString(walk, at);
    else {
      const next = walk.frame === undefined && !/[\s[{]/.test(text.charAt(at)) ? -1 : step(walk, at);
      if (next < 0) return walk.output + text.slice(walk.copied, at) + inner(text.slice(at));
      at = next;
    }
  }
  return walk.copied === 0 ? text : walk.output + text.slice(walk.copied);
}
