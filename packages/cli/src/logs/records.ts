import { createLineReader, type LineReader, type ReaderOptions, type ReadLine, toFlatRecord } from "@faultline/formats/access-log";
import { eachLine, readSource, type Source } from "./source.ts";
import { toSafeJson } from "./visible.ts";

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
