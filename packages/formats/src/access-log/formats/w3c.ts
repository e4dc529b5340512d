/**
 * The W3C extended log format, read by its `#Fields:` line: IIS (with any list of fields, which may change within a file) and Amazon
 * CloudFront's standard logs (tab-separated, URL-encoded). Source: W3C WD-logfile-960323; Microsoft and AWS documentation.
 */
import { putCloudfront } from "./cloudfront.ts";
import { parseIsoTime } from "../values/clock.ts";
import {
  type Draft,
  isAbsent,
  putClient,
  putDuration,
  putNumber,
  putStatus,
  putTarget,
  putText,
  putTime,
  startDraft,
} from "../exchange/draft.ts";
import type { LineParser, ParsedLine, TextFormat } from "../line.ts";
import { readTokens } from "../values/tokens.ts";

/** IIS and CloudFront. */
export const w3c: TextFormat = { id: "w3c", create: createW3c };

/** CloudFront's 33 fields, for a file whose head is missing. */
const CLOUDFRONT_FIELDS =
  "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end";

/** The oldest CloudFront logs end at x-edge-request-id; newer fields are at the end. */
const MIN_CLOUDFRONT_FIELDS = 12;

const CLOUDFRONT_LINE = /^\d{4}-\d\d-\d\d\t\d\d:\d\d:\d\d\t[A-Z]{3}\d+(?:-[A-Z]\d+)?\t/;
/** A CloudFront line in which copying turned tabs into spaces. Its fields contain no spaces. */
const COPIED_CLOUDFRONT =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]{3}\d+(?:-[A-Z]\d+)? \d+ [\da-fA-F.:]+ [A-Z]{3,10} \S+ \/\S* (?:\d{3}|-) \S+ \S+ \S+ \S+ [A-Z][A-Za-z]+ /;

/** The head of a table exported from the lines. */
const BARE_HEAD = /^date\s+time\s(?:[\w()-]+\s+)*cs-method\s/;

function createW3c(): LineParser {
  let fields: readonly string[] = [];
  return (line) => {
    if (line.startsWith("#")) {
      const match = /^#(Software|Version|Date|Fields|Remark|Start-Date|End-Date|GMT-Offset|System-Id|X-[\w-]+):\s*(.*)$/i.exec(line);
      if (match === null) return undefined;
      if (match[1]?.toLowerCase() === "fields") fields = (match[2] ?? "").trim().split(/[\s]+/);
      return { kind: "directive", format: "w3c", text: line };
    }
    if (BARE_HEAD.test(line)) {
      fields = line.trim().split(/\s+/);
      return { kind: "directive", format: "w3c", text: line };
    }
    if (!/^(?:\d|")/.test(line)) return undefined;
    return parseRow(line, fields);
  };
}

function parseRow(line: string, declared: readonly string[]): ParsedLine | undefined {
  const tabbed = line.includes("\t");
  const values = tabbed ? line.split("\t") : readTokens(line, 0, 128).map(({ text }) => text);
  const isCloudfront = tabbed ? CLOUDFRONT_LINE.test(line) : COPIED_CLOUDFRONT.test(line);
  let fields = isCloudfront && !declared.includes("x-edge-location") ? CLOUDFRONT_FIELDS.split(" ") : declared;
  if (fields.length !== values.length && !(fields.includes("x-edge-location") && values.length >= MIN_CLOUDFRONT_FIELDS)) {
    const named = nameIisFields(values) ?? nameHttperrFields(values);
    if (named === undefined) return undefined;
    fields = named;
  }
  const row = new Map<string, string>();
  fields.forEach((field, index) => {
    const value = values[index];
    if (value !== undefined) row.set(field.toLowerCase(), value);
  });
  const status = row.get("sc-status");
  if (status !== undefined && !/^(?:\d{3}|-|0)$/.test(status)) return undefined;
  if (status === undefined && !row.has("cs-uri-stem") && !row.has("cs-uri")) return undefined;
  return readW3cRow(row);
}

/** The fields before the method in IIS's order. A file may have only the last of them. */
const IIS_HEAD = ["s-sitename", "s-computername", "s-ip"];
/** The fields between method and status in IIS's order. */
const IIS_MIDDLE = ["cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip"];

/**
 * Names the values of an IIS line without a `#Fields:` line. IIS keeps one order whatever fields are chosen, and two places are
 * recognisable: the method before a path, and status, substatus and win32 status in a row. Undefined if they are missing.
 */
function nameIisFields(values: readonly string[]): readonly string[] | undefined {
  const method = values.findIndex((value, index) => /^[A-Z][A-Z_-]{2,19}$/.test(value) && /^[/*]/.test(values[index + 1] ?? ""));
  if (!/^\d{4}-\d\d-\d\d$/.test(values[0] ?? "") || !/^\d\d:\d\d:\d\d$/.test(values[1] ?? "") || method < 2 || method > 5) return undefined;
  if (!/^\d{1,5}$/.test(values[method + 3] ?? "")) return undefined;
  const client = method + IIS_MIDDLE.length;
  const areNumbers = (first: number) => values.slice(first, first + 2).filter((value) => /^\d+$/.test(value)).length === 2;
  const status = values.findIndex((value, index) => index > client && /^\d{3}$/.test(value) && areNumbers(index + 1));
  if (status === -1) return undefined;
  const hasVersion = (values[client + 1] ?? "").startsWith("HTTP/");
  return [
    "date",
    "time",
    ...IIS_HEAD.slice(IIS_HEAD.length - (method - 2)),
    "cs-method",
    ...IIS_MIDDLE,
    ...(hasVersion ? ["cs-version"] : []),
    ...(status > client + 1 + Number(hasVersion) ? ["cs(user-agent)"] : []),
    ...Array.from({ length: Math.max(0, status - client - 2 - Number(hasVersion)) }, (_, index) => `unnamed-${index}`),
    "sc-status",
    "sc-substatus",
    "sc-win32-status",
    ...nameIisEnd(values.slice(status + 3)),
  ];
}

/** The names of the numbers after the statuses, by how many there are. */
function nameIisEnd(after: readonly string[]): readonly string[] {
  const end = after.findIndex((value) => !/^\d+$/.test(value));
  const count = end === -1 ? after.length : end;
  return count >= 3 ? ["sc-bytes", "cs-bytes", "time-taken"] : count === 1 ? ["time-taken"] : [];
}

/**
 * The fields in HTTP.sys's own log of requests that never reached IIS. Newer versions add a stream, the name of the queue and a transport.
 */
const HTTPERR_FIELDS = ["date", "time", "c-ip", "c-port", "s-ip", "s-port", "cs-version"];
const ADDRESS = /^(?:[\d.]+|[0-9a-f:]*:[0-9a-f:.]*(?:%\d+)?)$/i;
const PORT = /^\d{1,5}$/;

/** Names the values of an HTTPERR line. Two addresses with their ports and the version come first; status, site and reason come last. */
function nameHttperrFields(values: readonly string[]): readonly string[] | undefined {
  const [, , client = "", clientPort = "", server = "", serverPort = "", version = "", method = ""] = values;
  if (!ADDRESS.test(client) || !PORT.test(clientPort) || !ADDRESS.test(server) || !PORT.test(serverPort)) return undefined;
  if (!/^(?:HTTP\/[\d.]+|-)$/.test(version)) return undefined;
  const status = values.findIndex(
    (value, index) => index > 7 && /^(?:[1-5]\d\d|-)$/.test(value) && /^[A-Z][A-Za-z_]+$/.test(values[index + 2] ?? ""),
  );
  if (status === -1) return undefined;
  const isPlain = /^(?:[A-Z-]{1,20})$/.test(method) && /^(?:[/*.]|-$|https?:)/.test(values[8] ?? "");
  const request = Array.from({ length: status - 7 }, (_, index) =>
    isPlain ? (["cs-method", "cs-uri"][index] ?? "streamid") : `unnamed-${index}`,
  );
  return [...HTTPERR_FIELDS, ...request, "sc-status", "s-siteid", "s-reason"];
}

/** The exchange in a row, whose fields have W3C's names in lower case. Undefined if its time cannot be read. */
export function readW3cRow(row: ReadonlyMap<string, string>): ParsedLine | undefined {
  // Only CloudFront counts in seconds, always with three decimals.
  const isCloudfront = row.has("x-edge-location") || row.has("x-edge-request-id") || (row.get("time-taken")?.includes(".") ?? false);
  const draft = startDraft(isCloudfront ? "cdn" : "app-server", isCloudfront ? "cloudfront" : "iis");
  const date = row.get("date") ?? row.get("date-local");
  const time = row.get("time") ?? row.get("time-local");
  const timeMs = parseIsoTime(`${date ?? ""}T${time ?? ""}`, 0);
  if (timeMs === undefined && date !== undefined) return undefined;
  putTime(draft, timeMs);
  putText(draft, "method", row.get("cs-method"));
  putTarget(draft, row.get("cs-uri-stem") ?? row.get("cs-uri"));
  putText(draft, "query", row.get("cs-uri-query")?.replace(/^\?/, ""));
  putStatus(draft, row.get("sc-status"));
  putNumber(draft, "responseBytes", row.get("sc-bytes"));
  putNumber(draft, "requestBytes", row.get("cs-bytes"));
  putClient(draft, row.get("c-ip") ?? "");
  putText(draft, "host", row.get("cs-host") ?? row.get("cs(host)"));
  putDuration(draft, row.get("time-taken") ?? row.get("timetakenms"), isCloudfront ? 1000 : 1);
  const agent = row.get("cs(user-agent)") ?? "";
  putText(draft, "userAgent", isCloudfront ? decodePercent(decodePercent(agent)) : agent.replaceAll("+", " "));
  if (isCloudfront) putCloudfront(draft, row);
  else putIis(draft, row);
  return { kind: "exchange", format: isCloudfront ? "cloudfront" : "iis", exchange: draft };
}

/** Decodes CloudFront's user agents, which are usually encoded twice (`%2520`). */
function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function putIis(draft: Draft, row: ReadonlyMap<string, string>): void {
  const substatus = row.get("sc-substatus");
  const win32 = row.get("sc-win32-status");
  if (!isAbsent(substatus) && substatus !== "0") draft.flags = `${row.get("sc-status") ?? ""}.${substatus ?? ""}`;
  putText(draft, "requestId", row.get("x-request-id") ?? row.get("cs(x-request-id)"));
  const reason = row.get("s-reason");
  if (!isAbsent(reason)) draft.flags = reason ?? "";
  if (draft.status === undefined || draft.status < 500) return;
  if (reason !== undefined) {
    draft.madeBy = { hop: "observer", because: `HTTP.sys answered before IIS saw the request: ${reason}`, confidence: 0.9 };
    return;
  }
  if (!isAbsent(win32) && win32 !== "0") draft.errorMessage = `win32 status ${win32 ?? ""}`;
  draft.madeBy = { hop: "observer", because: "IIS logs what it or the application inside it answered", confidence: 0.7 };
}
