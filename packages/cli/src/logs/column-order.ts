/** Where the status of a file stands, told by the lines at its head; see docs/decisions/0205. */
import { closeSync, readSync } from "node:fs";
import { judgeColumnOrder } from "@faultline/formats/access-log-combined";
import type { LogsOptions } from "./options.ts";
import { isPlainFile, openFile } from "./source.ts";

const HEAD_BYTES = 64 << 10;

/**
 * The options for one file: as they are where its status comes first, as in all published layouts. Where it does not, or where that is not
 * known, the parsers read every line, in the order that was found. Only plain files are looked at before they are read.
 */
export function withColumnOrder(name: string, options: LogsOptions): LogsOptions {
  if (options.reader.custom !== undefined || !isPlainFile(name)) return options;
  const columns = judgeColumnOrder(readHead(name));
  return columns === "status-first" ? options : { ...options, isFastAllowed: false, reader: { ...options.reader, columns } };
}

/** The whole lines among a file's first bytes. */
function readHead(name: string): string[] {
  const fd = openFile(name);
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const length = readSync(fd, head, 0, HEAD_BYTES, 0);
    const lines = head.toString("utf8", 0, length).split("\n");
    return length < HEAD_BYTES ? lines : lines.slice(0, -1);
  } finally {
    closeSync(fd);
  }
}
