/** Fits a help text to a terminal: wide lines are wrapped, and the columns of the options are kept. */

/** The least width of a description beside its option; with less, it moves below the option. */
const LEAST_DESCRIPTION = 36;
const BELOW = 6;
const LABEL = /^(?:usage|examples?|exit codes): /i;
const COMMAND = /^examples?: /i;

/** One entry: an option with its description, a labelled line, or a paragraph. */
type Entry = {
  readonly lead: string;
  readonly words: string[];
  /** The column in which further lines begin; unknown for an option whose description stands below. */
  hang: number | undefined;
  readonly isCommand: boolean;
  readonly lines: string[];
};

/** Wraps lines wider than `columns` and leaves everything else as written. Commands to copy are never broken. */
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
    // A paragraph, or an option's description, continues in its own column.
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

/** Splits text into words; an optional part of a usage line, in brackets, is one word. */
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
