import type { Exchange, LogRecord } from "@faultline/model";

const LOG_WARN = 13;
/** Log lines have whole seconds at worst. */
const TOLERANCE_MS = 1_500;
const BESIDE_MS = 20;
const MAX_FOUND = 8;

/**
 * Finds what the observer of an exchange wrote about it into its own log: warnings and errors without a trace, of that time, and of that
 * path if they name one. An error log is as long as its incident, and it is searched for every failing request, so each search covers only
 * its own time.
 */
export function createLogFinder(logs: readonly LogRecord[]): (exchange: Exchange) => readonly LogRecord[] {
  const untraced = logs.filter(({ traceId, severity }) => traceId === undefined && severity >= LOG_WARN);
  const sorted = untraced.toSorted((a, b) => a.timeMs - b.timeMs);
  const byPlace = Map.groupBy(sorted, ({ resource, attributes }) => toPlace(resource.service, attributes["url.path"]));
  return ({ observer, timeMs, durationMs = 0, path }) => {
    if (timeMs === undefined) return [];
    const [fromMs, toMs] = [timeMs - TOLERANCE_MS, timeMs + durationMs + TOLERANCE_MS];
    const about = path === undefined ? [] : findBetween(byPlace.get(toPlace(observer.name, path)) ?? [], fromMs, toMs);
    const other = byPlace.get(toPlace(observer.name, undefined)) ?? [];
    if (about.length === 0) return findBetween(other, fromMs, toMs);
    // Lines of one incident are next to each other. The one that names the path may not be the one that says why.
    const beside = about.flatMap((each) =>
      findBetween(other, Math.max(fromMs, each.timeMs - BESIDE_MS), Math.min(toMs, each.timeMs + BESIDE_MS)),
    );
    return [...about, ...new Set(beside.toSorted((a, b) => a.timeMs - b.timeMs))].slice(0, MAX_FOUND);
  };
}

function toPlace(service: string, path: unknown): string {
  return JSON.stringify([service, path]);
}

/** The first records in a stretch of time. */
function findBetween(sorted: readonly LogRecord[], fromMs: number, toMs: number): readonly LogRecord[] {
  const first = findFirst(sorted, fromMs);
  return sorted.slice(first, first + MAX_FOUND).filter(({ timeMs }) => timeMs <= toMs);
}

function findFirst(sorted: readonly LogRecord[], fromMs: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.timeMs ?? Infinity) < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
