/** What counts the lines of a file at once where they are of the combined format, and what it hands to others. */
import type { FailureTally } from "../tally/route-tally.ts";
import type { LineAt } from "../shapes/line-shapes.ts";
import type { LineCutter } from "../shapes/line-tokens.ts";

/** What the scanner asks for when a line is not its own, or when a failing one deserves a full look. */
export type ScannerHooks = {
  /** Loads what `onOther` needs, before it is first called; undefined when nothing is to be waited for. */
  readonly prepare: () => Promise<void> | undefined;
  /** Hears of a line of another format; of one that was understood already and shall be read by the parsers as well with `isCheck`. */
  readonly onOther: (line: LineAt) => void;
  readonly onFailure: (line: FailingLine) => void;
};

/** A failing line of the combined format: where it lies among the bytes, and its path; `duration` in ms, negative when it has none. */
export type FailingLine = {
  readonly start: number;
  readonly end: number;
  readonly method: string;
  readonly path: number;
  readonly pathEnd: number;
  readonly status: number;
  readonly timeMs: number;
  readonly duration: number;
  /** What is known of such failures. */
  readonly failures: FailureTally;
};

/** Counts lines of one file into a tally. */
export type LineScanner = {
  /** The memory that it scans without a copy, when it has one of its own. */
  readonly buffer?: Buffer;
  /** What cuts lines of other formats in that memory. */
  readonly cutter?: LineCutter;
  /** Counts the whole lines of `buffer` up to `length` and returns where the last, unfinished one starts. */
  readonly scan: (buffer: Buffer, length: number) => number | Promise<number>;
  /** Moves what was counted into the tally. The scanner can go on afterwards. */
  readonly flush: () => void;
  /** Ends its use, and forgets what was not flushed. */
  readonly close: () => void;
};
