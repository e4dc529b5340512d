/** Where the status of a file stands and in which unit its durations are, told by the lines at its head; see docs/decisions/0205 and 0275. */
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

/** Bytes of a file, decompressed, that its columns are judged by. */
export const HEAD_BYTES = 64 << 10;
const NEWLINE = 10;

/** What the head of a file says of all its lines. */
export type Columns = {
  readonly order: ColumnOrder;
  readonly wholeDurations: WholeDurations;
  readonly namedDurations: ParseContext["namedDurations"];
  readonly layout: LayoutColumns | undefined;
};

/** Judges a file by the whole lines among its first `HEAD_BYTES`, or by all of `head` where `isAll` says that there are no more. */
export function judgeHead(head: Buffer, isAll: boolean): Columns {
  const isShort = isAll && head.length <= HEAD_BYTES;
  const lines = listLines(head, 0, isShort ? head.length : findLastLine(head, HEAD_BYTES));
  const order = judgeColumnOrder(lines);
  const wholeDurations = new DurationJudge().add(straighten(lines, order)).unit;
  return { order, wholeDurations, namedDurations: judgeNamedDurations(lines), layout: toLayout(lines, order) };
}

/** The layout's places, where its lines are read as they stand. */
function toLayout(lines: readonly string[], order: ColumnOrder): LayoutColumns | undefined {
  return order === "status-first" ? judgeLayout(lines) : undefined;
}

/** The lines with a duration at their end, wherever their layout has it. */
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

/** Judges what comes little by little, and holds back no line that reads the same in either order. */
export class ColumnWatch {
  private readonly judge = new ColumnJudge();
  private readonly durations = new DurationJudge();
  private readonly lines: string[] = [];
  private layout: LayoutColumns | undefined;
  private namedDurations: Columns["namedDurations"];
  private seenBytes = 0;
  /** Bytes at the start of the buffer that were judged, and wait. */
  private heldBytes = 0;
  private isDone = false;

  /** What is said of the whole lines among the first `length` bytes; undefined when they must wait, to be shown again with more behind them. */
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

/** Where the last line starts that does not end before `length`. */
function findLastLine(bytes: Buffer, length: number): number {
  return length === 0 ? 0 : bytes.lastIndexOf(NEWLINE, length - 1) + 1;
}

/** Lines as text, without what else may end them; what Docker's driver put into JSON with its own quotes and without its line break. */
function listLines(bytes: Buffer, from: number, to: number): string[] {
  const lines = bytes.toString("utf8", from, to).replaceAll("\r\n", "\n").split("\n");
  return lines.map((line) => (line.startsWith("{") ? line.replaceAll('\\"', '"').replaceAll("\\n", " ") : line));
}

/** How lines are read, and whether others than the parsers may read them. */
type Reading = { readonly reader: ReaderOptions; readonly isFastAllowed: boolean };

/**
 * The options for what is of this order: as they are where its status comes first and its durations are as httpd documents them, as in all
 * published layouts. Where the status does not, or where that is not known, or where a
 * duration stands behind it, the parsers read every line, in the order that was found.
 */
export function withColumnOrder<T extends Reading>(options: T, { order, ...seen }: Columns): T {
  if (options.reader.custom !== undefined) return options;
  const isUsual = seen.wholeDurations === "us" && seen.namedDurations === undefined && seen.layout === undefined;
  const reader = isUsual ? options.reader : { ...options.reader, context: { ...options.reader.context, ...seen } };
  if (order === "status-first") return isUsual ? options : { ...options, reader };
  // No report counts by sizes.
  const isFastAllowed = options.isFastAllowed && order === "status-other-size";
  return { ...options, isFastAllowed, reader: { ...reader, columns: order } };
}
