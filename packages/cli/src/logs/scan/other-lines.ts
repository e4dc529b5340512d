/**
 * Lines that a scanner of the combined format leaves: counted by their shape, or by the parsers of all formats. A file of its own, so that a
 * log of the combined format alone is read without loading the readers of all others.
 */
import { createLineReader, type LineReader, type ReaderOptions } from "@faultline/formats/access-log";
import { readAround } from "./read-around.ts";
import type { PlainLine } from "../shapes/line-shape.ts";
import { type LineAt, LineShapes } from "../shapes/line-shapes.ts";
import type { LineCutter } from "../shapes/line-tokens.ts";
import type { Tally } from "../tally/tally.ts";

/** Failing lines that are read in full though their shape is known: the first ones, each n-th, and the first of a kind. */
const FIRST_LOOKS = 500;
const LOOK_EVERY = 17;

/** Whose lines are counted, and where to. */
export type OtherOptions = {
  readonly name: string;
  readonly reader: ReaderOptions;
  /** False when every line must go through parsers that the user named. */
  readonly isFastAllowed: boolean;
  readonly tally: Tally;
  /** Who sees the lines without counting them. */
  readonly recall?: Tally | undefined;
  /** What cuts the lines, if they lie in its memory. */
  readonly cutter?: LineCutter | undefined;
};

/** What the parsers remember of a file from one stretch of it to the next. */
export type Memory = { reader?: LineReader };

/** Takes the lines of a stretch of one file in. */
export class OtherLines {
  private readonly options: OtherOptions;
  private readonly reader: LineReader;
  private readonly shapes: LineShapes;
  /** Failing lines that needed no parser. */
  private failing = 0;

  constructor(options: OtherOptions, memory: Memory) {
    this.options = options;
    this.reader = memory.reader ??= createLineReader(options.reader);
    this.shapes = new LineShapes(options.reader.context, options.cutter);
  }

  /** Counts a line that lies among `bytes`. */
  read(bytes: Buffer, at: LineAt): void {
    const { name: file, tally, recall, isFastAllowed } = this.options;
    const cutter = isFastAllowed && recall === undefined ? this.options.cutter : undefined;
    const plain = recall === undefined ? this.shapes.read(bytes, at) : undefined;
    if (plain !== undefined && !this.wantsParser(plain)) return tally.addPlain(plain);
    if (at.isCheck !== true && cutter?.countMessage(at.start, at.end) === 1) return;
    const pieces = readAround(this.reader, bytes.toString("utf8", at.start, at.end));
    for (const { line, read } of pieces) {
      if (recall !== undefined) {
        if (read.kind === "exchange") recall.recall({ read, line, file });
        continue;
      }
      tally.add(read, line, file);
      this.shapes.learn(read);
      if (pieces.length === 1) cutter?.hear({ start: at.start, end: at.end, line, read });
    }
  }

  /** Failing lines are read in full for who made them, and of Caddy's any may be the one that an error line waits for. */
  private wantsParser(plain: PlainLine): boolean {
    const { tally, isFastAllowed } = this.options;
    if (plain.format === "caddy" && tally.caddy.isWaiting) return true;
    if (plain.status < 500 || !tally.isInside(plain.timeMs)) return false;
    this.failing += 1;
    return !isFastAllowed || this.failing <= FIRST_LOOKS || this.failing % LOOK_EVERY === 0 || !tally.hasShown(plain);
  }
}
