/** The interface of the scanners, which count lines of the combined format directly and hand over all others. */
import type { FailureTally } from "../tally/route-tally.ts";
import type { LineAt } from "../shapes/line-shapes.ts";
import type { LineCutter } from "../shapes/line-tokens.ts";

/** What a scanner calls if a line is not of its format, or if a failing line deserves a full look. */
export type ScannerHooks = {
  /** Loads what `onOther` needs before its first call; undefined if there is nothing to wait for. */
  readonly prepare: () => Promise<void> | undefined;
  /** Takes a line of another format. With `isCheck` the line was understood already, and the parsers shall read it as well. */
  readonly onOther: (line: LineAt) => void;
  readonly onFailure: (line: FailingLine) => void;
};

/** A failing line of the combined format: its position among the bytes, and its path. `duration` is in ms, negative if there is none. */
export type FailingLine = {
  readonly start: number;
  readonly end: number;
  readonly method: string;
  readonly path: number;
  readonly pathEnd: number;
  readonly status: number;
  readonly timeMs: number;
  readonly duration: number;
  /** The tally of such failures. */
  readonly failures: FailureTally;
};

/** Counts the lines of one file into a tally. */
export type LineScanner = {
  /** The scanner's own memory, which it reads without copying; absent if it has none. */
  readonly buffer?: Buffer;
  /** Cuts lines of other formats in that memory. */
  readonly cutter?: LineCutter;
  /** Counts the whole lines of `buffer` up to `length`, and returns the start of the last, unfinished line. */
  readonly scan: (buffer: Buffer, length: number) => number | Promise<number>;
  /** Moves the counts into the tally. The scanner can continue afterwards. */
  readonly flush: () => void;
  /** Ends the scanner's use. Counts that were not flushed are lost. */
  readonly close: () => void;
};
