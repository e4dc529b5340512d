/**
 * Decides which statuses in records are answers of the program that wrote them, and not another program's answer or the state of something
 * else.
 */
import { anyOf, anyWord } from "@faultline/model";
import type { Draft } from "../exchange/draft.ts";
import type { FieldReader } from "../named-fields/field-reader.ts";
import { isOfCaller } from "../values/logfmt-pairs.ts";
import { isNamedByHttp } from "../named-fields/named-fields.ts";
import { isMethod } from "../values/method.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/** A server's words about what it was asked, even if they name a client or a webhook. */
const RECEIVING =
  /\b(?:received|handled|completed|incoming|inbound|client (?:disconnected|closed|aborted|cancell?ed|left|went away|hung up))\b/i;
/** Words about a request to another program, even if they contain "completed" or "received". */
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
/** Further words of a caller, which count only beside a whole URL. */
const CALLS = /\b(?:calls?|crawl(?:ed|ing)?|prob(?:e|ed|ing)|check(?:s|ed|ing)?|pinged|download(?:ed|ing)?|request to|response from)\b/i;
/** The side of a call, as OpenTelemetry and others name it. */
const SIDE = /^(?:(?:span_kind_)?client|outbound|outgoing|egress)$/i;
const LOGGER = ["logger", "logger_name", "category", "source_context", "target", "component", "channel"];
/** Client libraries, and programs' names for them, as logger names. A `target` may be a path or a URL as well, which does not count. */
const CLIENT = anyWord`
  reqwest hyper::client httpx urllib3 aiohttp\.client botocore axios undici okhttp3? resty http[-_.]?client outbound outgoing`;
const LIBRARY = new RegExp(
  String.raw`^(?!\/|https?:).*?${anyOf(String.raw`\b${CLIENT}\b`, /(?:Rest|Web|Http)(?:Template|Client)\b/)}`,
  "i",
);
const SIDES = ["span.kind", "span_kind", "direction", "kind"];
const TARGET = ["url", "uri", "target", "request_url", "req.url", "request.url", "http.url", "url.full"];
const WHOLE = /^https?:\/\//;
const TRIED = ["attempt", "attempts", "retry", "retries", "retry_count", "retry_attempt", "attempt_number", "backoff"];

/** A record's members, and the words of its message. */
export type Told = { readonly read: FieldReader; readonly words: string };

/** The words of a message without paths, except for those in whole URLs: a request for `/outbound/messages` does not tell about a call. */
export function listWords(message: string): string {
  return (message.includes("/") ? message.replace(/(?<![\w:/.-])\/\S*/g, " ") : message).replaceAll("_", " ");
}

/** True if a record without a request may keep its status: it is a code in use, and not the answer to a call. */
export function isKept({ status }: Draft, { read, words }: Told): boolean {
  return isUsualStatus(String(status)) && read(TRIED) === undefined && (!isOfCaller(words) || RECEIVING.test(words));
}

/** True if the record tells what another program answered: it has a caller's words or logger, and no client. */
export function isOfAnother(draft: Draft, { read, words }: Told): boolean {
  if (draft.clientAddress !== undefined) return false;
  if (isOneOf(SIDE, read(SIDES)) || isOneOf(LIBRARY, read(LOGGER)) || OUTWARD.test(words)) return true;
  if (!isOneOf(WHOLE, read(TARGET))) return false;
  return (isOfCaller(words) || CALLS.test(words)) && !RECEIVING.test(words);
}

/**
 * True if the record certainly tells about a request: its status or path has a name that only HTTP uses, or it has a method and a path. A
 * code in use is enough beside a client, a user agent or a duration, or beside a `url` without a host and no words of a caller. Files have
 * paths too, and processes and orders have statuses.
 */
export function isOfRequest(draft: Draft, { read, words }: Told): boolean {
  if (isMethod(draft.method) && draft.path !== undefined) return true;
  if (isNamedByHttp(read)) return true;
  const isAsked = draft.clientAddress !== undefined || draft.userAgent !== undefined || draft.durationMs !== undefined;
  return (isAsked || (isOneOf(/^\//, read(["url"])) && !isOfCaller(words) && !LIBRARY.test(words))) && isUsualStatus(String(draft.status));
}

function isOneOf(pattern: RegExp, value: unknown): boolean {
  return typeof value === "string" && pattern.test(value);
}
