/** In which encoding a file of lines comes, told by its first bytes: gzip and zstd by their marks, UTF-16, which PowerShell's `>` writes, by its own or by its zeros. */
import { type Duplex, Transform } from "node:stream";

/** `none` is what the parsers take: bytes of UTF-8. */
export type Encoding = "none" | "gzip" | "zstd" | "utf-16le" | "utf-16be";

/** Bytes that `nameEncoding` wants to see; fewer are enough where there are no more. */
export const HEAD_BYTES = 8;

/** The encoding of what begins with `head`. UTF-16 without a byte order mark is known by four ASCII characters at its start. */
export function nameEncoding(head: Uint8Array): Encoding {
  if (startsWith(head, [0x1f, 0x8b])) return "gzip";
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return "zstd";
  if (startsWith(head, [0xff, 0xfe])) return "utf-16le";
  if (startsWith(head, [0xfe, 0xff])) return "utf-16be";
  if (head.length < HEAD_BYTES) return "none";
  const isZero = (at: number) => head[at] === 0;
  const even = [0, 2, 4, 6];
  const odd = [1, 3, 5, 7];
  if (odd.every(isZero) && !even.some(isZero)) return "utf-16le";
  return even.every(isZero) && !odd.some(isZero) ? "utf-16be" : "none";
}

/** Turns what is in an encoding into bytes of UTF-8. A byte order mark is left out; half a character at the end becomes U+FFFD. */
export function createDecoder(encoding: Exclude<Encoding, "none">): Duplex {
  if (encoding === "gzip" || encoding === "zstd") {
    // Loaded here: it takes some ms, and most files are plain.
    const zlib = process.getBuiltinModule("node:zlib");
    return encoding === "gzip" ? zlib.createGunzip() : zlib.createZstdDecompress();
  }
  const decoder = new TextDecoder(encoding);
  return new Transform({
    transform: (chunk: Uint8Array, _, done) => done(null, decoder.decode(chunk, { stream: true })),
    flush: (done) => done(null, decoder.decode()),
  });
}

function startsWith(head: Uint8Array, mark: readonly number[]): boolean {
  return head.length >= mark.length && mark.every((byte, at) => head[at] === byte);
}
