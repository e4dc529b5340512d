/** Lines made of fields and the fixed text between them, as nginx's `log_format` and Apache's `LogFormat` describe them. */
import { findClosingQuote } from "./tokens.ts";

/** One piece of a line: fixed text, or a field with the shape that its values have. */
export type Piece = { readonly literal: string } | { readonly field: string; readonly shape: "number" | "list" | "text" };

const SHAPES = {
  number: /-|[+-]?\d+(?:\.\d+)?/y,
  list: /(?:[^\s,"]+(?:, | : ))*[^\s,"]+|-/y,
} as const;

/**
 * Reads a line into its fields; undefined when it does not fit. No backtracking: a number or list ends where its shape ends, a text where
 * the next fixed text starts, and between two quotes at the closing one.
 */
export function readFields(line: string, pieces: readonly Piece[]): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  let index = 0;
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece === undefined) break;
    if ("literal" in piece) {
      if (!line.startsWith(piece.literal, index)) return undefined;
      index += piece.literal.length;
      continue;
    }
    const end = findEnd(line, index, { piece, before: pieces[at - 1], after: pieces[at + 1] });
    if (end === -1) return undefined;
    if (!fields.has(piece.field)) fields.set(piece.field, line.slice(index, end));
    index = end;
  }
  return index >= line.trimEnd().length ? fields : undefined;
}

type Surroundings = {
  readonly piece: Exclude<Piece, { readonly literal: string }>;
  readonly before: Piece | undefined;
  readonly after: Piece | undefined;
};

function findEnd(line: string, index: number, { piece, before, after }: Surroundings): number {
  if (after === undefined) return line.length;
  const next = "literal" in after ? after.literal : "";
  const quoted = next.startsWith('"') && before !== undefined && "literal" in before && before.literal.endsWith('"');
  if (quoted) {
    for (let close = findClosingQuote(line, index); close !== -1; close = findClosingQuote(line, close + 1)) {
      if (line.startsWith(next, close)) return close;
    }
    return -1;
  }
  if (piece.shape !== "text") {
    const shape = SHAPES[piece.shape];
    shape.lastIndex = index;
    if (shape.test(line) && (next === "" || line.startsWith(next, shape.lastIndex))) return shape.lastIndex;
    if (line.startsWith(next, index)) return index;
  }
  return next === "" ? index : line.indexOf(next, index);
}
