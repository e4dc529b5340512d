import type { Evidence, MetricPoint } from "@faultline/model";

const MEMORY = /(?:memory|heap|rss)/i;
const BYTES = /^(?:By|bytes|KiBy|MiBy|kB|MB)?$/;
/** Names of limits and reservations, which do not tell how much a process uses: V8 keeps a space large after a burst. */
const LIMITS = /limit|available|committed|free|reserved|space\.(?:size|physical_size)/i;
/** Garbage collection makes memory swing, so growth by a smaller factor is not a leak. */
const LEAST_GROWTH = 2;
const LEAST_POINTS = 4;

/** A process that stands still for fewer turns of its reporter than this may yet go on. */
const MISSED_TURNS = 3;

/** The strongest growth of memory in one process of a service without a fall in between, as with a leak. */
export function findMemoryGrowth(metrics: readonly MetricPoint[], service: string): Evidence | undefined {
  const best = findSteepest(metrics, service);
  if (best === undefined) return undefined;
  return {
    statement: `the memory of ${service} kept growing until it failed`,
    measured: `${best.name}: ${toMiB(best.from)} to ${toMiB(best.to)}`,
    source: "metric",
    weight: 4.5,
  };
}

/**
 * True if that growth is the last measurement, and a process of the service has not reported since the first failure, but has not been
 * silent longer than a busy process may be. A process that is busy, or has just started, doubles its memory as well.
 */
export function isYetToReport(metrics: readonly MetricPoint[], service: string, failedMs: number): boolean {
  const best = findSteepest(metrics, service);
  if (best === undefined || !best.isLast) return false;
  const observedMs = metrics.reduce((latest, { timeMs }) => Math.max(latest, timeMs), failedMs);
  const own = listMemory(metrics, service).filter(({ name }) => name === best.name);
  return [...Map.groupBy(own, ({ resource }) => resource.instance).values()].some((points) => {
    const times = sumByTime(points).map(({ timeMs }) => timeMs);
    const lastMs = times.at(-1) ?? 0;
    return lastMs < failedMs && observedMs - lastMs <= findTurn(times) * MISSED_TURNS;
  });
}

/** The usual time from one report to the next. */
function findTurn(times: readonly number[]): number {
  const turns = times.slice(1).map((timeMs, index) => timeMs - (times[index] ?? timeMs));
  return turns.toSorted((a, b) => a - b)[turns.length >> 1] ?? 0;
}

type Rise = { readonly from: number; readonly to: number; readonly isLast: boolean };
type Growth = Rise & { readonly name: string };

function findSteepest(metrics: readonly MetricPoint[], service: string): Growth | undefined {
  const own = listMemory(metrics, service);
  let best: Growth | undefined;
  for (const points of Map.groupBy(own, ({ name, resource }) => `${name} ${resource.instance ?? ""}`).values()) {
    const run = findLongestRise(sumByTime(points).map(({ total }) => total));
    const name = points[0]?.name ?? "";
    if (run !== undefined && (best === undefined || run.to / run.from > best.to / best.from)) best = { name, ...run };
  }
  return best;
}

/** True if a service reports its memory. Only then can a leak be told from one request that took too much. */
export function reportsMemory(metrics: readonly MetricPoint[], service: string): boolean {
  return listMemory(metrics, service).length > 0;
}

function listMemory(metrics: readonly MetricPoint[], service: string): readonly MetricPoint[] {
  return metrics.filter(
    ({ name, unit, resource }) => resource.service === service && MEMORY.test(name) && !LIMITS.test(name) && BYTES.test(unit),
  );
}

/** Adds up the parts in which a process reports its memory. A fault shows in the sum. */
function sumByTime(points: readonly MetricPoint[]): readonly { readonly timeMs: number; readonly total: number }[] {
  const sums = new Map<number, number>();
  for (const { timeMs, value } of points) sums.set(timeMs, (sums.get(timeMs) ?? 0) + value);
  return [...sums].sort(([a], [b]) => a - b).map(([timeMs, total]) => ({ timeMs, total }));
}

/** The steepest stretch in which memory at least doubled and hardly ever fell. */
function findLongestRise(values: readonly number[]): Rise | undefined {
  let best: Rise | undefined;
  let start = 0;
  for (let index = 1; index <= values.length; index += 1) {
    const [before, now] = [values[index - 1] ?? 0, values[index]];
    if (now !== undefined && now >= before * 0.9) continue;
    const from = values[start] ?? 0;
    const isLong = index - start >= LEAST_POINTS && from > 0 && before >= from * LEAST_GROWTH;
    if (isLong && (best === undefined || before / from > best.to / best.from)) best = { from, to: before, isLast: now === undefined };
    start = index;
  }
  return best;
}

function toMiB(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
