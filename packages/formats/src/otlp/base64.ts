import { utf8Decoder, utf8Encoder } from "./text-coding.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const CODES = utf8Encoder.encode(ALPHABET);
const PADDING = 61;

/** Writes `bytes[start]` to `bytes[end - 1]` as base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array, start: number, end: number): string {
  // Built letter by letter, the text would be kept as a tree by the engine.
  const codes = new Uint8Array(Math.ceil((end - start) / 3) * 4);
  for (let at = start, to = 0; at < end; at += 3, to += 4) {
    const group = (bytes[at]! << 16) | ((at + 1 < end ? bytes[at + 1]! : 0) << 8) | (at + 2 < end ? bytes[at + 2]! : 0);
    codes[to] = CODES[group >> 18]!;
    codes[to + 1] = CODES[(group >> 12) & 63]!;
    codes[to + 2] = at + 1 < end ? CODES[(group >> 6) & 63]! : PADDING;
    codes[to + 3] = at + 2 < end ? CODES[group & 63]! : PADDING;
  }
  return utf8Decoder.decode(codes);
}

/** Reads base64 (RFC 4648 section 4, padding optional); undefined if the text is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replaceAll(/\s+/g, "").replace(/={1,2}$/, "");
  if (digits.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(digits)) return undefined;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  for (let at = 0, to = 0; at < digits.length; at += 4) {
    const group = [0, 1, 2, 3].reduce((sum, offset) => (sum << 6) | Math.max(0, ALPHABET.indexOf(digits[at + offset] ?? "A")), 0);
    for (const shift of [16, 8, 0]) if (to < bytes.length) bytes[to++] = (group >> shift) & 255;
  }
  return bytes;
}
