/**
 * The Common Log Format family: Apache common, combined and vhost_combined, nginx combined and main, morgan common and combined, gunicorn,
 * varnishncsa, Kong's access.log, ingress-nginx and Traefik. They share one head, and what follows it tells them apart. Sources: httpd
 * mod_log_config, nginx ngx_http_log_module, ingress-nginx "log-format", traefik "access-logs" documentation.
 */
import { readClfHead, readCombinedTail } from "./clf-head.ts";
import { type Draft, isAbsent, putClient, putDuration, putMadeBy, putNumber, putText, readDecimal } from "../exchange/draft.ts";
import type { ParsedLine, TextFormat, WholeDurations } from "../line.ts";
import { readSuffixedDuration } from "../named-fields/named-durations.ts";
import { putTries, putNamedSeconds, putNextAnswer, putNginxSeconds, putNginxUpstream } from "../named-fields/nginx-upstream.ts";
import { findRequestId } from "../values/telling-values.ts";
import { readTokens, type Token, unescapeQuoted } from "../values/tokens.ts";

/** The whole family. A line's id says which member it looks like. */
export const clf: TextFormat = {
  id: "clf",
  create: (context) => (line) => parseClf(line, context.wholeDurations ?? "us"),
};

/** Reads one line of the family. */
function parseClf(line: string, unit: WholeDurations): ParsedLine | undefined {
  const read = readTail(line);
  if (read === undefined) return undefined;
  const { draft, rest } = read;
  const format = readRest(draft, rest, unit) ?? nameFormat(read.hasAgent, read.vhost);
  if (draft.status === 499 && draft.madeBy === undefined) {
    putMadeBy(draft, "client", { because: "499 is nginx's note that the client closed the connection", confidence: 0.9 });
  }
  return { kind: "exchange", format, exchange: draft };
}

/** The fields that the family shares, and the tokens after them. */
function readTail(line: string) {
  const head = readClfHead(line);
  if (head === undefined) return undefined;
  const { draft, vhost } = head;
  const tail = readCombinedTail(line, head.end);
  if (tail !== undefined) putText(draft, "userAgent", tail.userAgent);
  const rest = readTokens(line, tail?.end ?? head.end, 40);
  const agent = tail === undefined ? findLateAgent(rest) : undefined;
  putText(draft, "userAgent", agent);
  return { draft, vhost, rest, hasAgent: tail !== undefined || agent !== undefined };
}

/** The agent after the referrer, if a duration or the like separates the size from both (`%b %D "%{Referer}i" "%{User-Agent}i"`). */
function findLateAgent(rest: readonly Token[]): string | undefined {
  const referrer = rest.findIndex((token) => token.kind === "quoted");
  const agent = rest[referrer + 1];
  const isReferrer = referrer > 0 && referrer <= 4 && /^(?:-?$|https?:\/\/)/.test(rest[referrer]?.text ?? "");
  return isReferrer && agent?.kind === "quoted" ? unescapeQuoted(agent.text) : undefined;
}

function nameFormat(hasAgent: boolean, vhost: boolean): string {
  if (vhost) return hasAgent ? "vhost-combined" : "vhost-common";
  return hasAgent ? "combined" : "common";
}

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads what follows the family's fields; returns the id of the format that it indicates. */
function readRest(draft: Draft, rest: readonly Token[], whole: WholeDurations): string | undefined {
  if (rest.length === 0) return undefined;
  putApartColumn(draft, rest);
  // Behind another proxy, X-Forwarded-For may come first and be `-`. The peer's own address follows then.
  if (draft.clientAddress === undefined) putClient(draft, rest.find(({ kind, text }) => kind === "bare" && IPV4.test(text))?.text);
  if (rest.length <= 2 && rest[0]?.kind === "bare" && REQUEST_ID.test(rest[0].text)) {
    // API Gateway's proposal for this format ends with its two ids.
    putText(draft, "requestId", rest[0].text);
    return rest.length === 2 ? "apigateway-access" : undefined;
  }
  if (isTraefik(rest)) return readTraefik(draft, rest);
  if (isIngress(rest)) return readIngress(draft, rest);
  const values = rest.map(({ text }) => text);
  putText(draft, "requestId", findRequestId(values));
  putNamedSeconds(draft, joinBare(rest));
  if (hasPairs(rest)) return readPairs(draft, rest);
  const apart = readApartDuration(rest);
  if (apart !== undefined) {
    draft.durationMs = apart;
    return undefined;
  }
  const own = rest.findLast((token) => token.kind === "bare" && /^\d+(?:\.\d+)?(?:ms|us|µs|s)$/.test(token.text));
  if (own !== undefined) {
    const durationMs = readSuffixedDuration(own.text);
    if (durationMs !== undefined) draft.durationMs = durationMs;
    return undefined;
  }
  putTries(draft, joinTokens(rest));
  putNextAnswer(draft, values);
  return readTimes(draft, rest, whole);
}

/** Finds the duration among numbers without names. */
function readTimes(draft: Draft, rest: readonly Token[], whole: WholeDurations): string | undefined {
  if (draft.durationMs !== undefined) return rest[0]?.kind === "quoted" ? "nginx-main" : undefined;
  const exact = rest.filter(({ kind, text }) => kind === "bare" && /^\d{1,6}\.\d{6}$/.test(text));
  if (exact.length === 1) {
    // gunicorn's `%(L)s`, even if whole seconds and microseconds are written beside it.
    putDuration(draft, exact[0]?.text, 1000);
    return undefined;
  }
  const both = findBoth(rest);
  if (both !== undefined) {
    draft.durationMs = both;
    return rest[0]?.kind === "quoted" ? "nginx-main" : undefined;
  }
  const times = rest.filter(({ text }) => /^\d{1,6}\.\d{3},?$/.test(text));
  if (times.length > 1 || (times.length === 1 && times[0]?.kind !== "bare")) {
    putNginxSeconds(draft, times);
    return "nginx-main";
  }
  if (times.length === 1 && rest.length > 1) putNginxSeconds(draft, times);
  const numbers = times.length === 1 ? times : rest.filter(isNumber);
  if (numbers.length === 1) putTrailingDuration(draft, numbers[0]?.text ?? "", whole);
  return rest[0]?.kind === "quoted" ? "nginx-main" : undefined;
}

/**
 * Reads a single number after the known fields. nginx's `$request_time` is in seconds and always has three decimals; `%T/%D` has a slash. A
 * whole number is httpd's `%D` in µs, unless its file says otherwise, or it is so small that it can only be milliseconds or seconds.
 */
function putTrailingDuration(draft: Draft, text: string, unit: WholeDurations): void {
  if (text.includes("/")) putDuration(draft, readSuffixedDuration(text), 1);
  else if (text.includes(".")) putDuration(draft, text, 1000);
  else if (unit === "ms") putDuration(draft, text, 1);
  else if (unit === "us" && Number(text) >= LEAST_MICROSECONDS) putDuration(draft, text, 0.001);
}

/** The duration of httpd's `%T/%D`, which gives the same time in seconds and microseconds, if there is no other such pair. */
export function findBoth(rest: readonly Token[]): number | undefined {
  const [both, ...others] = rest.filter(({ text }) => /^\d{1,6}\/\d{1,12}$/.test(text));
  const isTold = both !== undefined && others.length === 0 && Number(both.text.split("/")[1]) >= LEAST_MICROSECONDS;
  return isTold ? readSuffixedDuration(both.text) : undefined;
}

/** True if a token is the unit of the duration before it. */
export function isUnit(token: Token | undefined): boolean {
  return token?.kind === "bare" && /^(?:ms|msec|us|µs|s|sec)$/.test(token.text);
}

/** A duration with its unit as a separate word: `15.074 ms`. If there are several, the longest is the request's. */
export function readApartDuration(rest: readonly Token[]): number | undefined {
  const durations = rest.flatMap((token, index) =>
    index > 0 && isUnit(token) ? (readSuffixedDuration(`${rest[index - 1]?.text ?? ""}${token.text}`) ?? []) : [],
  );
  return durations.length === 0 ? undefined : Math.max(...durations);
}

/** Reads a duration in the place where other layouts have the size. The unit after it gives it away: `200 234 ms - -`. */
function putApartColumn(draft: Draft, [unit, size]: readonly Token[]): void {
  if (!isUnit(unit) || draft.responseBytes === undefined) return;
  const durationMs = readSuffixedDuration(`${draft.responseBytes}${unit?.text}`);
  if (durationMs !== undefined) draft.durationMs = durationMs;
  delete draft.responseBytes;
  putNumber(draft, "responseBytes", size?.text);
}

/** No server reads, answers and logs a request in fewer microseconds. */
export const LEAST_MICROSECONDS = 20;

/** The whole number after the known fields if the line does not tell its unit, with the line's time; undefined if there is none. */
export function findWholeDuration(line: string): { readonly value: number; readonly timeMs: number | undefined } | undefined {
  if (!/[\d"]$/.test(line)) return undefined;
  const read = readTail(line);
  // A text that was refused because it is no request took next to no time.
  if (read === undefined || read.rest.length === 0 || read.draft.method === undefined) return undefined;
  const format = readRest(read.draft, read.rest, "unknown");
  const [number, ...others] = read.rest.filter(isNumber);
  const isOwn = format === undefined || format === "nginx-main";
  const isWhole =
    isOwn && number !== undefined && others.length === 0 && /^\d{1,9}$/.test(number.text) && read.draft.durationMs === undefined;
  return isWhole ? { value: Number(number.text), timeMs: read.draft.timeMs } : undefined;
}

/** True for a number by itself, or httpd's `%T/%D`, quoted or not. */
function isNumber({ kind, text }: Token): boolean {
  return kind === "bare" ? /^\d+(?:\.\d+)?(?:\/\d+)?$/.test(text) : /^\d{1,6}\/\d{1,10}$/.test(text);
}

/** True for ` COUNT "router" "url" 12ms`. The number is Traefik's counter of requests, never a status. */
function isTraefik(rest: readonly Token[]): boolean {
  const [count, router, url, duration] = rest;
  return (
    count?.kind === "bare" &&
    /^(?:\d+|-)$/.test(count.text) &&
    router?.kind === "quoted" &&
    url?.kind === "quoted" &&
    /^\d+ms$/.test(duration?.text ?? "")
  );
}

function readTraefik(draft: Draft, rest: readonly Token[]): string {
  const [, router, url, duration] = rest;
  draft.observer = { kind: "proxy", name: "traefik" };
  putText(draft, "service", router?.text);
  putDuration(draft, (duration?.text ?? "").replace(/ms$/, ""), 1);
  if (!isAbsent(url?.text)) draft.upstream = [{ address: url?.text ?? "" }];
  if (draft.status !== undefined && draft.status >= 500) {
    const noServer = isAbsent(url?.text);
    const because = noServer
      ? "Traefik names no server for this request: a router or middleware answered"
      : "Traefik's CLF line does not say whether the server answered; its JSON log would";
    putMadeBy(draft, noServer ? "observer" : "unknown", { because, confidence: noServer ? 0.8 : 0.4 });
  }
  return "traefik-clf";
}

/**
 * True for ` LENGTH TIME [upstream] [alternative] ADDR LENGTH TIME STATUS ID`, ingress-nginx's `upstreaminfo`. Old versions lack
 * `[alternative]`.
 */
function isIngress(rest: readonly Token[]): boolean {
  const [length, time, name] = rest;
  return /^\d+$/.test(length?.text ?? "") && /^\d+\.\d+$/.test(time?.text ?? "") && name?.kind === "bracketed";
}

function readIngress(draft: Draft, rest: readonly Token[]): string {
  putDuration(draft, rest[1]?.text, 1000);
  const length = readDecimal(rest[0]?.text);
  if (length !== undefined) draft.requestBytes = length;
  putText(draft, "service", rest[2]?.text);
  const values = readLists(rest.slice(rest[3]?.kind === "bracketed" ? 4 : 3));
  const [address, , responseTime, status, requestId] = values;
  putText(draft, "requestId", requestId);
  putNginxUpstream(draft, { address, status, responseTime }, true);
  draft.observer = { kind: "proxy", name: "ingress-nginx" };
  if (draft.madeBy?.hop === "observer" && isAbsent(address) && draft.status === 503) {
    putMadeBy(draft, "observer", {
      because: "the Kubernetes service had no ready endpoint: no upstream address was tried",
      confidence: 0.95,
    });
  }
  return "ingress-nginx";
}

/** Joins `a, b` and `a : b`, which nginx writes with spaces, into one value each. */
function readLists(tokens: readonly Token[]): string[] {
  const values: string[] = [];
  let joining = false;
  for (const { text } of tokens) {
    const last = values.at(-1);
    if (last !== undefined && (joining || text === ":")) values[values.length - 1] = `${last} ${text}`;
    else values.push(text);
    joining = text.endsWith(",") || text === ":";
  }
  return values;
}

function joinTokens(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.kind === "quoted" ? `"${token.text}"` : token.text)).join(" ");
}

/** The unquoted tokens. The client's own words are in quotes. */
function joinBare(tokens: readonly Token[]): string {
  return joinTokens(tokens.filter(({ kind }) => kind !== "quoted"));
}

/** Common short names of nginx's variables in pairs such as `rt=0.123 uct="0.000"`, in lower case and without underscores. */
const PAIR_NAMES: Readonly<Record<string, string>> = {
  rt: "time",
  requesttime: "time",
  reqtime: "time",
  duration: "time",
  responsetime: "time",
  latency: "measured",
  elapsed: "measured",
  timetaken: "measured",
  totaltime: "measured",
  ua: "address",
  upstreamaddr: "address",
  upaddr: "address",
  uaddr: "address",
  upstream: "address",
  us: "status",
  upstreamstatus: "status",
  upstatus: "status",
  ustatus: "status",
  uct: "connectTime",
  upstreamconnecttime: "connectTime",
  uht: "headerTime",
  upstreamheadertime: "headerTime",
  urt: "responseTime",
  upstreamresponsetime: "responseTime",
  requestid: "requestId",
  reqid: "requestId",
  rid: "requestId",
  kongrequestid: "requestId",
  xrequestid: "requestId",
  host: "host",
};

/** Names that are units, in ms, as in Tomcat's pattern `ms:%D` and httpd's own `D=%D`. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, us: 0.001, s: 1000, D: 0.001 };

/** A duration under a name that software counting in milliseconds uses too. It is in seconds only with nginx's or gunicorn's decimals. */
function readMeasured(text: string | undefined): string | undefined {
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) && !/\.(?:\d{3}|\d{6})$/.test(text) ? undefined : text;
}

/**
 * Sets seconds, as nginx counts them, unless the value has its own unit. Whole numbers are other software's microseconds or milliseconds.
 */
function putNamedTime(draft: Draft, text: string | undefined): void {
  const durationMs = readSuffixedDuration(text ?? "");
  if (durationMs !== undefined) draft.durationMs = durationMs;
  else if (text === "0" || text?.includes(".") === true) putDuration(draft, text, 1000);
}

/** A name and its value, perhaps with the unit as a separate word. */
const PAIR = /(?<![A-Za-z_])([A-Za-z_]+)(?:=|: ?)(?:"([^"]*)"|([^"\s]*?(?:, [^"\s=,]+)*)(?=["\s]|$)(?:(?<=\d) ([mµu]s)(?= |$))?)/g;

/** True if there are names with values among the tokens. */
export function hasPairs(rest: readonly Token[]): boolean {
  return rest.some((token) => token.kind === "bare" && /^[A-Za-z_]+[=:]/.test(token.text));
}

/** Sets what nginx's variables say under their usual short names; returns the format that they indicate. */
export function readPairs(draft: Draft, rest: readonly Token[]): string | undefined {
  const text = joinTokens(rest);
  const found: Record<string, string> = {};
  for (const [, key = "", quoted, bare, unit = ""] of text.matchAll(PAIR)) {
    const name = PAIR_NAMES[key.toLowerCase().replaceAll("_", "")];
    if (name !== undefined) found[name] ??= quoted ?? `${bare ?? ""}${unit}`;
    if (Object.hasOwn(UNITS, key)) putDuration(draft, bare, UNITS[key] ?? 1);
  }
  putText(draft, "requestId", found["requestId"]);
  putText(draft, "host", found["host"]);
  const time = found["time"] ?? readMeasured(found["measured"]);
  putNamedTime(draft, time);
  if (time === undefined && draft.durationMs === undefined) putNginxSeconds(draft, rest);
  const named = found["status"] !== undefined || found["address"] !== undefined || found["headerTime"] !== undefined;
  if (!named) return undefined;
  const { address, status, connectTime, headerTime, responseTime } = found;
  putNginxUpstream(draft, { address, status, connectTime, headerTime, responseTime }, true);
  return "nginx-main";
}
