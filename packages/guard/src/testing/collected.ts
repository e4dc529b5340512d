/** For tests of the guard: a transport that keeps what it is given, and readers for the OTLP/JSON in it. */
import { gunzipSync } from "node:zlib";
import type { Transport } from "../export/transport.ts";

type Value = { stringValue?: string; intValue?: string; doubleValue?: number; boolValue?: boolean; arrayValue?: { values: Value[] } };
type Attribute = { key: string; value: Value };

/** A span or log record as it arrived, its attributes by name. */
type Item = Record<string, unknown> & { readonly attributes: Readonly<Record<string, unknown>> };

/** A transport with everything that was sent through it. */
export type Collected = Transport & {
  readonly spans: readonly Item[];
  readonly logs: readonly Item[];
  readonly metrics: readonly Item[];
  /** Everything sent, in text. */
  readonly text: string;
  readonly bytes: number;
};

function readValue(value: Value): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(readValue);
  return value.stringValue ?? (value.intValue === undefined ? undefined : Number(value.intValue)) ?? value.doubleValue ?? value.boolValue;
}

function readItem(item: Record<string, unknown>): Item {
  const attributes = (item["attributes"] ?? []) as Attribute[];
  return { ...item, attributes: Object.fromEntries(attributes.map((each) => [each.key, readValue(each.value)])) };
}

type Scoped = Record<string, { [inner: string]: Record<string, unknown>[] }[]>;

function readItems(text: string, names: readonly [string, string, string]): Item[] {
  const request = JSON.parse(text) as Record<string, Scoped[]>;
  const resources = request[names[0]] ?? [];
  return resources.flatMap((resource) => (resource[names[1]] ?? []).flatMap((scope) => (scope[names[2]] ?? []).map(readItem)));
}

/** Makes such a transport. It accepts everything. */
export function createCollected(): Collected {
  const texts: string[] = [];
  let bytes = 0;
  const read = (names: readonly [string, string, string]): Item[] => texts.flatMap((text) => readItems(text, names));
  return {
    send(_path, body) {
      bytes += body.byteLength;
      texts.push(gunzipSync(body).toString());
      return Promise.resolve({ kind: "accepted" });
    },
    close: () => undefined,
    get spans() {
      return read(["resourceSpans", "scopeSpans", "spans"]);
    },
    get logs() {
      return read(["resourceLogs", "scopeLogs", "logRecords"]);
    },
    get metrics() {
      return read(["resourceMetrics", "scopeMetrics", "metrics"]);
    },
    get text() {
      return texts.join("\n");
    },
    get bytes() {
      return bytes;
    },
  };
}
