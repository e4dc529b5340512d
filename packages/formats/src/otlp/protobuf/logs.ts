import type { LogRecord, Resource } from "@faultline/model";
import { cutText, type PlainValue } from "../attributes.ts";
import { toBodyText, toLogRecord } from "../log-record.ts";
import type { DecodeLimits } from "../limits.ts";
import { type Decoded, Tally } from "../outcome.ts";
import { AttributeReader, createNesting, readAnyValue } from "./attributes.ts";
import { forEachItem } from "./envelope.ts";
import { describeMessage, ProtobufReader } from "./reader.ts";

const LOG_RECORD = describeMessage("LogRecord", 1, 2, 3, 5, 6, 9, 10, 11, 12);

/** Reads an ExportLogsServiceRequest (which has the shape of LogsData). */
export function readLogs(bytes: Uint8Array, limits: DecodeLimits): Decoded<LogRecord> {
  const reader = new ProtobufReader(bytes);
  const tally = new Tally<LogRecord>(limits);
  const logs = new LogReader(reader, limits);
  forEachItem(reader, limits, (end, resource) => {
    // An empty record takes two bytes. Reading tens of millions of them for nothing would take half a minute.
    if (!tally.isFull) return tally.add(logs.read(end, resource));
    reader.at = end;
    tally.rejectSurplus();
  });
  return tally.finish();
}

/** Reads the bodies of LogRecord messages, one after the other. */
class LogReader {
  private readonly reader: ProtobufReader;
  private readonly limits: DecodeLimits;
  private readonly attributes: AttributeReader;

  constructor(reader: ProtobufReader, limits: DecodeLimits) {
    this.reader = reader;
    this.limits = limits;
    this.attributes = new AttributeReader(reader, limits);
  }

  /** Reads from the reader's position up to `end`. */
  read(end: number, resource: Resource): LogRecord {
    const { reader, limits, attributes } = this;
    const raw = { timeMs: 0, observedMs: 0, severity: 0, severityText: "", eventName: "", traceId: "", spanId: "" };
    let body: PlainValue = null;
    while (reader.at < end) {
      const tag = reader.readTag(end);
      if (tag === 50) attributes.readField(end);
      else if (tag === 9) raw.timeMs = reader.readTime(end);
      else if (tag === 89) raw.observedMs = reader.readTime(end);
      else if (tag === 16) raw.severity = reader.readVarint(end);
      else if (tag === 26) raw.severityText = reader.readText(end, limits.maxTextLength);
      else if (tag === 42) body = readAnyValue(reader, reader.readEnd(end), createNesting(limits));
      else if (tag === 74) raw.traceId = reader.readHex(end);
      else if (tag === 82) raw.spanId = reader.readHex(end);
      else if (tag === 98) raw.eventName = reader.readText(end, limits.maxTextLength);
      else reader.skip(tag, end, LOG_RECORD);
    }
    return toLogRecord({ ...raw, body: cutText(toBodyText(body), limits.maxTextLength), attributes: attributes.take(), resource });
  }
}
