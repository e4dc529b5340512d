const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Writes `bytes[start]` to `bytes[end - 1]` as base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at += 3) {
    const group = (bytes[at]! << 16) | ((at + 1 < end ? bytes[at + 1]! : 0) << 8) | (at + 2 < end ? bytes[at + 2]! : 0);
    text += ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]!;
    text += at + 1 < end ? ALPHABET[(group >> 6) & 63]! : "=";
    text += at + 2 < end ? ALPHABET[group & 63]! : "=";
  }
  return text;
}
