import { closeSync } from "node:fs";
import { createLineReader, type LineReader, type ReaderOptions } from "@faultline/formats/access-log";
import { WasmScanner } from "./core/wasm-scanner.ts";
import type { FailureTally } from "./route-tally.ts";
import { type LineScanner, Scanner, type ScannerHooks } from "./scanner.ts";
import { type Cut, findLineStart, type Segment } from "./segments.ts";
import type { PlainLine } from "./shapes/line-shape.ts";
import { LineShapes } from "./shapes/line-shapes.ts";
import { eachLine, openFile, type Reader, readSource, readStretch, type Source, type Stretch } from "./source.ts";
import { Tally, type TimeLimits } from "./tally.ts";

/** Failing lines of the fast path that are at most read in full, for who made them and for the join. */
const FULL_LOOKS = 8000;

/** Failing lines of other formats that are read in full though their shape is known: the first ones, each n-th, and the first of a kind. */
const FIRST_LOOKS = 2000;
const LOOK_EVERY = 17;

/** What runs the fast path. */
type Engine = "wasm" | "javascript";

/** The scanner on WebAssembly, or in JavaScript where WebAssembly with SIMD cannot be had. */
function createScanner(engine: Engine, tally: Tally, hooks: ScannerHooks): LineScanner {
  if (engine === "javascript") return new Scanner(tally, hooks);
  try {
    return new WasmScanner(tally, hooks);
  } catch {
    return new Scanner(tally, hooks);
  }
}

/** How lines are counted. */
export type AnalyzeOptions = {
  readonly reader: ReaderOptions;
  /** False when every line must go through the parsers that the user named. */
  readonly isFastAllowed: boolean;
  readonly engine?: Engine;
};

/** Counts one source into the tally. */
export async function analyzeSource(source: Source, options: AnalyzeOptions & { readonly tally: Tally }): Promise<void> {
  const counter = new LineCounter(source.name, createLineReader(options.reader), options);
  await readSource(source, counter);
  counter.finish();
}

/**
 * Counts one segment of a file into a tally of its own. Lines before it are read once more, uncounted, so that what they began goes on;
 * what the last ones begin is left to the next segment, which does the same.
 */
export async function analyzeSegment(
  segment: Segment,
  options: AnalyzeOptions & { readonly limits: TimeLimits; readonly cut: Cut; readonly onBytes: Source["onBytes"] },
): Promise<Tally> {
  const { leadBytes } = options.cut;
  const tally = new Tally(options.limits);
  const reader = createLineReader(options.reader);
  const fd = openFile(segment.name);
  const read = async (stretch: Omit<Stretch, "fd">, tallyOfStretch: Tally, recall?: Tally) => {
    const counter = new LineCounter(segment.name, reader, { ...options, tally: tallyOfStretch, recall });
    await readStretch({ fd, ...stretch }, counter);
    counter.finish();
  };
  try {
    const start = findLineStart(fd, segment.fromBytes);
    const tail = Math.max(start, findLineStart(fd, segment.toBytes - leadBytes));
    const end = findLineStart(fd, segment.toBytes);
    const lead = { fromBytes: findLineStart(fd, segment.fromBytes - leadBytes), toBytes: start, onBytes: () => undefined };
    await read(lead, new Tally(options.limits), tally);
    await read({ fromBytes: start, toBytes: tail, onBytes: options.onBytes }, tally);
    if (end !== Number.POSITIVE_INFINITY) {
      tally.startTail();
      await read({ fromBytes: tail, toBytes: end, onBytes: options.onBytes }, tally);
      tally.finish();
    }
  } finally {
    closeSync(fd);
  }
  return tally;
}

type CounterOptions = AnalyzeOptions & {
  readonly tally: Tally;
  /** Who sees the lines without counting them. */
  readonly recall?: Tally | undefined;
};

/** Takes the lines of one file in: the fast path's own, and those for the parsers. */
class LineCounter implements Reader {
  readonly buffer?: Buffer;
  private readonly name: string;
  private readonly reader: LineReader;
  private readonly options: CounterOptions;
  private readonly scanner: LineScanner;
  /** What the scanner takes is of the combined format, so that its failing lines need no other parser. */
  private readonly combined: LineReader;
  private readonly shapes: LineShapes;
  private bytes: Buffer = Buffer.alloc(0);
  private looks = 0;
  /** Failing lines of other formats that needed no parser. */
  private failing = 0;

  constructor(name: string, reader: LineReader, options: CounterOptions) {
    this.name = name;
    this.reader = reader;
    this.options = options;
    this.shapes = new LineShapes(options.reader.context);
    this.combined = createLineReader({ context: options.reader.context, formats: ["clf"] });
    this.scanner = createScanner(options.engine ?? "wasm", options.tally, {
      onOther: (start, end) => this.readOther(start, end),
      onFailure: (start, end, failures) => this.lookAt(this.bytes.toString("utf8", start, end), failures),
    });
    if (this.scanner.buffer !== undefined) this.buffer = this.scanner.buffer;
  }

  consume(buffer: Buffer, length: number): number {
    this.bytes = buffer;
    if (this.options.isFastAllowed) return this.scanner.scan(buffer, length);
    return eachLine(buffer, length, (start, end) => this.readOther(start, end));
  }

  private readOther(start: number, end: number): void {
    const { tally, recall } = this.options;
    const plain = recall === undefined ? this.shapes.read(this.bytes, start, end) : undefined;
    if (plain !== undefined && !this.wantsParser(plain)) return tally.addPlain(plain);
    const line = this.bytes.toString("utf8", start, end);
    const read = this.reader.read(line);
    if (recall === undefined) {
      tally.add(read, line, this.name);
      this.shapes.learn(read);
    } else if (read.kind === "exchange") recall.recall({ read, line, file: this.name });
  }

  /** Failing lines are read in full for who made them, and of Caddy's any may be the one that an error line waits for. */
  private wantsParser(plain: PlainLine): boolean {
    const { tally, isFastAllowed } = this.options;
    if (plain.format === "caddy" && tally.caddy.isWaiting) return true;
    if (plain.status < 500 || !tally.isInside(plain.timeMs)) return false;
    this.failing += 1;
    return !isFastAllowed || this.failing <= FIRST_LOOKS || this.failing % LOOK_EVERY === 0 || !tally.hasShown(plain);
  }

  private lookAt(line: string, failures: FailureTally): void {
    this.looks += 1;
    if (this.looks > FULL_LOOKS || this.options.recall !== undefined) return;
    const read = this.combined.read(line);
    if (read.kind !== "exchange" || read.exchange.status === undefined) return;
    failures.addDetail(read.exchange, line);
    this.options.tally.keep({ exchange: read.exchange, format: read.format, file: this.name });
  }

  finish(): void {
    this.scanner.flush();
    this.scanner.close();
    this.options.tally.flush();
  }
}
