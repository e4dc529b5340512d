import type { LogRecord } from "@faultline/model";
import { toLogTemplate } from "../isolate/behaviour/log-template.ts";
import type { Occurrence } from "../isolate/occurrence.ts";
import { endOf, startOf } from "../trace/span-time.ts";
import type { Saying } from "./findings.ts";
import { readLogWords } from "../isolate/words/log-words.ts";

const LOG_ERROR = 17;
const LOG_FATAL = 21;
/** How long before and after the failing requests a process may log why it is about to fail, or what ended it. */
const BEFORE_MS = 5_000;
const AFTER_MS = 5_000;
const MOST = 10;

/**
 * Errors that the creating service logged outside of any request while these requests failed, and not before. What a supervisor, a server
 * or a runtime writes as it ends a process belongs to no trace.
 */
export function hearUntraced(
  logs: readonly LogRecord[],
  { service, failing }: { readonly service: string; readonly failing: readonly Occurrence[] },
): readonly Saying[] {
  const own = logs.filter((log) => log.traceId === undefined && (isEndOfPod(log, service) || isErrorOf(log, service)));
  if (own.length === 0 || failing.length === 0) return [];
  const fromMs = Math.min(...failing.map(({ entry }) => startOf(entry.entry))) - BEFORE_MS;
  const toMs = Math.max(...failing.map(({ entry }) => endOf(entry.entry))) + AFTER_MS;
  const usual = new Set(own.filter(({ timeMs }) => timeMs < fromMs).map(toLogTemplate));
  const fresh = own.filter((log) => log.timeMs >= fromMs && log.timeMs <= toMs && !usual.has(toLogTemplate(log)));
  return fresh.slice(0, MOST).map((log) => ({
    text: isEndOfPod(log, service) ? `pod ${readReason(log)}: ${log.body}` : readLogWords(log).text,
    source: "log",
    service,
    place: "origin",
    isDirect: log.severity >= LOG_FATAL || isEndOfPod(log, service) || KILLED.test(log.body),
    isUntraced: true,
  }));
}

function isErrorOf({ resource, severity }: LogRecord, service: string): boolean {
  return resource.service === service && severity >= LOG_ERROR;
}

/** A server's message about a worker that was killed. */
const KILLED = /\bwas sent SIG(?:KILL|SEGV|ABRT)\b|\bexited on signal (?:6|9|11)\b/;
/** A cluster's events that say why a pod ended. Others only say that it ended, or that it is not ready. */
const ENDS: ReadonlySet<string> = new Set(["OOMKilling", "OOMKilled", "Evicted"]);

/** The suffix that a cluster adds to the names of its pods: a hash and the pod's own part, in letters that form no words, or a number. */
const POD_SUFFIX = /^(?:[2456789bcdf-hj-np-tvwxz]{6,10}-[2456789bcdf-hj-np-tvwxz]{5}|\d+)$/;

/** True for a cluster's event about a pod of the service. The collector's receiver writes events without a service's name. */
function isEndOfPod(log: LogRecord, service: string): boolean {
  const pod = log.resource.attributes["k8s.object.name"];
  if (typeof pod !== "string" || !ENDS.has(readReason(log)) || !pod.startsWith(`${service}-`)) return false;
  return POD_SUFFIX.test(pod.slice(service.length + 1));
}

function readReason({ attributes }: LogRecord): string {
  return String(attributes["k8s.event.reason"] ?? "");
}
