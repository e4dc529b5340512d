/** Lines made of fields and the fixed text between them, as nginx's `log_format` and Apache's `LogFormat` describe them. */
/** One piece of a line: fixed text, or a field with the shape that its values have. */
export type Piece =
  | { readonly literal: string }
  | {
      readonly field: string;
      readonly shape: "number" | "list" | "text";
      /** How many spaces are part of a text, as in a date; none when absent. */
      readonly spaces?: number;
    };

const SHAPES = {
  number: /-|[+-]?\d+(?:\.\d+)?/y,
  list: /(?:[^\s,"]+(?:, | : ))*[^\s,"]+|-/y,
} as const;

/**
 * Reads a line into its fields; undefined when it does not fit. No backtracking: a number or list ends where its shape ends, a text where
 * the next fixed text starts, before a number where one follows that, and between two quotes at the closing one.
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
    const end = findEnd(line, index, {
      piece,
      before: pieces[at - 1],
      after: pieces[at + 1],
      behind: pieces[at + 2],
      last: pieces[at + 3],
      isLast: at + 2 >= pieces.length,
    });
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
  /** The field behind the fixed text that ends this one, and what stands behind that. */
  readonly behind: Piece | undefined;
  readonly last: Piece | undefined;
  /** True when nothing comes behind the text after the field. */
  readonly isLast: boolean;
};

/** True when an odd number of backslashes stands before the quote at `at`. */
function isEscaped(line: string, at: number, from: number): boolean {
  let first = at;
  while (first > from && line[first - 1] === "\\") first -= 1;
  return (at - first) % 2 === 1;
}

function findEnd(line: string, index: number, { piece, before, after, behind, last, isLast }: Surroundings): number {
  if (after === undefined) return line.length;
  const next = "literal" in after ? after.literal : "";
  const quoted = next.startsWith('"') && before !== undefined && "literal" in before && before.literal.endsWith('"');
  if (quoted) {
    const lineEnd = line.trimEnd().length;
    for (let close = line.indexOf(next, index); close !== -1; close = line.indexOf(next, close + 1)) {
      const isWhole = !isLast || close + next.length >= lineEnd;
      if (isWhole && !isEscaped(line, close, index)) return close;
    }
    return -1;
  }
  if (piece.shape !== "text") {
    const shape = SHAPES[piece.shape];
    shape.lastIndex = index;
    if (shape.test(line) && (next === "" || line.startsWith(next, shape.lastIndex))) return shape.lastIndex;
    if (line.startsWith(next, index)) return index;
  }
  if (next === "") return index;
  const first = line.indexOf(next, skipSpaces(line, index, piece.spaces ?? 0));
  return behind !== undefined && "field" in behind && behind.shape === "number" ? findNumber(line, first, { next, last }) : first;
}

/** Where a text ends that a number follows: paths and agents may hold the spaces that end them. The first end where none does follow is kept. */
function findNumber(line: string, first: number, { next, last }: { readonly next: string; readonly last: Piece | undefined }): number {
  const closing = last !== undefined && "literal" in last ? last.literal : "";
  for (let end = first; end !== -1; end = line.indexOf(next, end + 1)) {
    SHAPES.number.lastIndex = end + next.length;
    if (!SHAPES.number.test(line)) continue;
    const close = SHAPES.number.lastIndex;
    if (closing === "" ? close === line.length : line.startsWith(closing, close)) return end;
  }
  return first;
}

function skipSpaces(line: string, from: number, count: number): number {
  let index = from;
  for (let left = count; left > 0; left -= 1) {
    const space = line.indexOf(" ", index);
    if (space === -1) return from;
    index = space + 1;
  }
  return index;
}
