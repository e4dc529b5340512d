/**
 * Rails' own log: the `Started` and `Completed` lines of a request, joined by their tag, or by their order if one request is open at a
 * time; then the exception. Source: Rails guides, "Debugging Rails Applications"; samples of GitLab's production log.
 */
import { anyOf } from "@faultline/model";
import { parseAnyTime } from "../values/clock.ts";
import { type Draft, putClient, putDuration, putStatus, putTarget, putTime, startDraft } from "../exchange/draft.ts";
import type { LineParser, ParseContext, ParsedLine, TextFormat } from "../line.ts";
import { readSeverity } from "../values/severity.ts";

/** Rails. */
export const rails: TextFormat = { id: "rails", create: createRails };

const PREFIX = /^(?:([DIWEFU]), \[(\d{4}-\d\d-\d\dT[\d:.]+)(?:Z)? #(\d+)\]\s+([A-Z]+) -- (\S*): ?)?((?:\[[^\]]{1,128}\] )*)/;
const STARTED =
  /^Started (?<method>[A-Z]+) "(?<target>[^"]*)" for (?<client>\S+) at (?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: [+-]\d{4}| UTC)?)$/;
const COMPLETED = /^Completed (?<status>\d{3}) .*? ?in (?<duration>\d+(?:\.\d+)?)ms\b/;
/** Rails 2 writes the method in the first line and the URL in the last. */
const STARTED_BEFORE_2010 =
  /^Processing \S+#\S+ (?:to \w+ )?\(for (?<client>\S+) at (?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\) \[(?<method>[A-Z]+)\]$/;
const COMPLETED_BEFORE_2010 = /^Completed in (?<duration>\d+)ms (?:\([^)]*\) )?\| (?<status>\d{3}) [^[]*\[(?<target>https?:\/\/\S*)\]$/;
const OTHER = new RegExp(
  `^${anyOf(
    /Processing by \S+#\S+ as /,
    /  ?Parameters: /,
    /Redirected to /,
    /Rendered /,
    /  Rendering /,
    /  Rendered /,
    /Rendering /,
    /Filter chain halted /,
    /Sent (?:file|data) /,
    /Unpermitted parameter/,
    /Can't verify CSRF token/,
    /DEPRECATION WARNING: /,
    /Did you mean\?  /,
  )}`,
);
const EXCEPTION =
  /^\s*((?=[A-Z][\w:]{0,200} \()(?:\w+::)*\w*(?:Error|Exception|NotFound|Invalid|Timeout|Missing|Abort|Failed|Denied|Unknown|Refused)\w*|Errno::E[A-Z0-9]+) \(/;
const FRAME = /^\s*(?:[\w-]{1,64} \([\w.]+\) )?[^:\s]+:\d+:in [`'].*'$/;
/** Ruby's Logger writes this at the top of each file. */
const HEADER = /^# Logfile created on .* by logger\.rb/;

const MAX_OPEN = 4096;

function createRails(context: ParseContext): LineParser {
  const open = new Map<string, Draft>();
  return (line) => {
    if (HEADER.test(line)) return { kind: "directive", format: "rails", text: line };
    const prefix = PREFIX.exec(line);
    const text = line.slice(prefix?.[0].length ?? 0);
    const tag = prefix?.[6] === "" ? (prefix[3] ?? "") : (prefix?.[6] ?? "");
    const timeMs = parseAnyTime(prefix?.[2], context);
    const started = STARTED.exec(text) ?? STARTED_BEFORE_2010.exec(text);
    if (started !== null) return readStarted(started, { open, tag, context });
    const completed = COMPLETED.exec(text) ?? COMPLETED_BEFORE_2010.exec(text);
    if (completed !== null) return readCompleted(completed, { open, tag, timeMs });
    const exception = EXCEPTION.exec(text);
    if (exception === null && !OTHER.test(text)) {
      const isEmptyTag = prefix?.[6] !== "" && text.trim() === "";
      if (FRAME.test(text) || isEmptyTag) return { kind: "continuation", format: "rails", text: line };
      return prefix?.[1] === undefined ? undefined : readOther(text, { tag, timeMs, level: prefix[4] });
    }
    const exceptionType = exception === null ? undefined : (exception[1] ?? "");
    // If an exception occurs before any action (a routing error), there is no Completed line.
    const failed = exception === null ? undefined : open.get(tag);
    if (exception !== null) open.delete(tag);
    return toMessage(text, { tag, timeMs, exceptionType, failed });
  };
}

type MessageOf = {
  readonly tag: string;
  readonly timeMs: number | undefined;
  readonly exceptionType: string | undefined;
  readonly failed: Draft | undefined;
};

/** A line that Rails wrote about a request, or the exception that ended it. */
function toMessage(text: string, { tag, timeMs, exceptionType, failed }: MessageOf): ParsedLine {
  const requestId = readRequestId(tag);
  return {
    kind: "message",
    format: "rails",
    message: {
      severity: exceptionType === undefined ? 9 : 21,
      text: text.trim(),
      ...(failed?.method === undefined ? {} : { method: failed.method }),
      ...(failed?.path === undefined ? {} : { path: failed.path }),
      ...(timeMs === undefined ? {} : { timeMs }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(exceptionType === undefined ? {} : { exceptionType }),
    },
  };
}

function readRequestId(tag: string): string | undefined {
  return /\[([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{32}|[0-9A-HJKMNP-TV-Z]{26})\]/.exec(tag)?.[1];
}

/** Reads a line in the formatter's layout that is not Rails' own: the application's words. */
function readOther(
  text: string,
  line: { readonly tag: string; readonly timeMs: number | undefined; readonly level: string | undefined },
): ParsedLine {
  const requestId = readRequestId(line.tag);
  return {
    kind: "message",
    format: "rails",
    message: {
      severity: readSeverity(line.level),
      text,
      ...(line.timeMs === undefined ? {} : { timeMs: line.timeMs }),
      ...(requestId === undefined ? {} : { requestId }),
    },
  };
}

function readStarted(
  match: RegExpExecArray,
  state: { readonly open: Map<string, Draft>; readonly tag: string; readonly context: ParseContext },
): ParsedLine {
  const draft = startDraft("app", "rails");
  const parts = match.groups ?? {};
  draft.method = parts["method"] ?? "";
  putTarget(draft, parts["target"]);
  putClient(draft, parts["client"] ?? "");
  putTime(draft, parseAnyTime(parts["time"], state.context));
  const requestId = readRequestId(state.tag);
  if (requestId !== undefined) draft.requestId = requestId;
  if (state.open.size >= MAX_OPEN) state.open.clear();
  // Two open requests with one tag cannot be told apart, so both are forgotten rather than guessed.
  if (state.open.has(state.tag)) state.open.set(state.tag, startDraft("app", "rails"));
  else state.open.set(state.tag, draft);
  const { timeMs, method, path, query, clientAddress } = draft;
  return {
    kind: "message",
    format: "rails",
    message: {
      severity: 9,
      text: match[0],
      ...(timeMs === undefined ? {} : { timeMs }),
      ...(method === undefined ? {} : { method }),
      ...(path === undefined ? {} : { path }),
      ...(query === undefined ? {} : { query }),
      ...(clientAddress === undefined ? {} : { clientAddress }),
      ...(requestId === undefined ? {} : { requestId }),
    },
  };
}

function readCompleted(
  match: RegExpExecArray,
  state: { readonly open: Map<string, Draft>; readonly tag: string; readonly timeMs: number | undefined },
): ParsedLine {
  const draft = state.open.get(state.tag) ?? startDraft("app", "rails");
  state.open.delete(state.tag);
  const requestId = readRequestId(state.tag);
  if (requestId !== undefined) draft.requestId = requestId;
  if (draft.timeMs === undefined) putTime(draft, state.timeMs);
  putTarget(draft, match.groups?.["target"]);
  putStatus(draft, match.groups?.["status"]);
  putDuration(draft, match.groups?.["duration"], 1);
  if (draft.status !== undefined && draft.status >= 500) {
    draft.madeBy = { hop: "observer", because: "the Rails action answered so", confidence: 0.85 };
  }
  return { kind: "exchange", format: "rails", exchange: draft };
}
