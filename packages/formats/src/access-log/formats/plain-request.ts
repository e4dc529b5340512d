/**
 * Access lines of the operators' own layout without a quoted request line: fields between tabs, bars or quoted commas, or the bare row of
 * time, address, method, target and status. A status is read only where it directly follows the request, and only a code in use.
 */
import { parseAnyTime } from "../clock.ts";
import {
  type Draft,
  putClient,
  putDuration,
  putNumber,
  putRequestLine,
  putStatus,
  putTarget,
  putText,
  putTime,
  startDraft,
} from "../draft.ts";
import type { LineParser, ParseContext, ParsedLine, TextFormat } from "../line.ts";
import { putListedTries } from "../nginx-upstream.ts";
import { unescapeQuoted } from "../tokens.ts";
import { isUsualStatus } from "../usual-status.ts";

/** Delimited and bare access lines. */
export const plainRequest: TextFormat = { id: "request-line", create: createPlainRequest };

const METHOD = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|PROPFIND)$/;
const TARGET = /^(?:\/|https?:\/\/|\*$)/;
const WHOLE = /^[A-Z]{3,10} \S.* HTTP\/[\d.]+$/;
const PROTOCOL = /^HTTP\/[\d.]+$/;
const ADDRESS = /^(?:(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\[?[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}\]?)$/;
const ROW =
  /^\[?(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?|\d\d\/[A-Z][a-z]{2}\/\d{4}[: ]\d\d:\d\d:\d\d(?: [+-]\d{4})?)\]? (?:- )?(\S+) (?:- )?"?([A-Z]{3,8})"? "?((?:\/|https?:\/\/)[^\s"]*)"?(?: HTTP\/[\d.]+)?"? (\d{3})(?: (\d+|-))?(?: (\d{1,5}\.\d{3})s?)?(?= |$)/;
/** What no server takes for a request, and the codes that servers answer it with. */
const NO_REQUEST = /^(?:|-|\\x[0-9A-Fa-f]{2}.*)$/;
const REFUSED = /^(?:400|408|414|494|497)$/;
const MAX_FIELDS = 64;

function createPlainRequest(context: ParseContext): LineParser {
  return (line) => {
    const row = ROW.exec(line);
    if (row !== null && ADDRESS.test(row[2] ?? "") && METHOD.test(row[3] ?? "") && isUsualStatus(row[5])) return readRow(row, context);
    const fields = splitFields(line);
    return fields === undefined ? undefined : readFields(fields, context);
  };
}

function readRow(row: RegExpExecArray, context: ParseContext): ParsedLine {
  const draft = startDraft("unknown", "access log");
  putTime(draft, parseAnyTime(row[1], context));
  putClient(draft, row[2]);
  draft.method = row[3] ?? "";
  putTarget(draft, unescapeQuoted(row[4] ?? ""));
  putStatus(draft, row[5]);
  putNumber(draft, "responseBytes", row[6]);
  putDuration(draft, row[7], 1000);
  return { kind: "exchange", format: "request-line", exchange: draft };
}

function splitFields(line: string): string[] | undefined {
  if (/^"[^"]*"(?:,"(?:[^"\\]|\\.|"")*")+$/.test(line)) return line.slice(1, -1).split('","', MAX_FIELDS);
  const separator = ["\t", "|", ";"].find((each) => line.includes(each)) ?? "|";
  const fields = line.split(separator, MAX_FIELDS).map((field) => field.trim());
  return fields.length >= 4 ? fields : undefined;
}

/** Names the fields by what they look like; undefined unless there is a request, its status behind it, and a time or an address. */
function readFields(fields: readonly string[], context: ParseContext): ParsedLine | undefined {
  const draft = startDraft("unknown", "access log");
  const status = putRequest(draft, fields);
  if (status === undefined || !isUsualStatus(fields[status])) return undefined;
  putStatus(draft, fields[status]);
  const client = fields.find((field) => ADDRESS.test(field));
  const timeMs = fields.map((field) => (/^\[?\d/.test(field) && /[:.]/.test(field) ? parseAnyTime(field, context) : undefined));
  putTime(
    draft,
    timeMs.find((each) => each !== undefined),
  );
  putClient(draft, client);
  if (client === undefined && draft.timeMs === undefined) return undefined;
  if (/^\d+$/.test(fields[status + 1] ?? "")) putNumber(draft, "responseBytes", fields[status + 1]);
  putText(draft, "userAgent", unescapeQuoted(fields.slice(status).find((field) => /^[A-Z][\w-]*\/\d.* \(/i.test(field)) ?? ""));
  const seconds = fields.slice(status).filter((field) => /^\d{1,5}\.\d{3}$/.test(field));
  if (seconds.length > 0) putDuration(draft, Math.max(...seconds.map(Number)), 1000);
  putListedTries(draft, fields.slice(status + 1).join("|"));
  return { kind: "exchange", format: "request-line", exchange: draft };
}

/** Sets the request out of one field or of two; returns where the field behind it is. */
function putRequest(draft: Draft, fields: readonly string[]): number | undefined {
  const whole = fields.findIndex((field) => WHOLE.test(field));
  if (whole !== -1) {
    putRequestLine(draft, unescapeQuoted(fields[whole] ?? ""));
    return whole + 1;
  }
  const method = fields.findIndex((field, index) => METHOD.test(field) && TARGET.test(fields[index + 1] ?? ""));
  if (method === -1) {
    const refused = fields.findIndex((field, index) => NO_REQUEST.test(field) && REFUSED.test(fields[index + 1] ?? ""));
    return refused === -1 ? undefined : refused + 1;
  }
  draft.method = fields[method] ?? "";
  putTarget(draft, unescapeQuoted(fields[method + 1] ?? ""));
  return PROTOCOL.test(fields[method + 2] ?? "") ? method + 3 : method + 2;
}
