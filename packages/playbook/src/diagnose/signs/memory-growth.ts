import type { Evidence, MetricPoint } from "@faultline/model";

const MEMORY = /(?:memory|heap|rss)/i;
const BYTES = /^(?:By|bytes|KiBy|MiBy|kB|MB)?$/;
/** What a process may take or has reserved, which says nothing of what it uses: V8 keeps a space large after a burst. */
const LIMITS = /limit|available|committed|free|reserved|space\.(?:size|physical_size)/i;
/** Garbage collection makes memory swing; growth by less than this is no leak. */
const LEAST_GROWTH = 2;
const LEAST_POINTS = 4;

/** Growth of the memory of one service's process without a fall in between, as a leak looks; the strongest, when there is any. */
export function findMemoryGrowth(metrics: readonly MetricPoint[], service: string): Evidence | undefined {
  const own = listMemory(metrics, service);
  let best: { readonly name: string; readonly from: number; readonly to: number } | undefined;
  for (const points of Map.groupBy(own, ({ name, resource }) => `${name} ${resource.instance ?? ""}`).values()) {
    const totals = sumByTime(points);
    const run = findLongestRise(totals);
    const name = points[0]?.name ?? "";
    if (run !== undefined && (best === undefined || run.to / run.from > best.to / best.from)) best = { name, ...run };
  }
  if (best === undefined) return undefined;
  return {
    statement: `the memory of ${service} kept growing until it failed`,
    measured: `${best.name}: ${toMiB(best.from)} to ${toMiB(best.to)}`,
    source: "metric",
    weight: 4.5,
  };
}

/** True when a service reports its memory: only then can a leak be told from one request that took too much. */
export function reportsMemory(metrics: readonly MetricPoint[], service: string): boolean {
  return listMemory(metrics, service).length > 0;
}

function listMemory(metrics: readonly MetricPoint[], service: string): readonly MetricPoint[] {
  return metrics.filter(
    ({ name, unit, resource }) => resource.service === service && MEMORY.test(name) && !LIMITS.test(name) && BYTES.test(unit),
  );
}

/** A process reports its memory in parts; a fault is in their sum. */
function sumByTime(points: readonly MetricPoint[]): readonly number[] {
  const sums = new Map<number, number>();
  for (const { timeMs, value } of points) sums.set(timeMs, (sums.get(timeMs) ?? 0) + value);
  return [...sums].sort(([a], [b]) => a - b).map(([, value]) => value);
}

/** The steepest stretch in which memory at least doubled and hardly ever fell. */
function findLongestRise(values: readonly number[]): { readonly from: number; readonly to: number } | undefined {
  let best: { readonly from: number; readonly to: number } | undefined;
  let start = 0;
  for (let index = 1; index <= values.length; index += 1) {
    const [before, now] = [values[index - 1] ?? 0, values[index]];
    if (now !== undefined && now >= before * 0.9) continue;
    const from = values[start] ?? 0;
    const isLong = index - start >= LEAST_POINTS && from > 0 && before >= from * LEAST_GROWTH;
    if (isLong && (best === undefined || before / from > best.to / best.from)) best = { from, to: before };
    start = index;
  }
  return best;
}

function toMiB(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
