/**
 * The way past the parsers for lines of any format: a file's lines are of a few shapes, and what a shape's lines say stands in the same
 * places of each. Only requests that did not fail go this way; failing ones and all that differs are read in full.
 */
import { parseAnyTime, type ParseContext, type ReadLine } from "@faultline/formats/access-log";
import { LineShape, type PlainRequest } from "./line-shape.ts";
import { LineTokens } from "./line-tokens.ts";

/** Further shapes are left to the parsers. */
const MAX_SHAPES = 256;
/** Longer lines are left to the parsers. */
const MAX_BYTES = 16_384;

/** The shapes of one file's lines. */
export class LineShapes {
  private readonly tokens = new LineTokens();
  private readonly shapes = new Map<number, LineShape>();
  private readonly parseTime: (text: string) => number | undefined;
  private shape: LineShape | undefined;
  private isOff = false;

  constructor(context: ParseContext) {
    this.parseTime = (text) => parseAnyTime(text, context);
  }

  /** Reads a line of a shape that is known; undefined when the parsers must, of which `learn` wants to hear then. */
  read(bytes: Buffer, start: number, end: number): PlainRequest | undefined {
    this.shape = undefined;
    if (this.isOff || end - start > MAX_BYTES || !this.tokens.cut(bytes, start, end) || this.tokens.isForeign) return undefined;
    const { signature, count } = this.tokens;
    const key = signature * 256 + count;
    let shape = this.shapes.get(key);
    if (shape === undefined) {
      if (this.shapes.size >= MAX_SHAPES) return undefined;
      shape = new LineShape(this.parseTime);
      this.shapes.set(key, shape);
    }
    this.shape = shape;
    return shape.read(this.tokens);
  }

  /** Hears what the parsers read of the line that was asked for last. */
  learn(read: ReadLine): void {
    // The fields of what follows may be others; and of pieces of a line only the parsers know what they continue.
    if (read.kind === "directive") this.shapes.clear();
    else if (read.kind === "partial") this.isOff = true;
    else this.shape?.learn(this.tokens, read);
  }
}
