/**
 * Traefik's JSON access log. `Duration` is in ns. `OriginStatus` may be Traefik's own, and `RequestCount` is a counter. Source: Traefik
 * docs and field_middleware.go, which stores the captured status after the proxy's error handler ran.
 */
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
  readHeader,
  readJsonText,
  readObject,
  readStatus,
  scaleDuration,
  startDraft,
} from "../exchange/draft.ts";
import type { JsonFormat, JsonLineParser, JsonObject, ParseContext } from "../line.ts";

/** Traefik as JSON. */
export const traefik: JsonFormat = { id: "traefik", create: createTraefik };

/**
 * The lengths of the bodies that Traefik's own error handler writes: "Bad Gateway", "Gateway Timeout", "Internal Server Error" and so on.
 */
const OWN_BODY_BYTES: Readonly<Record<number, number>> = { 502: 11, 504: 15, 500: 21, 503: 19 };

function createTraefik(context: ParseContext): JsonLineParser {
  return (object) => {
    // `accesslog.fields` may keep few names. No other product writes these two.
    if (!("DownstreamStatus" in object || "OriginStatus" in object)) return undefined;
    const draft = startDraft("proxy", "traefik");
    putTime(draft, parseAnyTime(object["StartUTC"] ?? object["StartLocal"] ?? object["time"], context));
    putText(draft, "method", object["RequestMethod"]);
    putTarget(draft, object["RequestPath"]);
    // If the client's status is not among the fields that were kept, the upstream's status is what the client got.
    putStatus(draft, Number(object["DownstreamStatus"] ?? object["OriginStatus"]));
    putNumber(draft, "responseBytes", object["DownstreamContentSize"]);
    putNumber(draft, "requestBytes", object["RequestContentSize"]);
    putDuration(draft, object["Duration"], 1e-6);
    putText(draft, "host", object["RequestHost"] ?? object["RequestAddr"]);
    putText(draft, "service", object["ServiceName"]);
    putClient(draft, readJsonText(object["ClientHost"]) ?? readJsonText(object["ClientAddr"]) ?? "");
    putText(draft, "userAgent", readFlat(object, "request_user-agent"));
    putText(draft, "requestId", readFlat(object, "request_x-request-id"));
    putText(draft, "traceId", object["TraceId"]);
    putOrigin(draft, object);
    return { kind: "exchange", format: "traefik-json", exchange: draft };
  };
}

function readFlat(object: JsonObject, name: string): string | undefined {
  return readHeader(object, name);
}

function putOrigin(draft: Draft, object: JsonObject): void {
  const url = readObject(object["ServiceURL"]);
  const address = readJsonText(object["ServiceAddr"]) ?? readJsonText(object["ServiceURL"]) ?? readJsonText(url?.["Host"]);
  const status = readStatus(Number(object["OriginStatus"]));
  const originMs = scaleDuration(object["OriginDuration"], 1e-6);
  if (address === undefined && status === undefined) {
    judge(draft, { status: undefined, ownBody: false, headers: false });
    return;
  }
  const headers = Object.keys(object).some((key) => key.toLowerCase().startsWith("origin_"));
  const ownBody = status !== undefined && object["OriginContentSize"] === OWN_BODY_BYTES[status] && !headers;
  draft.upstream = [
    {
      ...(address === undefined ? {} : { address }),
      ...(status === undefined ? {} : { status }),
      ...(originMs === undefined ? {} : { durationMs: originMs }),
      ...(headers ? { answered: true } : ownBody ? { answered: false } : {}),
    },
  ];
  judge(draft, { status, ownBody, headers });
}

/** Rules traefik-101 and traefik-102, trap T2. */
function judge(draft: Draft, origin: { readonly status: number | undefined; readonly ownBody: boolean; readonly headers: boolean }): void {
  const { status } = draft;
  if (status === undefined || status < 500) return;
  if (origin.status === undefined) {
    draft.madeBy = { hop: "observer", because: "OriginStatus is 0 or absent: no service was reached", confidence: 0.95 };
  } else if (origin.status !== status) {
    draft.madeBy = {
      hop: "observer",
      because: `Traefik answered ${status} where the origin's status was ${origin.status}`,
      confidence: 0.85,
    };
  } else if (origin.ownBody) {
    draft.madeBy = {
      hop: "observer",
      because: `OriginStatus ${status} is Traefik's own: the body has the exact length of its error handler's, and there are no origin headers`,
      confidence: 0.85,
    };
  } else if (origin.headers || (status !== 502 && status !== 504)) {
    draft.madeBy = { hop: "behind", because: `the origin sent ${status}`, confidence: origin.headers ? 0.95 : 0.8 };
  } else {
    draft.madeBy = {
      hop: "unknown",
      because: "Traefik stores its own 502 and 504 as OriginStatus too; keep origin headers to tell",
      confidence: 0.45,
    };
  }
}
