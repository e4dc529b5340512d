import type { Attributes, MetricPoint, Resource } from "@faultline/model";
import type { DecodeLimits } from "../limits.ts";
import { type Decoded, Tally } from "../outcome.ts";
import { type RawDataPoint, toMetricPoint } from "../metric-point.ts";
import { AttributeReader } from "./attributes.ts";
import { forEachItem } from "./envelope.ts";
import { describeMessage, type MessageShape, ProtobufReader } from "./reader.ts";

const METRIC = describeMessage("Metric", 1, 3, 5, 7, 9, 10, 11);
const DATA = describeMessage("metric data", 1);

/** What the fields of one kind of data point mean, by tag. */
type PointLayout = {
  readonly shape: MessageShape;
  readonly attributes: number;
  readonly flags: number;
  readonly int?: number;
  readonly double?: number;
  readonly count?: number;
  readonly sum?: number;
};

/** Field 3, `fixed64 time_unix_nano`, has the same number in every kind of point. */
const TIME = 25;
const NUMBER: PointLayout = { shape: describeMessage("NumberDataPoint", 3, 4, 6, 7, 8), attributes: 58, flags: 64, int: 49, double: 33 };
const HISTOGRAM: PointLayout = {
  shape: describeMessage("HistogramDataPoint", 3, 4, 5, 9, 10),
  attributes: 74,
  flags: 80,
  count: 33,
  sum: 41,
};
const EXPONENTIAL: PointLayout = {
  shape: describeMessage("ExponentialHistogramDataPoint", 1, 3, 4, 5, 10),
  attributes: 10,
  flags: 80,
  count: 33,
  sum: 41,
};
const SUMMARY: PointLayout = { shape: describeMessage("SummaryDataPoint", 3, 4, 5, 7, 8), attributes: 58, flags: 64, count: 33, sum: 41 };

/** Layouts by the tag of the Metric field that holds the points: gauge, sum, histogram, exponential histogram, summary. */
const LAYOUTS: ReadonlyMap<number, PointLayout> = new Map([
  [42, NUMBER],
  [58, NUMBER],
  [74, HISTOGRAM],
  [82, EXPONENTIAL],
  [90, SUMMARY],
]);

/** Reads an ExportMetricsServiceRequest (which has the shape of MetricsData). */
export function readMetrics(bytes: Uint8Array, limits: DecodeLimits): Decoded<MetricPoint> {
  const reader = new ProtobufReader(bytes);
  const tally = new Tally<MetricPoint>(limits);
  const attributes = new AttributeReader(reader, limits);
  forEachItem(reader, limits, (end, resource) => readMetric({ reader, limits, tally, attributes, resource }, end));
  return tally.finish();
}

type Context = {
  readonly reader: ProtobufReader;
  readonly limits: DecodeLimits;
  readonly tally: Tally<MetricPoint>;
  readonly attributes: AttributeReader;
  readonly resource: Resource;
};

function readMetric({ reader, limits, tally, attributes, resource }: Context, end: number): void {
  let name = "";
  let unit = "";
  const points: { raw: RawDataPoint; attributes: Attributes }[] = [];
  while (reader.at < end) {
    const tag = reader.readTag(end);
    const layout = LAYOUTS.get(tag);
    if (tag === 10) name = reader.readText(end, limits.maxTextLength);
    else if (tag === 26) unit = reader.readText(end, limits.maxTextLength);
    else if (layout === undefined) reader.skip(tag, end, METRIC);
    else {
      const dataEnd = reader.readEnd(end);
      forEachPoint(reader, dataEnd, (pointEnd) => {
        const raw = readPoint({ reader, layout, attributes }, pointEnd);
        if (points.length < limits.maxItems) points.push({ raw, attributes: attributes.take() });
        else tally.reject(`more than ${limits.maxItems} data points in one metric`);
      });
    }
  }
  for (const point of points) {
    const made = toMetricPoint(point.raw, { name, unit, attributes: point.attributes, resource });
    if (made !== undefined) tally.add(made);
  }
}

function forEachPoint(reader: ProtobufReader, end: number, readOne: (end: number) => void): void {
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 10) readOne(reader.readEnd(end));
    else reader.skip(tag, end, DATA);
  }
}

type PointContext = { readonly reader: ProtobufReader; readonly layout: PointLayout; readonly attributes: AttributeReader };

function readPoint({ reader, layout, attributes }: PointContext, end: number): RawDataPoint {
  const raw: RawDataPoint = { timeMs: 0, flags: 0, ...(layout.count === undefined ? {} : { count: 0 }) };
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === TIME) raw.timeMs = reader.readTime(end);
    else if (tag === layout.attributes) attributes.readField(end);
    else if (tag === layout.flags) raw.flags = reader.readVarint(end);
    else if (tag === layout.int) raw.value = reader.readSignedFixed64(end);
    else if (tag === layout.double) raw.value = reader.readDouble(end);
    else if (tag === layout.count) raw.count = reader.readFixed64(end);
    else if (tag === layout.sum) raw.sum = reader.readDouble(end);
    else reader.skip(tag, end, layout.shape);
  }
  return raw;
}
