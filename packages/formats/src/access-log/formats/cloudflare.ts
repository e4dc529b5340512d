/** Cloudflare Logpush, dataset http_requests. Times are RFC 3339, Unix seconds or Unix ns. Source: Cloudflare, Logpush dataset reference. */
import { parseAnyTime } from "../values/clock.ts";
import {
  type Draft,
  isAbsent,
  putClient,
  putNumber,
  putStatus,
  putTarget,
  putText,
  putTime,
  readDecimal,
  readJsonText,
  readStatus,
  startDraft,
} from "../exchange/draft.ts";
import type { JsonFormat, JsonLineParser, JsonObject, ParseContext } from "../line.ts";

/** Cloudflare. */
export const cloudflare: JsonFormat = { id: "cloudflare", create: createCloudflare };

function createCloudflare(context: ParseContext): JsonLineParser {
  return (object) => {
    if (!("EdgeResponseStatus" in object || ("RayID" in object && "ClientRequestMethod" in object))) return undefined;
    const draft = startDraft("cdn", "cloudflare");
    const startMs = parseAnyTime(object["EdgeStartTimestamp"] ?? object["Datetime"], context);
    putTime(draft, startMs);
    putText(draft, "method", object["ClientRequestMethod"]);
    putTarget(draft, object["ClientRequestURI"] ?? object["ClientRequestPath"]);
    putText(draft, "host", object["ClientRequestHost"]);
    putStatus(draft, Number(object["EdgeResponseStatus"]));
    putNumber(draft, "responseBytes", object["EdgeResponseBodyBytes"] ?? object["EdgeResponseBytes"]);
    putNumber(draft, "requestBytes", object["ClientRequestBytes"]);
    putClient(draft, readJsonText(object["ClientIP"]) ?? "");
    putText(draft, "userAgent", object["ClientRequestUserAgent"]);
    putText(draft, "requestId", object["RayID"]);
    putText(draft, "region", object["EdgeColoCode"]);
    putEdgeDuration(draft, { startMs, endMs: parseAnyTime(object["EdgeEndTimestamp"], context) });
    putOrigin(draft, object);
    return { kind: "exchange", format: "cloudflare", exchange: draft };
  };
}

/** Sets the difference of the edge's two times, if they are finer than a second. */
function putEdgeDuration(draft: Draft, edge: { readonly startMs: number | undefined; readonly endMs: number | undefined }): void {
  if (edge.startMs === undefined || edge.endMs === undefined || edge.endMs < edge.startMs) return;
  if (edge.startMs % 1000 === 0 && edge.endMs % 1000 === 0) return;
  draft.durationMs = Math.round((edge.endMs - edge.startMs) * 1000) / 1000;
}

/** Rules cloudflare-191 and 192, trap T4: with an origin status of 0 the edge answered, unless a Worker ran. */
function putOrigin(draft: Draft, object: JsonObject): void {
  const origin = readStatus(Number(object["OriginResponseStatus"]));
  const address = readJsonText(object["OriginIP"]);
  const headerMs = readDecimal(object["OriginResponseDurationMs"]);
  const worker =
    object["WorkerSubrequest"] === true || !["", "unknown", undefined, null].includes(object["WorkerStatus"] as string | undefined | null);
  // If a Worker answered, it is not known whether the origin was asked.
  if (origin !== undefined || (!isAbsent(address) && !worker)) {
    draft.upstream = [
      {
        ...(isAbsent(address) ? {} : { address: address ?? "" }),
        ...(origin === undefined ? {} : { status: origin }),
        answered: origin !== undefined,
        ...(headerMs === undefined || headerMs === 0 ? {} : { durationMs: headerMs }),
      },
    ];
  }
  const { status } = draft;
  if (status === undefined || status < 500) return;
  if (origin === status) draft.madeBy = { hop: "behind", because: `OriginResponseStatus is ${origin}`, confidence: 0.95 };
  else if (origin !== undefined)
    draft.madeBy = { hop: "observer", because: `the origin answered ${origin}, the edge ${status}`, confidence: 0.85 };
  else if (!("OriginResponseStatus" in object))
    draft.madeBy = { hop: "unknown", because: "the log has no OriginResponseStatus", confidence: 0.3 };
  else if (worker)
    draft.madeBy = { hop: "unknown", because: "OriginResponseStatus is 0, but a Worker ran: it may have answered", confidence: 0.45 };
  else draft.madeBy = { hop: "observer", because: "OriginResponseStatus is 0: no answer came from the origin", confidence: 0.93 };
}
