import type { LogRecord } from "@faultline/model";
import { toLogTemplate } from "../isolate/behaviour/log-template.ts";
import type { Occurrence } from "../isolate/occurrence.ts";
import { endOf, startOf } from "../trace/span-time.ts";
import type { Saying } from "./findings.ts";
import { readLogWords } from "./log-words.ts";

const LOG_ERROR = 17;
const LOG_FATAL = 21;
/** A process says why it is about to fail, or what ended it, this long before and after the requests that met it. */
const BEFORE_MS = 5_000;
const AFTER_MS = 5_000;
const MOST = 10;

/**
 * Errors that the creating service logged outside of any request while these failed, and not before: what a supervisor, a server or a
 * runtime writes as it ends a process belongs to no trace.
 */
export function hearUntraced(
  logs: readonly LogRecord[],
  { service, failing }: { readonly service: string; readonly failing: readonly Occurrence[] },
): readonly Saying[] {
  const own = logs.filter((log) => log.traceId === undefined && log.resource.service === service && log.severity >= LOG_ERROR);
  if (own.length === 0 || failing.length === 0) return [];
  const fromMs = Math.min(...failing.map(({ entry }) => startOf(entry.entry))) - BEFORE_MS;
  const toMs = Math.max(...failing.map(({ entry }) => endOf(entry.entry))) + AFTER_MS;
  const usual = new Set(own.filter(({ timeMs }) => timeMs < fromMs).map(toLogTemplate));
  const fresh = own.filter((log) => log.timeMs >= fromMs && log.timeMs <= toMs && !usual.has(toLogTemplate(log)));
  return fresh.slice(0, MOST).map((log) => ({
    text: readLogWords(log).text,
    source: "log",
    service,
    place: "origin",
    isDirect: log.severity >= LOG_FATAL,
    isUntraced: true,
  }));
}
