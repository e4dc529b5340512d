/** A help text for a terminal: what is written wide is broken to its width, the columns of options kept. */

/** Columns that a description needs beside its option; with less it stands below. */
const LEAST_DESCRIPTION = 36;
const BELOW = 6;
const LABEL = /^(?:usage|examples?|exit codes): /i;
const COMMAND = /^examples?: /i;

/** One thing that is said: an option with its description, a labelled line, or a paragraph. */
type Entry = {
  readonly lead: string;
  readonly words: string[];
  /** The column in which further lines begin; unknown for an option whose description stands below. */
  hang: number | undefined;
  readonly isCommand: boolean;
  readonly lines: string[];
};

/** Breaks what is wider than `columns`; everything else stays as it is written. Commands to copy stay whole. */
export function fitHelp(help: string, columns: number): string {
  return help
    .split(/\n{2,}/)
    .map((block) =>
      readEntries(block.split("\n"))
        .flatMap((entry) => (entry.lines.every(({ length }) => length <= columns) ? entry.lines : breakEntry(entry, columns)))
        .join("\n"),
    )
    .join("\n\n");
}

function readEntries(lines: readonly string[]): readonly Entry[] {
  const entries: Entry[] = [];
  for (const line of lines) {
    const last = entries.at(-1);
    const entry = readEntry(line);
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    // A paragraph, or an option's description, goes on in its own column.
    if (last !== undefined && !last.isCommand && entry.lead.trim() === "" && (last.hang === undefined || last.hang === indent)) {
      last.hang = indent;
      last.words.push(...entry.words);
      last.lines.push(line);
    } else entries.push(entry);
  }
  return entries;
}

function readEntry(line: string): Entry {
  const [, option, description = ""] = /^( {2,}\S+(?: \S+)*(?: {2,}|$))(.*)$/.exec(line) ?? [];
  if (option !== undefined && (description !== "" || option.startsWith("  -")))
    return {
      lead: option,
      words: toWords(description),
      hang: description === "" ? undefined : option.length,
      isCommand: false,
      lines: [line],
    };
  const lead = LABEL.exec(line)?.[0] ?? /^ */.exec(line)?.[0] ?? "";
  const isUsage = lead.startsWith("usage");
  const hang = isUsage || lead.trim() === "" ? lead.length : 0;
  return { lead, words: toWords(line.slice(lead.length)), hang, isCommand: isUsage || COMMAND.test(lead), lines: [line] };
}

/** Words, of which an optional part of a usage is one. */
function toWords(text: string): string[] {
  return text.match(/\[[^\]]*\]|\S+/g) ?? [];
}

function breakEntry({ lead, words, hang = 0, isCommand }: Entry, columns: number): readonly string[] {
  if (COMMAND.test(lead)) return [lead.trimEnd(), `  ${words.join(" ")}`];
  const isOption = lead.trim() !== "" && !isCommand && hang > 0;
  const isNarrow = isOption && columns - hang < LEAST_DESCRIPTION;
  const indent = " ".repeat(isNarrow ? BELOW : hang);
  const isBelow = isNarrow || (isOption && lead.length > hang);
  const lines = isBelow ? [lead.trimEnd()] : [];
  let current = isBelow ? indent : lead;
  for (const word of words) {
    const isFirst = current === indent || current === lead;
    if (!isFirst && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = `${indent}${word}`;
    } else current += isFirst ? word : ` ${word}`;
  }
  return [...lines, current.trimEnd()];
}
