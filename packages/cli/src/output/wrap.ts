import { countColumns } from "./visible.ts";

/** The least readable width beside the indentation; a narrower terminal breaks the lines itself. */
const LEAST_ROOM = 12;

/** Captured text is data: control characters could move the cursor or change colours, others the direction of reading. */
export function toPlain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g, " ");
}

/**
 * Wraps a line at spaces to a width in terminal columns, never between a number and its percent sign. A line that fits keeps its own columns.
 * Continuation lines are indented more. A word that is longer than a line is broken at the end of the line.
 */
export function wrap(line: string, columns: number): readonly string[] {
  if (countColumns(line) <= columns) return [toPlain(line).trimEnd()];
  const indent = /^ */.exec(line)?.[0] ?? "";
  const width = Math.max(columns, indent.length + LEAST_ROOM);
  const lines: string[] = [];
  let current = indent;
  for (const word of toPlain(line)
    .trim()
    .split(/ +(?!%)/)) {
    const isFirst = current.trim() === "";
    const isLong = countColumns(word) > width - indent.length - 2;
    if (!isFirst && !isLong && countColumns(current) + countColumns(word) + 1 > width) {
      lines.push(current);
      current = `${indent}  `;
    }
    current += current.trim() === "" ? word : ` ${word}`;
    if (!isLong) continue;
    while (countColumns(current) > width) {
      const kept = takeColumns(current, width);
      lines.push(kept);
      current = `${indent}  ${current.slice(kept.length)}`;
    }
  }
  return [...lines, current];
}

/** As much of a text as fits into this many columns. */
function takeColumns(text: string, columns: number): string {
  let taken = "";
  let used = 0;
  for (const character of text) {
    used += countColumns(character);
    if (used > columns) break;
    taken += character;
  }
  return taken;
}
