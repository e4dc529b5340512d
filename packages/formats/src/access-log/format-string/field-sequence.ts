/** Lines made of fields and the fixed text between them, as nginx's `log_format` and Apache's `LogFormat` describe them. */
/** One piece of a line: fixed text, or a field with the shape that its values have. */
export type Piece =
  | {
      readonly literal: string;
      /** True if a space is not written after another space, as HAProxy does around captured headers when there are none. */
      readonly isSingleSpaced?: boolean;
    }
  | {
      readonly field: string;
      readonly shape: "number" | "protocol" | "list" | "captures" | "text";
      /** The number of spaces inside of a text, as in a date; none if absent. */
      readonly spaces?: number;
      /** True if quotes, backslashes and closing brackets are escaped by a backslash, as with HAProxy's flag `+E`. */
      readonly isEscaped?: boolean;
      /** True if the value may be quoted. */
      readonly isQuotable?: boolean;
    };

const SHAPES = {
  number: /[+-]?\d+(?:\.\d+)?|-/y,
  protocol: /HTTP\/\d(?:\.\d)?|-/y,
  list: /(?:[^\s,"]+(?:, | : ))*[^\s,"]+|-/y,
  captures: /(?:\{.*?\}(?=[ "]|$))?/y,
} as const;

/** The pieces of a format string. `pattern` finds the fields, `toPieces` describes them, and the rest is fixed text. */
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
 * Reads a line into its fields; undefined if the line does not fit. It never backtracks. A number or list ends where its shape ends. A text
 * ends where the next fixed text starts, if a number or protocol must follow then where one does, and between two quotes at the closing
 * quote.
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

/** A value without the quotes and escapes of its layout. */
function cleanValue(text: string, { isEscaped, isQuotable }: Surroundings["piece"]): string {
  const value = isQuotable === true ? text.replace(/^"(.*)"$/s, "$1") : text;
  return isEscaped === true ? value.replaceAll(/\\(["\\\]])/g, "$1") : value;
}

type Surroundings = {
  readonly piece: Exclude<Piece, { readonly literal: string }>;
  readonly before: Piece | undefined;
  readonly after: Piece | undefined;
  /** The field after the fixed text that ends this one, and the piece after that. */
  readonly behind: Piece | undefined;
  readonly last: Piece | undefined;
  /** True if nothing follows the text after the field. */
  readonly isLast: boolean;
};

/** True if an odd number of backslashes precedes the quote at `at`. */
function isEscaped(line: string, at: number, from: number): boolean {
  let first = at;
  while (first > from && line[first - 1] === "\\") first -= 1;
  return (at - first) % 2 === 1;
}

function literalOf(piece: Piece | undefined): string {
  return piece !== undefined && "literal" in piece ? piece.literal : "";
}

function findEnd(line: string, index: number, surroundings: Surroundings): number {
  const { piece, before, after } = surroundings;
  if (after === undefined) return line.length;
  const next = literalOf(after);
  if (next.startsWith('"') && literalOf(before).endsWith('"')) return findClosing(line, index, surroundings);
  if (piece.shape === "captures") return findShapeEnd(line, index, "captures");
  if (piece.shape !== "text") {
    const end = findShapeEnd(line, index, piece.shape);
    if (end !== -1 && (next === "" || line.startsWith(next, end))) return end;
    if (line.startsWith(next, index)) return index;
  }
  if (next === "") return index;
  // Paths and agents may contain the spaces that end them. If a number or protocol must follow, the first end that one does follow is the
  // right one.
  const first = line.indexOf(next, skipSpaces(line, index, piece.spaces ?? 0));
  for (let end = first; end !== -1; end = line.indexOf(next, end + 1)) {
    if (isShapedBehind(line, end + next.length, surroundings)) return end;
  }
  return first;
}

/** The quote, with the fixed text after it, that closes the text from `index` on; -1 if there is none. */
function findClosing(line: string, index: number, { after, isLast, behind, last }: Surroundings): number {
  const next = literalOf(after);
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

/** The end of a value of this shape at `index`; -1 if there is none. */
function findShapeEnd(line: string, index: number, name: keyof typeof SHAPES): number {
  const shape = SHAPES[name];
  shape.lastIndex = index;
  return shape.test(line) ? shape.lastIndex : -1;
}

/**
 * True if a number or protocol starts at `start`, with the fixed text after it, as the layout requires. Also true if the layout requires
 * neither.
 */
function isShapedBehind(line: string, start: number, { behind, last }: Pick<Surroundings, "behind" | "last">): boolean {
  if (behind === undefined || "literal" in behind || (behind.shape !== "number" && behind.shape !== "protocol")) return true;
  const closing = literalOf(last);
  const close = findShapeEnd(line, start, behind.shape);
  if (close === -1) return false;
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
