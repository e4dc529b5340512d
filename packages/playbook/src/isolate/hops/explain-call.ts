import type { LogRecord } from "@faultline/model";
import { findRejection, findStatusInWords, isTimeoutText } from "../words/error-words.ts";
import type { Call, Hop } from "./hop-shape.ts";
import type { Outcome } from "../outcome.ts";

const LOG_ERROR = 17;
/** An error is described at its beginning; stacks and dumps after that are only slow to search. */
const MAX_WORDS = 1500;
/** A caller logs a failed call right after it. Clocks and buffers may delay this by as much, ms. */
const SOON_MS = 1000;

/**
 * Explains a call whose span says only "error" by what its caller logged when it ended (`HttpClientErrorException: 403 null`, `Read timed
 * out`). If nobody says anything, the callee's span may: one that ended in error at once, without a route, a call, an exception or a log
 * line, rejected the request at its entrance.
 */
export function explainByLogs(call: Call, logs: readonly LogRecord[]): Call {
  if (call.outcome.kind !== "failed" || call.outcome.code !== undefined) return call;
  const words = [call.outcome.words, ...logs.filter((log) => isAbout(log, call)).map(({ body }) => body)]
    .filter((text) => text !== "")
    .join("\n")
    .slice(0, MAX_WORDS);
  const outcome = words === "" ? call.outcome : judgeByWords(call.outcome, words);
  if (call.callee === undefined) return { ...call, outcome };
  if (outcome.kind === "refused") return { ...call, outcome, callee: refuse(call.callee, outcome) };
  if (outcome.kind !== "failed" || words !== "" || !isTurnedAway(call.callee)) return { ...call, outcome };
  const refused: Outcome = { ...outcome, kind: "refused", words: "" };
  return { ...call, outcome: refused, callee: refuse(call.callee, refused) };
}

function isAbout(log: LogRecord, call: Call): boolean {
  return log.severity >= LOG_ERROR && log.timeMs >= call.endMs - 2 && log.timeMs <= call.endMs + SOON_MS;
}

function judgeByWords(outcome: Outcome, words: string): Outcome {
  const code = findStatusInWords(words);
  const timedOut = isTimeoutText(words);
  if (code !== undefined && !timedOut) return { ...outcome, words, code, status: String(code), kind: code < 500 ? "refused" : "failed" };
  return { ...outcome, words, kind: findRejection(words) ?? (timedOut ? "timed-out" : outcome.kind) };
}

function isTurnedAway(callee: Hop): boolean {
  const { attributes } = callee.entry.span;
  return (
    callee.outcome.kind === "failed" &&
    callee.outcome.code === undefined &&
    callee.outcome.words === "" &&
    callee.spans.length === 1 &&
    callee.calls.length === 0 &&
    callee.logs.length === 0 &&
    attributes["http.route"] === undefined
  );
}

function refuse(callee: Hop, { code, status }: Outcome): Hop {
  if (callee.outcome.kind !== "failed" || callee.outcome.code !== undefined) return callee;
  return {
    ...callee,
    outcome: {
      ...callee.outcome,
      kind: "refused",
      status: code === undefined ? callee.outcome.status : status,
      ...(code === undefined ? {} : { code }),
    },
  };
}
