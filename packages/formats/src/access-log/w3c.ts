/**
 * The W3C extended log format by its `#Fields:` line: IIS (default and any field list, which may change within a file) and Amazon
 * CloudFront's standard logs (tab-separated, URL-encoded). Source: W3C WD-logfile-960323; Microsoft and AWS documentation.
 */
import { putCloudfront } from "./cloudfront.ts";
import { parseIsoTime } from "./clock.ts";
import { type Draft, isAbsent, putClient, putDuration, putNumber, putStatus, putTarget, putText, putTime, startDraft } from "./draft.ts";
import type { LineParser, ParsedLine, TextFormat } from "./line.ts";
import { readTokens } from "./tokens.ts";

/** IIS and CloudFront. */
export const w3c: TextFormat = { id: "w3c", create: createW3c };

/** IIS's default fields, for a file whose head was cut off. */
const IIS_FIELDS =
  "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken";
/** CloudFront's 33 fields, for the same case. */
const CLOUDFRONT_FIELDS =
  "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end";

/** The oldest CloudFront logs end at x-edge-request-id; newer fields are added at the end. */
const MIN_CLOUDFRONT_FIELDS = 12;

const IIS_LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ [A-Z]+ \/\S* \S+ \d+ \S+ \S+ \S+ (?:\S+ )?\d{3} \d+ \d+ \d+$/;
const CLOUDFRONT_LINE = /^\d{4}-\d\d-\d\d\t\d\d:\d\d:\d\d\t[A-Z]{3}\d+(?:-[A-Z]\d+)?\t/;

function createW3c(): LineParser {
  let fields: readonly string[] = [];
  return (line) => {
    if (line.startsWith("#")) {
      const match = /^#(Software|Version|Date|Fields|Remark|Start-Date|End-Date|GMT-Offset|System-Id|X-[\w-]+):\s*(.*)$/i.exec(line);
      if (match === null) return undefined;
      if (match[1]?.toLowerCase() === "fields") fields = (match[2] ?? "").trim().split(/[\s]+/);
      return { kind: "directive", format: "w3c", text: line };
    }
    if (!/^(?:\d|")/.test(line)) return undefined;
    return parseRow(line, fields);
  };
}

function parseRow(line: string, declared: readonly string[]): ParsedLine | undefined {
  const tabbed = line.includes("\t");
  const values = tabbed ? line.split("\t") : readTokens(line, 0, 128).map(({ text }) => text);
  let fields = tabbed && CLOUDFRONT_LINE.test(line) && !declared.includes("x-edge-location") ? CLOUDFRONT_FIELDS.split(" ") : declared;
  if (fields.length !== values.length && !(fields.includes("x-edge-location") && values.length >= MIN_CLOUDFRONT_FIELDS)) {
    if (IIS_LINE.test(line)) fields = nameIisFields(values.length);
    else return undefined;
  }
  const row = new Map<string, string>();
  fields.forEach((field, index) => {
    const value = values[index];
    if (value !== undefined) row.set(field.toLowerCase(), value);
  });
  const status = row.get("sc-status");
  if (status !== undefined && !/^(?:\d{3}|-|0)$/.test(status)) return undefined;
  if (status === undefined && !row.has("cs-uri-stem") && !row.has("cs-uri")) return undefined;
  return readRow(row);
}

/** Some default lists of older versions have no referrer. */
function nameIisFields(count: number): readonly string[] {
  const fields = IIS_FIELDS.split(" ");
  return count === fields.length ? fields : fields.filter((field) => field !== "cs(Referer)");
}

function readRow(row: ReadonlyMap<string, string>): ParsedLine | undefined {
  const isCloudfront = row.has("x-edge-location") || row.has("x-edge-request-id");
  const draft = startDraft(isCloudfront ? "cdn" : "app-server", isCloudfront ? "cloudfront" : "iis");
  const date = row.get("date") ?? row.get("date-local");
  const time = row.get("time") ?? row.get("time-local");
  const timeMs = parseIsoTime(`${date ?? ""}T${time ?? ""}`, 0);
  if (timeMs === undefined && date !== undefined) return undefined;
  putTime(draft, timeMs);
  putText(draft, "method", row.get("cs-method"));
  putTarget(draft, row.get("cs-uri-stem") ?? row.get("cs-uri"));
  putText(draft, "query", row.get("cs-uri-query"));
  putStatus(draft, row.get("sc-status"));
  putNumber(draft, "responseBytes", row.get("sc-bytes"));
  putNumber(draft, "requestBytes", row.get("cs-bytes"));
  putClient(draft, row.get("c-ip") ?? "");
  putText(draft, "host", row.get("cs-host") ?? row.get("cs(host)"));
  putDuration(draft, row.get("time-taken"), isCloudfront ? 1000 : 1);
  const agent = row.get("cs(user-agent)") ?? "";
  putText(draft, "userAgent", isCloudfront ? decodePercent(decodePercent(agent)) : agent.replaceAll("+", " "));
  if (isCloudfront) putCloudfront(draft, row);
  else putIis(draft, row);
  return { kind: "exchange", format: isCloudfront ? "cloudfront" : "iis", exchange: draft };
}

/** CloudFront encodes user agents, most often twice (`%2520`). */
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
  if (draft.status === undefined || draft.status < 500) return;
  if (!isAbsent(win32) && win32 !== "0") draft.errorMessage = `win32 status ${win32 ?? ""}`;
  draft.madeBy = { hop: "observer", because: "IIS logs what it or the application inside it answered", confidence: 0.7 };
}
