import { array, assert, constantFrom, jsonValue, nat, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Span } from "@faultline/model";
import { attributes, hexBytes, spanJson, toBinaryIds } from "../../../../tests/oracle/otlp-arbitraries.ts";
import { getMessageType, writeMessage } from "../../../../tests/oracle/otlp-schema.ts";
import { decodeLogs, decodeMetrics, decodeTraces, readOtlpLine, scanTraces, TraceScan } from "./index.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

const TRACE_ID = "5b8efff798038103d269b633813fc60c";
const SPAN_ID = "eee19b7ec3c1b174";

function unwrap<T>(result: { ok: true; value: T } | { ok: false; error: string }): T {
  expect(result).toMatchObject({ ok: true });
  return (result as { value: T }).value;
}

const SPAN_JSON = {
  traceId: TRACE_ID.toUpperCase(),
  spanId: SPAN_ID,
  parentSpanId: "",
  name: "GET /cart",
  kind: 2,
  startTimeUnixNano: "1700000000000000000",
  endTimeUnixNano: 1700000000250000000,
  someFieldOfALaterVersion: { nested: [1, 2] },
  attributes: [
    { key: "http.route", value: { stringValue: "/cart" } },
    { key: "http.response.status_code", value: { intValue: "500" } },
    { key: "big", value: { intValue: "9007199254740993" } },
    { key: "__proto__", value: { stringValue: "data" } },
    { key: "list", value: { arrayValue: { values: [{ stringValue: "a" }, { stringValue: "b" }] } } },
    { key: "map", value: { kvlistValue: { values: [{ key: "x", value: { doubleValue: 0.5 } }] } } },
    { key: "empty" },
  ],
  events: [
    {
      name: "exception",
      timeUnixNano: "1700000000100000000",
      attributes: [{ key: "exception.type", value: { stringValue: "TypeError" } }],
    },
  ],
  links: [{ traceId: TRACE_ID, spanId: SPAN_ID }],
  status: { code: 2, message: "boom" },
};
const RESOURCE_JSON = {
  attributes: [
    { key: "service.name", value: { stringValue: "shop" } },
    { key: "service.version", value: { stringValue: "1.2.3" } },
    { key: "host.name", value: { stringValue: "box-1" } },
    { key: "cloud.region", value: { stringValue: "eu-west-1" } },
  ],
};

function requestWith(...spans: object[]): string {
  return JSON.stringify({ resourceSpans: [{ resource: RESOURCE_JSON, scopeSpans: [{ scope: { name: "s" }, spans }] }] });
}

describe("OTLP/JSON traces", () => {
  it("reads every field of a span", () => {
    const { items, rejected } = unwrap(decodeTraces(requestWith(SPAN_JSON), "json"));
    expect(rejected).toBe(0);
    const [span] = items as [Span];
    expect(span).toMatchObject({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      name: "GET /cart",
      kind: "server",
      startMs: 1_700_000_000_000,
      endMs: 1_700_000_000_250,
      status: "error",
      statusMessage: "boom",
      links: [{ traceId: TRACE_ID, spanId: SPAN_ID }],
      resource: { service: "shop", version: "1.2.3", instance: "box-1", region: "eu-west-1" },
    });
    expect("parentSpanId" in span).toBe(false);
    expect(Object.entries(span.attributes)).toEqual([
      ["http.route", "/cart"],
      ["http.response.status_code", 500],
      ["big", "9007199254740993"],
      ["__proto__", "data"],
      ["list", ["a", "b"]],
      ["map", '{"x":0.5}'],
    ]);
    expect(span.attributes["constructor"]).toBeUndefined();
    expect(({} as { data?: string }).data).toBeUndefined();
    expect(span.events).toMatchObject([{ name: "exception", timeMs: 1_700_000_000_100, attributes: { "exception.type": "TypeError" } }]);
  });

  it("rejects single spans with bad ids and says why", () => {
    const bad = [
      { ...SPAN_JSON, traceId: "W47/95gDgQPSabYzgT/GDA==" },
      { ...SPAN_JSON, spanId: "0000000000000000" },
      { ...SPAN_JSON, parentSpanId: "12" },
    ];
    const decoded = unwrap(decodeTraces(requestWith(...bad, SPAN_JSON), "json"));
    expect(decoded.items).toHaveLength(1);
    expect(decoded).toMatchObject({ rejected: 3, rejectedBecause: expect.stringContaining("trace id") });
  });

  it.each([
    ["object", "[]"],
    ["not JSON", "{"],
    ["not a list", '{"resourceSpans":{}}'],
    ["name is not text", requestWith({ ...SPAN_JSON, name: 5 })],
    ["startTimeUnixNano", requestWith({ ...SPAN_JSON, startTimeUnixNano: "soon" })],
    ["intValue", requestWith({ ...SPAN_JSON, attributes: [{ key: "a", value: { intValue: "1.5" } }] })],
    ["nested deeper", `{"x":${"[".repeat(5_000)}${"]".repeat(5_000)}}`],
  ])("refuses a request: %s", (because, text) => {
    expect(decodeTraces(text, "json")).toMatchObject({ ok: false, error: expect.stringContaining(because) });
  });

  it("finds the resource wherever it is, and takes escapes, white space and null as JSON does", () => {
    const text = `{ "resourceSpans" : [ { "scopeSpans":[{"spans":[ {"traceId":"${TRACE_ID}","spanId":"${SPAN_ID}","name":"a\\u0041\\n","kind":null,
      "attributes":[{"value":{"stringValue":"v"},"key":"k\\"1"},{"key":"n","value":null}]} , {"x":[1.5e3,-0,true,"\\ud800"]} ]}],
      "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]}}]}\r\n`;
    const { items, rejected } = unwrap(decodeTraces(text, "json"));
    expect(rejected).toBe(1);
    expect(items).toMatchObject([{ name: "aA\n", kind: "unspecified", attributes: { 'k"1': "v" }, resource: { service: "shop" } }]);
  });

  it("accepts and refuses what JSON.parse does, whatever the bytes", () => {
    const isJson = (text: string): boolean => {
      try {
        return typeof JSON.parse(text) === "object";
      } catch {
        return false;
      }
    };
    assert(
      property(
        jsonValue(),
        array(tuple(nat(), constantFrom(...Array.from('0123456789.-+eE{}[],:"\\ntfu \u0001'))), { maxLength: 2 }),
        (value, edits) => {
          let text = `{"x":${JSON.stringify(value)}}`;
          for (const [place, char] of edits) {
            const at = 5 + (place % (text.length - 5));
            text = text.slice(0, at) + char + text.slice(at + 1);
          }
          expect([text, decodeTraces(text, "json").ok]).toEqual([text, isJson(text)]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("takes an empty request as one without items", () => {
    expect(unwrap(decodeTraces("{}", "json"))).toEqual({ items: [], rejected: 0 });
    expect(unwrap(decodeTraces(new Uint8Array(), "protobuf"))).toEqual({ items: [], rejected: 0 });
  });
});

describe("lines of the Collector's file exporter", () => {
  it("distinguishes the signals", () => {
    expect(unwrap(readOtlpLine(requestWith(SPAN_JSON)))).toMatchObject({ signal: "traces", decoded: { items: [{ name: "GET /cart" }] } });
    expect(unwrap(readOtlpLine('{"resourceLogs":[]}'))).toMatchObject({ signal: "logs", decoded: { items: [] } });
    expect(unwrap(readOtlpLine('{"resourceMetrics":[]}'))).toMatchObject({ signal: "metrics" });
    expect(readOtlpLine('{"level":"info"}')).toMatchObject({ ok: false, error: expect.stringContaining("no OTLP") });
  });
});

describe("logs", () => {
  const record = {
    observedTimeUnixNano: "1700000000000000000",
    severityText: "Error",
    eventName: "http.server.request.exception",
    body: { stringValue: "payment failed" },
    attributes: [{ key: "exception.type", value: { stringValue: "TypeError" } }],
    spanId: SPAN_ID,
  };

  it("takes the time of observation and the severity's name, and drops invalid ids", () => {
    const request = {
      resourceLogs: [
        {
          resource: RESOURCE_JSON,
          scopeLogs: [
            {
              logRecords: [
                { ...record, traceId: TRACE_ID },
                { ...record, traceId: "00" },
              ],
            },
          ],
        },
      ],
    };
    const [first, second] = unwrap(decodeLogs(JSON.stringify(request), "json")).items;
    expect(first).toMatchObject({ timeMs: 1_700_000_000_000, severity: 17, body: "payment failed", traceId: TRACE_ID, spanId: SPAN_ID });
    expect(first?.eventName).toBe("http.server.request.exception");
    expect(second).not.toHaveProperty("traceId");
    expect(second).not.toHaveProperty("spanId");
  });

  it("reads the same from protobuf", () => {
    const binary = writeMessage("LogsData", {
      resourceLogs: [
        { resource: RESOURCE_JSON, scopeLogs: [{ logRecords: [{ ...record, traceId: hexBytes(TRACE_ID), spanId: hexBytes(SPAN_ID) }] }] },
      ],
    });
    const json = { resourceLogs: [{ resource: RESOURCE_JSON, scopeLogs: [{ logRecords: [{ ...record, traceId: TRACE_ID }] }] }] };
    expect(unwrap(decodeLogs(binary, "protobuf"))).toEqual(unwrap(decodeLogs(JSON.stringify(json), "json")));
  });
});

describe("metrics", () => {
  it("reads one point per data point in both encodings", () => {
    const at = { timeUnixNano: "1700000000000000000" };
    const metrics = [
      {
        name: "g",
        unit: "1",
        gauge: {
          dataPoints: [
            { ...at, asInt: "-7" },
            { ...at, asDouble: 2.5 },
            { ...at, flags: 1 },
          ],
        },
      },
      { name: "s", unit: "{request}", sum: { dataPoints: [{ ...at, asInt: "7" }], aggregationTemporality: 2, isMonotonic: true } },
      { name: "h", unit: "s", histogram: { dataPoints: [{ ...at, count: "4", sum: 10, bucketCounts: ["1", "3"], explicitBounds: [1] }] } },
      { name: "e", unit: "s", exponentialHistogram: { dataPoints: [{ ...at, count: "2", sum: 1, scale: 3 }] } },
      { name: "q", unit: "s", summary: { dataPoints: [{ ...at, count: "0", sum: 0 }] } },
    ];
    const request = { resourceMetrics: [{ resource: RESOURCE_JSON, scopeMetrics: [{ metrics }] }] };
    const fromJson = unwrap(decodeMetrics(JSON.stringify(request), "json"));
    expect(fromJson.items.map(({ name, value, count }) => [name, value, count])).toEqual([
      ["g", -7, undefined],
      ["g", 2.5, undefined],
      ["s", 7, undefined],
      ["h", 2.5, 4],
      ["e", 0.5, 2],
      ["q", 0, 0],
    ]);
    expect(unwrap(decodeMetrics(writeMessage("MetricsData", request), "protobuf"))).toEqual(fromJson);
  });
});

describe("protobuf, against protobufjs as oracle", () => {
  it("decodes what protobufjs wrote to the same spans as the JSON form of it", () => {
    assert(
      property(array(spanJson, { maxLength: 4 }), attributes, (spans, resource) => {
        const json = { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }] };
        const binary = { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans: spans.map(toBinaryIds) }] }] };
        const fromBinary = unwrap(decodeTraces(writeMessage("TracesData", binary), "protobuf"));
        expect(fromBinary).toEqual(unwrap(decodeTraces(JSON.stringify(json), "json")));
        expect(fromBinary.items).toHaveLength(spans.length);
      }),
      { numRuns: 60 },
    );
  });

  it("never throws and never reads what protobufjs cannot, whatever the bytes", () => {
    const valid = writeMessage("TracesData", {
      resourceSpans: [{ resource: RESOURCE_JSON, scopeSpans: [{ spans: [toBinaryIds(SPAN_JSON)] }] }],
    });
    assert(
      property(array(tuple(nat(valid.length - 1), nat(255)), { minLength: 1, maxLength: 4 }), nat(valid.length), (flips, cut) => {
        const bytes = Uint8Array.from(valid);
        for (const [index, value] of flips) bytes[index] = value;
        const result = decodeTraces(bytes.subarray(0, cut), "protobuf");
        expect(typeof result.ok).toBe("boolean");
        expect(Object.keys({})).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it("skips fields of a later version, and finds a resource after its spans", () => {
    const type = getMessageType("ResourceSpans");
    const group = type.encode(type.fromObject({ scopeSpans: [{ spans: [toBinaryIds(SPAN_JSON)] }] })).finish();
    const resource = writeMessage("ResourceSpans", { resource: RESOURCE_JSON });
    const unknown = [0xa2, 0x06, 0x01, 0x00, 0xa8, 0x06, 0x01, 0xb3, 0x06, 0x08, 0x01, 0xb4, 0x06];
    const body = [...group, ...unknown, ...resource];
    const bytes = Uint8Array.from([0x0a, 0x80 | (body.length & 127), body.length >> 7, ...body]);
    expect(unwrap(decodeTraces(bytes, "protobuf")).items).toMatchObject([{ name: "GET /cart", resource: { service: "shop" } }]);
  });

  it.each([
    ["six bytes", [0x85, 0xe6, 0xcf, 0xad, 0xb7, 0x36, 1, 2, 3, 4]],
    ["five bytes that hold 35 bits", [0x8a, 0x80, 0x80, 0x80, 0x10, 0]],
  ])("refuses a tag of %s, whose upper bits no field number has: without them it would be another field", (_what, bytes) => {
    const refused = { ok: false, error: expect.stringContaining("field number of more than 29 bits at byte 0") };
    expect(decodeTraces(Uint8Array.from(bytes), "protobuf")).toMatchObject(refused);
    expect(scanTraces(Uint8Array.from(bytes), "protobuf", new TraceScan())).toMatchObject(refused);
  });

  it("skips the highest possible field number", () => {
    expect(decodeTraces(Uint8Array.of(0xf8, 0xff, 0xff, 0xff, 0x0f, 0), "protobuf")).toMatchObject({ ok: true });
  });

  it("refuses a known field with a foreign wire type", () => {
    expect(decodeTraces(Uint8Array.of(0x08, 0x01), "protobuf")).toMatchObject({ ok: false, error: expect.stringContaining("wire type 0") });
  });
});

describe("payloads of very many very small things", () => {
  const TOO_MANY = { ok: false, error: "more than 50000 resources in one payload: send smaller batches" };
  const groups = (count: number) => new Uint8Array(count * 2).fill(10).map((byte, index) => (index % 2 === 0 ? byte : 0));
  const json = (...counts: readonly number[]) =>
    `{${counts.map((count) => `"resourceLogs":[${Array.from({ length: count }, () => "{}").join()}]`).join()}}`;

  it("are refused when they name more resources than a payload may, in either encoding", () => {
    for (const decode of [decodeTraces, decodeLogs, decodeMetrics]) {
      expect(decode(groups(50_000), "protobuf")).toMatchObject({ ok: true });
      expect(decode(groups(50_001), "protobuf")).toEqual(TOO_MANY);
    }
    expect(scanTraces(groups(50_000), "protobuf", new TraceScan())).toMatchObject({ ok: true });
    expect(scanTraces(groups(50_001), "protobuf", new TraceScan())).toEqual(TOO_MANY);
    expect(decodeLogs(json(50_000), "json")).toMatchObject({ ok: true });
    expect(decodeLogs(json(50_001), "json")).toEqual(TOO_MANY);
    expect(decodeLogs(json(50_000, 1), "json")).toEqual(TOO_MANY);
  });

  it("have log records past the limit rejected unread", () => {
    const one = writeMessage("LogsData", { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }] }] });
    // A record that cannot be read stands behind as many as are kept.
    const unreadable = writeMessage("LogsData", { resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: [{ key: "k" }] }] }] }] });
    unreadable[unreadable.length - 2] = 127;
    const both = Uint8Array.from([...one, ...unreadable]);
    const limits = { ...DEFAULT_LIMITS, maxItems: 2 };
    expect(decodeLogs(both, "protobuf")).toMatchObject({ ok: false });
    expect(decodeLogs(both, "protobuf", limits)).toMatchObject({ ok: true, value: { rejected: 1 } });
  });
});
