/**
 * HAProxy's httplog, httpslog and tcplog, with or without the syslog tag. Source: HAProxy configuration manual, sections 8.2.2, 8.2.3,
 * 8.2.5 and 8.5. `%tr` is the time at which the request was received; the last timer is the total time in ms.
 */
import { parseAnyTime, parseClfTime } from "../values/clock.ts";
import {
  type Draft,
  putClient,
  putDuration,
  putNumber,
  putRequestLine,
  putStatus,
  putTime,
  startDraft,
  stripPort,
} from "../exchange/draft.ts";
import { findHaproxyTermination } from "../knowledge/haproxy-termination.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/** Syslog and shippers may put anything before the client. The client's port, the time and `frontend backend/server` are unmistakable. */
const HEAD =
  /(?:^|[ ])(?:(\S+):(\w+) )?\[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?)\] ([^\s~/]+)(~?) ([^\s/]+)\/(\S*) {1,2}/;
const MAX_PREFIX = 256;
/** In custom formats a captured field, mostly the host, may precede the timers. */
const HTTP =
  /^(?:[^\s/]+ )?(-?\d+)\/(-?\d+)\/(-?\d+)\/(-?\d+)\/(\+?-?\d+) +(-?\d+) (\+?-?\d+) (\S+) (\S+) ([A-Za-z-]{4}) (\d+\/\d+\/\d+\/\d+\/\+?\d+) {1,2}(\d+\/\d+)(?: \{[^}]*\}){0,2}(?: (.*))?$/s;
/** An operators' shortened or extended layout. The five timers, status and size stay together, and the rest is found by its look. */
const SHORTENED = /^(-?\d+)\/(-?\d+)\/(-?\d+)\/(-?\d+)\/(\+?-?\d+) +(-?\d+) (\+?-?\d+)(?= |$)(.*)$/s;
/** More timers than httplog has, in an order of the operators' own. Status and size still follow them. */
const MANY_TIMERS = /^(?:\+?-?\d{1,9}\/){5,11}\+?-?\d{1,9} +(-?\d+) (\+?-?\d+)(?= |$)(.*)$/s;
/** `option httplog clf`: the head of the Common Log Format, then the fields of httplog as separate words. */
const CLF_HEAD = String.raw`^(?:.{0,200}? )?(\S+) - - \[([^\]]{20,27})\] "([^"]*)" (-?\d+) (\+?-?\d+) "" "" (\d+) (\d{3})`;
/** Frontend, backend and server. */
const CLF_NAMES = '"([^"]*)" "([^"]*)" "([^"]*)"';
const CLF_TIMERS = String.raw`(-?\d+) (-?\d+) (-?\d+) (-?\d+) (\+?-?\d+)`;
const CLF_COUNTS = String.raw`(\d+) (\d+) (\d+) (\d+) (\+?\d+) (\d+) (\d+)`;
const CLF = new RegExp(`${CLF_HEAD} ${CLF_NAMES} ${CLF_TIMERS} ([A-Za-z-]{4}) ${CLF_COUNTS}(?= |$)`);
const TCP = /^(-?\d+)\/(-?\d+)\/(\+?-?\d+) (\+?\d+) ([A-Za-z-]{2,4}) (\d+\/\d+\/\d+\/\d+\/\+?\d+) (\d+\/\d+)/;
/** Since 2.5, httpslog writes error codes and TLS after the request. */
const TLS_BEHIND = /" (?:[^\s/]*\/){4}[^\s/]* (?:[^\s/]*\/){2}[^\s/]*$/;
const TLS_TAIL = /^(?:((?:[^\s/]*\/){4}[^\s/]*) )?((?:[^\s/]+\/){2}[^\s/]+) "/;

/** HAProxy's own traffic logs. */
export const haproxy: TextFormat = { id: "haproxy", create: createHaproxy };

function createHaproxy(context: ParseContext): LineParser {
  return (line) => {
    // In all other access logs a quote follows the time.
    const head = line.startsWith('] "', line.indexOf("] ")) ? null : HEAD.exec(line);
    if (head === null || head.index > MAX_PREFIX)
      return parseClf(line, context) ?? parseTimed(line, context) ?? parseOwnLayout(line, context) ?? parseErrorLine(line, context);
    const draft = startDraft("load-balancer", "haproxy");
    putClient(draft, head[1]?.replace(/^::ffff:(?=\d+\.)/, ""));
    putTime(draft, parseClfTime(head[3] ?? "", context.zoneOffsetMinutes));
    const backend = head[6] ?? "";
    draft.service = backend;
    const server = head[7] ?? "";
    const rest = line.slice(head.index + head[0].length);
    const http = HTTP.exec(rest);
    if (http !== null) return { kind: "exchange", format: readHttp(draft, http, server), exchange: draft };
    const shortened = SHORTENED.exec(rest);
    if (shortened !== null) return { kind: "exchange", format: readHttp(draft, lengthen(shortened), server), exchange: draft };
    const many = MANY_TIMERS.exec(rest);
    if (many !== null) {
      const format = readHttp(draft, lengthen(["", "", "", "", "", "", many[1] ?? "", many[2] ?? "", many[3] ?? ""]), server);
      // Without the times of a try, nothing is known of it.
      delete draft.upstream;
      return { kind: "exchange", format, exchange: draft };
    }
    const tcp = TCP.exec(rest);
    if (tcp === null) return undefined;
    putDuration(draft, tcp[3]?.replace("+", ""), 1);
    putNumber(draft, "responseBytes", tcp[4]?.replace("+", ""));
    draft.flags = tcp[5] ?? "";
    if (!server.startsWith("<")) draft.upstream = [{ address: `${backend}/${server}` }];
    return { kind: "exchange", format: "haproxy-tcp", exchange: draft };
  };
}

/** How a session ended (section 8.5), just before the request. Nobody but HAProxy writes this. */
const ENDED = / (----|[CSPRLUDIKTcs][RQCHDLT](?:--|[A-Z-]{2})) "(<BADREQ>[^"]*|[A-Z]{3,16} [^"]*)/;
const ANY_TIME = /\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/;
/** An address and its port. A time of day is no IPv6 address. */
const PEER = /(?:^|[ [])((?:\d{1,3}\.){3}\d{1,3}|(?=[\da-f:]{0,39}::|(?:[\da-f]{1,4}:){8})[\da-f:]{2,39}):\d{1,5}(?= |$)/;

/** Reads an operators' own layout. The status is the only code in use between the time and the session's end. */
function parseOwnLayout(line: string, context: ParseContext): ReturnType<LineParser> {
  const ended = line.includes('-- "') || line.includes(' "<BADREQ>') ? ENDED.exec(line) : null;
  const time = ANY_TIME.exec(line);
  if (ended === null || time === null || time.index > MAX_PREFIX || time.index > ended.index) return undefined;
  const between = line.slice(time.index + time[0].length, ended.index);
  const codes = between.split(" ").filter(isUsualStatus);
  if (codes.length !== 1) return undefined;
  const draft = startDraft("load-balancer", "haproxy");
  putClient(draft, PEER.exec(line.slice(0, ended.index).replace(time[0], ""))?.[1]);
  putTime(draft, parseAnyTime(time[0], context));
  putStatus(draft, codes[0]);
  draft.flags = ended[1] ?? "";
  const timers = /(?:^| )-?\d+\/-?\d+\/-?\d+\/(-?\d+)\/\+?(\d+)(?= )/.exec(between);
  putDuration(draft, timers?.[2], 1);
  const request = ended[2] ?? "";
  if (!request.startsWith("<BADREQ>")) putRequestLine(draft, decodeHashes(request));
  judgeHaproxy(draft, between.includes("<NOSRV>") ? -1 : Number(timers?.[1] ?? 0));
  return { kind: "exchange", format: "haproxy-http", exchange: draft };
}

/** Five timers, a status and a size directly after `backend/server`. No other software writes this, whatever surrounds it. */
const TIMED = /(?:^| )([^\s/]{1,100})\/(\S{1,100}) (?=(?:-?\d{1,9}\/){4}\+?-?\d{1,9} {1,4}-?\d{1,3} \+?\d{1,15}(?: |$))/;

function parseTimed(line: string, context: ParseContext): ReturnType<LineParser> {
  const server = TIMED.exec(line);
  const head = server === null ? "" : line.slice(0, server.index);
  const peer = PEER.exec(head)?.[1];
  const shortened = server === null || peer === undefined ? null : SHORTENED.exec(line.slice(server.index + server[0].length));
  if (server === null || shortened === null || server.index > MAX_PREFIX) return undefined;
  const draft = startDraft("load-balancer", "haproxy");
  putClient(draft, peer);
  putTime(draft, parseAnyTime(ANY_TIME.exec(head)?.[0], context));
  draft.service = server[1] ?? "";
  return { kind: "exchange", format: readHttp(draft, lengthen(shortened), server[2] ?? ""), exchange: draft };
}

/** The parts of httplog's own line, some of which may be empty. */
function lengthen(shortened: readonly string[]): readonly string[] {
  const tail = shortened[8] ?? "";
  const flags = / ([-CSPRLUDIKTcs][-RQCHDLT](?:--|[A-Z-]{2}))(?= |$)/.exec(tail)?.[1] ?? "";
  const counts = / (\d+\/\d+\/\d+\/\d+\/\+?\d+)(?= |$)/.exec(tail)?.[1] ?? "";
  const bare = / ([A-Z]{3,16} \S+(?: HTTP\/[\d.]+)?)(?= |$)/.exec(tail)?.[1];
  const request = tail.includes('"') || bare === undefined ? tail : `"${bare}"`;
  return [...shortened.slice(0, 8), "", "", flags, counts, "", request];
}

function parseClf(line: string, context: ParseContext): ReturnType<LineParser> {
  const match = line.includes(' "" "" ') ? CLF.exec(line) : null;
  if (match === null) return undefined;
  const [, client, time = "", request = "", status = "", bytes = "", , , , backend = "", server = "", ...rest] = match;
  const [request_, wait, connect, header, total, flags = "", active, frontend, backends, servers, retries] = rest;
  const draft = startDraft("load-balancer", "haproxy");
  putClient(draft, client?.replace(/^::ffff:(?=\d+\.)/, ""));
  putTime(draft, parseClfTime(time, context.zoneOffsetMinutes));
  draft.service = backend;
  const counts = [active, frontend, backends, servers, retries].join("/");
  const timers = [request_, wait, connect, header, total].map((timer) => timer ?? "");
  readHttp(draft, ["", ...timers, status, bytes, "", "", flags, counts, "", `"${request}"`], server);
  return { kind: "exchange", format: "haproxy-http", exchange: draft };
}

const ERROR = /^(?:haproxy\[\d+\]: )?(\S+:\d+) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?:\.\d+)?)\] ([^\s/]+\/\S+): (.+)$/;

/** Section 8.2.6: `client [time] frontend/bind: message`, for connections that failed before a request. */
function parseErrorLine(line: string, context: ParseContext): ReturnType<LineParser> {
  const match = ERROR.exec(line);
  if (match === null) return parseConnect(line);
  const timeMs = parseClfTime(match[2] ?? "", context.zoneOffsetMinutes);
  const message = { severity: 13, text: match[4] ?? "", clientAddress: stripPort(match[1] ?? ""), service: match[3] ?? "" };
  return { kind: "message", format: "haproxy-error", message: timeMs === undefined ? message : { ...message, timeMs } };
}

const CONNECT = /^(?:haproxy\[\d+\]: )?Connect from (\S+:\d+) to \S+:\d+ \(([^\s/]+)\/(?:HTTP|TCP)\)$/;

/** Section 8.2.1: without `option httplog` or `tcplog`, a proxy only notes connections. */
function parseConnect(line: string): ReturnType<LineParser> {
  const match = CONNECT.exec(line);
  if (match === null) return undefined;
  const message = { severity: 9, text: line, clientAddress: stripPort(match[1] ?? ""), service: match[2] ?? "" };
  return { kind: "message", format: "haproxy", message };
}

function readHttp(draft: Draft, http: readonly string[], server: string): string {
  putDuration(draft, http[5]?.replace("+", ""), 1);
  putStatus(draft, http[6]);
  putNumber(draft, "responseBytes", http[7]?.replace("+", ""));
  draft.flags = http[10] ?? "";
  const headerMs = Number(http[4]);
  putTries(draft, { server, connectMs: Number(http[3]), headerMs, retries: /\/(\+?\d+)$/.exec(http[11] ?? "")?.[1] });
  const tail = http[13] ?? "";
  const tls = TLS_TAIL.exec(tail);
  // HAProxy writes a quote in a request as #22, so the first quote ends the request. A line cut at its length limit has no closing quote.
  const request = /"([^"]*)/.exec(tls === null ? tail : tail.slice(tls[0].length - 1))?.[1] ?? "";
  if (request !== "<BADREQ>") putRequestLine(draft, decodeHashes(request));
  judgeHaproxy(draft, headerMs);
  return tls === null && !TLS_BEHIND.test(tail) ? "haproxy-http" : "haproxy-https";
}

/** A session's last server, its times to connect and to answer (-1 if it did not), and the number of retries before. */
type Tries = {
  readonly server: string;
  readonly connectMs: number;
  readonly headerMs: number;
  readonly retries: string | undefined;
};

/** Sets the tries of a session whose backend is known. There are none if HAProxy itself answered. */
export function putTries(draft: Draft, { server, connectMs, headerMs, retries }: Tries): void {
  if (server.startsWith("<")) return;
  const failed = Array.from({ length: Math.min(Number(retries ?? 0), 8) }, () => ({ answered: false }));
  const last = {
    address: `${draft.service}/${server}`,
    answered: headerMs >= 0,
    ...(connectMs >= 0 ? { connectMs } : {}),
    ...(headerMs >= 0 ? { headerMs } : {}),
  };
  draft.upstream = [...failed, last];
}

/** Decodes HAProxy's `#HH`, which it writes for each byte of an ambiguous character. Bytes that are not UTF-8 stay encoded. */
export function decodeHashes(text: string): string {
  return text.replace(/(?:#[0-9A-F]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run.replaceAll("#", "%"));
    } catch {
      return run;
    }
  });
}

/** Section 8.5: the first two letters say who ended the session and in which phase. A `Tr` of -1 means that no complete response came. */
export function judgeHaproxy(draft: Draft, headerMs: number): void {
  if (draft.status === undefined || draft.status < 500) return;
  const flags = draft.flags ?? "";
  const known = findHaproxyTermination(flags, draft.upstream !== undefined);
  if (known?.hop === "client") {
    draft.madeBy = { hop: "client", because: `termination ${flags}: ${known.meaning}`, confidence: 0.7 };
  } else if (flags.startsWith("--") && headerMs >= 0) {
    draft.madeBy = {
      hop: "behind",
      because: `termination ${flags} is a normal end: the server sent the ${draft.status}`,
      confidence: 0.97,
    };
  } else if (/^[sS]D/.test(flags) && headerMs >= 0) {
    draft.madeBy = {
      hop: "behind",
      because: `termination ${flags}: the server's headers, with ${draft.status}, had been passed on`,
      confidence: 0.9,
    };
  } else if (known !== undefined) {
    draft.madeBy = { hop: "observer", because: `termination ${flags}: ${known.meaning}`, confidence: 0.95 };
  } else {
    const because = headerMs < 0 ? "no response header came from a server (Tr is -1)" : `termination ${flags} is not known`;
    draft.madeBy = { hop: headerMs < 0 ? "observer" : "unknown", because, confidence: headerMs < 0 ? 0.9 : 0.3 };
  }
}
