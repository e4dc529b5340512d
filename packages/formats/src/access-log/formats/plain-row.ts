/**
 * Rows without quotes around the request, separated by spaces: time, client, perhaps a host, nginx's seconds or HAProxy's backend and
 * server, and a status directly before or after method and target.
 */
import { parseAnyTime } from "../values/clock.ts";
import { type Draft, putClient, putDuration, putNumber, putStatus, putTarget, putTime, startDraft } from "../exchange/draft.ts";
import type { ParseContext, ParsedLine } from "../line.ts";
import { isOfCaller } from "../values/logfmt-pairs.ts";
import { readSuffixedDuration } from "../named-fields/named-durations.ts";
import { unescapeQuoted } from "../values/tokens.ts";
import { isCounted, isUsualStatus } from "../values/usual-status.ts";

const METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|PROPFIND";
/** A field that is exactly a method. */
export const METHOD = new RegExp(`^(?:${METHODS})$`);
/** A field that is exactly a host name, perhaps with a port. */
export const HOST = /^[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}(?::\d{1,5})?$/;
/** A field that is exactly an address, perhaps with a port. */
export const ADDRESS = /^(?:(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\[?[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}\]?)$/;
const HOST_FIRST = String.raw`(?:[\w.-]{1,100}(?::\d{1,5})? (?=\/))?`;
const ROOT = String.raw`(?:\/|https?:\/\/)`;
/** A query that stands apart from its path. */
const QUERY = String.raw`(?: (?<query>\?\S+))?`;
const PROTOCOL = String.raw`(?: HTTP\/[\d.]+)?`;
const ARROW = "(?: (?:->|=>))?";
/** A size and a duration in seconds; a number with another unit is neither. */
const SIZE = String.raw`(?: (?<size>\d+|-)(?= |$)(?! [mµu]?s\b))?`;
const TOOK = String.raw`(?: (?<seconds>\d{1,5}\.\d{3})s?(?= |$)(?! [mµu]s\b))?`;
/** The status after the request. A host may precede the path, and an arrow the status. */
const BEHIND = new RegExp(
  String.raw`(?<=[\]"\s])"?(?<method>${METHODS})"? ${HOST_FIRST}"?(?<target>${ROOT}[^\s"]*)${QUERY}"?${PROTOCOL}"?${ARROW} (?<status>\d{3})${SIZE}${TOOK}(?= |$)`,
);
/** The status directly before the request. */
const BEFORE = new RegExp(String.raw`(?<=[\]\s])(?<status>\d{3}) (?<method>${METHODS}) (?<target>${ROOT}\S*)${PROTOCOL}(?= |$)`);
/** HAProxy's text for a request that it could not read, with its own status after or before it. */
const UNREAD =
  /(?<=[\]\s])(?:"?<BADREQ>(?: <BADREQ>){0,2}"? (?<status>4\d\d)(?= |$)(?: (?<size>\d+))?|(?<first>4\d\d) <BADREQ> <BADREQ>(?= |$))/;
const ISO_TIME = String.raw`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?`;
const CLF_TIME = String.raw`\d\d\/[A-Z][a-z]{2}\/\d{4}[: ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})?`;
const C_TIME = String.raw`[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}`;
/** The time before a request. Besides it there may only be the client's address, dashes, a host and a port. */
const TIME = new RegExp(String.raw`\[?(${ISO_TIME}|${CLF_TIME}|${C_TIME})(?:\]|(?= ))`);
/** An address with a port, or a socket. */
const SERVER = /^(?:unix:|(?:\d{1,3}\.){3}\d{1,3}:\d|\[.*\]:\d)/;
const LOCAL = /^(?:localhost)?(?::\d{1,5})?$/;
/**
 * HAProxy's frontend, backend and server. `jobs/default` is common elsewhere, so these count only after a client's port, beside the Common
 * Log Format's time, or if no server was found.
 */
const PROXIED = / [\w.:~-]{1,80} [\w.:-]{1,80}\/(?:[\w.:-]{1,80}|<[A-Z]{2,10}>) $/;
const HAPROXY = /\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:|(?:\d{1,3}\.){3}\d{1,3}:\d{1,5} |\/<[A-Z]{2,10}> $/;
/** Seconds as nginx writes them; never a status. */
const SECONDS = /^\d{1,5}\.\d{3}$/;
const MAX_HEAD = 160;
/** A program's own words after the request. */
const SENTENCE = / [a-z]{2,20} [a-z]{2,20}(?= |$)/;
/** A duration with its unit, directly after the row or after a word. */
const DURATION = /^(?: [a-z]{2,10}){0,2} (\d{1,9}(?:\.\d{1,9})?) ?(ms|us|µs|s|msecs|secs)(?= |$)/;

/** Reads such a row. Undefined if it is not one, or if two of its numbers may be the status. */
export function readRow(line: string, context: ParseContext): ParsedLine | undefined {
  for (const pattern of [BEHIND, BEFORE, UNREAD]) {
    const row = pattern.exec(line);
    const status = row?.groups?.["status"] ?? row?.groups?.["first"];
    if (row === null || row.index > MAX_HEAD || !isUsualStatus(status)) continue;
    const end = row.index + row[0].length;
    if (isCounted(line.slice(end)) && row.groups?.["size"] === undefined) continue;
    const isBefore = pattern === BEFORE;
    if (isBefore && isUnclear(line.slice(end), status)) continue;
    const draft = readHead(line, { start: row.index, end, isBefore }, context);
    if (draft !== undefined) return { kind: "exchange", format: "request-line", exchange: putRow(draft, row.groups ?? {}, status) };
  }
  return undefined;
}

/**
 * True if a sentence or a different code in use follows the request: then a program tells about another program's answer, or either code
 * may be the status. A code directly after a server's address is that server's.
 */
function isUnclear(written: string, status: string | undefined): boolean {
  const rest = written.replaceAll(/"[^"]*"/g, '""');
  const words = rest.split(" ");
  return (
    SENTENCE.test(rest) || words.some((word, index) => isUsualStatus(word) && word !== status && !ADDRESS.test(words[index - 1] ?? ""))
  );
}

type Row = { readonly start: number; readonly end: number; readonly isBefore: boolean };

/** Reads what surrounds the request and its status: who asked, when, and how long it took. */
function readHead(line: string, { start, end, isBefore }: Row, context: ParseContext): Draft | undefined {
  const head = line.slice(0, start);
  const rest = line.slice(end);
  const time = TIME.exec(head);
  if (time === null) return undefined;
  const written = head
    .replace(time[0], " ")
    .replace(HAPROXY.test(head) ? PROXIED : "", " ")
    .replace(/ \[<\d{1,7}>\](?= )/, " ")
    .split(" ")
    .filter((word) => word !== "" && word !== "-");
  const words = written.filter((word) => !SECONDS.test(word));
  const own = words.find((word) => ADDRESS.test(word));
  const client = own ?? (time[0].startsWith("[") && words.length === 0 ? findLastAddress(rest) : undefined);
  // A number here may be the status, and the number after the request its size.
  if (words.some((word) => /^\d+(?:\.\d+)?$/.test(word))) return undefined;
  // Other words tell about a call that the program made, or about something it did.
  if (isOfCaller(head) || !words.every((word) => ADDRESS.test(word) || HOST.test(word) || LOCAL.test(word))) return undefined;
  // uWSGI's own layouts have no address, but a time in brackets, in the notation of the Common Log Format or of C.
  const isNobodys = client === undefined && !isBefore && words.length === 0 && /^\[(?:\d\d\/|[A-Z][a-z]{2} [A-Z])/.test(time[0]);
  if (!isNobodys && (client === undefined || words.length > 2)) return undefined;
  const draft = startDraft("unknown", "access log");
  putTime(draft, parseAnyTime(time[1], context));
  putClient(draft, client);
  if (written.length === words.length + 1)
    putDuration(
      draft,
      written.find((word) => SECONDS.test(word)),
      1000,
    );
  const [, count = "", unit = ""] = DURATION.exec(rest) ?? [];
  const durationMs = readSuffixedDuration(`${count}${unit === "msecs" ? "ms" : unit}`);
  if (durationMs !== undefined) draft.durationMs = durationMs;
  return draft;
}

/**
 * The client at the end of HAProxy's short rows: an address without a port. Any other address makes it doubtful, because either may be an
 * upstream's.
 */
function findLastAddress(rest: string): string | undefined {
  const [address, ...others] = rest.split(" ").filter((word) => SERVER.test(word) || ADDRESS.test(word));
  return address !== undefined && others.length === 0 && !SERVER.test(address) && rest.endsWith(` ${address}`) ? address : undefined;
}

function putRow(draft: Draft, row: Readonly<Record<string, string | undefined>>, status: string | undefined): Draft {
  if (row["method"] !== undefined) draft.method = row["method"];
  putTarget(draft, unescapeQuoted(`${row["target"] ?? ""}${row["query"] ?? ""}`));
  putStatus(draft, status);
  putNumber(draft, "responseBytes", row["size"]);
  if (draft.durationMs === undefined) putDuration(draft, row["seconds"], 1000);
  return draft;
}
