/** Access logs of Envoy, Envoy Gateway and Istio as JSON, with the operators' usual keys. Values may be null, `-`, text or numbers. */
import { parseAnyTime } from "../values/clock.ts";
import {
  isAbsent,
  putClient,
  putDuration,
  putNumber,
  putStatus,
  putTarget,
  putText,
  putTime,
  readJsonText,
  startDraft,
} from "../exchange/draft.ts";
import { putEnvoyVerdict } from "../exchange/envoy-verdict.ts";
import type { JsonFormat, JsonLineParser, JsonObject, ParseContext } from "../line.ts";

/** Envoy's JSON access log. */
export const envoyJson: JsonFormat = { id: "envoy-json", create: createEnvoyJson };

function pick(object: Readonly<Record<string, unknown>>, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = Object.hasOwn(object, key) ? readJsonText(object[key]) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** True for an Envoy record. `rc` on its own can be any program's return code. It is the status if Envoy's flags or details are beside it. */
function isEnvoys(object: JsonObject): boolean {
  if ("rc" in object) return "rf" in object || "rcd" in object;
  const isAnswer = "response_code" in object || "response_code_details" in object || ("response_flags" in object && "status" in object);
  return isAnswer && ("response_flags" in object || "upstream_cluster" in object || "start_time" in object);
}

function createEnvoyJson(context: ParseContext): JsonLineParser {
  return (object) => {
    if (!isEnvoys(object)) return undefined;
    const draft = startDraft("mesh", "envoy");
    putTime(draft, parseAnyTime(object["start_time"] ?? object["timestamp"] ?? object["time"] ?? object["@timestamp"], context));
    putText(draft, "method", pick(object, "method", "request_method"));
    putTarget(
      draft,
      pick(object, "x-envoy-origin-path", "x-envoy-original-path", "original_path", "path", "request_path", "request_uri", "uri"),
    );
    putStatus(draft, Number(object["response_code"] ?? object["status"] ?? object["rc"]));
    putText(draft, "flags", pick(object, "response_flags", "rf"));
    putNumber(draft, "requestBytes", object["bytes_received"]);
    putNumber(draft, "responseBytes", object["bytes_sent"]);
    putDuration(draft, object["duration"] ?? object["duration_ms"] ?? object["request_time"], 1);
    putText(draft, "userAgent", pick(object, "user-agent", "user_agent", "http_user_agent"));
    putText(draft, "requestId", pick(object, "x-request-id", "request_id"));
    putText(draft, "traceId", pick(object, "trace_id", "traceID"));
    putText(draft, "host", pick(object, ":authority", "authority", "request_authority"));
    putText(draft, "service", pick(object, "upstream_cluster"));
    putText(draft, "route", pick(object, "route_template"));
    putClient(draft, pick(object, "x-forwarded-for", "x_forwarded_for", "http_x_forwarded_for", "downstream_remote_address") ?? "");
    const address = pick(object, "upstream_host", "upstream");
    if (!isAbsent(address)) draft.upstream = [{ address: address ?? "" }];
    const details = pick(object, "response_code_details", "rcd");
    const serviceTime = pick(object, "x-envoy-upstream-service-time", "upstream_service_time");
    const hasServiceTime = "x-envoy-upstream-service-time" in object || "upstream_service_time" in object;
    putEnvoyVerdict(draft, { details, failure: pick(object, "upstream_transport_failure_reason"), serviceTime, hasServiceTime });
    return { kind: "exchange", format: "envoy-json", exchange: draft };
  };
}
