/**
 * Access lines of the operators' own layout that keep the family's core: a quoted request line with its protocol, and behind it the
 * status. gunicorn, uWSGI, hypercorn, uvicorn's and werkzeug's loggers inside a Python layout, and many a home-made `log_format`.
 * Nothing but what stands where everybody writes it is read: members that the layout hides stay unset.
 */
import { parseAnyTime } from "../clock.ts";
import { type Draft, putClient, putDuration, putNumber, putRequestLine, putStatus, putText, putTime, startDraft } from "../draft.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";
import { readSuffixedDuration } from "../named-fields.ts";
import { readTokens, type Token, unescapeQuoted } from "../tokens.ts";
import { isUsualStatus } from "../usual-status.ts";
import { peelLoose } from "../wrappers/peel.ts";

/** Any line with a quoted request line that a status follows. */
export const requestLine: TextFormat = { id: "request-line", create: createRequestLine };

const REQUEST = /"([A-Za-z]{3,20} [^"]* HTTP\/[\d.]+)"? ["(]?(\d{3})[")]?(?= |,|$)(?: (\d{3})(?= |$))?/;
/** The same without its quotes, which nginx's `$request` has none of: behind a bracket or a field, and only with its protocol. */
const UNQUOTED =
  /((?<=[\]"\d-] )[A-Z]{3,10} [/*][^\s"]* HTTP\/[\d.]+|(?<=\] )[A-Z]{3,10} https?:\/\/[^\s"]* HTTP\/[\d.]+) "?(\d{3})"?(?= |$)(?: (\d{3})(?= |$))?/;
/** What no server takes for a request: nothing, or bytes that are escaped. Servers answer it with 400, 408, 414, 494 or 497 themselves. */
const NO_REQUEST = /"(|-|\\x[0-9A-Fa-f]{2}[^"]*)" "?(400|408|414|494|497)"?(?= |,|$)/;
const ADDRESS = /(?:^|[\s[(<"'])((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?::\d+)?(?=[\s\])>"',]|$)/;
const TIME =
  /^1\d{9}\.\d{3}(?= )|\d{1,2}\/[A-Z][a-z]{2}\/\d{4}[: ]\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?/;
/** A URL before the request is a client's note of a call that it made (urllib3), not of one that it served. */
const CALLED = /https?:\/\/\S+ $/;
const BRACKETED_TIME = /\[(?:\d{1,2}\/[A-Z][a-z]{2}\/\d{4}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)/;
const LOGGED = /^\d{4}[-/]\d\d[-/]\d\d[T ]\S+ .{0,80}\b(?:DEBUG|INFO|WARNING|ERROR)\b/;
const MAX_HEAD = 1024;

function createRequestLine(context: ParseContext): LineParser {
  return (line) => {
    const request = REQUEST.exec(line) ?? (LOGGED.test(line) ? null : UNQUOTED.exec(line)) ?? NO_REQUEST.exec(line);
    if (request === null || request.index > MAX_HEAD) return undefined;
    if (!isUsualStatus(request[2])) return undefined;
    // A layout that begins with the request has address and time behind it.
    const head =
      request.index === 0 ? `${line.slice(request[0].length).replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')} ` : line.slice(0, request.index);
    const time = TIME.exec(head)?.[0];
    const address = ADDRESS.exec(time === undefined ? head : head.replace(time, "-"))?.[1];
    if ((address === undefined && time === undefined) || CALLED.test(head)) return undefined;
    // A wrapper in front of a line with the family's own time is peeled first, unless a logger's level stands between the two.
    if (BRACKETED_TIME.test(head) && !LOGGED.test(head) && peelLoose(line) !== undefined) return undefined;
    const draft = startDraft("unknown", "access log");
    putClient(draft, address ?? "");
    putTime(draft, parseAnyTime(time, context));
    putRequestLine(draft, unescapeQuoted(request[1] ?? ""));
    putStatus(draft, request[2]);
    putDuration(draft, / (\d{1,5}\.\d{3}) $/.exec(head)?.[1], 1000);
    const end = request.index + request[0].length - (request[3] === undefined ? 0 : request[3].length + 1);
    putRest(draft, readTokens(line, end, 40));
    return { kind: "exchange", format: "request-line", exchange: draft };
  };
}

/** The size follows the status; two quoted fields are referrer and agent; one number with a point and more than two digits is seconds. */
function putRest(draft: Draft, rest: readonly Token[]): void {
  const [size] = rest;
  if (size?.kind === "bare" && /^\d+$/.test(size.text)) putNumber(draft, "responseBytes", size.text);
  const quoted = rest.filter((token) => token.kind === "quoted");
  const agent = quoted.find(({ text }) => /^[A-Za-z][\w.-]{0,60}\/\d/.test(text)) ?? quoted[1];
  if (quoted.length >= 2) putText(draft, "userAgent", unescapeQuoted(agent?.text ?? ""));
  const seconds = rest.filter((token) => token.kind === "bare" && /^\d+\.\d{3,}$/.test(token.text));
  if (seconds.length === 1) putDuration(draft, seconds[0]?.text, 1000);
  const own = rest.findLast((token) => token.kind === "bare" && /^\d+(?:\.\d+)?(?:ms|us|µs|s)$/.test(token.text));
  const durationMs = own === undefined ? undefined : readSuffixedDuration(own.text);
  if (durationMs !== undefined) draft.durationMs = durationMs;
}
