/** Lines made of fields and the fixed text between them, as nginx's `log_format` and Apache's `LogFormat` describe them. */
/** One piece of a line: fixed text, or a field with the shape that its values have. */
export type Piece =
  | {
      readonly literal: string;
      /** True where no space is written behind another one, as HAProxy does around captured headers that there are none of. */
      readonly isSingleSpaced?: boolean;
    }
  | {
      readonly field: string;
      readonly shape: "number" | "protocol" | "list" | "captures" | "text";
      /** How many spaces are part of a text, as in a date; none when absent. */
      readonly spaces?: number;
      /** True where quotes, backslashes and closing brackets stand behind a backslash, as HAProxy's flag `+E` has them. */
      readonly isEscaped?: boolean;
      /** True where quotes may stand around the value. */
      readonly isQuotable?: boolean;
    };

const SHAPES = {
  number: /[+-]?\d+(?:\.\d+)?|-/y,
  protocol: /HTTP\/\d(?:\.\d)?|-/y,
  list: /(?:[^\s,"]+(?:, | : ))*[^\s,"]+|-/y,
  captures: /(?:\{.*?\}(?=[ "]|$))?/y,
} as const;

/** The pieces of a format string: what `pattern` finds are its fields, as `toPieces` says, and the rest is fixed text. */
export function splitBy(format: string, pattern: RegExp, toPieces: (match: RegExpExecArray) => Piece | readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
  let index = 0;
  for (const match of format.matchAll(pattern)) {
    if (match.index > index) pieces.push({ literal: format.slice(index, match.index) });
    pieces.push(...[toPieces(match)].flat());
    index = match.index + match[0].length;
  }
  if (index < format.length) pieces.push({ literal: format.slice(index) });
  return pieces.reduce<Piece[]>(mergeLiterals, []);
}

function mergeLiterals(merged: Piece[], piece: Piece): Piece[] {
  const last = merged.at(-1);
  if (last !== undefined && "literal" in last && "literal" in piece) merged[merged.length - 1] = { literal: last.literal + piece.literal };
  else merged.push(piece);
  return merged;
}

/**
 * Reads a line into its fields; undefined when it does not fit. No backtracking: a number or list ends where its shape ends, a text where
 * the next fixed text starts, before a number or protocol where one follows that, and between two quotes at the closing one.
 */
export function readFields(line: string, pieces: readonly Piece[]): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  let index = 0;
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece === undefined) break;
    if ("literal" in piece) {
      const isSpaced = piece.isSingleSpaced === true && (index === 0 || line[index - 1] === " ");
      const literal = isSpaced ? piece.literal.trimStart() : piece.literal;
      if (!line.startsWith(literal, index)) return undefined;
      index += literal.length;
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
    if (!fields.has(piece.field)) fields.set(piece.field, cleanValue(line.slice(index, end), piece));
    index = end;
  }
  return index >= line.trimEnd().length ? fields : undefined;
}

/** A value without what the layout put around it and into it. */
function cleanValue(text: string, { isEscaped, isQuotable }: Surroundings["piece"]): string {
  const value = isQuotable === true ? text.replace(/^"(.*)"$/s, "$1") : text;
  return isEscaped === true ? value.replaceAll(/\\(["\\\]])/g, "$1") : value;
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
    let first = -1;
    for (let close = line.indexOf(next, index); close !== -1; close = line.indexOf(next, close + 1)) {
      const isWhole = !isLast || close + next.length >= lineEnd;
      if (!isWhole || isEscaped(line, close, index)) continue;
      if (isShapedBehind(line, close + next.length, { behind, last })) return close;
      if (first === -1) first = close;
    }
    return first;
  }
  if (piece.shape === "captures") {
    SHAPES.captures.lastIndex = index;
    return SHAPES.captures.test(line) ? SHAPES.captures.lastIndex : -1;
  }
  if (piece.shape !== "text") {
    const shape = SHAPES[piece.shape];
    shape.lastIndex = index;
    if (shape.test(line) && (next === "" || line.startsWith(next, shape.lastIndex))) return shape.lastIndex;
    if (line.startsWith(next, index)) return index;
  }
  if (next === "") return index;
  // Paths and agents may hold the spaces that end them: where a number or protocol follows, the first end that one does follow is meant.
  const first = line.indexOf(next, skipSpaces(line, index, piece.spaces ?? 0));
  for (let end = first; end !== -1; end = line.indexOf(next, end + 1)) {
    if (isShapedBehind(line, end + next.length, { behind, last })) return end;
  }
  return first;
}

/** Whether a number or protocol, as the layout has it there, stands at `start` with what comes behind it; true where the layout has neither. */
function isShapedBehind(line: string, start: number, { behind, last }: Pick<Surroundings, "behind" | "last">): boolean {
  if (behind === undefined || "literal" in behind || (behind.shape !== "number" && behind.shape !== "protocol")) return true;
  const closing = last !== undefined && "literal" in last ? last.literal : "";
  const shape = SHAPES[behind.shape];
  shape.lastIndex = start;
  if (!shape.test(line)) return false;
  const close = shape.lastIndex;
  return closing === "" ? close === line.trimEnd().length : line.startsWith(closing, close);
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
