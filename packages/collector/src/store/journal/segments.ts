/** The files of the journal. A segment's name is the position of its first byte; positions only ever grow. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const NAME = /^(\d{16})\.journal$/;
/** What was a segment, and may be one again. */
const SPARE = ".spare";

/** One file of the journal. */
export type Segment = { readonly base: number; readonly path: string };

/** The path of the segment that begins at a position. */
export function toSegment(directory: string, base: number): Segment {
  return { base, path: join(directory, `${String(base).padStart(16, "0")}.journal`) };
}

/** The segments of a directory, oldest first; other files are left alone. */
export function listSegments(directory: string): Segment[] {
  const bases = readdirSync(directory).flatMap((name) => {
    const base = NAME.exec(name)?.[1];
    return base === undefined ? [] : [Number(base)];
  });
  return bases.sort((a, b) => a - b).map((base) => toSegment(directory, base));
}

/** The path under which the file of a segment that is no longer needed waits to be reused. */
export function toSparePath(segment: Segment): string {
  return segment.path + SPARE;
}

/** The files of a directory that wait to be reused. */
export function listSpares(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(SPARE))
    .map((name) => join(directory, name));
}
