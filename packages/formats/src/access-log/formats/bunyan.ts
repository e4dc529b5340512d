/** bunyan: `v: 0`, a numeric level, ISO times; requests as `req` and `res` of its standard serialisers, `latency` or `duration` in ms. */
import { readAppMessage, readAppRecord } from "../application/app-message.ts";
import { putAppVerdict } from "../exchange/app-verdict.ts";
import { parseAnyTime } from "../values/clock.ts";
import {
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
  startDraft,
} from "../exchange/draft.ts";
import type { JsonFormat, JsonLineParser, ParseContext } from "../line.ts";

/** bunyan. */
export const bunyan: JsonFormat = { id: "bunyan", create: createBunyan };

function createBunyan(context: ParseContext): JsonLineParser {
  return (object) => {
    if (!("v" in object && typeof object["level"] === "number" && "name" in object)) return undefined;
    const request = readObject(object["req"]);
    const response = readObject(object["res"]);
    const status = response?.["statusCode"] ?? object["statusCode"];
    if (status === undefined || request === undefined) return readAppRecord(object, { id: "bunyan", observer: "bunyan" }, context);
    const draft = startDraft("app", "bunyan");
    putTime(draft, parseAnyTime(object["time"], context));
    putText(draft, "method", request["method"]);
    putTarget(draft, request["url"]);
    putStatus(draft, Number(status));
    putDuration(draft, object["latency"] ?? object["duration"] ?? object["responseTime"] ?? object["response-time"], 1);
    putNumber(draft, "responseBytes", readHeader(response?.["headers"], "content-length") ?? readRawLength(response?.["header"]));
    putClient(draft, readJsonText(request["remoteAddress"]) ?? readJsonText(object["remote-address"]) ?? "");
    putText(draft, "userAgent", readHeader(request["headers"], "user-agent"));
    putText(draft, "host", readHeader(request["headers"], "host"));
    putText(
      draft,
      "requestId",
      readJsonText(object["req_id"]) ?? readJsonText(request["id"]) ?? readHeader(request["headers"], "x-request-id"),
    );
    putText(draft, "service", object["name"]);
    putAppVerdict(draft, readAppMessage(object, context));
    return { kind: "exchange", format: "bunyan", exchange: draft };
  };
}

/** bunyan's own serialiser writes the response's head as one text, as it was sent. */
function readRawLength(head: unknown): string | undefined {
  return typeof head === "string" ? /\r\ncontent-length: *(\d+)\r\n/i.exec(head.slice(0, 16_384))?.[1] : undefined;
}
