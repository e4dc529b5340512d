/**
 * Large plain files are counted in segments of a fixed size, each by itself, and the counts are added in the order of the file: so a report
 * does not depend on how many threads made it.
 */
import { closeSync, readSync } from "../input/node-fs.ts";
import { findSize, isPlainFile, openFile } from "./source.ts";

/** How files are cut. `leadBytes` is at most `segmentBytes`. */
export type Cut = {
  readonly segmentBytes: number;
  /** How far before its start a segment looks, for what its first lines continue: pieces of a line, requests that are open. */
  readonly leadBytes: number;
};

/** The lines of a file that start in [fromBytes, toBytes). */
export type Segment = {
  readonly name: string;
  readonly fromBytes: number;
  /** Infinite for the last one: a file may grow while it is read. */
  readonly toBytes: number;
};

/** 128 MiB: a second of work at the least, and thousands of times what its lead costs. */
export const DEFAULT_CUT: Cut = { segmentBytes: 128 << 20, leadBytes: 1 << 20 };

/** Files of fewer segments are not worth a cut. */
const MIN_SEGMENTS = 2;
const CHUNK_BYTES = 64 << 10;
/** The first line of a log in W3C's format names the fields of all others, at any distance. */
const DECLARES_FIELDS = /^#(?:Fields|Version|Software):/m;

/** The segments of a file; undefined when it must be read in one piece. Throws a `UsageError` for what cannot be read. */
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

/** Where the first line starts that starts at `offset` or behind it; the file's size when there is none. */
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
