import type { Attributes, AttributeValue, LogRecord, MetricPoint, Resource, Span } from "@faultline/model";
import { SPAN_KINDS, SPAN_STATUSES } from "../enums.ts";
import { groupBy } from "./group.ts";
import { ProtobufWriter } from "./writer.ts";

/** Field numbers are those of opentelemetry-proto 1.11. */
type WriteItem<T> = (writer: ProtobufWriter, item: T) => void;

/** Writes an export request: items by resource, each group in one scope. */
export function writeRequest<T extends { readonly resource: Resource }>(items: readonly T[], write: WriteItem<T>): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  for (const [resource, group] of groupBy(items, (item) => item.resource)) {
    writer.nest(1, () => {
      writer.nest(1, () => writeAttributes(writer, 1, resource.attributes));
      writer.nest(2, () => {
        for (const item of group) writer.nest(2, () => write(writer, item));
      });
    });
  }
  return writer.finish();
}

/** Writes the body of a Span. */
export function writeSpan(writer: ProtobufWriter, span: Span): void {
  writer.hex(1, span.traceId);
  writer.hex(2, span.spanId);
  writer.hex(4, span.parentSpanId ?? "");
  writer.text(5, span.name);
  writer.varint(6, SPAN_KINDS.indexOf(span.kind));
  writer.time(7, span.startMs);
  writer.time(8, span.endMs);
  writeAttributes(writer, 9, span.attributes);
  for (const event of span.events) {
    writer.nest(11, () => {
      writer.time(1, event.timeMs);
      writer.text(2, event.name);
      writeAttributes(writer, 3, event.attributes);
    });
  }
  for (const link of span.links) {
    writer.nest(13, () => {
      writer.hex(1, link.traceId);
      writer.hex(2, link.spanId);
    });
  }
  if (span.status === "unset" && span.statusMessage === undefined) return;
  writer.nest(15, () => {
    writer.text(2, span.statusMessage ?? "");
    writer.varint(3, SPAN_STATUSES.indexOf(span.status));
  });
}

/** Writes the body of a LogRecord. */
export function writeLog(writer: ProtobufWriter, log: LogRecord): void {
  writer.time(1, log.timeMs);
  writer.varint(2, log.severity);
  if (log.body !== "") writer.nest(5, () => writeValue(writer, log.body));
  writeAttributes(writer, 6, log.attributes);
  writer.hex(9, log.traceId ?? "");
  writer.hex(10, log.spanId ?? "");
  writer.text(12, log.eventName ?? "");
}

/** Writes the body of a Metric with one point: a gauge, or with a count a histogram without buckets whose mean is the value. */
export function writeMetric(writer: ProtobufWriter, point: MetricPoint): void {
  const { count } = point;
  writer.text(1, point.name);
  writer.text(3, point.unit);
  if (count === undefined) {
    writer.nest(5, () =>
      writer.nest(1, () => {
        writer.time(3, point.timeMs);
        writer.double(4, point.value);
        writeAttributes(writer, 7, point.attributes);
      }),
    );
    return;
  }
  writer.nest(9, () => {
    writer.nest(1, () => {
      writer.time(3, point.timeMs);
      writer.fixed64(4, count);
      writer.double(5, point.value * count);
      writeAttributes(writer, 9, point.attributes);
    });
    writer.varint(2, 1);
  });
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === undefined) continue;
    writer.nest(field, () => {
      writer.text(1, key);
      writer.nest(2, () => writeValue(writer, value));
    });
  }
}

function writeValue(writer: ProtobufWriter, value: AttributeValue): void {
  if (typeof value === "string") writer.text(1, value, true);
  else if (typeof value === "boolean") writer.int64(2, value ? 1n : 0n);
  else if (typeof value !== "number") writer.nest(5, () => value.forEach((each) => writer.nest(1, () => writeValue(writer, each))));
  else if (Number.isSafeInteger(value)) writer.int64(3, BigInt(value));
  else writer.double(4, value);
}
