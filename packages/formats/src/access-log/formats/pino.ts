/**
 * pino and pino-http: numeric or word levels, `time` in ms or ISO, `pid` and `hostname`; requests as `req`, `res`, and `responseTime` in
 * ms.
 */
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
import type { JsonFormat, JsonLineParser, ParseContext, ParsedLine } from "../line.ts";

/** pino. */
export const pino: JsonFormat = { id: "pino", create: createPino };

function createPino(context: ParseContext): JsonLineParser {
  return (object): ParsedLine | undefined => {
    const request = readObject(object["req"]);
    const response = readObject(object["res"]);
    const isPino =
      "level" in object && "time" in object && ("pid" in object || "hostname" in object || request !== undefined || "msg" in object);
    if (!isPino || "v" in object) return undefined;
    const status = response?.["statusCode"] ?? response?.["status"];
    // If the client gave up, there is a response without a status.
    const isAborted = response !== undefined && "statusCode" in response;
    if (request === undefined || (status === undefined && !isAborted)) {
      if (request === undefined) return readAppRecord(object, { id: "pino", observer: "pino" }, context);
      return { kind: "message", format: "pino", message: readAppMessage(object, context) };
    }
    const draft = startDraft("app", "pino");
    putTime(draft, parseAnyTime(object["time"], context));
    // hapi writes methods in lower case.
    putText(draft, "method", readJsonText(request["method"])?.toUpperCase());
    putTarget(draft, readJsonText(request["url"]) ?? readJsonText(request["path"]));
    putStatus(draft, Number(status ?? 0));
    putNumber(draft, "responseBytes", readHeader(response?.["headers"], "content-length"));
    putDuration(draft, object["responseTime"], 1);
    putClient(draft, readJsonText(request["remoteAddress"]) ?? readJsonText(request["ip"]) ?? "");
    putText(draft, "userAgent", readHeader(request["headers"], "user-agent"));
    putText(
      draft,
      "requestId",
      readJsonText(request["id"]) ?? readJsonText(object["reqId"]) ?? readHeader(request["headers"], "x-request-id"),
    );
    putText(draft, "host", readHeader(request["headers"], "host") ?? readJsonText(request["host"]));
    putText(draft, "traceId", object["trace_id"]);
    putText(draft, "service", object["name"]);
    putAppVerdict(draft, readAppMessage(object, context));
    return { kind: "exchange", format: "pino", exchange: draft };
  };
}
