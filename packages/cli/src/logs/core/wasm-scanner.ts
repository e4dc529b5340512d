import { LATENCY_BUCKETS, RouteTally } from "../tally/route-tally.ts";
import type { LineScanner, ScannerHooks } from "../scan/line-scanner.ts";
import { Sample } from "../tally/sample.ts";
import { Series } from "../tally/series.ts";
import { BUFFER_BYTES } from "../source.ts";
import type { Tally } from "../tally/tally.ts";
import { PARAMETER } from "../routes/route-node.ts";
import { type LineCutter, MAX_TOKENS } from "../shapes/line-tokens.ts";
import type { CrowdedPlace } from "../routes/route-trie.ts";
import { KnownMessages, type MessageCore } from "./known-messages.ts";
import { type TaughtCore, TaughtShapes } from "./taught-shapes.ts";
import { SCAN_WASM } from "./scan-wasm.ts";

/** The core's exports; addresses are offsets into its memory. See scan.c. */
type Core = TaughtCore &
  MessageCore & {
    readonly bufferAt: () => number;
    readonly eventsAt: () => number;
    readonly classesAt: () => number;
    readonly latencyAt: () => number;
    readonly variedAt: () => number;
    readonly eventCount: () => number;
    readonly countedLines: () => number;
    readonly timedLines: () => number;
    /** The number of lines outside of the time limits. */
    readonly outsideLines: () => number;
    readonly isFull: () => number;
    readonly failuresAt: () => number;
    readonly failureCount: () => number;
    readonly trafficAt: () => number;
    readonly errorsAt: () => number;
    /** The times of the first and last line, Unix ms, infinite if there was none. */
    readonly firstMs: () => number;
    readonly lastMs: () => number;
    /** `begin` forgets all counts; `reset` only empties the tables, so that the same counting can continue. Limits are Unix ms. */
    readonly begin: (fromMs: number, toMs: number) => void;
    readonly reset: (fromMs: number, toMs: number) => void;
    readonly settle: () => void;
    /**
     * These name the crowded places anew: the first calls walk to a place, and `keep` keeps the text at `inputAt` there, as one of `KEEP`.
     * It returns false if there is no room.
     */
    readonly inputAt: () => number;
    readonly forgetPlaces: (often: number) => void;
    readonly startPlace: (methodBytes: number) => void;
    readonly enterName: (bytes: number) => void;
    readonly enterValue: (bytes: number) => void;
    readonly keep: (bytes: number, kind: number) => number;
    readonly scan: (from: number, limit: number, isNext: number) => number;
    /** Cuts a line; see cut.h. */
    readonly cut: (start: number, end: number) => number;
    readonly signature: () => number;
    readonly tokensAt: () => number;
  };

const KEEP = { place: 1, placeOfAnySuffix: 2, name: 3, wordSuffix: 4, valueSuffix: 5 };
const INPUT_BYTES = 1024;
const OTHER = 1;
const FAILURE = 2;
const SHAPE = 3;
const CHECK = 4;
const PEER = 5;
const EVENT_WORDS = 12;
const EVENT_TIME = 40;
/** The layout of scan.c's `failure` and `series`. */
const FAILURE_BYTES = 1480;
const FAILURE_VALUES = 40;
const FAILURE_SERIES = 1072;
const SERIES_COUNTS = 20;
const CLASSES = 8;
const NEWLINE = 10;

/** The part of WebAssembly's API that is used here, because the platform's types declare it for browsers only. */
type WasmApi = {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A core, and the shapes that it asks for times. A core takes 13 MB, so one that is no longer in use serves the next scanner. */
type Loaded = { readonly core: Core; taught?: TaughtShapes };
const idleCores: Loaded[] = [];

function loadCore(): Loaded {
  const { WebAssembly: api } = globalThis as unknown as { readonly WebAssembly: WasmApi };
  const module = new api.Module(Buffer.from(SCAN_WASM, "base64"));
  const readTime = (shape: number, index: number) => loaded.taught?.readTime(shape, index) ?? Number.NaN;
  // The exports are those of scan.c, which is compiled beside this file.
  const loaded: Loaded = { core: new api.Instance(module, { faultline: { readTime } }).exports as Core };
  return loaded;
}

type Shape = {
  readonly method: string;
  readonly path: string;
  readonly crowdedValues: number;
  /** Counts made by JavaScript; absent until something fails. */
  leaf: RouteTally | undefined;
};

/**
 * The scanner on WebAssembly. It counts in the core's tables, and receives new shapes, lines of other formats and some failing lines as
 * events.
 */
export class WasmScanner implements LineScanner {
  readonly buffer: Buffer;
  readonly cutter: LineCutter;
  private readonly tally: Tally;
  private readonly hooks: ScannerHooks;
  private readonly loaded = idleCores.pop() ?? loadCore();
  private readonly core = this.loaded.core;
  private readonly taught = new TaughtShapes(this.core);
  private readonly messages: KnownMessages;
  /** The names of upstreams, in the order of the core's peers. */
  private readonly peers: string[] = [];
  private readonly view: DataView;
  private readonly events: Uint32Array;
  private readonly input: Buffer;
  private readonly shapes: Shape[] = [];

  constructor(tally: Tally, hooks: ScannerHooks) {
    this.tally = tally;
    this.hooks = hooks;
    const { buffer } = this.core.memory;
    this.buffer = Buffer.from(buffer, this.core.bufferAt(), BUFFER_BYTES);
    this.input = Buffer.from(buffer, this.core.inputAt(), INPUT_BYTES);
    this.view = new DataView(buffer);
    this.events = new Uint32Array(buffer, this.core.eventsAt());
    this.core.begin(...this.limits);
    this.loaded.taught = this.taught;
    this.messages = new KnownMessages(this.core, tally);
    this.cutter = this.createCutter();
  }

  private createCutter(): LineCutter {
    const { core, taught, messages } = this;
    const { cut, signature, countMessage } = core;
    const listAt = (index: number) => new Int32Array(core.memory.buffer, core.tokensAt() + index * MAX_TOKENS * 4, MAX_TOKENS);
    return {
      cut,
      signature,
      countMessage,
      starts: listAt(0),
      ends: listAt(1),
      classes: listAt(2),
      hashes: listAt(3),
      teach: (shape) => taught.teach(shape),
      forget: (shape) => taught.forget(shape),
      clear: () => taught.clear(),
      hear: (heard) => messages.hear(heard),
    };
  }

  private get limits(): [fromMs: number, toMs: number] {
    const { fromMs, toMs } = this.tally.limits;
    return [fromMs ?? Number.NEGATIVE_INFINITY, toMs ?? Number.POSITIVE_INFINITY];
  }

  close(): void {
    delete this.loaded.taught;
    idleCores.push(this.loaded);
  }

  scan(buffer: Buffer, length: number): number | Promise<number> {
    const limit = length === 0 ? 0 : buffer.lastIndexOf(NEWLINE, length - 1) + 1;
    if (buffer !== this.buffer) buffer.copy(this.buffer, 0, 0, limit);
    return this.scanFrom(0, limit);
  }

  private scanFrom(start: number, limit: number): number | Promise<number> {
    for (let from = start; from < limit;) {
      const next = this.core.scan(from, limit, from === 0 ? 0 : 1);
      const prepared = this.hasOther() ? this.hooks.prepare() : undefined;
      if (prepared !== undefined) return this.goOn(prepared, next, limit);
      this.take();
      from = next;
    }
    return limit;
  }

  private async goOn(prepared: Promise<void>, from: number, limit: number): Promise<number> {
    await prepared;
    this.take();
    return await this.scanFrom(from, limit);
  }

  /** True if a scan met a line of another format. */
  private hasOther(): boolean {
    const { events } = this;
    const end = this.core.eventCount() * EVENT_WORDS;
    for (let at = 0; at < end; at += EVENT_WORDS) if (events[at] === OTHER || events[at] === CHECK) return true;
    return false;
  }

  private take(): void {
    this.hear();
    if (this.core.isFull() !== 1) return;
    this.flush();
    this.namePlaces();
  }

  /** Takes in the events of a scan, in the order of their lines. */
  private hear(): void {
    const { events } = this;
    const count = this.core.eventCount();
    for (let at = 0; at < count * EVENT_WORDS; at += EVENT_WORDS) {
      const kind = events[at];
      const start = events[at + 1] as number;
      const end = events[at + 2] as number;
      if (kind === SHAPE) this.hearShape(at, start);
      else if (kind === FAILURE) this.hearFailure(at);
      else if (kind === PEER) this.peers.push(this.buffer.toString("latin1", start, end));
      else this.hooks.onOther({ start, end, isCheck: kind === CHECK });
    }
  }

  private hearShape(at: number, crowdedValues: number): void {
    const { events, buffer } = this;
    const path = events[at + 3] as number;
    this.shapes[events[at + 6] as number] = {
      method: buffer.toString("latin1", events[at + 5], events[at + 9]),
      path: buffer.toString("utf8", path, events[at + 4]),
      crowdedValues,
      leaf: undefined,
    };
  }

  private hearFailure(at: number): void {
    const { events } = this;
    const shape = this.shapes[events[at + 6] as number];
    if (shape === undefined) return;
    const leaf = (shape.leaf ??= new RouteTally());
    const status = events[at + 7] as number;
    this.hooks.onFailure({
      start: events[at + 1] as number,
      end: events[at + 2] as number,
      method: shape.method,
      path: events[at + 3] as number,
      pathEnd: events[at + 4] as number,
      status,
      duration: (events[at + 8] as number) | 0,
      timeMs: this.view.getFloat64(events.byteOffset + at * 4 + EVENT_TIME, true),
      failures: leaf.getFailures(status),
    });
  }

  flush(): void {
    const { core, tally, view } = this;
    core.settle();
    for (let index = 0; index < core.failureCount(); index += 1) this.addFailure(core.failuresAt() + index * FAILURE_BYTES);
    this.taught.flush(tally, { getLeaf: (shape) => this.getLeaf(shape), names: this.peers });
    this.peers.length = 0;
    this.messages.flush(tally);
    const { buffer } = core.memory;
    const classes = new Uint32Array(buffer, core.classesAt());
    const latency = new Uint32Array(buffer, core.latencyAt());
    const varied = new Uint8Array(buffer, core.variedAt());
    this.shapes.forEach(({ method, path, crowdedValues, leaf = new RouteTally() }, shape) => {
      for (let index = 0; index < CLASSES; index += 1) {
        const count = classes[shape * CLASSES + index] ?? 0;
        leaf.classes[index] = (leaf.classes[index] ?? 0) + count;
        leaf.lines += count;
      }
      for (let index = 0; index < LATENCY_BUCKETS; index += 1) {
        const count = latency[shape * LATENCY_BUCKETS + index] ?? 0;
        if (count > 0) leaf.addLatency(index, count);
      }
      if (leaf.lines > 0) tally.getTrie(method).add(path, leaf, { lines: leaf.lines, variedFrom: varied[shape] ?? 0, crowdedValues });
    });
    tally.addCombined({
      lines: core.countedLines(),
      timed: core.timedLines(),
      outside: core.outsideLines(),
      firstMs: core.firstMs(),
      lastMs: core.lastMs(),
      traffic: readSeries(view, core.trafficAt()),
      errors: readSeries(view, core.errorsAt()),
    });
    core.reset(...this.limits);
    this.shapes.length = 0;
  }

  /** Tells the core at which places new words are values by now, so that an endless variety of paths has few shapes. */
  private namePlaces(): void {
    const { core, tally } = this;
    core.forgetPlaces(Math.max(...[...tally.routes.values()].map((trie) => trie.often)));
    for (const [method, trie] of tally.routes) {
      for (const place of trie.findCrowds()) this.namePlace(method, place);
    }
  }

  private namePlace(method: string, { keys, names, wordSuffixes, valueSuffixes }: CrowdedPlace): void {
    const { core } = this;
    core.startPlace(this.write(method));
    for (const key of keys) {
      if (key.startsWith(PARAMETER)) core.enterValue(this.write(key.slice(PARAMETER.length)));
      else core.enterName(this.write(key));
    }
    core.keep(0, valueSuffixes === undefined ? KEEP.place : KEEP.placeOfAnySuffix);
    for (const suffix of wordSuffixes) core.keep(this.write(suffix), KEEP.wordSuffix);
    for (const suffix of valueSuffixes ?? []) core.keep(this.write(suffix), KEEP.valueSuffix);
    for (const name of names) core.keep(this.write(name), KEEP.name);
  }

  /** Passes a text of at most 200 characters to the core. */
  private write(text: string): number {
    return this.input.write(text);
  }

  private getLeaf(shape: number): RouteTally | undefined {
    const known = this.shapes[shape];
    return known === undefined ? undefined : (known.leaf ??= new RouteTally());
  }

  /** Moves the core's counts of one shape's server errors with one status into its tally. */
  private addFailure(at: number): void {
    const { view } = this;
    const shape = this.shapes[view.getInt32(at, true)];
    if (shape === undefined) return;
    const leaf = (shape.leaf ??= new RouteTally());
    const status = view.getInt32(at + 4, true);
    const count = view.getUint32(at + 8, true);
    const values = Array.from({ length: view.getUint32(at + 12, true) }, (_, index) =>
      view.getInt32(at + FAILURE_VALUES + index * 4, true),
    );
    leaf.lines += count;
    leaf.classes[5] = (leaf.classes[5] ?? 0) + count;
    leaf.getFailures(status).addCounted({
      count,
      firstMs: view.getFloat64(at + 24, true),
      lastMs: view.getFloat64(at + 32, true),
      durations: new Sample(values, { seen: view.getUint32(at + 16, true), stride: view.getUint32(at + 20, true) }),
      series: readSeries(view, at + FAILURE_SERIES),
    });
  }
}

/** A `series` of scan.c. */
function readSeries(view: DataView, at: number): Series {
  const series = new Series();
  series.widthMs = view.getFloat64(at, true);
  series.first = Number(view.getBigInt64(at + 8, true));
  series.total = view.getUint32(at + 16, true);
  for (let index = 0; index < series.counts.length; index += 1) series.counts[index] = view.getUint32(at + SERIES_COUNTS + index * 4, true);
  return series;
}
