/**
 * Access lines in operators' own layouts without a quoted request line: fields separated by tabs, bars or quoted commas, or a plain row of
 * time, address, method, target and status. A status is read only directly after the request, and only if it is a code in use.
 */
import { parseAnyTime } from "../values/clock.ts";
import { type Draft, putClient, putNumber, putRequestLine, putStatus, putTarget, putText, putTime, startDraft } from "../exchange/draft.ts";
import type { LineParser, ParseContext, ParsedLine, TextFormat } from "../line.ts";
import { putTries, putLongest, putNamedSeconds, putNextAnswer } from "../named-fields/nginx-upstream.ts";
import { findAgent, findRequestId } from "../values/telling-values.ts";
import { unescapeQuoted } from "../values/tokens.ts";
import { isUsualStatus } from "../values/usual-status.ts";
import { ADDRESS, HOST, METHOD, readRow } from "./plain-row.ts";

/** Access lines with separators, and plain rows. */
export const plainRequest: TextFormat = { id: "request-line", create: createPlainRequest };

const TARGET = /^(?:\/|https?:\/\/|\*$)/;
const WHOLE = /^(?:[A-Z]{3,10} \S.* HTTP\/[\d.]+|(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|PROPFIND) (?:\/|https?:\/\/)\S*)$/;
/** The query in a field of its own, like nginx's `$args`: empty or `-` if there is none. */
const QUERY = /^(?:|-|[^\s=]{1,200}=\S*)$/;
const PROTOCOL = /^HTTP\/[\d.]+$/;
/** A text that no server takes for a request, and the codes with which servers answer it. */
const NO_REQUEST = /^(?:|-|\\x[0-9A-Fa-f]{2}.*)$/;
const REFUSED = /^(?:400|408|414|494|497)$/;
const MAX_FIELDS = 64;

function createPlainRequest(context: ParseContext): LineParser {
  return (line) => {
    const row = readRow(line, context);
    if (row !== undefined) return row;
    for (const fields of splitFields(line)) {
      const parsed = readFields(fields, context);
      if (parsed !== undefined) return parsed;
    }
    return undefined;
  };
}

/** The line's fields, for each way of splitting it. */
function splitFields(line: string): readonly (readonly string[])[] {
  const quoted = /^"[^"]*"( ?[,|;\t] ?)"/.exec(line)?.[1];
  if (quoted !== undefined && line.endsWith('"')) return [line.slice(1, -1).split(`"${quoted}"`, MAX_FIELDS)];
  if (/^\[[^[\]]*\](?: \[[^[\]]*\]){3,}$/.test(line)) return [line.slice(1, -1).split("] [", MAX_FIELDS)];
  return ["\t", "|", ";"]
    .map((separator) => line.split(separator, MAX_FIELDS).map((field) => field.trim()))
    .filter((fields) => fields.length >= 4);
}

/** Recognises the fields by their look. Undefined unless there is a request, a status after it, and a time or an address. */
function readFields(fields: readonly string[], context: ParseContext): ParsedLine | undefined {
  const draft = startDraft("unknown", "access log");
  const status = putRequest(draft, fields);
  if (status === undefined || !isUsualStatus(fields[status])) return undefined;
  // If there are two codes in use around a request, either may be the status.
  const behind = fields[status];
  if (fields.slice(0, status).some((field) => isUsualStatus(field) && field !== behind)) return undefined;
  putStatus(draft, behind);
  const client = fields.find((field) => ADDRESS.test(field));
  const timeMs = fields.map((field) => (/^\[?\d/.test(field) && /[:.]/.test(field) ? parseAnyTime(field, context) : undefined));
  putTime(
    draft,
    timeMs.find((each) => each !== undefined),
  );
  putClient(draft, client);
  if (client === undefined && draft.timeMs === undefined) return undefined;
  // CloudFront's row, too, has the host between method and path, and its date and time are separate. It is read after its wrapper is
  // removed.
  if (draft.timeMs === undefined && fields.some((field, index) => METHOD.test(field) && isHostAndPath(fields, index + 1))) return undefined;
  const size = /^\d{1,5}\.\d{3}$/.test(fields[status + 1] ?? "") ? fields[status + 2] : fields[status + 1];
  if (/^\d+$/.test(size ?? "")) putNumber(draft, "responseBytes", size);
  const rest = fields.slice(status + 1);
  putText(draft, "userAgent", unescapeQuoted(findAgent(rest) ?? ""));
  putText(draft, "requestId", findRequestId(rest));
  putNamedSeconds(draft, rest.join("|"));
  // nginx's seconds have three decimals, but so do morgan's milliseconds. They are seconds only beside a date as nginx writes it; Node's
  // dates have three decimals too.
  const isTimed = fields.some((field, index) => timeMs[index] !== undefined && !/\.\d{3}Z\]?$/.test(field));
  const seconds = isTimed ? fields.slice(status).filter((field) => /^\d{1,5}\.\d{3}$/.test(field)) : [];
  if (seconds.length > 0 && draft.durationMs === undefined) putLongest(draft, seconds.map(Number));
  putTries(draft, rest.join("|"));
  putNextAnswer(draft, rest);
  return { kind: "exchange", format: "request-line", exchange: draft };
}

/** Sets the request, from one field or from two. Returns the index of the field after it. */
function putRequest(draft: Draft, fields: readonly string[]): number | undefined {
  const whole = fields.findIndex((field) => WHOLE.test(field));
  if (whole !== -1) {
    putRequestLine(draft, unescapeQuoted(fields[whole] ?? ""));
    return whole + 1;
  }
  const method = fields.findIndex((field, index) => METHOD.test(field) && TARGET.test(fields[index + 1] ?? ""));
  const apart = method === -1 ? fields.findIndex((field, index) => METHOD.test(field) && isHostAndPath(fields, index + 1)) : -1;
  if (apart !== -1) return putSplit(draft, fields, { method: apart, target: apart + 2 });
  if (method === -1) {
    const refused = fields.findIndex((field, index) => NO_REQUEST.test(field) && REFUSED.test(fields[index + 1] ?? ""));
    return refused === -1 ? findRefused(fields) : refused + 1;
  }
  return putSplit(draft, fields, { method, target: method + 1 });
}

/** A time as servers log it: in the Common Log Format family's notation, or nginx's `$time_iso8601`. */
const SERVERS_TIME = /^\[?(?:\d\d\/[A-Z][a-z]{2}\/\d{4}:|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\]?$)/;

/**
 * Finds a word that the server refused to take for a request: after a server's time and an address, before the only code in use, which must
 * be a refusal, and that before a size. The conditions are strict because applications, too, put words and numbers between bars.
 */
function findRefused(fields: readonly string[]): number | undefined {
  const codes = fields.flatMap((field, index) => (isUsualStatus(field) ? [index] : []));
  const [status = 0] = codes;
  const isAlone = codes.length === 1 && REFUSED.test(fields[status] ?? "") && /^[A-Za-z]\w*$/.test(fields[status - 1] ?? "");
  const before = fields.slice(0, status);
  const isServers = before.some((field) => ADDRESS.test(field)) && before.some((field) => SERVERS_TIME.test(field));
  return isAlone && isServers && /^\d+$/.test(fields[status + 1] ?? "") ? status : undefined;
}

/** True for a host in a field of its own between method and path. */
function isHostAndPath(fields: readonly string[], host: number): boolean {
  return HOST.test(fields[host] ?? "") && (fields[host + 1] ?? "").startsWith("/");
}

/** Sets a request whose method and target are separate fields. Returns the index of the field after it. */
function putSplit(draft: Draft, fields: readonly string[], at: { readonly method: number; readonly target: number }): number {
  draft.method = fields[at.method] ?? "";
  putTarget(draft, unescapeQuoted(fields[at.target] ?? ""));
  const behind = PROTOCOL.test(fields[at.target + 1] ?? "") ? at.target + 2 : at.target + 1;
  const isQueried = draft.query === undefined && QUERY.test(fields[behind] ?? "0") && isUsualStatus(fields[behind + 1]);
  if (isQueried) putText(draft, "query", fields[behind]);
  return isQueried ? behind + 1 : behind;
}
