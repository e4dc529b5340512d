import { Readable } from "node:stream";
import {
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  type ZlibOptions,
  type ZstdOptions,
  zstdDecompressSync,
} from "node:zlib";
import type { ByteShare } from "./byte-budget.ts";
import { type Refusal, refuseForNow, refuseMalformed, refuseTooLarge } from "./refusal.ts";
import type { Coding } from "./request-kind.ts";

/** Decompressed bytes, or why there are none. */
export type InflateOutcome = { readonly kind: "body"; readonly bytes: Uint8Array } | Refusal;

type CompressedCoding = Exclude<Coding, "identity">;
type Options = { readonly coding: CompressedCoding; readonly maxBytes: number; readonly share: ByteShare };

/** Up to this many bytes are decompressed at once on the main thread: about 2 ms, a third of what a round trip to another thread would cost. */
const MAX_SYNC_BYTES = 1 << 20;
const MIN_CHUNK_BYTES = 16 << 10;
const STREAM_CHUNK_BYTES = 256 << 10;

/**
 * Decompresses a body that may be a bomb. Small results are produced at once. A result that grows past a megabyte is started again as a stream, off
 * the main thread, and stopped at the limit: no more than `maxBytes` plus one chunk ever exist.
 */
export async function inflate(compressed: Uint8Array, options: Options): Promise<InflateOutcome> {
  const { coding, maxBytes, share } = options;
  const claimedBytes = coding === "gzip" ? readClaimedSize(compressed) : undefined;
  if (claimedBytes !== undefined && claimedBytes > maxBytes) return refuseTooLarge(maxBytes);
  if ((claimedBytes ?? 0) <= MAX_SYNC_BYTES && compressed.length <= MAX_SYNC_BYTES) {
    const quick = inflateSmall(compressed, { coding, maxBytes: Math.min(maxBytes, MAX_SYNC_BYTES), claimedBytes });
    if (quick.kind === "malformed") return refuseMalformed(`The body is no valid ${coding}: ${quick.because}.`);
    if (quick.kind === "body") return share.take(quick.bytes.length) ? quick : refuseForMemory();
    if (maxBytes <= MAX_SYNC_BYTES) return refuseTooLarge(maxBytes);
  }
  return inflateStream(compressed, options);
}

type Quick =
  | { readonly kind: "body"; readonly bytes: Uint8Array }
  | { readonly kind: "larger" }
  | { readonly kind: "malformed"; readonly because: string };

type SmallOptions = { readonly coding: CompressedCoding; readonly maxBytes: number; readonly claimedBytes: number | undefined };

function inflateSmall(compressed: Uint8Array, { coding, maxBytes, claimedBytes }: SmallOptions): Quick {
  // One chunk that fits exactly saves joining many: gzip says how long its content is.
  const chunkSize = Math.min(maxBytes, Math.max(MIN_CHUNK_BYTES, (claimedBytes ?? compressed.length * 8) + 1));
  try {
    return { kind: "body", bytes: inflateNow(compressed, coding, { maxOutputLength: maxBytes, chunkSize: Math.max(64, chunkSize) }) };
  } catch (error) {
    if (readCode(error) === "ERR_BUFFER_TOO_LARGE") return { kind: "larger" };
    return { kind: "malformed", because: readMessage(error) };
  }
}

function inflateNow(compressed: Uint8Array, coding: CompressedCoding, options: ZlibOptions & ZstdOptions): Uint8Array {
  if (coding === "gzip") return gunzipSync(compressed, options);
  return coding === "deflate" ? inflateSync(compressed, options) : zstdDecompressSync(compressed, options);
}

async function inflateStream(compressed: Uint8Array, { coding, maxBytes, share }: Options): Promise<InflateOutcome> {
  const stream = createStream(coding);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    Readable.from([compressed]).pipe(stream);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) return refuseTooLarge(maxBytes);
      if (!share.take(chunk.length)) return refuseForMemory();
      chunks.push(chunk);
    }
    return { kind: "body", bytes: Buffer.concat(chunks, sizeBytes) };
  } catch (error) {
    return refuseMalformed(`The body is no valid ${coding}: ${readMessage(error)}.`);
  } finally {
    stream.destroy();
  }
}

function createStream(coding: CompressedCoding): ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress> {
  const options = { chunkSize: STREAM_CHUNK_BYTES };
  if (coding === "gzip") return createGunzip(options);
  return coding === "deflate" ? createInflate(options) : createZstdDecompress(options);
}

/** The length of the content, modulo 2^32, as the last four bytes of a gzip member say (RFC 1952 section 2.3.1). It may lie. */
function readClaimedSize(compressed: Uint8Array): number {
  const { length } = compressed;
  if (length < 18 || compressed[0] !== 0x1f || compressed[1] !== 0x8b) return 0;
  return new DataView(compressed.buffer, compressed.byteOffset, length).getUint32(length - 4, true);
}

function refuseForMemory(): Refusal {
  return refuseForNow("The server holds as much unwritten data as it may.", 1_000);
}

function readCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function readMessage(error: unknown): string {
  return error instanceof Error ? error.message : "unreadable";
}
