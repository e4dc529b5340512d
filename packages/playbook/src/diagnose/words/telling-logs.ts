import type { LogRecord } from "@faultline/model";
import { toLogTemplate } from "../../isolate/behaviour/log-template.ts";
import type { Occurrence } from "../../isolate/occurrence.ts";

/** True for an error line that failing requests write and good ones do not. */
export type IsTelling = (log: LogRecord) => boolean;

const LOG_ERROR = 17;
/** With fewer good requests, or a smaller share of the failing ones, a line may accompany the failure by chance. */
const LEAST_GOOD = 5;
const LEAST_SHARE = 0.5;

/** Finds the error lines that at least half of the failing requests write and no good one does. These lines are about the failure. */
export function findTellingLogs(failing: readonly Occurrence[], succeeding: readonly Occurrence[]): IsTelling {
  if (succeeding.length < LEAST_GOOD) return () => false;
  const usual = new Set(succeeding.flatMap(listTemplates));
  const counts = new Map<string, number>();
  for (const template of failing.flatMap(listTemplates)) counts.set(template, (counts.get(template) ?? 0) + 1);
  return (log) => {
    if (log.severity < LOG_ERROR) return false;
    const template = nameTemplate(log);
    return !usual.has(template) && (counts.get(template) ?? 0) >= failing.length * LEAST_SHARE;
  };
}

/** The error lines of a request, each once. */
function listTemplates({ path }: Occurrence): readonly string[] {
  const found = new Set<string>();
  for (const logs of path.logs.values()) for (const log of logs) if (log.severity >= LOG_ERROR) found.add(nameTemplate(log));
  return [...found];
}

function nameTemplate(log: LogRecord): string {
  return `${log.resource.service} ${toLogTemplate(log)}`;
}
