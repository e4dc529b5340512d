/** Text that may reach a terminal: control characters, escapes, bidirectional overrides and invalid code units become visible marks. */
export function toVisible(text: string): string {
  return text.replace(
    /[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB\uD800-\uDFFF]/gu,
    (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
    },
  );
}

/** JSON in which no character can act on a terminal: what JSON itself leaves unescaped is escaped too. */
export function toSafeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Characters that take two columns (East Asian wide and fullwidth, emoji), and marks that take none. Source: Unicode TR 11. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]/u;
const MARK = /[\p{Mn}\p{Me}]/u;
const NARROW_ONLY = /^[\u0020-\u02FF]*$/;

/** The width of a text in terminal columns. */
export function countColumns(text: string): number {
  if (NARROW_ONLY.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : MARK.test(character) ? 0 : 1;
  return columns;
}

/** Cuts a text to a width in terminal columns, with a mark where something is missing. */
export function cut(text: string, width: number): string {
  if (countColumns(text) <= width) return text;
  let kept = "";
  let columns = 1;
  for (const character of text) {
    columns += countColumns(character);
    if (columns > width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Cuts the middle out of a text that is too wide: long names of one kind differ at their ends. */
export function cutMiddle(text: string, width: number): string {
  if (countColumns(text) <= width) return text;
  const start = cut(text, Math.ceil(width / 2));
  const characters = Array.from(text);
  let end = "";
  for (let columns = countColumns(start); characters.length > 0;) {
    const character = characters.pop() ?? "";
    columns += countColumns(character);
    if (columns > width) break;
    end = character + end;
  }
  return start + end;
}

/** Splits a text into at most `most` pieces of a width, with a mark where something is missing after the last. */
export function spread(text: string, width: number, most: number): readonly string[] {
  const pieces = [""];
  for (const character of text) {
    const last = pieces.at(-1) ?? "";
    if (countColumns(last) + countColumns(character) <= width) pieces[pieces.length - 1] = last + character;
    else if (pieces.length < most) pieces.push(character);
    else return [...pieces.slice(0, -1), cut(`${last}${character}`, width)];
  }
  return pieces;
}

/** Pads a text with spaces to a width in terminal columns. */
export function fill(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - countColumns(text)));
}
