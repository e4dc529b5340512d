import type { Attributes, LogRecord, Resource } from "@faultline/model";
import { cutText, NO_ATTRIBUTES, type PlainValue } from "../attributes.ts";
import type { DecodeLimits } from "../limits.ts";
import { toBodyText, toLogRecord } from "../log-record.ts";
import type { Tally } from "../outcome.ts";
import { readAnyValue, readAttributes } from "./attributes.ts";
import { readEnum } from "./enum-value.ts";
import type { EnvelopeNames, ReadItem } from "./envelope.ts";
import type { JsonReader } from "./reader.ts";

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];
const SEVERITY = {
  what: "severityNumber",
  prefix: "SEVERITY_NUMBER_",
  names: ["unspecified", ...LEVELS.flatMap((level) => [level, `${level}2`, `${level}3`, `${level}4`])],
};

/** The envelope of logs. */
export const LOG_NAMES: EnvelopeNames = { resources: "resourceLogs", scopes: "scopeLogs", items: "logRecords" };

/** Reads log records into `tally`. */
export function readLogsInto(tally: Tally<LogRecord>, limits: DecodeLimits): ReadItem {
  return (reader, resource) => {
    if (!tally.isFull) return tally.add(readLog(reader, resource, limits));
    reader.skip();
    tally.rejectSurplus();
  };
}

function readLog(reader: JsonReader, resource: Resource, limits: DecodeLimits): LogRecord {
  const raw = { timeMs: 0, observedMs: 0, severity: 0, severityText: "", eventName: "", traceId: "", spanId: "" };
  let body: PlainValue = null;
  let attributes: Attributes = NO_ATTRIBUTES;
  if (reader.beginObject("an entry of logRecords")) {
    do {
      const member = reader.readName();
      if (member === "timeUnixNano") raw.timeMs = reader.readMillis("timeUnixNano");
      else if (member === "observedTimeUnixNano") raw.observedMs = reader.readMillis("observedTimeUnixNano");
      else if (member === "severityNumber") raw.severity = readEnum(reader, SEVERITY);
      else if (member === "severityText") raw.severityText = reader.readText("severityText", limits.maxTextLength);
      else if (member === "eventName") raw.eventName = reader.readText("eventName", limits.maxTextLength);
      else if (member === "traceId") raw.traceId = reader.readId("traceId");
      else if (member === "spanId") raw.spanId = reader.readId("spanId");
      else if (member === "body") body = readAnyValue(reader, { limits, depth: 0 });
      else if (member === "attributes") attributes = readAttributes(reader, limits);
      else reader.skip();
    } while (reader.nextMember());
  }
  return toLogRecord({ ...raw, body: cutText(toBodyText(body), limits.maxTextLength), attributes, resource });
}
