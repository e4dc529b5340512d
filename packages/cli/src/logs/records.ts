import { createLineReader, type LineReader, type ReaderOptions, type ReadLine, toFlatRecord } from "@faultline/formats/access-log";
import { eachLine, readSource, type Source } from "./source.ts";

/** JSON in which no character can act on a terminal: what JSON itself leaves unescaped is escaped too. */
export function toSafeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Which lines become records. */
export type RecordFilter = (read: ReadLine) => boolean;

/** Writes every line of a source as one flat JSON object. */
export async function writeRecords(
  source: Source,
  options: { readonly reader: ReaderOptions; readonly isWanted: RecordFilter; readonly write: (text: string) => void },
): Promise<void> {
  const reader = createLineReader(options.reader);
  await readSource(source, {
    consume: (buffer, length) => {
      const out: string[] = [];
      const rest = eachLine(buffer, length, (start, end) => {
        const text = toRecordLine(reader, buffer.toString("utf8", start, end), options.isWanted);
        if (text !== undefined) out.push(text);
      });
      if (out.length > 0) options.write(`${out.join("\n")}\n`);
      return rest;
    },
  });
}

/** One line's record as JSON text; undefined when it has none. */
export function toRecordLine(reader: LineReader, line: string, isWanted: RecordFilter): string | undefined {
  const read = reader.read(line);
  const record = isWanted(read) ? toFlatRecord(read) : undefined;
  return record === undefined ? undefined : toSafeJson(record);
}
