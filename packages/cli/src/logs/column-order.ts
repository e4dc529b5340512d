/** Where the status of a file stands, told by the lines at its head; see docs/decisions/0205. */
import { closeSync, readSync } from "node:fs";
import type { ReaderOptions } from "@faultline/formats/access-log";
import { ColumnJudge, type ColumnOrder, judgeColumnOrder } from "@faultline/formats/access-log-combined";
import { openFile } from "./source.ts";

/** Bytes of a file, decompressed, that its columns are judged by. */
export const HEAD_BYTES = 64 << 10;
const NEWLINE = 10;

/** Judges a file by the whole lines among its first `HEAD_BYTES`, or by all of `head` where `isAll` says that there are no more. */
export function judgeHead(head: Buffer, isAll: boolean): ColumnOrder {
  const isShort = isAll && head.length <= HEAD_BYTES;
  return judgeColumnOrder(listLines(head, 0, isShort ? head.length : findLastLine(head, HEAD_BYTES)));
}

/** Judges a plain file. Throws a `UsageError` for what cannot be opened. */
export function judgeFile(name: string): ColumnOrder {
  const fd = openFile(name);
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const length = readSync(fd, head, 0, HEAD_BYTES, 0);
    return judgeHead(head.subarray(0, length), length < HEAD_BYTES);
  } finally {
    closeSync(fd);
  }
}

/** Judges what comes little by little, and holds back no line that reads the same in either order. */
export class ColumnWatch {
  private readonly judge = new ColumnJudge();
  private seenBytes = 0;
  /** Bytes at the start of the buffer that were judged, and wait. */
  private heldBytes = 0;
  private isDone = false;

  /** The order of the whole lines among the first `length` bytes; undefined when they must wait, to be shown again with more behind them. */
  look(buffer: Buffer, length: number, isEnd: boolean): ColumnOrder | undefined {
    if (this.isDone) return this.judge.order;
    const { heldBytes } = this;
    const room = heldBytes + HEAD_BYTES - this.seenBytes;
    this.isDone = isEnd || length >= room;
    const to = Math.max(heldBytes, findLastLine(buffer, Math.min(length, room)));
    this.judge.add(listLines(buffer, heldBytes, to));
    this.seenBytes += to - heldBytes;
    const mustWait = !this.isDone && !this.judge.isSettled;
    this.heldBytes = mustWait ? to : 0;
    return mustWait ? undefined : this.judge.order;
  }
}

/** Where the last line starts that does not end before `length`. */
function findLastLine(bytes: Buffer, length: number): number {
  return length === 0 ? 0 : bytes.lastIndexOf(NEWLINE, length - 1) + 1;
}

/** Lines as text; what Docker's driver put into JSON with its own quotes and without its line break. */
function listLines(bytes: Buffer, from: number, to: number): string[] {
  const lines = bytes.toString("utf8", from, to).split("\n");
  return lines.map((line) => (line.startsWith("{") ? line.replaceAll('\\"', '"').replaceAll("\\n", " ") : line));
}

/** How lines are read, and whether others than the parsers may read them. */
type Reading = { readonly reader: ReaderOptions; readonly isFastAllowed: boolean };

/**
 * The options for what is of this order: as they are where its status comes first, as in all published layouts. Where it does not, or where
 * that is not known, the parsers read every line, in the order that was found.
 */
export function withColumnOrder<T extends Reading>(options: T, columns: ColumnOrder): T {
  const isPlain = columns === "status-first" || options.reader.custom !== undefined;
  return isPlain ? options : { ...options, isFastAllowed: false, reader: { ...options.reader, columns } };
}
