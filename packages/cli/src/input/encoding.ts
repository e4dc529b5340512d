/** Detects the encoding of a file of lines by its first bytes: gzip and zstd by their magic numbers; UTF-16, which PowerShell's `>` writes, by its byte order mark or its zeros. */
import { type Duplex, Transform } from "node:stream";

/** `none` means bytes of UTF-8, which is what the parsers take. */
export type Encoding = "none" | "gzip" | "zstd" | "utf-16le" | "utf-16be";

/** How many bytes `nameEncoding` needs; fewer only if the file is shorter. */
export const HEAD_BYTES = 8;

/** The encoding of data that begins with `head`. UTF-16 without a byte order mark is recognised by four ASCII characters at its start. */
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

/** Creates a stream that decodes to UTF-8 bytes. A byte order mark is dropped; half a character at the end becomes U+FFFD. */
export function createDecoder(encoding: Exclude<Encoding, "none">): Duplex {
  if (encoding === "gzip" || encoding === "zstd") {
    // Loaded only here: loading takes some milliseconds, and most files are plain.
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
