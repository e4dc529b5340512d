import type { Exchange, LogRecord } from "@faultline/model";

const LOG_WARN = 13;
/** Log lines know whole seconds at worst. */
const TOLERANCE_MS = 1_500;
const BESIDE_MS = 20;
const MAX_FOUND = 8;

/**
 * Finds what the observer of an exchange wrote to its own log about it: warnings and errors without a trace, of that time, and of that
 * path where they name one.
 */
export function createLogFinder(logs: readonly LogRecord[]): (exchange: Exchange) => readonly LogRecord[] {
  const byService = Map.groupBy(
    logs.filter(({ traceId, severity }) => traceId === undefined && severity >= LOG_WARN),
    ({ resource }) => resource.service,
  );
  return ({ observer, timeMs, durationMs = 0, path }) => {
    if (timeMs === undefined) return [];
    const near = (byService.get(observer.name) ?? []).filter(
      (log) => log.timeMs >= timeMs - TOLERANCE_MS && log.timeMs <= timeMs + durationMs + TOLERANCE_MS,
    );
    const about = near.filter(({ attributes }) => attributes["url.path"] !== undefined && attributes["url.path"] === path);
    const other = near.filter(({ attributes }) => attributes["url.path"] === undefined);
    if (about.length === 0) return other.slice(0, MAX_FOUND);
    // Lines of one incident stand together; the one that names the path may not be the one that says why.
    const beside = other.filter((log) => about.some((each) => Math.abs(each.timeMs - log.timeMs) <= BESIDE_MS));
    return [...about, ...beside].slice(0, MAX_FOUND);
  };
}
