import {
  createLineReader,
  type LineReader,
  type ReaderOptions,
  type ParseContext,
  type ReadLine,
  toFlatRecord,
} from "@faultline/formats/access-log";
import type { ColumnOrder } from "@faultline/formats/access-log-combined";
import { ColumnWatch } from "./column-order.ts";
import { readAround } from "./scan/read-around.ts";
import { eachLine, readSource, type Source } from "./source.ts";
import { toSafeJson } from "../output/visible.ts";

/** Decides which lines become records. */
export type RecordFilter = (read: ReadLine) => boolean;

/** Writes every line of a source as one flat JSON object, as soon as the file's column order is known. */
export async function writeRecords(
  source: Source,
  options: {
    readonly reader: ReaderOptions;
    readonly follow: boolean;
    readonly isWanted: RecordFilter;
    readonly write: (text: string) => void;
  },
): Promise<void> {
  const watch = new ColumnWatch();
  const context: ParseContext = { ...options.reader.context };
  const asked: ReaderOptions & { columns: ColumnOrder } = { ...options.reader, context, columns: "status-first" };
  const reader = createLineReader(asked);
  await readSource(source, {
    consume: (buffer, length, isEnd) => {
      const columns = watch.look(buffer, length, isEnd);
      if (columns === undefined) return 0;
      const { order, ...seen } = columns;
      asked.columns = order;
      Object.assign(context, seen);
      const out: string[] = [];
      const rest = eachLine(buffer, length, (start, end) => {
        out.push(...toRecordLines(reader, buffer.toString("utf8", start, end), options.isWanted));
      });
      if (out.length > 0) options.write(`${out.join("\n")}\n`);
      return rest;
    },
    isFollowed: options.follow,
  });
}

/** The records of a line as JSON texts. Most lines have one. */
export function toRecordLines(reader: LineReader, line: string, isWanted: RecordFilter): readonly string[] {
  const records = readAround(reader, line).map(({ read }) => (isWanted(read) ? toFlatRecord(read) : undefined));
  return records.flatMap((record) => (record === undefined ? [] : [toSafeJson(record)]));
}
