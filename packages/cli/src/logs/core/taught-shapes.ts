import type { RouteTally } from "../tally/route-tally.ts";
import { Sample } from "../tally/sample.ts";
import { MAX_TOKENS } from "../shapes/line-tokens.ts";
import { MAX_EXAMPLE, MEMBERS, type TaughtShape } from "../shapes/taught-shape.ts";
import { PLACE_WORDS } from "../shapes/spot.ts";
import type { Tally } from "../tally/tally.ts";

/** The core's exports for shapes that it is taught. The words below are the structures of taught.h. */
export type TaughtCore = {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly taughtAt: () => number;
  readonly setTaught: (count: number) => void;
  /** The place where each shape's example is written (see template.h), and the calls that announce a new example or other shapes. */
  readonly examplesAt: () => number;
  readonly makeTemplate: (slot: number) => void;
  readonly orderTemplates: () => void;
  /**
   * Makes the core read lines of the combined format inside of wrappers. The argument is one more than a shape's slot, or 0 for none. The
   * second function counts these lines.
   */
  readonly unwrap: (slot: number) => void;
  readonly wrappedLines: () => number;
  readonly peersAt: () => number;
  readonly peerCount: () => number;
  readonly sizesAt: () => number;
  readonly sizeCount: () => number;
};

const MAX_TAUGHT = 32;
const MAX_SPOTS = 48;
const COUNTED = 3;
const SPOT_COUNTS = 5;
const SPOTS = SPOT_COUNTS + MEMBERS.length;
const HASHES = SPOTS + MAX_SPOTS * PLACE_WORDS;
const CLASSES = HASHES + MAX_TOKENS;
const SHAPE_WORDS = CLASSES + MAX_TOKENS;
const CONSTANT = 1 << 16;
const EXAMPLE_TEXT = 1 + 2 * MAX_TOKENS;
const EXAMPLE_WORDS = EXAMPLE_TEXT + (MAX_EXAMPLE + 16) / 4;
/** The parsers' name for the scanner's own format. */
const WRAPPED = "combined";
const BRACE = 123;
const PEER_BYTES = 12;
const SIZES_BYTES = 16 + 257 * 8;

/** The shapes that one core reads by itself, and its counts of their lines. */
export class TaughtShapes {
  private readonly core: TaughtCore;
  private readonly words: Int32Array;
  private readonly examples: Int32Array;
  private readonly shapes: TaughtShape[] = [];
  /** For each slot, the revision that was taught last. */
  private readonly revisions: number[] = [];
  /** The lines of forgotten shapes, by format. */
  private readonly counted = new Map<string, number>();

  constructor(core: TaughtCore) {
    this.core = core;
    this.words = new Int32Array(core.memory.buffer, core.taughtAt(), MAX_TAUGHT * SHAPE_WORDS);
    this.examples = new Int32Array(core.memory.buffer, core.examplesAt(), MAX_TAUGHT * EXAMPLE_WORDS);
  }

  /** Lets the core read lines of this shape, by what is known about it now. */
  teach(shape: TaughtShape): void {
    const known = this.shapes.indexOf(shape);
    const slot = known === -1 ? this.shapes.length : known;
    if (known !== -1 && this.isOn(slot) && this.revisions[slot] === shape.revision) return;
    const spots = MEMBERS.flatMap((member) => shape.places(member));
    if (slot === MAX_TAUGHT || spots.length > MAX_SPOTS) return this.forget(shape);
    const { words } = this;
    const at = slot * SHAPE_WORDS;
    if (known === -1) {
      this.shapes.push(shape);
      words.fill(0, at, at + SHAPE_WORDS);
    }
    this.revisions[slot] = shape.revision;
    words[at] = 1;
    words[at + 1] = shape.signature;
    words[at + 2] = shape.classes.length;
    MEMBERS.forEach((member, index) => (words[at + SPOT_COUNTS + index] = shape.places(member).length));
    spots.forEach((place, index) => words.set(place, at + SPOTS + index * PLACE_WORDS));
    words.set(shape.hashes, at + HASHES);
    shape.classes.forEach((bits, token) => (words[at + CLASSES + token] = bits | (shape.areConstant[token] === true ? CONSTANT : 0)));
    this.writeExample(slot, shape);
    this.order();
  }

  /**
   * Gives the core a line from which to make a template. Docker lines around combined ones get none, because the scanner reads most of them
   * by itself.
   */
  private writeExample(slot: number, { example, format }: TaughtShape): void {
    const { examples, core } = this;
    const at = slot * EXAMPLE_WORDS;
    const isUsed = example !== undefined && !(format === WRAPPED && example.bytes[0] === BRACE);
    examples[at] = isUsed ? example.bytes.length : 0;
    if (isUsed) {
      examples.set(example.starts, at + 1);
      examples.set(example.ends, at + 1 + MAX_TOKENS);
      new Uint8Array(examples.buffer, examples.byteOffset).set(example.bytes, (at + EXAMPLE_TEXT) * 4);
    }
    core.makeTemplate(slot);
  }

  private isOn(slot: number): boolean {
    return this.words[slot * SHAPE_WORDS] === 1;
  }

  /** Leaves lines of this shape to JavaScript. */
  forget(shape: TaughtShape): void {
    const slot = this.shapes.indexOf(shape);
    if (slot === -1 || !this.isOn(slot)) return;
    this.words[slot * SHAPE_WORDS] = 0;
    this.order();
  }

  /** Tells the core that the shapes have changed. */
  private order(): void {
    this.core.setTaught(this.shapes.length);
    this.core.orderTemplates();
    this.unwrap();
  }

  /** The scanner also reads its own format in wrappers, as long as the parsers are known to read such lines as that format. */
  private unwrap(): void {
    this.core.unwrap(1 + this.shapes.findIndex(({ format }, slot) => format === WRAPPED && this.isOn(slot)));
  }

  /** Forgets all shapes. */
  clear(): void {
    this.collect();
    this.shapes.length = 0;
    this.order();
  }

  /** The time of the current tokens, Unix ms, or NaN if there is none. The core calls this. */
  readTime(slot: number, index: number): number {
    return this.shapes[slot]?.readTime(index) ?? Number.NaN;
  }

  private collect(): void {
    this.shapes.forEach(({ format }, slot) => {
      const at = slot * SHAPE_WORDS + COUNTED;
      this.counted.set(format, (this.counted.get(format) ?? 0) + (this.words[at] ?? 0));
      this.words[at] = 0;
    });
  }

  /**
   * Moves the counts into the tally: lines by format, upstreams by `names`, and request sizes into the tally that `getLeaf` gives for a
   * path.
   */
  flush(
    tally: Tally,
    { getLeaf, names }: { readonly getLeaf: (path: number) => RouteTally | undefined; readonly names: readonly string[] },
  ): void {
    this.collect();
    this.counted.set(WRAPPED, (this.counted.get(WRAPPED) ?? 0) + this.core.wrappedLines());
    for (const [format, lines] of this.counted) if (lines > 0) tally.addTaught(format, lines);
    this.counted.clear();
    const { core } = this;
    const view = new DataView(core.memory.buffer);
    for (let index = 0; index < core.peerCount(); index += 1) {
      const at = core.peersAt() + index * PEER_BYTES;
      getLeaf(view.getInt32(at, true))?.addUpstream(names[index] ?? "", view.getUint32(at + 8, true));
    }
    for (let index = 0; index < core.sizeCount(); index += 1) {
      const at = core.sizesAt() + index * SIZES_BYTES;
      const values = Array.from({ length: view.getUint32(at + 4, true) }, (_, value) => view.getFloat64(at + 16 + value * 8, true));
      const sample = new Sample(values, { seen: view.getUint32(at + 8, true), stride: view.getUint32(at + 12, true) });
      getLeaf(view.getInt32(at, true))?.addSizes(sample);
    }
  }
}
