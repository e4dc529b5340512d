import type { LineReader, ReadLine } from "@faultline/formats/access-log";

/** A line with the result of reading it. */
type LineRead = { readonly line: string; readonly read: ReadLine };

/** Zeros in a file, in place of bytes that a crash lost, or that were truncated while a writer kept its position. */
const HOLE = /\u0000{4,}/;

/** Reads a line. A line with a hole is read as two or more lines, before and after it. */
export function readAround(reader: LineReader, line: string): readonly LineRead[] {
  const pieces = (HOLE.test(line) ? line.split(HOLE) : [line]).map((piece) => ({ line: piece, read: reader.read(piece) }));
  // A binary file has such runs of zeros too, but none of its pieces is a line of a log.
  const isLog = pieces.length === 1 || pieces.some(({ read }) => read.kind !== "unparsed" && read.kind !== "blank");
  return isLog ? pieces : [{ line, read: { kind: "unparsed", text: line } }];
}
