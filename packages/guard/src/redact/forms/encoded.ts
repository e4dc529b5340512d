import { DECODED_CHARACTER_COST, DECODING_COST } from "../work.ts";
import { type Finding, lookAt, type Scan, type Word } from "../finding.ts";
import { ALNUM, classOf, UNDERSCORE } from "../character.ts";

function isPieceCode(code = 0): boolean {
  return (classOf(code) & (ALNUM | UNDERSCORE)) !== 0 || "%+-.~*".includes(String.fromCharCode(code));
}

const PERCENT = /%[\da-f]{2}/iy;

/** Decodes the percent-encoded piece around the `%` at `at`, redacts it, and encodes it again if something was replaced. */
export function readPercent(scan: Scan, at: number): Finding | undefined {
  const { text, codes, inner } = scan;
  if (inner === undefined || at < scan.read.percent || !lookAt(text, at, PERCENT)) return undefined;
  let start = at;
  while (start > scan.taken && at - start < 256 && isPieceCode(codes[start - 1])) start -= 1;
  let end = at;
  while (isPieceCode(codes[end])) end += 1;
  scan.read.percent = end;
  const raw = text.slice(start, end);
  scan.pass.work.left -= DECODING_COST + raw.length * DECODED_CHARACTER_COST;
  let decoded: string;
  try {
    decoded = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  const redacted = inner(decoded);
  return redacted === decoded ? undefined : { start, end, kind: "encoded", replacement: encodeURIComponent(redacted) };
}

/** The characters that XML and HTML escape. `&` is the last to be unescaped and the first to be escaped. */
const ENTITIES = [
  ["<", /&lt;/g],
  [">", /&gt;/g],
  ['"', /&(?:quot|#0?34|#x22);/g],
  ["'", /&(?:apos|#0?39|#x27);/g],
  ["&", /&amp;/g],
] as const;

/** An escaped stretch, up to the first `<` or, where quotes are escaped as well, the first `"`. */
const ESCAPED = /^&(?:amp;)?(?:lt;(?:(?=[^<"]*&(?:quot|#))[^<"]*|[^<]*)|(?:quot|apos|#0?3[49]|#x2[27]);[^<"]*)/;

/** The longest stretch that is unescaped. */
const LONGEST_ESCAPED = 4_096;

/** Unescapes the stretch of XML, HTML or JSON around the `&` at `at`, redacts it, and escapes it again if something was replaced. */
export function readEscaped({ text, codes, inner, read, taken, pass }: Scan, at: number): Finding | undefined {
  // `&lt;`, `&#34;`, `&quot;` have their `;` close by; most `&` only separate parameters.
  if (inner === undefined || at < read.escaped || !text.slice(at + 3, at + 6).includes(";")) return undefined;
  const stretch = ESCAPED.exec(text.slice(at, at + LONGEST_ESCAPED))?.[0];
  if (stretch === undefined) return undefined;
  const end = at + (stretch.length < LONGEST_ESCAPED ? stretch.length : stretch.lastIndexOf("&") || LONGEST_ESCAPED);
  read.escaped = end;
  let start = at;
  while (start > taken && at - start < 64 && (codes[start - 1] === 0x3d || isPieceCode(codes[start - 1]))) start -= 1;
  const raw = text.slice(start, end);
  pass.work.left -= DECODING_COST + raw.length * DECODED_CHARACTER_COST;
  const decoded = ENTITIES.reduce((piece, [sign, form]) => piece.replace(form, sign), raw);
  const redacted = inner(decoded);
  if (redacted === decoded) return undefined;
  const replacement = ENTITIES.reduceRight((piece, [sign, form]) => piece.replaceAll(sign, raw.match(form)?.[0] ?? sign), redacted);
  return { start, end, kind: "encoded", replacement };
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < 66; value++) VALUES[ALPHABET.charCodeAt(value)] = value < 64 ? value : value - 2;

// oxlint-disable-next-line no-control-regex -- control characters are what tells bytes that are no text
const NO_TEXT = /[\0-\b\v\f\x0e-\x1f\x7f\ufffd]/;
const PRINTABLE = Uint8Array.from({ length: 256 }, (_, byte) => Number(!NO_TEXT.test(String.fromCharCode(byte))));

/** The text that base64 of either alphabet encodes; undefined if the bytes are not text. */
export function decodeText(text: string): string | undefined {
  const decoded = Buffer.from(text, "base64").toString();
  return NO_TEXT.test(decoded) ? undefined : decoded;
}

/** True when the first twelve characters are base64 of nine readable bytes; most words are ruled out after one or two. */
function beginsReadable(codes: Uint16Array, start: number): boolean {
  let buffer = 0;
  let before = 0;
  for (let at = 0; at < 12; at++) {
    const value = VALUES[codes[start + at] ?? 0] ?? -1;
    if (value < 0) return false;
    buffer = ((buffer << 6) | value) & 0xffff;
    if ((at & 3) === 0) continue;
    const byte = (buffer >> (6 - 2 * (at & 3))) & 0xff;
    // In UTF-8 a continuation byte follows only a lead byte or another one, and a lead byte must be followed by one.
    if (PRINTABLE[byte] !== 1 || ((byte & 0xc0) === 0x80 ? before < 0x80 : before >= 0xc0)) return false;
    before = byte;
  }
  return true;
}

function findBase64End(codes: Uint16Array, start: number): number {
  let at = start;
  while ((VALUES[codes[at] ?? 0] ?? -1) >= 0) at += 1;
  while (codes[at] === 0x3d) at += 1;
  return at;
}

/** Decodes text in base64, as in cookies, cursors and tokens, redacts it, and encodes it again if something was replaced. */
export function readBase64(scan: Scan, { start, end: wordEnd }: Word): Finding | undefined {
  const { text, inner } = scan;
  if (inner === undefined || start < scan.taken || start < scan.read.base64Text) return undefined;
  if (!beginsReadable(scan.codes, start)) return undefined;
  const end = Math.max(wordEnd, findBase64End(scan.codes, start));
  scan.read.base64Text = end;
  if (end - start < 16) return undefined;
  const raw = text.slice(start, end);
  scan.pass.work.left -= DECODING_COST + raw.length * DECODED_CHARACTER_COST;
  const decoded = decodeText(raw);
  if (decoded === undefined) return undefined;
  const redacted = inner(decoded);
  if (redacted === decoded) return undefined;
  const encoded = Buffer.from(redacted).toString(/[-_]/.test(raw) ? "base64url" : "base64");
  return {
    start,
    end,
    kind: "encoded",
    replacement: raw.endsWith("=") ? encoded : encoded.replace(/=+$/, ""),
  };
}
