import type { ReaderOptions } from "@faultline/formats/access-log";
import { clf, type LineParser } from "@faultline/formats/access-log-combined";
import type { Exchange } from "@faultline/model";
import { HEAD_BYTES, judgeHead, withColumnOrder } from "./column-order.ts";
import { WasmScanner } from "./core/wasm-scanner.ts";
import type { Memory, OtherLines } from "./scan/other-lines.ts";
import type { FailingLine, LineScanner, ScannerHooks } from "./scan/line-scanner.ts";
import { type Cut, findLineStart, type Segment } from "./segments.ts";
import type { LineAt } from "./shapes/line-shapes.ts";
import type { LineCutter } from "./shapes/line-tokens.ts";
import { eachLine, openFile, type Reader, readSource, readStretch, type Source, type Stretch } from "./source.ts";
import { Tally, type TimeLimits } from "./tally/tally.ts";
import { closeSync } from "../input/node-fs.ts";

const SPACE = 0x20;
const COMBINED = "combined";

/** The implementation of the fast path. */
type Engine = "wasm" | "javascript";

/** How lines are counted. */
export type AnalyzeOptions = {
  readonly reader: ReaderOptions;
  /** False when every line must go through the parsers that the user named. */
  readonly isFastAllowed: boolean;
  /** True if the files are followed afterwards; see `Reader`. */
  readonly follow?: boolean;
  readonly engine?: Engine;
};

/** Counts one source into the tally. Its first lines show which column holds the status. */
export async function analyzeSource(source: Source, options: AnalyzeOptions & { readonly tally: Tally }): Promise<void> {
  await countLines({ ...options, name: source.name, memory: {}, hasHead: true }, (counter) => readSource(source, counter));
}

/**
 * Counts one segment of a file into a tally of its own; the file's status column must come first. The lines before the segment are read
 * again without being counted, so that whatever they began is complete. Whatever the segment's last lines begin is left to the next
 * segment, which does the same.
 */
export async function analyzeSegment(
  segment: Segment,
  options: AnalyzeOptions & { readonly limits: TimeLimits; readonly cut: Cut; readonly onBytes: Source["onBytes"] },
): Promise<Tally> {
  const { leadBytes } = options.cut;
  const { name } = segment;
  const tally = new Tally(options.limits);
  const memory: Memory = {};
  const fd = openFile(name);
  const read = (stretch: Omit<Stretch, "fd">, tallyOfStretch: Tally, recall?: Tally) =>
    countLines({ ...options, name, memory, tally: tallyOfStretch, recall }, (counter) => readStretch({ fd, ...stretch }, counter));
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

/** Counts segments into the tally, one after the other. */
export async function countInTurn(
  segments: readonly Segment[],
  options: AnalyzeOptions & { readonly tally: Tally; readonly cut: Cut; readonly onBytes: Source["onBytes"] },
): Promise<void> {
  const { tally } = options;
  for (const segment of segments) tally.merge(await analyzeSegment(segment, { ...options, limits: tally.limits }));
}

type CounterOptions = AnalyzeOptions & {
  readonly name: string;
  readonly tally: Tally;
  readonly memory: Memory;
  /** True if the first lines read are the first lines of the file. */
  readonly hasHead?: boolean;
  /** A tally that sees the lines without counting them. */
  readonly recall?: Tally | undefined;
};

async function countLines(options: CounterOptions, read: (counter: Reader) => Promise<void>): Promise<void> {
  const counter = new LineCounter(options);
  const scanner = await createScanner(options.engine ?? "wasm", options.tally, counter);
  await read({
    ...(scanner.buffer === undefined ? {} : { buffer: scanner.buffer }),
    consume: (buffer, length, isEnd) => counter.consume(scanner, { buffer, length, isEnd }),
    isFollowed: options.follow === true,
  });
  scanner.flush();
  scanner.close();
  options.tally.flush();
}

/** The scanner on WebAssembly, or the one in JavaScript where WebAssembly lacks SIMD. */
async function createScanner(engine: Engine, tally: Tally, hooks: ScannerHooks): Promise<LineScanner> {
  if (engine === "wasm") {
    try {
      return new WasmScanner(tally, hooks);
    } catch {
      // The scanner in JavaScript reads the same.
    }
  }
  const { Scanner } = await import("./scan/scanner.ts");
  return new Scanner(tally, hooks);
}

/** What the reader's buffer holds: whole lines and the start of another one, or, with `isEnd`, the last lines. */
type Filling = { readonly buffer: Buffer; readonly length: number; readonly isEnd: boolean };

/** Takes in the lines of one file: those that the fast path counts itself, and those for the parsers. */
class LineCounter implements ScannerHooks {
  private options: CounterOptions;
  private isJudged: boolean;
  /** The scanner takes lines of the combined format only, so its failing lines need no other parser. */
  private readonly combined: LineParser;
  private others: OtherLines | undefined;
  private bytes: Buffer = Buffer.alloc(0);
  private cutter: LineCutter | undefined;

  constructor(options: CounterOptions) {
    this.options = options;
    this.isJudged = options.hasHead !== true;
    this.combined = clf.create(options.reader.context);
  }

  consume(scanner: LineScanner, { buffer, length, isEnd }: Filling): number | Promise<number> {
    if (!this.isJudged) {
      if (length < HEAD_BYTES && !isEnd) return 0;
      this.isJudged = true;
      this.options = withColumnOrder(this.options, judgeHead(buffer.subarray(0, length), isEnd));
    }
    this.bytes = buffer;
    // The cutter reads the scanner's own buffer. The scanner copies lines of any other buffer, and the cutter cannot see that copy.
    this.cutter = buffer === scanner.buffer ? scanner.cutter : undefined;
    if (this.options.isFastAllowed) return scanner.scan(buffer, length);
    const read = () => eachLine(buffer, length, (start, end) => this.onOther({ start, end }));
    return this.prepare()?.then(read) ?? read();
  }

  prepare(): Promise<void> | undefined {
    return this.others === undefined ? this.loadOthers() : undefined;
  }

  private async loadOthers(): Promise<void> {
    const { OtherLines: Loaded } = await import("./scan/other-lines.ts");
    this.others = new Loaded({ ...this.options, cutter: this.cutter }, this.options.memory);
  }

  onOther(line: LineAt): void {
    if (this.others === undefined) throw new Error("a line of another format came before its readers");
    this.others.read(this.bytes, line);
  }

  onFailure(line: FailingLine): void {
    const { recall, tally, name: file } = this.options;
    if (recall !== undefined) return;
    if (!line.failures.isShown) this.showFailure(line);
    else if (!tally.isKeepingEnough) tally.keep({ exchange: this.toExchange(line), format: COMBINED, file });
  }

  private showFailure({ start, end, failures }: FailingLine): void {
    const { tally, name: file } = this.options;
    const line = this.bytes.toString("utf8", start, end);
    const read = this.combined(line);
    if (read?.kind !== "exchange" || read.exchange.status === undefined) return;
    failures.addDetail(read.exchange, line);
    tally.keep({ exchange: read.exchange, format: read.format, file });
  }

  /**
   * The members by which other logs are joined. A line of the combined format says no more about who made a failure than the first lines
   * did.
   */
  private toExchange({ start, method, path, pathEnd, status, timeMs, duration }: FailingLine): Exchange {
    return {
      observer: { kind: "unknown", name: COMBINED },
      timeMs,
      method,
      path: this.bytes.toString("utf8", path, pathEnd),
      status,
      clientAddress: this.bytes.toString("utf8", start, this.bytes.indexOf(SPACE, start)),
      ...(duration < 0 ? {} : { durationMs: duration }),
    };
  }
}
