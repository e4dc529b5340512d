/**
 * Large plain files are counted in segments of a fixed size, each by itself, and the counts are added in file order. So a report does not
 * depend on the number of threads.
 */
import { closeSync, readSync } from "../input/node-fs.ts";
import { findSize, isPlainFile, openFile } from "./source.ts";

/** How a file is cut. `leadBytes` is at most `segmentBytes`. */
export type Cut = {
  readonly segmentBytes: number;
  /** How far before its start a segment reads, to know what its first lines continue: pieces of a line, requests that are still open. */
  readonly leadBytes: number;
};

/** The lines of a file that start in [fromBytes, toBytes). */
export type Segment = {
  readonly name: string;
  readonly fromBytes: number;
  /** Infinite for the last segment, because a file may grow while it is read. */
  readonly toBytes: number;
};

/** A segment of 128 MiB takes at least a second to count, thousands of times as long as its lead. */
export const DEFAULT_CUT: Cut = { segmentBytes: 128 << 20, leadBytes: 1 << 20 };

/** Files with fewer segments are read in one piece. */
const MIN_SEGMENTS = 2;
const CHUNK_BYTES = 64 << 10;
/** In W3C's format, the first line of a log names the fields of all later lines, at any distance. */
const DECLARES_FIELDS = /^#(?:Fields|Version|Software):/m;

/** The segments of a file, or undefined if it must be read in one piece. Throws a `UsageError` if the file cannot be read. */
export function planSegments(name: string, { segmentBytes, leadBytes }: Cut): readonly Segment[] | undefined {
  if (leadBytes > segmentBytes) throw new RangeError("a segment cannot be shorter than what it looks back on");
  if (!isPlainFile(name)) return undefined;
  const count = Math.floor(findSize(name) / segmentBytes);
  if (count < MIN_SEGMENTS || declaresFields(name)) return undefined;
  return Array.from({ length: count }, (_, index) => ({
    name,
    fromBytes: index * segmentBytes,
    toBytes: index + 1 === count ? Number.POSITIVE_INFINITY : (index + 1) * segmentBytes,
  }));
}

function declaresFields(name: string): boolean {
  const fd = openFile(name);
  const head = Buffer.alloc(CHUNK_BYTES);
  try {
    return DECLARES_FIELDS.test(head.toString("latin1", 0, readSync(fd, head, 0, CHUNK_BYTES, 0)));
  } finally {
    closeSync(fd);
  }
}

/** The start of the first line that begins at `offset` or after it, or the file's size if there is none. */
export function findLineStart(fd: number, offset: number): number {
  if (offset <= 0) return 0;
  if (offset === Number.POSITIVE_INFINITY) return offset;
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = offset - 1; ;) {
    const read = readSync(fd, chunk, 0, CHUNK_BYTES, at);
    if (read === 0) return at;
    const newline = chunk.subarray(0, read).indexOf(10);
    if (newline !== -1) return at + newline + 1;
    at += read;
  }
}
