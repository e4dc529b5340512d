/** Kong's serialised log (file-log, http-log, tcp-log). Latencies are in ms; -1 means none. Source: Kong, kong.log.serialize. */
import { parseAnyTime } from "../values/clock.ts";
import {
  type Draft,
  putClient,
  putDuration,
  putNumber,
  putStatus,
  putTarget,
  putText,
  putTime,
  readDecimal,
  readHeader,
  readJsonText,
  readObject,
  readStatus,
  startDraft,
} from "../exchange/draft.ts";
import type { JsonFormat, JsonLineParser, JsonObject, ParseContext } from "../line.ts";

/** Kong as JSON. */
export const kong: JsonFormat = { id: "kong", create: createKong };

function createKong(context: ParseContext): JsonLineParser {
  return (object) => {
    const request = readObject(object["request"]);
    const response = readObject(object["response"]);
    const latencies = readObject(object["latencies"]);
    if (request === undefined || latencies === undefined || !("kong" in latencies || "proxy" in latencies)) return undefined;
    const draft = startDraft("gateway", "kong");
    putTime(draft, parseAnyTime(object["started_at"] ?? object["timestamp"], context));
    putText(draft, "method", request["method"]);
    putTarget(draft, readJsonText(request["uri"]) ?? readJsonText(request["url"]));
    putStatus(draft, Number(response?.["status"]));
    putNumber(draft, "requestBytes", request["size"]);
    putNumber(draft, "responseBytes", response?.["size"]);
    putDuration(draft, latencies["request"], 1);
    putClient(draft, readJsonText(object["client_ip"]) ?? "");
    putText(draft, "userAgent", readHeader(request["headers"], "user-agent"));
    putText(
      draft,
      "requestId",
      readJsonText(request["id"]) ?? readHeader(request["headers"], "x-request-id") ?? readHeader(request["headers"], "kong-request-id"),
    );
    putText(draft, "host", readHeader(request["headers"], "host"));
    putText(draft, "service", readObject(object["service"])?.["name"]);
    putTries(draft, object, readDecimal(latencies["proxy"]));
    return { kind: "exchange", format: "kong", exchange: draft };
  };
}

/** Rule kong-115: the tries, the proxy latency and `source` tell who answered. */
function putTries(draft: Draft, object: JsonObject, proxyMs: number | undefined): void {
  const list: unknown = object["tries"];
  const tries = Array.isArray(list) ? list.map(readObject).filter((each) => each !== undefined) : undefined;
  const upstreamStatus = readStatus(Number(readJsonText(object["upstream_status"])?.split(/[,:]/).at(-1)?.trim()));
  const source = readJsonText(object["source"]);
  const answered = proxyMs !== undefined && proxyMs >= 0;
  if (tries !== undefined && tries.length > 0) {
    draft.upstream = tries.map((each, index) => {
      const isLast = index === tries.length - 1;
      const status = isLast ? upstreamStatus : readStatus(each["code"]);
      return {
        address: `${readJsonText(each["ip"]) ?? "?"}:${readJsonText(each["port"]) ?? "?"}`,
        answered: isLast && answered,
        ...(status === undefined ? {} : { status }),
      };
    });
  } else if (upstreamStatus !== undefined) draft.upstream = [{ status: upstreamStatus, answered }];
  const { status } = draft;
  if (status === undefined || status < 500) return;
  if (source === "kong" || source === "error") draft.madeBy = { hop: "observer", because: `source is ${source}`, confidence: 0.93 };
  else if (tries?.length === 0) draft.madeBy = { hop: "observer", because: "tries is empty: no peer was reached", confidence: 0.9 };
  else if (!answered)
    draft.madeBy = { hop: "observer", because: "latencies.proxy is -1: no answer came from the upstream", confidence: 0.88 };
  else if (source === "upstream" || upstreamStatus === status) {
    draft.madeBy = {
      hop: "behind",
      because: "the upstream answered, and its status was passed on",
      confidence: source === "upstream" ? 0.95 : 0.85,
    };
  } else draft.madeBy = { hop: "unknown", because: "the log has neither source nor upstream_status", confidence: 0.45 };
}
