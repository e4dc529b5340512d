/** The state of this process at the moment of a failure: a blocked event loop and a full heap are causes that no stack shows. */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { writeGauge } from "../export/otlp-json.ts";

const HEAP_FRESH_MS = 100;

/** Reads the process. Times in seconds, sizes in bytes, as the conventions want them. */
export type Runtime = {
  /** Attributes for a failing exchange. */
  readNow(): Record<string, number>;
  /** Gauges since the last call, as OTLP/JSON `metrics` items. */
  takeMetrics(nowMs: number): readonly string[];
  close(): void;
};

/** Starts to watch the event loop, at a resolution of 20 ms. */
export function watchRuntime(): Runtime {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let before = performance.eventLoopUtilization();
  const toSeconds = (nanoseconds: number): number => Math.max(0, nanoseconds) / 1e9;
  let heap = { used: 0, readAtMs: Number.NEGATIVE_INFINITY };
  // Asking V8 costs 30 µs; in a burst of failures the answer of a moment ago does.
  const readHeap = (): number => {
    const nowMs = performance.now();
    if (nowMs - heap.readAtMs > HEAP_FRESH_MS) heap = { used: process.memoryUsage().heapUsed, readAtMs: nowMs };
    return heap.used;
  };
  return {
    readNow() {
      return {
        "nodejs.eventloop.delay.max": delay.count === 0 ? 0 : toSeconds(delay.max),
        "nodejs.eventloop.utilization": performance.eventLoopUtilization(before).utilization,
        "v8js.memory.heap.used": readHeap(),
      };
    },
    takeMetrics(nowMs) {
      const utilization = performance.eventLoopUtilization(before).utilization;
      before = performance.eventLoopUtilization();
      const gauges: readonly (readonly [string, string, number])[] = [
        ["nodejs.eventloop.delay.p50", "s", toSeconds(delay.percentile(50))],
        ["nodejs.eventloop.delay.p99", "s", toSeconds(delay.percentile(99))],
        ["nodejs.eventloop.delay.max", "s", delay.count === 0 ? 0 : toSeconds(delay.max)],
        ["nodejs.eventloop.utilization", "1", utilization],
        ["v8js.memory.heap.used", "By", process.memoryUsage().heapUsed],
      ];
      delay.reset();
      return gauges.map(([name, unit, value]) => writeGauge(name, unit, { value, nowMs }));
    },
    close: () => void delay.disable(),
  };
}
