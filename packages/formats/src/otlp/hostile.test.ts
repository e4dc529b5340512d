/** Payloads that are small for what a reader could make of them. */
import { describe, expect, it } from "vitest";
import { writeMessage } from "../../../../tests/oracle/otlp-schema.ts";
import { decodeLogs, decodeMetrics, decodeTraces, scanTraces, TraceScan } from "./index.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

const IDS = { traceId: new Uint8Array(16).fill(7), spanId: new Uint8Array(8).fill(7) };
const HEX_IDS = { traceId: "07".repeat(16), spanId: "07".repeat(8) };
const MIB = 1 << 20;

function unwrap<T>(result: { ok: true; value: T } | { ok: false; error: string }): T {
  expect(result).toMatchObject({ ok: true });
  return (result as { value: T }).value;
}

const toTraces = (span: object): Uint8Array =>
  writeMessage("TracesData", { resourceSpans: [{ scopeSpans: [{ spans: [{ ...IDS, ...span }] }] }] });
const toLogs = (log: object): Uint8Array => writeMessage("LogsData", { resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] });

function toVarint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...toVarint(value >>> 7)];
}

function toField(tag: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from([tag, ...toVarint(body.length)]), body]);
}

describe("a text or bytes longer than a value may be", () => {
  const limits = { ...DEFAULT_LIMITS, maxTextLength: 8 };
  const long = "123456789";
  const cut = "1234567…";
  const attributes = [
    { key: "text", value: { stringValue: long } },
    { key: "letters of three bytes", value: { stringValue: "€".repeat(40) } },
    { key: "letters of four bytes", value: { stringValue: "😀".repeat(40) } },
    { key: "as long as it may be", value: { stringValue: "€".repeat(8) } },
    { key: "list", value: { arrayValue: { values: [{ stringValue: long }, { stringValue: "short" }] } } },
  ];
  const kept = {
    text: cut,
    "letters of three bytes": "€€€€€€€…",
    "letters of four bytes": `😀😀😀\ud83d…`,
    "as long as it may be": "€€€€€€€€",
    list: [cut, "short"],
  };

  it("is cut wherever it is, in either encoding", () => {
    const span = { name: long, attributes, status: { message: long }, events: [{ name: long, attributes }] };
    const expected = [{ name: cut, statusMessage: cut, attributes: kept, events: [{ name: cut, attributes: kept }] }];
    const json = { resourceSpans: [{ scopeSpans: [{ spans: [{ ...HEX_IDS, ...span }] }] }] };
    expect(unwrap(decodeTraces(toTraces(span), "protobuf", limits)).items).toMatchObject(expected);
    expect(unwrap(decodeTraces(JSON.stringify(json), "json", limits)).items).toMatchObject(expected);
    const metrics = [{ name: long, unit: long, gauge: { dataPoints: [{ asDouble: 1 }] } }];
    const request = { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
    expect(unwrap(decodeMetrics(writeMessage("MetricsData", request), "protobuf", limits)).items).toMatchObject([{ name: cut, unit: cut }]);
    expect(unwrap(decodeMetrics(JSON.stringify(request), "json", limits)).items).toMatchObject([{ name: cut, unit: cut }]);
  });

  it("is cut as base64 where it is bytes", () => {
    const lengths = [3, 6, 7, 9, 100];
    const bodies = lengths.map((length) => {
      const decoded = decodeLogs(toLogs({ body: { bytesValue: new Uint8Array(length) } }), "protobuf", limits);
      return unwrap(decoded).items[0]?.body;
    });
    expect(bodies).toEqual(["AAAA", "AAAAAAAA", "AAAAAAA…", "AAAAAAA…", "AAAAAAA…"]);
  });
});

describe("a value that comes twice", () => {
  it("is merged as protobuf requires: an empty one leaves the previous one", () => {
    const keyValue = (...values: readonly object[]): Uint8Array =>
      Buffer.concat([toField(10, Buffer.from("k")), ...values.map((value) => toField(18, writeMessage("AnyValue", value)))]);
    const read = (...values: readonly object[]): unknown => {
      const log = toField(10, toField(18, toField(18, toField(50, keyValue(...values)))));
      return unwrap(decodeLogs(log, "protobuf")).items[0]?.attributes["k"];
    };
    expect([read({ stringValue: "a" }, {}), read({ stringValue: "a" }, { intValue: 2 }), read({}, {})]).toEqual(["a", 2, undefined]);
  });
});

describe("the work that a payload can cause", () => {
  it("depends only on what is kept, even for many mebibytes of bytes", () => {
    const value = { bytesValue: new Uint8Array(24 * MIB) };
    const payload = toTraces({ attributes: [{ key: "a", value }] });
    expect(unwrap(scanTraces(payload, "protobuf", new TraceScan())).spanCount).toBe(1);
    const text = unwrap(decodeTraces(payload, "protobuf")).items[0]?.attributes["a"];
    expect(text).toBe(`${"A".repeat(DEFAULT_LIMITS.maxTextLength - 1)}…`);
  });

  it("grows with its length if a resource comes in very many pieces", () => {
    const one = writeMessage("Resource", { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] });
    const pieces = Buffer.concat(Array.from({ length: 60_000 }, () => toField(10, one)));
    const scope = toField(18, writeMessage("ScopeSpans", { spans: [IDS] }));
    const scan = unwrap(scanTraces(toField(10, Buffer.concat([pieces, scope])), "protobuf", new TraceScan()));
    expect(scan.resources.map(({ resource }) => resource.service)).toEqual(["shop"]);
  });

  it("is bounded for nested lists and maps, however wide", () => {
    const leaf = { intValue: 1 };
    const map = { kvlistValue: { values: [1, 2].map((key) => ({ key: `k${key}`, value: leaf })) } };
    const list = { arrayValue: { values: [{ arrayValue: { values: [leaf, leaf] } }, map, { arrayValue: { values: [leaf] } }, leaf] } };
    const read = (maxMembers: number): unknown =>
      unwrap(decodeLogs(toLogs({ body: list }), "protobuf", { ...DEFAULT_LIMITS, maxMembers })).items[0]?.body;
    expect(read(9)).toBe('[[1,1],{"k1":1,"k2":1},[1],1]');
    expect(read(6)).toBe('[[1,1],{"k1":1,"k2":1}]');
    expect(read(4)).toBe("[[1,1],{}]");
  });

  it("includes finding malformed parts that are not read: nested too deeply, or ending too early", () => {
    const deep = Array.from({ length: 40 }).reduce<object>((inner) => ({ arrayValue: { values: [inner] } }), { intValue: 1 });
    const limits = { ...DEFAULT_LIMITS, maxMembers: 1 };
    expect(decodeLogs(toLogs({ body: deep }), "protobuf", limits)).toMatchObject({ ok: false });
    const unwanted = toTraces({ attributes: [{ key: "a", value: deep }] });
    expect(scanTraces(unwanted, "protobuf", new TraceScan())).toMatchObject({ ok: false });
    // Two lists whose second member ends in the middle of a number of ten bytes.
    const broken = Uint8Array.of(42, 8, 10, 2, 24, 1, 10, 2, 24, 129);
    expect(decodeLogs(toField(10, toField(18, toField(18, toField(42, broken)))), "protobuf", limits)).toMatchObject({ ok: false });
  });
});
