import { isNamedVersion } from "./ip-address.ts";
import type { Pass } from "./pass.ts";
import { replaceDigits, replaceString } from "./scalar.ts";
import type { KeyKind } from "./sensitive-key.ts";

/** One open object or array. */
type Frame = {
  readonly isObject: boolean;
  /** The kind that a secret name above gives to everything inside. */
  readonly kind: KeyKind | undefined;
  /** The name under which this object or array itself stands. */
  readonly name: string | undefined;
  key: string | undefined;
  isKeyNext: boolean;
  /** What `name`, `key` or `header` said in this object: the name of its `value`, as HAR and many clients write headers. */
  label: string | undefined;
};

/** Names whose value names the `value` beside it; capital letters are how clouds write their tags. */
export const LABELS: ReadonlySet<string> = new Set(["name", "key", "header", "Name", "Key"]);

type Walk = {
  readonly text: string;
  readonly pass: Pass;
  readonly inner: (text: string) => string;
  readonly stack: Frame[];
  output: string;
};

/** What opens more often than this is no JSON of any program. */
const MOST_OPEN = 512;

/** Index behind the closing quote of the string that opens at `start`, or -1 when it never closes. */
function findStringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at + 1;
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

/** Redacts what stands between the quotes; text in which nothing was found stays as it was written, escapes and all. */
function redactString(walk: Walk, raw: string, kind: KeyKind | undefined): string {
  const plain = unescape(raw);
  if (kind === undefined && isNamedVersion(walk.stack.at(-1)?.key, plain)) return raw;
  const redacted = kind === undefined ? walk.inner(plain) : replaceString(kind, plain, walk.pass);
  return redacted === plain ? raw : JSON.stringify(redacted).slice(1, -1);
}

function findKind(walk: Walk, frame: Frame | undefined): KeyKind | undefined {
  if (frame?.kind !== undefined) return frame.kind;
  if (frame === undefined) return undefined;
  const key = frame.isObject ? frame.key : frame.name;
  if ((key === "value" || key === "Value") && frame.label !== undefined)
    return walk.pass.classify(frame.label).kind ?? walk.pass.classify("value", frame.name).kind;
  return key === undefined ? undefined : walk.pass.classify(key, frame.isObject ? frame.name : undefined).kind;
}

function open(walk: Walk, isObject: boolean): void {
  const parent = walk.stack.at(-1);
  const name = parent?.isObject === true ? parent.key : parent?.name;
  walk.stack.push({ isObject, kind: findKind(walk, parent), name, key: undefined, isKeyNext: isObject, label: undefined });
}

/** Reads a string; returns where to go on, or -1 when the text ended inside it. */
function readString(walk: Walk, start: number): number {
  const end = findStringEnd(walk.text, start);
  const frame = walk.stack.at(-1);
  const raw = walk.text.slice(start + 1, end < 0 ? undefined : end - 1);
  if (frame?.isKeyNext === true) {
    frame.key = unescape(raw);
    frame.isKeyNext = false;
    walk.output += `"${redactString(walk, raw, undefined)}`;
  } else {
    if (frame?.key !== undefined && LABELS.has(frame.key)) frame.label = unescape(raw);
    // An escape that the end of the text cut in two would make the last piece unreadable.
    walk.output += `"${redactString(walk, end < 0 ? raw.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, "") : raw, findKind(walk, frame))}`;
  }
  if (end >= 0) walk.output += '"';
  return end;
}

/** Reads a number or a literal; returns its end. */
function readBare(walk: Walk, start: number): number {
  let end = start + 1;
  while (end < walk.text.length && /[\w.+-]/.test(walk.text.charAt(end))) end += 1;
  const raw = walk.text.slice(start, end);
  const kind = findKind(walk, walk.stack.at(-1));
  if (!/^-?\d/.test(raw)) walk.output += raw;
  else if (kind !== undefined) walk.output += replaceDigits(kind, raw, walk.pass);
  else walk.output += raw.length < 9 ? raw : walk.inner(raw);
  return end;
}

/** Takes one step at `at`; returns where to go on, or -1 when what stands there is no JSON. */
function step(walk: Walk, at: number): number {
  const code = walk.text.charCodeAt(at);
  const frame = walk.stack.at(-1);
  switch (code) {
    case 0x7b:
    case 0x5b:
      if (walk.stack.length >= MOST_OPEN) return -1;
      open(walk, code === 0x7b);
      break;
    case 0x7d:
    case 0x5d:
      walk.stack.pop();
      break;
    case 0x2c:
      if (frame?.isObject === true) frame.isKeyNext = true;
      break;
    case 0x3a:
    case 0x20:
    case 0x09:
    case 0x0a:
    case 0x0d:
      break;
    default:
      return /[-\dtfnTFN]/.test(walk.text.charAt(at)) && frame?.isKeyNext !== true ? readBare(walk, at) : -1;
  }
  walk.output += walk.text.charAt(at);
  return at + 1;
}

/**
 * Redacts JSON as text: what is not secret stays byte for byte, so that duplicate names, numbers beyond a double and odd spacing, each
 * of which has been the cause of a failure, are still there in the proof. Text that breaks off is read to its end; from where it stops
 * being JSON the rest goes to `inner`, which reads free text.
 */
export function redactJson(text: string, pass: Pass, inner: (text: string) => string): string {
  const walk: Walk = { text, pass, inner, stack: [], output: "" };
  let at = 0;
  while (at < text.length) {
    if (text.charCodeAt(at) === 0x22 && (walk.stack.length > 0 || at === 0)) {
      const next = readString(walk, at);
      if (next < 0) return walk.output;
      at = next;
    } else {
      const next = walk.stack.length === 0 && !/[\s[{]/.test(text.charAt(at)) ? -1 : step(walk, at);
      if (next < 0) return walk.output + inner(text.slice(at));
      at = next;
    }
  }
  return walk.output;
}
