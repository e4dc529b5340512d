/** Which of the statuses that records name are answers of the program that wrote them: neither another's nor the state of something else. */
import { anyOf, anyWord } from "@faultline/model";
import type { Draft } from "../exchange/draft.ts";
import type { FieldReader } from "../named-fields/field-reader.ts";
import { isOfCaller } from "../values/logfmt-pairs.ts";
import { isNamedByHttp } from "../named-fields/named-fields.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/** Methods of HTTP, of WebDAV and of caches. */
const METHOD = new RegExp(
  `^${anyWord`
    GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT QUERY
    SEARCH REPORT PROPFIND PROPPATCH MKCOL MKCALENDAR COPY MOVE (?:UN)?LOCK ACL MERGE NOTIFY
    PURGE BAN`}$`,
);
/** Words of a server about what it was asked, though they name a client or a webhook. */
const RECEIVING =
  /\b(?:received|handled|completed|incoming|inbound|client (?:disconnected|closed|aborted|cancell?ed|left|went away|hung up))\b/i;
/** What is completed or received there was asked of another all the same. */
const OUTWARD = new RegExp(
  String.raw`\b${anyOf(
    "outbound",
    "outgoing",
    "response received",
    "received (?:an? |the )?(?:http )?response",
    "(?:unexpected|invalid) (?:http )?(?:status|response)",
    "failed to (?:fetch|call|request)",
    "request sent",
    "sent (?:a |the )?request",
    "(?<!please )retry(?:ing)?",
    "webhook (?:delivered|delivery|sent)",
  )}\b`,
  "i",
);
/** More words of a caller, which count beside a whole URL only. */
const CALLS = /\b(?:calls?|crawl(?:ed|ing)?|prob(?:e|ed|ing)|check(?:s|ed|ing)?|pinged|download(?:ed|ing)?|request to|response from)\b/i;
/** The side of a call, in OpenTelemetry's words and in others'. */
const SIDE = /^(?:(?:span_kind_)?client|outbound|outgoing|egress)$/i;
const LOGGER = ["logger", "logger_name", "category", "source_context", "target", "component", "channel"];
/** Libraries that ask others and what programs call them, by the names that they log under; a target may be a path or a URL too. */
const LIBRARY =
  /^(?!\/|https?:).*?(?:\b(?:reqwest|hyper::client|httpx|urllib3|aiohttp\.client|botocore|axios|undici|okhttp3?|resty|http[-_.]?client|outbound|outgoing)\b|(?:Rest|Web|Http)(?:Template|Client)\b)/i;
const SIDES = ["span.kind", "span_kind", "direction", "kind"];
const TARGET = ["url", "uri", "target", "request_url", "req.url", "request.url", "http.url", "url.full"];
const WHOLE = /^https?:\/\//;
const TRIED = ["attempt", "attempts", "retry", "retries", "retry_count", "retry_attempt", "attempt_number", "backoff"];

/** What a record is read from, and the words of its message, with spaces between them. */
export type Told = { readonly read: FieldReader; readonly words: string };

/** The words of a message without the paths in it, but for those of whole URLs: a request for `/outbound/messages` tells of no call. */
export function listWords(message: string): string {
  return (message.includes("/") ? message.replace(/(?<![\w:/.-])\/\S*/g, " ") : message).replaceAll("_", " ");
}

/** True where a record without a request may keep its status all the same: a code in use, and none that a call was answered with. */
export function isKept({ status }: Draft, { read, words }: Told): boolean {
  return isUsualStatus(String(status)) && read(TRIED) === undefined && (!isOfCaller(words) || RECEIVING.test(words));
}

/** A caller's words or its logger, with nobody who asked: what the program was answered by another. */
export function isOfAnother(draft: Draft, { read, words }: Told): boolean {
  if (draft.clientAddress !== undefined) return false;
  if (isOneOf(SIDE, read(SIDES)) || isOneOf(LIBRARY, read(LOGGER)) || OUTWARD.test(words)) return true;
  if (!isOneOf(WHOLE, read(TARGET))) return false;
  return (isOfCaller(words) || CALLS.test(words)) && !RECEIVING.test(words);
}

/**
 * True where a request is certain: its status or its path has a name that only HTTP's have, method and path are there, a `url` without a host and no caller's words,
 * or who asked or how long it took. Files have a path too, and processes and orders a status.
 */
export function isOfRequest(draft: Draft, { read, words }: Told): boolean {
  if (METHOD.test(draft.method ?? "") && draft.path !== undefined) return true;
  if (isNamedByHttp(read)) return true;
  const isAsked = draft.clientAddress !== undefined || draft.userAgent !== undefined || draft.durationMs !== undefined;
  return (isAsked || (isOneOf(/^\//, read(["url"])) && !isOfCaller(words) && !LIBRARY.test(words))) && isUsualStatus(String(draft.status));
}

function isOneOf(pattern: RegExp, value: unknown): boolean {
  return typeof value === "string" && pattern.test(value);
}
