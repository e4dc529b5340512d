import type { LogRecord, Resource } from "@faultline/model";
import { cutText } from "../attributes.ts";
import type { DecodeLimits } from "../limits.ts";
import { toBodyText, toLogRecord } from "../log-record.ts";
import { type Decoded, Tally } from "../outcome.ts";
import { toAttributes, toPlainValue } from "./attributes.ts";
import { forEachItem } from "./envelope.ts";
import { asEnum, asMillis, asText, type JsonObject } from "./fields.ts";

const NAMES = { resources: "resourceLogs", scopes: "scopeLogs", items: "logRecords" } as const;
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];
const SEVERITY_NAMES = {
  prefix: "SEVERITY_NUMBER_",
  names: ["unspecified", ...LEVELS.flatMap((level) => [level, `${level}2`, `${level}3`, `${level}4`])],
};

/** Reads a parsed ExportLogsServiceRequest. */
export function toLogs(request: JsonObject, limits: DecodeLimits): Decoded<LogRecord> {
  const tally = new Tally<LogRecord>(limits);
  forEachItem(request, { names: NAMES, limits }, (item, resource) => tally.add(toLog(item, resource, limits)));
  return tally.finish();
}

function toLog(item: JsonObject, resource: Resource, limits: DecodeLimits): LogRecord {
  return toLogRecord({
    timeMs: asMillis(item["timeUnixNano"], "timeUnixNano"),
    observedMs: asMillis(item["observedTimeUnixNano"], "observedTimeUnixNano"),
    severity: asEnum(item["severityNumber"], "severityNumber", SEVERITY_NAMES),
    severityText: asText(item["severityText"], "severityText"),
    eventName: asText(item["eventName"], "eventName"),
    traceId: asText(item["traceId"], "traceId"),
    spanId: asText(item["spanId"], "spanId"),
    body: cutText(toBodyText(toPlainValue(item["body"], limits, 0)), limits.maxTextLength),
    attributes: toAttributes(item["attributes"], limits),
    resource,
  });
}
