import type { Change, HopAccount, TraceAnswer } from "@faultline/model";
import { formatDuration } from "./format.ts";

/** How long before a fault's beginning a change may lie to be mentioned with it. */
const SHORTLY_MS = 15 * 60_000;

/** The last change of a hop on the path shortly before the first failure, as `2 s after the deploy of shop 2.5.0`: when, not why. */
export function tellChangeBefore(changes: readonly Change[], path: readonly HopAccount[], firstSeenMs: number): string | undefined {
  const last = changes
    .filter(
      ({ service, timeMs }) => path.some((hop) => hop.service === service) && timeMs <= firstSeenMs && firstSeenMs - timeMs <= SHORTLY_MS,
    )
    .toSorted((a, b) => a.timeMs - b.timeMs)
    .at(-1);
  if (last === undefined) return undefined;
  const what = [last.service, last.version].filter((part) => part !== undefined).join(" ");
  return `${formatDuration(firstSeenMs - last.timeMs)} after the ${last.kind} of ${what}`;
}

/** Where a trace's failure began, as far as the trace alone shows: the span, its status, and the exception of its service. */
export function tellOrigin({ rows, failingSpanId, exceptions }: TraceAnswer): string | undefined {
  const row = rows.find(({ spanId }) => spanId === failingSpanId);
  if (row === undefined) return undefined;
  const place = [row.service, row.name, row.statusCode].filter((part) => part !== undefined).join(", ");
  const thrown = exceptions.find(({ service }) => service === row.service);
  return thrown === undefined ? place : `${place}: ${thrown.type}: ${thrown.message}`;
}
