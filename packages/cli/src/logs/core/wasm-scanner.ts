import { LATENCY_BUCKETS, RouteTally } from "../route-tally.ts";
import type { LineScanner, ScannerHooks } from "../scanner.ts";
import type { Tally } from "../tally.ts";
import { SCAN_WASM } from "./scan-wasm.ts";

/** What the core exports; addresses are offsets into its memory. See scan.c. */
type Core = {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly bufferAt: () => number;
  readonly eventsAt: () => number;
  readonly classesAt: () => number;
  readonly latencyAt: () => number;
  readonly variedAt: () => number;
  readonly eventCount: () => number;
  readonly countedLines: () => number;
  readonly timedLines: () => number;
  readonly isFull: () => number;
  readonly reset: (fromMs: number, toMs: number) => void;
  readonly settle: () => void;
  readonly scan: (from: number, limit: number) => number;
};

const OTHER = 1;
const FAILURE = 2;
const SHAPE = 3;
const EVENT_WORDS = 12;
const CLASSES = 8;
const NEWLINE = 10;

/** The part of WebAssembly's API that is used: the platform's types declare it for browsers only. */
type WasmApi = {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

function loadCore(): Core {
  const { WebAssembly: api } = globalThis as unknown as { readonly WebAssembly: WasmApi };
  const module = new api.Module(Buffer.from(SCAN_WASM, "base64"));
  // The exports are scan.c's, compiled beside this file.
  return new api.Instance(module).exports as Core;
}

/** The scanner on WebAssembly: counts in the core's tables, and hears of failures, foreign lines, new shapes and seconds as events. */
export class WasmScanner implements LineScanner {
  private readonly tally: Tally;
  private readonly hooks: ScannerHooks;
  private readonly core = loadCore();
  private readonly memory: Uint8Array;
  private readonly events: Uint32Array;
  private readonly times: Float64Array;
  private readonly shapes: { readonly method: string; readonly path: string }[] = [];
  private readonly failing = new Map<number, RouteTally>();

  constructor(tally: Tally, hooks: ScannerHooks) {
    this.tally = tally;
    this.hooks = hooks;
    const { buffer } = this.core.memory;
    this.memory = new Uint8Array(buffer);
    const at = this.core.eventsAt();
    this.events = new Uint32Array(buffer, at);
    this.times = new Float64Array(buffer, at);
    this.reset();
  }

  private reset(): void {
    const { fromMs, toMs } = this.tally.limits;
    this.core.reset(fromMs ?? Number.NEGATIVE_INFINITY, toMs ?? Number.POSITIVE_INFINITY);
    this.shapes.length = 0;
    this.failing.clear();
  }

  scan(buffer: Buffer, length: number): number {
    const limit = length === 0 ? 0 : buffer.lastIndexOf(NEWLINE, length - 1) + 1;
    this.memory.set(buffer.subarray(0, limit), this.core.bufferAt());
    let from = 0;
    while (from < limit) {
      from = this.core.scan(from, limit);
      this.hear(buffer);
      if (this.core.isFull() === 1) this.flush();
    }
    return limit;
  }

  /** Takes in the events of a scan, in the order of their lines. */
  private hear(buffer: Buffer): void {
    const { events, times } = this;
    const count = this.core.eventCount();
    for (let index = 0; index < count; index += 1) {
      const at = index * EVENT_WORDS;
      const kind = events[at];
      const start = events[at + 1] ?? 0;
      const end = events[at + 2] ?? 0;
      if (kind === OTHER) this.hooks.onOther(start, end);
      else if (kind === SHAPE) this.learnShape(buffer, at);
      else if (kind === FAILURE) {
        const durationMs = times[at / 2 + 5] ?? -1;
        this.addFailure({
          start,
          end,
          shape: events[at + 6] ?? 0,
          status: events[at + 7] ?? 0,
          timeMs: times[at / 2 + 4] ?? 0,
          durationMs,
        });
      } else {
        const timeMs = times[at / 2 + 4] ?? 0;
        this.tally.addTime(timeMs, start);
        if (end > 0) this.tally.errors.add(timeMs, end);
      }
    }
  }

  private learnShape(buffer: Buffer, at: number): void {
    const { events } = this;
    const [path, pathEnd, method] = [events[at + 3] ?? 0, events[at + 4] ?? 0, events[at + 5] ?? 0];
    this.shapes[events[at + 6] ?? 0] = {
      method: buffer.toString("latin1", method, path - 1),
      path: buffer.toString("utf8", path, pathEnd),
    };
  }

  private addFailure(line: FailingLine): void {
    let tally = this.failing.get(line.shape);
    if (tally === undefined) {
      tally = new RouteTally();
      this.failing.set(line.shape, tally);
    }
    tally.lines += 1;
    tally.classes[5] = (tally.classes[5] ?? 0) + 1;
    tally.getFailures(line.status).addTimed(line.timeMs, line.durationMs < 0 ? undefined : line.durationMs);
    this.hooks.onFailure(line.start, line.end, tally);
  }

  flush(): void {
    const { core, tally } = this;
    core.settle();
    this.hear(Buffer.alloc(0));
    const { buffer } = core.memory;
    const classes = new Uint32Array(buffer, core.classesAt());
    const latency = new Uint32Array(buffer, core.latencyAt());
    const varied = new Uint8Array(buffer, core.variedAt());
    this.shapes.forEach(({ method, path }, shape) => {
      const leaf = this.failing.get(shape) ?? new RouteTally();
      for (let index = 0; index < CLASSES; index += 1) {
        const count = classes[shape * CLASSES + index] ?? 0;
        leaf.classes[index] = (leaf.classes[index] ?? 0) + count;
        leaf.lines += count;
      }
      for (let index = 0; index < LATENCY_BUCKETS; index += 1) leaf.latency[index] = latency[shape * LATENCY_BUCKETS + index] ?? 0;
      tally.getTrie(method).add(path, leaf, { lines: leaf.lines, variedFrom: varied[shape] ?? 0 });
    });
    tally.addCombined(core.countedLines(), core.timedLines());
    this.reset();
  }
}

type FailingLine = {
  readonly start: number;
  readonly end: number;
  readonly shape: number;
  readonly status: number;
  readonly timeMs: number;
  readonly durationMs: number;
};
