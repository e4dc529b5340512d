import { anyOf } from "@faultline/model";

/**
 * Access lines in operators' own layouts that keep the core of the Common Log Format family: a quoted request line with its protocol, and
 * the status after it. They are written by gunicorn, uWSGI, hypercorn, and the loggers of uvicorn and werkzeug in a Python layout, and by
 * many home-made `log_format`s. Only fields in their common places are read; members that cannot be located stay absent.
 */
import { parseAnyTime } from "../values/clock.ts";
import {
  type Draft,
  putClient,
  putDuration,
  putNumber,
  putRequestLine,
  putStatus,
  putText,
  putTime,
  startDraft,
} from "../exchange/draft.ts";
import type { LineParser, ParseContext, ParsedLine, TextFormat } from "../line.ts";
import { readSuffixedDuration } from "../named-fields/named-durations.ts";
import { putTries, putNamedSeconds, putNextAnswer, putNginxSeconds } from "../named-fields/nginx-upstream.ts";
import { findAgent, findRequestId, isAgent, isNoAgent } from "../values/telling-values.ts";
import { readTokens, type Token, unescapeQuoted } from "../values/tokens.ts";
import { findBoth, hasPairs, isUnit, readApartDuration, readPairs } from "./clf.ts";
import { isCounted, isUsualStatus } from "../values/usual-status.ts";
import { peelLoose } from "../wrappers/peel.ts";

/** Any line with a quoted request line that a status follows. */
export const requestLine: TextFormat = { id: "request-line", create: createRequestLine };

const REQUEST = /(?<!\\)"([A-Za-z]{3,20} (?:[^"\\]|\\.)* HTTP\/[\d.]+)"?(?: [-=]>)? {1,3}["(]?(\d{3})[")]?(?= |,|$)(?: (\d{3})(?= |$))?/;
/** The same without quotes, as nginx's `$request` has none: after a bracket or a field, and only with its protocol. */
const UNQUOTED =
  /((?<=[\]"\d-] )[A-Z]{3,10} [/*][^\s"]* HTTP\/[\d.]+|(?<=\] )[A-Z]{3,10} https?:\/\/[^\s"]* HTTP\/[\d.]+) "?(\d{3})"?(?= |$)(?: (\d{3})(?= |$))?/;
/**
 * A time by which an access log is recognised: the Common Log Format's time in brackets, which no logger writes, or nginx's whole seconds
 * before an address.
 */
const FAMILY_TIME = new RegExp(
  anyOf(
    /\[(?:\d{1,2}\/[A-Z][a-z]{2}\/\d{4}|\d{4}-\d\d-\d\dT)[\d:T.]{6,18}[^\]]{0,7}\]/,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)(?= (?:(?:\d{1,3}\.){3}\d{1,3}|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}) )/,
  ),
);
/**
 * The other places where operators put the status: named; after the client's address; after Apache's original status (`%s->%>s`), or
 * beside it if both are the same (`%>s/%s`); after the
 * time; directly before the request, in brackets or not; after HAProxy's backend and server; after a request without its protocol; and in a
 * widely copied nginx layout (`to: $upstream_addr: $request $status`).
 */
const LAYOUTS = [
  /"(?<request>[^"]*)" (?:status|code|response|resp|http_status|st)[=:] ?"?(?<status>\d{3})"?(?= |,|$)/d,
  /"(?<request>[^"]*)" (?:(?:\d{1,3}\.){3}\d{1,3}|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}) (?<status>\d{3})(?= |$)/d,
  /"(?<request>[^"]*)" \d{3}->(?<status>\d{3})(?= |$)/d,
  /"(?<request>[^"]*)" (?<status>\d{3})\/\k<status>(?= |$)/d,
  /"(?<request>[A-Z]{3,16} (?:\/|\*|https?:\/\/)[^"]*)" (?<status>\d{3})(?= |$)/d,
  /: (?<request>[A-Z]{3,16} \S+ HTTP\/[\d.]+|\\x\S*|) (?<status>\d{3}) (?=(?:upstream_|request_)\w+ )/d,
  /\] (?<status>\d{3}) (?:[^"]{0,200} )?"(?<request>[^"]*)"/d,
  /\] \[(?<status>\d{3})\] "(?<request>[^"]*)"/d,
  /\] \[(?:[A-Za-z_]{2,12}[:=])(?<status>\d{3})\](?: \[[^\]"]{0,100}\])? "(?<request>[^"]*)"/d,
  /\] [\w.:~-]{1,80} [\w.:-]{1,80}\/(?:[\w.:-]{1,80}|<[A-Z]{2,10}>) (?<status>\d{3}) (?:\d{1,12} ){0,4}"(?<request>[^"]*)"/d,
  /(?<=\] |\d |- )(?<status>\d{3}) "(?<request>[^"]*)"/d,
  /\] (?=\S*[A-Za-z])[\w.:-]{1,100} (?<status>\d{3}) "(?<request>[^"]*)"/d,
  /^(?<status>\d{3}) (?:[\d.-]{1,12} ){0,3}\[[^"]{0,120}"(?<request>[^"]*)"/d,
  /\] (?:[^"]{0,200} )?"(?<request>[^"]{0,200})" (?<status>400|408|414|494|497)(?= (?:[\d.]+|-)(?: |$)(?![a-z]))/d,
];
/** A number before the request that may be the status, if another follows the request. */
const BEFORE = new RegExp(
  anyOf(
    /\] (?:\d{3}(?= )|\[\d{3}\] $)/,
    /(?<=\] |\d |- )\d{3} $/,
    /^\d{3} (?=(?:[\d.-]{1,12} ){0,3}\[)/,
    /\/\S{1,80} \d{3} (?=(?:\d{1,12} ){0,4}$)/,
    /(?<= )\d{3} $/,
  ),
);
/** The numbers directly after a request. */
const BEHIND = /^"(?: (?:\d{1,12}|-)(?= |$)){1,2}/;
const ASKED = /^[A-Z]{3,16} (?:\/|\*|https?:\/\/)/;
/** The word by which a program names its level. */
const LEVEL_WORD = /^\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\]?:?$/;
const ENDED = / HTTP\/[\d.]+$/;
/** Servers answer with one of these themselves if they cannot read the request. */
const REFUSED = /^(?:400|405|408|414|431|494|497|501|505)$/;
/** A text that no server takes for a request: empty, or escaped bytes. Servers answer it themselves, with 400, 408, 414, 494 or 497. */
const NO_REQUEST = /"(|-|\\x[0-9A-Fa-f]{2}[^"]*)" "?(400|408|414|494|497)"?(?= |,|$)/;
const ADDRESS = /(?:^|[\s[(<"'=])((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?::\d+)?(?=[\s\])>"',]|$)/;
const TIME = new RegExp(
  anyOf(
    /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/,
    /^1\d{9}\.\d{3}(?= )/,
    /\d{1,2}\/[A-Z][a-z]{2}\/\d{4}[: ]\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4}| [A-Z]{3,5}(?=\]))?/,
    /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?/,
  ),
);
/** A URL before the request is a client's note about a call that it made (urllib3), not about one that it answered. */
const CALLED = /https?:\/\/\S/;
const BRACKETED_TIME = /\[(?:\d{1,2}\/[A-Z][a-z]{2}\/\d{4}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)/;
const LOGGED = /^\d{4}[-/]\d\d[-/]\d\d[T ]\S+ .{0,80}\b(?:DEBUG|INFO|WARNING|ERROR)\b/;
const MAX_HEAD = 1024;

/** A request in a line that is quoted as a text in another line. */
const ESCAPED = /(?<=[^\\])\\"[A-Z]{3,16} [^"]* HTTP\/[\d.]+\\" \d{3}(?= )/;
/** A request of the line itself. An escaped request beside it was sent by a client. */
const OWN = /(?<!\\)"[A-Z]{3,16} (?:[^"\\]|\\.)* HTTP\/[\d.]+"/;

function createRequestLine(context: ParseContext): LineParser {
  return (written) => {
    const line = written.includes('\\"') && ESCAPED.test(written) && !OWN.test(written) ? written.replaceAll('\\"', '"') : written;
    const request = REQUEST.exec(line) ?? (LOGGED.test(line) ? null : UNQUOTED.exec(line)) ?? NO_REQUEST.exec(line);
    if (request === null || !isUsualStatus(request[2])) return readOtherLayout(line, context);
    const end = request.index + request[0].length - (request[3] === undefined ? 0 : request[3].length + 1);
    const origin = isCounted(line.slice(end)) ? undefined : readOrigin(line, request);
    if (origin === undefined) return undefined;
    const { head, address, time } = origin;
    const draft = startDraft("unknown", "access log");
    putClient(draft, address ?? "");
    putTime(draft, parseAnyTime(time, context));
    putRequestLine(draft, unescapeQuoted(request[1] ?? ""));
    putStatus(draft, request[2]);
    putDuration(draft, / (\d{1,5}\.\d{3}) $/.exec(head)?.[1], 1000);
    const rest = readTokens(line, end, 40);
    putRest(draft, rest);
    if (hasPairs(rest)) readPairs(draft, rest);
    if (draft.durationMs === undefined) putNamedSeconds(draft, line.slice(end));
    putTries(draft, line.slice(end));
    return { kind: "exchange", format: "request-line", exchange: draft };
  };
}

type Origin = { readonly head: string; readonly address: string | undefined; readonly time: string | undefined };

/** Who sent the request and when, from the text before it; undefined if that text shows that it is not an access log's line. */
function readOrigin(line: string, request: RegExpExecArray): Origin | undefined {
  if (request.index > MAX_HEAD) return undefined;
  // In a layout that begins with the request, address and time follow it.
  const head = request.index === 0 ? `${emptyQuoted(line.slice(request[0].length))} ` : line.slice(0, request.index);
  const time = TIME.exec(head)?.[0];
  const address = ADDRESS.exec(time === undefined ? head : head.replace(time, "-"))?.[1];
  if ((address === undefined && time === undefined) || isCalled(head)) return undefined;
  if (isUsualStatus(/\d{3}/.exec(BEFORE.exec(head)?.[0] ?? "")?.[0])) return undefined;
  // A wrapper before a line with the Common Log Format's time is removed first, unless a logger's level separates them.
  if (BRACKETED_TIME.test(head) && !LOGGED.test(head) && peelLoose(line) !== undefined) return undefined;
  return { head, address, time };
}

/** The text with the contents of its quotes removed. A quote that is never closed contains nothing. */
function emptyQuoted(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*("?)/g, (quoted, close: string) => (close === "" ? quoted : '""'));
}

/** True for a URL in the last word before the request. */
function isCalled(head: string): boolean {
  return head.endsWith(" ") && CALLED.test(head.slice(head.lastIndexOf(" ", head.length - 2) + 1));
}

/** Reads a line with the Common Log Format's time and a status that does not directly follow a whole request. */
function readOtherLayout(line: string, context: ParseContext): ParsedLine | undefined {
  const time = FAMILY_TIME.exec(line);
  if (time === null || time.index > MAX_HEAD || LOGGED.test(line)) return undefined;
  const timeEnd = time.index + time[0].length;
  for (const layout of LAYOUTS) {
    const answer = findAnswer(layout, line);
    // Beside a time without brackets, only the protocol distinguishes a request to this server from one that a program mentions.
    if (answer === undefined || !(time[0].startsWith("[") || ENDED.test(answer.request))) continue;
    if (isDoubtful(line, answer, timeEnd)) return undefined;
    const address = ADDRESS.exec(line.slice(0, answer.start).replace(time[0], "-"))?.[1] ?? ADDRESS.exec(line.slice(answer.start))?.[1];
    if (address === undefined) return undefined;
    const draft = startDraft("unknown", "access log");
    putClient(draft, address);
    putTime(draft, parseAnyTime(time[0], context));
    putRequestLine(draft, unescapeQuoted(answer.request));
    putStatus(draft, answer.status);
    putAround(draft, line, { ...answer, timeEnd });
    return { kind: "exchange", format: "request-line", exchange: draft };
  }
  return undefined;
}

/** A request and its status in a line, the positions of both, and the start of the layout's match. */
type Answer = {
  readonly request: string;
  readonly status: string | undefined;
  readonly asked: readonly [start: number, end: number];
  readonly coded: readonly [start: number, end: number];
  readonly start: number;
};

function findAnswer(layout: RegExp, line: string): Answer | undefined {
  const match = layout.exec(line);
  const { request = "", status } = match?.groups ?? {};
  if (match === null || !isUsualStatus(status) || !(ASKED.test(request) || isRefused(request, status))) return undefined;
  const places = match.indices?.groups;
  return { request, status, asked: places?.["request"] ?? [0, 0], coded: places?.["status"] ?? [0, 0], start: match.index };
}

/**
 * True if a program may have written the line, or if there are two codes in use around a request, or before it: one of them is not the
 * status, and it is not known which.
 */
function isDoubtful(line: string, { request, status, asked, coded }: Answer, timeEnd: number): boolean {
  const words = ASKED.test(request) ? [] : line.slice(timeEnd, asked[0]).split(" ");
  if (words.some((word) => LEVEL_WORD.test(word) || (word !== status && isUsualStatus(word)))) return true;
  if (coded[0] >= asked[0]) return false;
  const others = `${line.slice(coded[1], asked[0])}${BEHIND.exec(line.slice(asked[1]))?.[0] ?? ""}`;
  return (others.match(/(?<=[" ])\d{3}(?=[" ]|$)/g) ?? []).some(isUsualStatus);
}

/** Sets what the fields around the request and its status give: duration, size, agent, ids and tries. */
function putAround(draft: Draft, line: string, { asked, coded, timeEnd }: Answer & { readonly timeEnd: number }): void {
  const rest = line.slice(Math.max(asked[1], coded[1])).replace(/^"/, "");
  const tokens = readTokens(rest, 0, 40);
  putNamedSeconds(draft, rest);
  if (draft.durationMs === undefined) putNginxSeconds(draft, readTokens(line, timeEnd, 40));
  if (draft.durationMs === undefined) putExactSeconds(draft, tokens);
  // Directly after the request, a whole number may be a duration, unless the duration is known.
  if (coded[0] > asked[0] || draft.durationMs !== undefined) putSize(draft, tokens);
  if (draft.durationMs === undefined) putMeasured(draft, tokens);
  putTelling(draft, tokens);
  putTries(draft, rest);
}

/** True for a text that a server refused to take for a request. It is unlikely to be a number, a referrer or an agent. */
function isRefused(request: string, status: string | undefined): boolean {
  return REFUSED.test(status ?? "") && !/^[\d.]+$|^https?:/.test(request) && !isAgent(request);
}

/** Sets the agent and the request's id by their look, and the upstream's answer. */
function putTelling(draft: Draft, rest: readonly Token[]): void {
  const quoted = rest.filter(({ kind }) => kind === "quoted").map(({ text }) => text);
  const second = quoted[1] ?? "";
  putText(draft, "userAgent", unescapeQuoted(findAgent(quoted) ?? (isNoAgent(second) ? "" : second)));
  const values = rest.map(({ text }) => text);
  putText(draft, "requestId", findRequestId(values));
  putNextAnswer(draft, values);
}

/** Sets a whole number in this place as the size, unless a unit follows it. */
function putSize(draft: Draft, [size, unit]: readonly Token[]): void {
  if (size?.kind === "bare" && /^\d+$/.test(size.text) && !isUnit(unit)) putNumber(draft, "responseBytes", size.text);
}

/** A single number with more decimals than nginx writes is in seconds too. */
function putExactSeconds(draft: Draft, rest: readonly Token[]): void {
  const seconds = rest.filter((token) => token.kind === "bare" && /^\d+\.\d{4,}$/.test(token.text));
  if (seconds.length === 1) putDuration(draft, seconds[0]?.text, 1000);
}

/**
 * Reads the rest: the size after the status, unless it is a duration with its unit; two quoted fields, referrer and agent; and seconds, one
 * number with a point and more than two digits.
 */
function putRest(draft: Draft, rest: readonly Token[]): void {
  putSize(draft, rest);
  putTelling(draft, rest);
  putExactSeconds(draft, rest);
  if (draft.durationMs === undefined) putNginxSeconds(draft, rest);
  putMeasured(draft, rest);
}

/** Sets a duration with its unit: the last one whose unit is attached to it, otherwise the longest whose unit is the next word. */
function putMeasured(draft: Draft, rest: readonly Token[]): void {
  const own = rest.findLast((token) => token.kind === "bare" && /^\d+(?:\.\d+)?(?:ms|us|µs|s)$/.test(token.text));
  const durationMs = own === undefined ? (readApartDuration(rest) ?? findBoth(rest)) : readSuffixedDuration(own.text);
  if (durationMs !== undefined) draft.durationMs = durationMs;
}
