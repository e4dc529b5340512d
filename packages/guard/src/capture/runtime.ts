/** The state of this process at the moment of a failure: a blocked event loop and a full heap are causes that no stack shows. */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { AttributeText, writeGauge } from "../export/otlp-json.ts";
import { flatten } from "../json-text.ts";

/** Readings are shared for this long, the resolution of the event loop's delay: one reading costs as much as half a record. */
const FRESH_MS = 20;
/** Gives the same figure as `process.memoryUsage`, which also reads a system file: 0.5 µs instead of 8.5. */
const readHeap = (): number => getHeapStatistics().used_heap_size;

/** Reads the process. Times in seconds, sizes in bytes, as the conventions want them. */
export type Runtime = {
  /** Attributes for an exchange that fails at `nowMs` (`performance.now()`), written as `AttributeText` has them. */
  writeNow(nowMs: number): string;
  /** Gauges since the last call, as OTLP/JSON `metrics` items. */
  takeMetrics(nowMs: number): readonly string[];
  close(): void;
};

/** Starts to watch the event loop, at a resolution of 20 ms. */
export function watchRuntime(): Runtime {
  const delay = monitorEventLoopDelay({ resolution: FRESH_MS });
  delay.enable();
  let before = performance.eventLoopUtilization();
  const toSeconds = (nanoseconds: number): number => Math.max(0, nanoseconds) / 1e9;
  const readMaxDelay = (): number => (delay.count === 0 ? 0 : toSeconds(delay.max));
  let written = { text: "", atMs: Number.NEGATIVE_INFINITY };
  const write = (): string => {
    const attributes = new AttributeText();
    attributes.add("nodejs.eventloop.delay.max", readMaxDelay());
    attributes.add("nodejs.eventloop.utilization", performance.eventLoopUtilization(before).utilization);
    attributes.add("v8js.memory.heap.used", readHeap());
    return flatten(attributes.written);
  };
  return {
    writeNow(nowMs) {
      if (nowMs - written.atMs > FRESH_MS) written = { text: write(), atMs: nowMs };
      return written.text;
    },
    takeMetrics(nowMs) {
      const utilization = performance.eventLoopUtilization(before).utilization;
      before = performance.eventLoopUtilization();
      const gauges: readonly (readonly [string, string, number])[] = [
        ["nodejs.eventloop.delay.p50", "s", toSeconds(delay.percentile(50))],
        ["nodejs.eventloop.delay.p99", "s", toSeconds(delay.percentile(99))],
        ["nodejs.eventloop.delay.max", "s", readMaxDelay()],
        ["nodejs.eventloop.utilization", "1", utilization],
        ["v8js.memory.heap.used", "By", readHeap()],
      ];
      delay.reset();
      return gauges.map(([name, unit, value]) => writeGauge(name, unit, { value, nowMs }));
    },
    close: () => void delay.disable(),
  };
}
