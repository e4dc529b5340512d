import { ALNUM, classOf, DIGIT, HEX_LETTER, UNDERSCORE } from "./character.ts";
import { COST } from "./work.ts";
import type { Finding, Scan, Word } from "./finding.ts";

function isHexPair(text: string, at: number): boolean {
  return (classOf(text.charCodeAt(at)) & (DIGIT | HEX_LETTER)) !== 0 && (classOf(text.charCodeAt(at + 1)) & (DIGIT | HEX_LETTER)) !== 0;
}

const DECODER = new TextDecoder();
const ENCODER = new TextEncoder();

function isPieceCode(code: number): boolean {
  return (
    (classOf(code) & (ALNUM | UNDERSCORE)) !== 0 ||
    code === 0x25 ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x7e ||
    code === 0x2a
  );
}

/** The percent-encoded piece around the `%` at `at`: read decoded, and encoded anew when something in it was replaced. */
export function readPercent(scan: Scan, at: number): Finding | undefined {
  const { text, inner } = scan;
  if (inner === undefined || at < scan.read.percent || !isHexPair(text, at + 1)) return undefined;
  let start = at;
  while (start > scan.taken && at - start < 256 && isPieceCode(text.charCodeAt(start - 1))) start -= 1;
  let end = at;
  while (end < text.length && isPieceCode(text.charCodeAt(end))) end += 1;
  scan.read.percent = end;
  const raw = text.slice(start, end);
  scan.pass.work.left -= COST.decoding + raw.length * COST.decodedCharacter;
  let decoded: string;
  try {
    decoded = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  const redacted = inner(decoded);
  return redacted === decoded ? undefined : { start, end, kind: "encoded", replacement: encodeURIComponent(redacted) };
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < 64; value++) VALUES[ALPHABET.charCodeAt(value)] = value;
VALUES[0x2d] = 62;
VALUES[0x5f] = 63;

/** Decodes base64 of either alphabet to bytes; undefined when a character does not belong. */
function decodeBase64(text: string): Uint8Array | undefined {
  let { length } = text;
  while (length > 0 && text.charCodeAt(length - 1) === 0x3d) length -= 1;
  if (length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let next = 0;
  for (let at = 0; at < length; at++) {
    const value = VALUES[text.charCodeAt(at)] ?? -1;
    if (value < 0) return undefined;
    buffer = ((buffer << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[next++] = (buffer >> bits) & 0xff;
    }
  }
  return bytes;
}

function encodeBase64(bytes: Uint8Array, isUrlSafe: boolean, isPadded: boolean): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const count = Math.min(3, bytes.length - at) + 1;
    for (let digit = 0; digit < count; digit++) text += ALPHABET.charAt((word >> (18 - 6 * digit)) & 63);
    if (isPadded) text += "=".repeat(4 - count);
  }
  return isUrlSafe ? text.replaceAll("+", "-").replaceAll("/", "_") : text;
}

const PRINTABLE = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte < 32 ? byte === 9 || byte === 10 || byte === 13 : byte !== 127),
);

function isPrintable(bytes: Uint8Array, most: number): boolean {
  const end = Math.min(bytes.length, most);
  for (let at = 0; at < end; at++) {
    if (PRINTABLE[bytes[at] ?? 0] !== 1) return false;
  }
  return true;
}

/** UTF-8 as text; undefined for bytes that are none. Short ASCII, the usual case, needs no decoder. */
function decodeText(bytes: Uint8Array): string | undefined {
  let bits = 0;
  for (const byte of bytes) bits |= byte;
  if (bits < 128 && bytes.length <= 1_024) return String.fromCharCode(...bytes);
  const text = DECODER.decode(bytes);
  return text.includes("\ufffd") ? undefined : text;
}

/** True when the first twelve characters are base64 of nine readable ones; most words are passed over after one or two. */
function beginsReadable(text: string, start: number): boolean {
  let buffer = 0;
  for (let at = 0; at < 12; at++) {
    const value = VALUES[text.charCodeAt(start + at)] ?? -1;
    if (value < 0) return false;
    buffer = ((buffer << 6) | value) & 0xffff;
    if ((at & 3) !== 0 && PRINTABLE[(buffer >> (6 - 2 * (at & 3))) & 0xff] !== 1) return false;
  }
  return true;
}

/** True for base64 of readable text. */
export function isReadableBase64(text: string): boolean {
  const bytes = decodeBase64(text);
  return bytes !== undefined && isPrintable(bytes, bytes.length);
}

function findBase64End(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code >= 128 || (VALUES[code] ?? -1) < 0) break;
    at += 1;
  }
  while (at < text.length && text.charCodeAt(at) === 0x3d) at += 1;
  return at;
}

/** Text inside base64, as cookies, cursors and tokens carry it: read decoded, and encoded anew when something was replaced. */
export function readBase64(scan: Scan, { start, end: wordEnd }: Word): Finding | undefined {
  const { text, inner } = scan;
  if (inner === undefined || start < scan.taken || start < scan.read.base64Text) return undefined;
  if (!beginsReadable(text, start)) return undefined;
  const end = Math.max(wordEnd, findBase64End(text, start));
  scan.read.base64Text = end;
  if (end - start < 16) return undefined;
  const raw = text.slice(start, end);
  scan.pass.work.left -= COST.decoding + raw.length * COST.decodedCharacter;
  const bytes = decodeBase64(raw);
  if (bytes === undefined || !isPrintable(bytes, bytes.length)) return undefined;
  const decoded = decodeText(bytes);
  if (decoded === undefined) return undefined;
  const redacted = inner(decoded);
  if (redacted === decoded) return undefined;
  const encoded = encodeBase64(ENCODER.encode(redacted), /[-_]/.test(raw), raw.endsWith("="));
  return { start, end, kind: "encoded", replacement: encoded };
}
