/**
 * Judges by the first lines of a file which column holds the status, and in which unit durations are written; see docs/decisions/0205 and
 * 0275.
 */
import type { ReaderOptions } from "@faultline/formats/access-log";
import {
  ColumnJudge,
  type ColumnOrder,
  DurationJudge,
  judgeColumnOrder,
  judgeLayout,
  judgeNamedDurations,
  type LayoutColumns,
  type ParseContext,
  straightenColumns,
  type WholeDurations,
} from "@faultline/formats/access-log-combined";
import { closeSync, readSync } from "../input/node-fs.ts";
import { openFile } from "./source.ts";

/** The number of decompressed bytes at the start of a file by which its columns are judged. */
export const HEAD_BYTES = 64 << 10;
const NEWLINE = 10;

/** What the first lines of a file say about all its lines. */
export type Columns = {
  readonly order: ColumnOrder;
  readonly wholeDurations: WholeDurations;
  readonly namedDurations: ParseContext["namedDurations"];
  readonly layout: LayoutColumns | undefined;
};

/** Judges a file by the whole lines in its first `HEAD_BYTES`, or by all of `head` if `isAll` says that the file ends there. */
export function judgeHead(head: Buffer, isAll: boolean): Columns {
  const isShort = isAll && head.length <= HEAD_BYTES;
  const lines = listLines(head, 0, isShort ? head.length : findLastLine(head, HEAD_BYTES));
  const order = judgeColumnOrder(lines);
  const wholeDurations = new DurationJudge().add(straighten(lines, order)).unit;
  return { order, wholeDurations, namedDurations: judgeNamedDurations(lines), layout: toLayout(lines, order) };
}

/** The positions of the layout's columns, if the lines are read as they are. */
function toLayout(lines: readonly string[], order: ColumnOrder): LayoutColumns | undefined {
  return order === "status-first" ? judgeLayout(lines) : undefined;
}

/** The lines with their duration moved to the end. */
function straighten(lines: readonly string[], order: ColumnOrder): readonly string[] {
  return order === "status-first" ? lines : lines.flatMap((line) => straightenColumns(line, order) ?? []);
}

/** Judges a plain file. Throws a `UsageError` for what cannot be opened. */
export function judgeFile(name: string): Columns {
  const fd = openFile(name);
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const length = readSync(fd, head, 0, HEAD_BYTES, 0);
    return judgeHead(head.subarray(0, length), length < HEAD_BYTES);
  } finally {
    closeSync(fd);
  }
}

/** Judges lines as they arrive. It holds no line back that reads the same in either order. */
export class ColumnWatch {
  private readonly judge = new ColumnJudge();
  private readonly durations = new DurationJudge();
  private readonly lines: string[] = [];
  private layout: LayoutColumns | undefined;
  private namedDurations: Columns["namedDurations"];
  private seenBytes = 0;
  /** The number of bytes at the start of the buffer that are judged but have to wait. */
  private heldBytes = 0;
  private isDone = false;

  /**
   * The judgement on the whole lines among the first `length` bytes. Undefined if they must wait; they are then passed again, with more
   * lines after them.
   */
  look(buffer: Buffer, length: number, isEnd: boolean): Columns | undefined {
    if (this.isDone) return this.columns;
    const { heldBytes } = this;
    const room = heldBytes + HEAD_BYTES - this.seenBytes;
    this.isDone = isEnd || length >= room;
    const to = Math.max(heldBytes, findLastLine(buffer, Math.min(length, room)));
    const lines = listLines(buffer, heldBytes, to);
    this.judge.add(lines);
    this.lines.push(...lines);
    this.durations.add(straighten(lines, this.judge.order));
    this.seenBytes += to - heldBytes;
    const mustWait = !this.isDone && !this.judge.isSettled;
    this.heldBytes = mustWait ? to : 0;
    return mustWait ? undefined : this.columns;
  }

  private get columns(): Columns {
    const { order } = this.judge;
    this.layout ??= toLayout(this.lines, order);
    this.namedDurations ??= judgeNamedDurations(this.lines);
    return { order, wholeDurations: this.durations.unit, namedDurations: this.namedDurations, layout: this.layout };
  }
}

/** The start of the last line, which does not end before `length`. */
function findLastLine(bytes: Buffer, length: number): number {
  return length === 0 ? 0 : bytes.lastIndexOf(NEWLINE, length - 1) + 1;
}

/**
 * The lines as text, without carriage returns. In lines that Docker's driver wrapped into JSON, quotes and line breaks lose their escapes.
 */
function listLines(bytes: Buffer, from: number, to: number): string[] {
  const lines = bytes.toString("utf8", from, to).replaceAll("\r\n", "\n").split("\n");
  return lines.map((line) => (line.startsWith("{") ? line.replaceAll('\\"', '"').replaceAll("\\n", " ") : line));
}

/** How lines are read, and whether others than the parsers may read them. */
type Reading = { readonly reader: ReaderOptions; readonly isFastAllowed: boolean };

/**
 * The options for lines in this order. They stay as they are if the status comes first and durations are as httpd documents them, as in all
 * published layouts. If the status does not come first, if the order is unknown, or if a duration follows the status, the parsers read
 * every line, in the order that was found.
 */
export function withColumnOrder<T extends Reading>(options: T, { order, ...seen }: Columns): T {
  if (options.reader.custom !== undefined) return options;
  const isUsual = seen.wholeDurations === "us" && seen.namedDurations === undefined && seen.layout === undefined;
  const reader = isUsual ? options.reader : { ...options.reader, context: { ...options.reader.context, ...seen } };
  if (order === "status-first") return isUsual ? options : { ...options, reader };
  // The fast path then takes the other number for the size, which does no harm: no report counts sizes of such lines.
  const isFastAllowed = options.isFastAllowed && order === "status-other-size";
  return { ...options, isFastAllowed, reader: { ...reader, columns: order } };
}
