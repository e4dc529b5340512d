/** nginx's `log_format ... escape=json` with the usual variable names as keys. Often all values are text. */
import { NO_STATUS_LINE, putDuration, putStatus, readJsonText, startDraft } from "../exchange/draft.ts";
import type { JsonFormat, JsonLineParser, ParseContext } from "../line.ts";
import { createFieldReader } from "../named-fields/field-reader.ts";
import { readNginxSeconds } from "../named-fields/named-durations.ts";
import { putNamedFields } from "../named-fields/named-fields.ts";
import { putNginxUpstream } from "../named-fields/nginx-upstream.ts";
import { isUnanswered } from "../exchange/unanswered.ts";

/** nginx as JSON. */
export const nginxJson: JsonFormat = { id: "nginx-json", create: createNginxJson };

/** Names of variables that only nginx uses. Two of them identify nginx. */
const TELLING = [
  "remote_addr",
  "body_bytes_sent",
  "request_time",
  "time_local",
  "time_iso8601",
  "request_uri",
  "http_user_agent",
  "http_referer",
  "http_x_forwarded_for",
  "upstream_addr",
  "upstream_status",
  "upstream_response_time",
  "server_protocol",
  "request_length",
  "server_name",
  "remote_user",
  "ssl_protocol",
  "request_method",
  "msec",
];

function createNginxJson(context: ParseContext): JsonLineParser {
  return (object) => {
    const isTold = TELLING.filter((name) => name in object).length >= 2;
    if (!isTold && !("status" in object && "upstreamtime" in object)) return undefined;
    const draft = startDraft("unknown", "nginx");
    const read = createFieldReader(object);
    const isRequest = putNamedFields(draft, read, context);
    putStatus(draft, object["status"]);
    putDuration(draft, readNginxSeconds(read), 1);
    const named = "upstream_status" in object || "upstream_addr" in object;
    const isAsked = named && draft.method !== undefined;
    const isRead =
      isRequest || isAsked || draft.status !== undefined || draft.errorMessage === NO_STATUS_LINE || isUnanswered(object, draft);
    if (!isRead) return undefined;
    putNginxUpstream(
      draft,
      {
        address: readJsonText(object["upstream_addr"] ?? object["upstreamhost"]),
        status: readJsonText(object["upstream_status"]),
        connectTime: textOf(object["upstream_connect_time"]),
        headerTime: textOf(object["upstream_header_time"]),
        responseTime: readJsonText(object["upstream_response_time"] ?? object["upstreamtime"]),
        bytesReceived: textOf(object["upstream_bytes_received"]),
      },
      named,
    );
    return { kind: "exchange", format: "nginx-json", exchange: draft };
  };
}

/** Like `readJsonText`, but keeps `-` and the empty text, because they mean that the log has the variable but no value. */
function textOf(value: unknown): string | undefined {
  if (value === "") return "-";
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
