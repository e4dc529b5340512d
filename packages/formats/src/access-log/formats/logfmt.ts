/** logfmt, and lograge's use of it for Rails. */
import { readAppRecord } from "../application/app-message.ts";
import { putClient, putDuration, putStatus, putTarget, putText, putTime, startDraft } from "../exchange/draft.ts";
import { parseAnyTime } from "../values/clock.ts";
import type { LineParser, ParseContext, ParsedLine, TextFormat } from "../line.ts";
import { readSuffixedDuration } from "../named-fields/named-durations.ts";
import { readHaproxyNames } from "./haproxy-names.ts";
import { readBracketedPairs, readLabelledValues, readLoosePairs, readPairs } from "../values/logfmt-pairs.ts";

/** `method=GET path=/jobs/1 format=json controller=JobsController action=show status=500 duration=58.33 view=40.43`. */
export const lograge: TextFormat = {
  id: "lograge",
  create: (context) => (line) => {
    const start = /(?:^|\s)(?=method=[A-Z]+ path=)/.exec(line);
    if (start === null || !/ (?:controller|view|db|format)=/.test(line)) return undefined;
    return readLograge(line.slice(start.index).trim(), { prefix: line.slice(0, start.index), context });
  },
};

/**
 * Makes lograge's error a quoted text. lograge writes it in single quotes, which it may also contain; the closing one is followed by
 * another pair.
 */
function quoteError(body: string): string {
  const start = body.indexOf(" error='");
  if (start === -1) return body;
  const error = body.slice(start).replace(/^ error='(.*?)'(?= \w+=|$)/, (_, text: string) => ` error="${text.replaceAll('"', "'")}"`);
  return body.slice(0, start) + error;
}

function readLograge(body: string, rest: { readonly prefix: string; readonly context: ParseContext }): ParsedLine | undefined {
  const quoted = quoteError(body);
  const pairs = readPairs(quoted) ?? readLoosePairs(quoted);
  if (!pairs.has("status")) return undefined;
  const draft = startDraft("app", "rails");
  const prefixTime = /\[?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*Z?)/.exec(rest.prefix)?.[1];
  putTime(draft, parseAnyTime(pairs.get("time") ?? pairs.get("timestamp") ?? pairs.get("@timestamp") ?? prefixTime, rest.context));
  putText(draft, "method", pairs.get("method"));
  putTarget(draft, pairs.get("path"));
  putStatus(draft, pairs.get("status"));
  const duration = pairs.get("duration");
  putDuration(draft, readSuffixedDuration(duration ?? "") ?? duration, 1);
  putClient(draft, pairs.get("remote_ip") ?? pairs.get("ip") ?? pairs.get("client_ip") ?? "");
  putText(draft, "host", pairs.get("host"));
  putText(
    draft,
    "requestId",
    pairs.get("request_id") ?? pairs.get("req_id") ?? /\[([0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32})\]/.exec(rest.prefix)?.[1],
  );
  putText(draft, "userAgent", pairs.get("user_agent") ?? pairs.get("ua"));
  putText(draft, "errorMessage", pairs.get("error") ?? pairs.get("exception"));
  if (draft.status !== undefined && draft.status >= 500) {
    draft.madeBy = {
      hop: "observer",
      because: `the Rails action answered so${draft.errorMessage === undefined ? "" : `: ${draft.errorMessage}`}`,
      confidence: 0.88,
    };
  }
  return { kind: "exchange", format: "lograge", exchange: draft };
}

/** Any line that is nearly all `key=value`, `[key=value]`, or `key:value` separated by tabs. */
export const logfmt: TextFormat = { id: "logfmt", create: createLogfmt };

/** Names of which every log record has one. Pairs without any of them are a command's output or a settings file. */
const RECORD = new Set(
  "level lvl msg message event datetime status status_code statuscode http_status response_status response_code time ts at severity method http_request uri err error time_local time_iso8601".split(
    " ",
  ),
);
/** A server's own layout may have none of these names, but it has the whole request: `code=200 | request="GET / HTTP/1.1"`. */
const WHOLE_REQUEST = /^[A-Z]{3,8} \S+ HTTP\/\d/;

function createLogfmt(context: ParseContext): LineParser {
  return (line) => {
    const pairs = readLabelledValues(line) ?? readBracketedPairs(line) ?? (line.includes("=") ? readPairs(line) : undefined);
    if (pairs === undefined) return undefined;
    const ofHaproxy = readHaproxyNames(Object.fromEntries(pairs), context);
    if (ofHaproxy !== undefined) return ofHaproxy;
    const names = [...pairs.keys()].map((key) => key.toLowerCase());
    if (!names.some((name) => RECORD.has(name)) && ![...pairs.values()].some((value) => WHOLE_REQUEST.test(value))) return undefined;
    const isTimed = names.some((name) => ["time", "ts", "timestamp", "@timestamp"].includes(name));
    const leading = isTimed ? undefined : /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*?)\]? /.exec(line)?.[1];
    const record = { ...(leading === undefined ? {} : { "@timestamp": leading }), ...Object.fromEntries(pairs) };
    return readAppRecord(record, { id: "logfmt", observer: "logfmt" }, context);
  };
}
