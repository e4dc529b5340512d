import { parseClfTime, parseIsoTime } from "../values/clock.ts";
import { type Draft, putClient, putNumber, putRequestLine, putStatus, putText, putTime, startDraft } from "../exchange/draft.ts";
import { findClosingQuote, readToken, unescapeQuoted } from "../values/tokens.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/** The head that all lines of the Common Log Format family share, and where it ends. */
export type ClfHead = { readonly draft: Draft; readonly end: number; readonly vhost: boolean };

const TIME =
  /\[(\d{1,2}\/[A-Za-z]{3}\/\d{4}[: ]\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4}| [A-Z]{3,5})?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\]"]{0,16})\] ?"/;

/** What people put in place of an address before they show a line to others. It is not an address. */
const MASK = /^(?:\[[A-Za-z][\w -]{1,39}\]|<[A-Za-z][\w -]{1,39}>|\{[A-Za-z][\w -]{1,39}\})(?= )/;

/** A quoted host between the time and the request. */
const HOST = /([\w.:-]{1,255})" "(?=[A-Z]{3,16} )/y;

/** Reads `[vhost[:port] ]client ident user [time] "request" status bytes`; undefined if the line does not begin like this. */
export function readClfHead(line: string): ClfHead | undefined {
  const time = TIME.exec(line);
  if (time === null || time.index > 4096) return undefined;
  const names = line
    .slice(0, time.index)
    .trimEnd()
    .replace(/^"-" (?=\S+ \S+ \S)/, "")
    .replace(MASK, "-");
  HOST.lastIndex = time.index + time[0].length;
  const host = HOST.exec(line);
  const start = host === null ? time.index + time[0].length : HOST.lastIndex;
  const close = findRequestEnd(line, start);
  if (close === undefined) return undefined;
  const draft = startDraft("unknown", "access log");
  const vhost = putNames(draft, names);
  if (vhost === undefined) return undefined;
  putText(draft, "host", host?.[1] ?? draft.host);
  putTime(draft, parseClfTime(time[1] ?? "", 0) ?? parseIsoTime(time[1] ?? "", 0));
  putRequestLine(draft, unescapeQuoted(line.slice(start, close.quote)));
  putStatus(draft, close.status);
  putNumber(draft, "responseBytes", close.bytes);
  return { draft, end: close.end, vhost };
}

/** How a request ends that has its protocol. */
const WHOLE = / HTTP\/\d(?:\.\d)?$/;
const QUOTED = /^(?: ?"[^"]*"| -)*(?: ?"[^"]*)?$/;

/** True if a protocol stands directly before `end`, and after `from`. */
const isWholeAt = (line: string, from: number, end: number): boolean =>
  WHOLE.test(line.slice(Math.max(from, end - 10), Math.max(from, end)));

/** True for a quote that may end the request or a quoted field, after a whole request that ended at `first`. */
const mayFollow = (line: string, first: number, quote: number): boolean =>
  isWholeAt(line, first, quote) || QUOTED.test(line.slice(first + 1, quote + 1));

/**
 * The end of the request: the first quote that status and size follow. A request may contain quotes that its server did not escape, so
 * further quotes are tried until the rest fits.
 */
function findRequestEnd(line: string, start: number) {
  // Traefik 1.4 writes absent statuses and sizes as Go formats them.
  const after = / {1,3}(\d{3}|-|%!d\(<nil>\)) (\d+|-|%!d\(<nil>\))(?= |$)/y;
  const first = findClosingQuote(line, start);
  const isWhole = isWholeAt(line, start, first);
  for (let quote = first; quote !== -1; quote = findClosingQuote(line, quote + 1)) {
    after.lastIndex = quote + 1;
    const match = after.exec(line);
    // After a whole request there may be quoted fields before the status. Anything else there belongs to a layout of another family,
    // unless the request ends there once more. It is asked once: from every quote it would read a long line as often as it has quotes.
    if (match !== null && isWhole && quote !== first && !mayFollow(line, first, quote)) return undefined;
    // Some layouts have the size first. It is recognised because it is not a code in use.
    if (match !== null && /^\d/.test(match[1] ?? "") && !isUsualStatus(match[1]) && isSizeFirst(line, match[2], after.lastIndex))
      return undefined;
    if (match !== null) return { quote, status: match[1], bytes: match[2], end: after.lastIndex };
    if (quote - start > 65_536) return undefined;
  }
  return undefined;
}

/** True if a code in use follows one size or two. */
function isSizeFirst(line: string, second: string | undefined, end: number): boolean {
  return isUsualStatus(second) || isUsualStatus(/^ (\d{3})(?: |$)/.exec(line.slice(end, end + 5))?.[1]);
}

/** A list of addresses in the client's place, quoted or not, as proxies that log X-Forwarded-For write it. The client is the first. */
const FORWARDED = /^(?:([\w.:*-]+) )?(?:"([^\s",]+)(?:, [^\s",]+)*"|([^\s",]+)(?:, [^\s",]+)+) \S.*$/;

/** The default layout of Python's loggers: level, name and words, separated by colons. */
const PYTHON = /^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):[A-Za-z_][\w.]*:/;

/** Sets client and virtual host from the words before the time. True if there is a virtual host, undefined if the words do not fit. */
function putNames(draft: Draft, names: string): boolean | undefined {
  const list = FORWARDED.exec(names);
  if (list !== null) {
    const [, host, quoted, bare] = list;
    if (host !== undefined) putText(draft, "host", host);
    putClient(draft, quoted ?? bare ?? "");
    return host !== undefined;
  }
  const words = dropPrefix(
    names
      .replace(PYTHON, "")
      .split(" ")
      .filter((word) => word !== ""),
  );
  if (words.length < 2) return undefined;
  const [first = "", second = "", third = ""] = words;
  if (!/^[\w.:*%-]+$|^\[[\w.:%]+\](?::\d+)?$/.test(first) || /^\d{4}-\d\d-\d\d(?:T|$)/.test(first)) return undefined;
  const hasHost = words.length >= 4 && third === "-" && second !== "-";
  const isVhost = hasHost && (/^[^:]+:\d+$/.test(first) || (looksLikeAddress(second) && (isIp(second) || !isIp(first))));
  if (isVhost) {
    putText(draft, "host", first);
    putClient(draft, second);
    return true;
  }
  putClient(draft, first);
  return false;
}

/** The words from the client or its virtual host on. Earlier ones were added by shippers: a pod, a container, `nginx:`. */
function dropPrefix(words: readonly string[]): readonly string[] {
  const client = words.findIndex((word, index) => isIp(word) && words[index + 1] === "-");
  const isForeign = client >= 2 || (client === 1 && words[0]?.endsWith(":") === true);
  return isForeign ? words.slice(client) : words;
}

function isIp(text: string): boolean {
  return /^[\d.]+$/.test(text) || /^[0-9a-fA-F]*:[0-9a-fA-F:.]*$/.test(text);
}

function looksLikeAddress(text: string): boolean {
  return isIp(text) || /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(text);
}

/** Reads the two quoted fields of the combined format, referrer and user agent, from `from` on. */
export function readCombinedTail(line: string, from: number): { readonly userAgent: string; readonly end: number } | undefined {
  const referrer = readToken(line, from);
  // Traefik before 1.6 wrote an absent referrer without quotes.
  if (referrer?.kind !== "quoted" && referrer?.text !== "-") return undefined;
  const agent = readToken(line, referrer.end);
  if (agent?.kind !== "quoted") return undefined;
  // nginx's own guide omits the space before `rt=$request_time`.
  const glued = /^([^"]*)"(?=[a-z_]{2,30}=)/.exec(agent.text);
  if (glued !== null) return { userAgent: unescapeQuoted(glued[1] ?? ""), end: agent.end - 1 - agent.text.length + glued[0].length };
  return { userAgent: unescapeQuoted(agent.text), end: agent.end };
}
