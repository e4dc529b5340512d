import type { LineReader, ReadLine } from "@faultline/formats/access-log";

/** A line with what became of it. */
type LineRead = { readonly line: string; readonly read: ReadLine };

/** Zeros that stand in a file for what a crash lost, or for what was cut off under a writer that went on where it was. */
const HOLE = /\u0000{4,}/;

/** Reads a line; one with a hole as those that stand before and behind it. */
export function readAround(reader: LineReader, line: string): readonly LineRead[] {
  const pieces = (HOLE.test(line) ? line.split(HOLE) : [line]).map((piece) => ({ line: piece, read: reader.read(piece) }));
  // Of a program's bytes no piece is a line.
  const isLog = pieces.length === 1 || pieces.some(({ read }) => read.kind !== "unparsed" && read.kind !== "blank");
  return isLog ? pieces : [{ line, read: { kind: "unparsed", text: line } }];
}
