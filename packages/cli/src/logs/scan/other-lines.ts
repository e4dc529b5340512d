/**
 * Lines that a scanner of the combined format leaves, counted by their shape or by the parsers of all formats. It is a separate module, so
 * that a log of the combined format alone never loads the other parsers.
 */
import { createLineReader, type LineReader, type ReaderOptions } from "@faultline/formats/access-log";
import { readAround } from "./read-around.ts";
import type { PlainLine } from "../shapes/line-shape.ts";
import { type LineAt, LineShapes } from "../shapes/line-shapes.ts";
import type { LineCutter } from "../shapes/line-tokens.ts";
import type { Tally } from "../tally/tally.ts";

/** The failing lines that are read in full although their shape is known: the first ones, every n-th, and the first of each kind. */
const FIRST_LOOKS = 500;
const LOOK_EVERY = 17;

/** Which lines are counted, and into which tally. */
export type OtherOptions = {
  readonly name: string;
  readonly reader: ReaderOptions;
  /** False if every line must go through the parsers that the user named. */
  readonly isFastAllowed: boolean;
  readonly tally: Tally;
  /** A tally that sees the lines without counting them. */
  readonly recall?: Tally | undefined;
  /** Cuts the lines, if they lie in its memory. */
  readonly cutter?: LineCutter | undefined;
};

/** What the parsers remember of a file from one stretch to the next. */
export type Memory = { reader?: LineReader };

/** Takes in the lines of a stretch of a file. */
export class OtherLines {
  private readonly options: OtherOptions;
  private readonly reader: LineReader;
  private readonly shapes: LineShapes;
  /** The number of failing lines that needed no parser. */
  private failing = 0;

  constructor(options: OtherOptions, memory: Memory) {
    this.options = options;
    this.reader = memory.reader ??= createLineReader(options.reader);
    this.shapes = new LineShapes(options.reader.context, options.cutter);
  }

  /** Counts a line among `bytes`. */
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

  /**
   * Failing lines are read in full to learn who made them. While one of Caddy's error lines waits for its access line, any of Caddy's lines
   * may be that line.
   */
  private wantsParser(plain: PlainLine): boolean {
    const { tally, isFastAllowed } = this.options;
    if (plain.format === "caddy" && tally.caddy.isWaiting) return true;
    if (plain.status < 500 || !tally.isInside(plain.timeMs)) return false;
    this.failing += 1;
    return !isFastAllowed || this.failing <= FIRST_LOOKS || this.failing % LOOK_EVERY === 0 || !tally.hasShown(plain);
  }
}
