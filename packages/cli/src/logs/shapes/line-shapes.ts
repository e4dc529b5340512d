/**
 * Reads lines of any format without the parsers. The lines of a file have a few shapes, and lines of one shape have the same members in the
 * same places. Every line that deviates is read in full.
 */
import type { ParseContext, ReadLine } from "@faultline/formats/access-log";
import { parseAnyTime } from "@faultline/formats/access-log-combined";
import { LineShape, type PlainLine, toPlainRequest } from "./line-shape.ts";
import { type LineCutter, LineTokens } from "./line-tokens.ts";
import type { ParseTime } from "./time-spot.ts";

/** Further shapes are left to the parsers. */
const MAX_SHAPES = 256;
/** The most shapes of lines that are cut alike: failing or not, with or without an upstream, ... */
const MAX_ALIKE = 6;
/** Longer lines are left to the parsers. */
const MAX_BYTES = 16_384;

/** The position of a line. `isCheck` asks the parsers to read it although its shape is known. */
export type LineAt = { readonly start: number; readonly end: number; readonly isCheck?: boolean };

/** The shapes of one file's lines. */
export class LineShapes {
  private readonly tokens: LineTokens;
  private readonly shapes = new Map<number, LineShape[]>();
  private readonly parseTime: ParseTime;
  /** The shapes of lines that are cut like the current one. */
  private alike: LineShape[] | undefined;
  private isOff = false;
  private readonly cutter: LineCutter | undefined;

  /** The cutter, if given, may cut lines that lie in its memory. */
  constructor(context: ParseContext, cutter?: LineCutter) {
    this.cutter = cutter;
    this.tokens = new LineTokens(cutter);
    this.parseTime = (value) => parseAnyTime(value, context);
  }

  /**
   * Reads a line of a known shape; the result is valid until the next one is read. Undefined if the parsers must read the line; `learn`
   * then needs their result.
   */
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
    // The flag is left from an earlier line.
    for (const shape of alike) shape.isChecking = false;
    for (let index = 0; index < alike.length; index += 1) {
      const shape = alike[index] as LineShape;
      const line = shape.read(this.tokens, isCheck);
      if (line !== undefined || shape.isChecking) return line;
    }
    return undefined;
  }

  /** Takes in what the parsers read of the line that `read` saw last. */
  learn(read: ReadLine): void {
    const { alike, tokens } = this;
    // After a directive, the fields of the lines may differ. What pieces of a line continue is known to the parsers only.
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
   * Passes what was learned to the scanner, which then does not hand over such lines any more. A shape is passed on once every shape that
   * is asked before it was passed on or reads nothing, because the scanner asks a later shape last. If a line fits two shapes and one of
   * them contradicts the parsers, that shape is turned off when the parsers read such a line.
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
