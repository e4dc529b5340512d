/**
 * The way past the parsers for lines of any format: a file's lines are of a few shapes, and what a shape's lines say stands in the same
 * places of each. All that differs is read in full.
 */
import type { ParseContext, ReadLine } from "@faultline/formats/access-log";
import { parseAnyTime } from "@faultline/formats/access-log-combined";
import { LineShape, type PlainLine, toPlainRequest } from "./line-shape.ts";
import { type LineCutter, LineTokens } from "./line-tokens.ts";
import type { ParseTime } from "./time-spot.ts";

/** Further shapes are left to the parsers. */
const MAX_SHAPES = 256;
/** Of lines that are cut alike: those that fail and those that do not, with and without an upstream, ... */
const MAX_ALIKE = 6;
/** Longer lines are left to the parsers. */
const MAX_BYTES = 16_384;

/** Where a line lies; `isCheck` asks for the parsers, though its shape is known. */
export type LineAt = { readonly start: number; readonly end: number; readonly isCheck?: boolean };

/** The shapes of one file's lines. */
export class LineShapes {
  private readonly tokens: LineTokens;
  private readonly shapes = new Map<number, LineShape[]>();
  private readonly parseTime: ParseTime;
  /** Those of lines that are cut like the one at hand. */
  private alike: LineShape[] | undefined;
  private isOff = false;
  private readonly cutter: LineCutter | undefined;

  /** Lines may be cut by `cutter`, if they lie in its memory. */
  constructor(context: ParseContext, cutter?: LineCutter) {
    this.cutter = cutter;
    this.tokens = new LineTokens(cutter);
    this.parseTime = (value) => parseAnyTime(value, context);
  }

  /** Reads a line of a shape that is known, until the next is read; undefined when the parsers must, of which `learn` wants to hear then. */
  read(bytes: Buffer, { start, end, isCheck = false }: LineAt): PlainLine | undefined {
    this.alike = undefined;
    if (this.isOff || end - start > MAX_BYTES || !this.tokens.cut(bytes, start, end)) return undefined;
    const { signature, count } = this.tokens;
    const key = signature * 256 + count;
    let alike = this.shapes.get(key);
    if (alike === undefined) {
      if (this.shapes.size >= MAX_SHAPES) return undefined;
      alike = [];
      this.shapes.set(key, alike);
    }
    this.alike = alike;
    // Of the line before.
    for (const shape of alike) shape.isChecking = false;
    for (let index = 0; index < alike.length; index += 1) {
      const shape = alike[index] as LineShape;
      const line = shape.read(this.tokens, isCheck);
      if (line !== undefined || shape.isChecking) return line;
    }
    return undefined;
  }

  /** Hears what the parsers read of the line that was asked for last. */
  learn(read: ReadLine): void {
    const { alike, tokens } = this;
    // The fields of what follows may be others; and of pieces of a line only the parsers know what they continue.
    if (read.kind === "directive") this.shapes.clear();
    else if (read.kind === "partial") this.isOff = true;
    else if (alike !== undefined) {
      const isOfOne = alike.map((shape) => shape.learn(tokens, read)).includes(true);
      if (!isOfOne && alike.length < MAX_ALIKE && toPlainRequest(read) !== undefined) {
        const shape = new LineShape(tokens, this.parseTime);
        alike.push(shape);
        shape.learn(tokens, read);
      }
      return this.teach(alike);
    }
    if (read.kind === "directive" || read.kind === "partial") this.cutter?.clear();
  }

  /**
   * What was learned is for the scanner as well, which then leaves such lines out. A shape is handed over once each of those that are asked
   * before it is as well, or reads nothing: one that is learned later comes behind it in the scanner's order. Of a line that fits both, one
   * of them says what the parsers do not; it is turned off when they read such a line.
   */
  private teach(alike: readonly LineShape[]): void {
    if (this.cutter === undefined) return;
    let isFirst = true;
    for (const shape of alike) {
      if (isFirst && shape.isTeachable) this.cutter.teach(shape);
      else this.cutter.forget(shape);
      isFirst &&= shape.isTeachable || shape.isOutOfTheWay;
    }
  }
}
