import type { Exchange, LogRecord } from "@faultline/model";

const LOG_WARN = 13;
/** Log lines know whole seconds at worst. */
const TOLERANCE_MS = 1_500;
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
    return (about.length > 0 ? about : near.filter(({ attributes }) => attributes["url.path"] === undefined)).slice(0, MAX_FOUND);
  };
}
