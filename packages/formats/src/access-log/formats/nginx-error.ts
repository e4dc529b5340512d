/** nginx's error log: `2021/08/26 16:52:45 [error] 29060#29060: *2193 message, client: ..., request: "...", upstream: "..."`. */
import { parseIsoTime } from "../values/clock.ts";
import { putRequestLine, splitTarget, startDraft } from "../exchange/draft.ts";
import type { LineParser, ParseContext, TextFormat } from "../line.ts";
import { readSeverity } from "../values/severity.ts";
import { unescapeQuoted } from "../values/tokens.ts";

/** A shipper may have removed the date, or the whole time. */
const LINE = /^(?:(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) |\d\d:\d\d:\d\d(?:\.\d{3})? )?\[?(\w+)\] (\d+)#(\d+): (?:\*(\d+) )?(.*)$/s;

/** The output of the scripts in nginx's container image before nginx starts. */
const ENTRY_POINT = /^(?:\/docker-entrypoint\.sh: |\d\d-[\w-]{1,60}\.(?:env)?sh: (?:info|error|warn): )/;

/** The fields at the end of a message, in the order in which ngx_http_log_error writes them. Kong adds the request's id. */
const FIELD = /, (client|server|subrequest|request|upstream|host|referrer|request_id): (?:"((?:[^"\\]|\\.)*)"|([^,]*))/g;

/** The error log of nginx and of software built on it (OpenResty, Kong, ingress-nginx). */
export const nginxError: TextFormat = { id: "nginx-error", create: createNginxError };

function createNginxError(context: ParseContext): LineParser {
  return (line) => {
    const match = LINE.exec(line);
    if (match === null)
      return ENTRY_POINT.test(line) ? { kind: "message", format: "nginx-error", message: { severity: 9, text: line } } : undefined;
    const timeMs = parseIsoTime(match[1] ?? "", context.zoneOffsetMinutes);
    const { text, fields } = splitFields(match[6] ?? "");
    const draft = startDraft("proxy", "nginx");
    putRequestLine(draft, unescapeQuoted(fields["request"] ?? ""));
    const { method, path, query } = draft;
    const client = fields["client"];
    const host = fields["host"] ?? (fields["server"] === "_" ? undefined : fields["server"]) ?? splitTarget(fields["request"] ?? "").host;
    return {
      kind: "message",
      format: "nginx-error",
      message: {
        severity: readSeverity(match[2]),
        text,
        ...(timeMs === undefined ? {} : { timeMs }),
        ...(method === undefined ? {} : { method }),
        ...(path === undefined ? {} : { path }),
        ...(query === undefined ? {} : { query }),
        ...(client === undefined || client === "" ? {} : { clientAddress: client.replace(/^unix:$/, "unix") }),
        ...(host === undefined || host === "" ? {} : { host }),
        ...(fields["request_id"] === undefined ? {} : { requestId: fields["request_id"] }),
        ...(fields["upstream"] === undefined ? {} : { upstreamAddress: fields["upstream"] }),
      },
    };
  };
}

function splitFields(message: string): { readonly text: string; readonly fields: Readonly<Record<string, string>> } {
  const fields: Record<string, string> = {};
  // A line that was a JSON text before it was copied.
  if (message.includes(', request: \\"')) return splitFields(message.replaceAll('\\"', '"'));
  const client = message.lastIndexOf(", client: ");
  const start = client === -1 ? message.search(/, (?:request|upstream): "/) : client;
  if (start === -1) return { text: message, fields };
  for (const [, name = "", quoted, bare] of message.slice(start).matchAll(FIELD)) fields[name] ??= (quoted ?? bare ?? "").trim();
  return { text: message.slice(0, start), fields };
}
