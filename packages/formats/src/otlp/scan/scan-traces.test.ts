import { array, assert, nat, oneof, property, record, tuple, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { readMethod, readNumber, readRoute, readText, type Span } from "@faultline/model";
import { attributes, hexBytes, spanJson, toBinaryIds } from "../../../../../tests/oracle/otlp-arbitraries.ts";
import { writeMessage } from "../../../../../tests/oracle/otlp-schema.ts";
import { decodeTraces, scanTraces, SPAN_FAILS, SPAN_IS_EXCHANGE, SPAN_IS_SERVER_ERROR, TraceScan } from "../index.ts";

const GRPC_ERRORS = [
  "2",
  "4",
  "12",
  "13",
  "14",
  "15",
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
];

/** The rules of the scan, said again on the model: slow, but plain to read. */
function expectRow(span: Span): { flags: number; status: number; route: string; method: string } {
  const status = Math.trunc(
    Math.min(65_535, Math.max(0, readNumber(span.attributes, "http.response.status_code", "http.status_code") ?? 0)),
  );
  const grpc = readText(span.attributes, "rpc.response.status_code", "rpc.grpc.status_code", "rpc.status_code");
  const isBroken = span.status === "error" || GRPC_ERRORS.includes(grpc ?? "");
  const hasException = span.events.some((event) => event.name === "exception" || event.attributes["exception.type"] !== undefined);
  const isExchange = ["server", "consumer"].includes(span.kind) || (span.kind === "unspecified" && span.parentSpanId === undefined);
  const isServerError = isExchange && (status >= 500 || (status < 400 && isBroken));
  return {
    flags:
      (isBroken || hasException || status >= 500 ? SPAN_FAILS : 0) +
      (isExchange ? SPAN_IS_EXCHANGE : 0) +
      (isServerError ? SPAN_IS_SERVER_ERROR : 0),
    status,
    route: (isExchange ? readRoute(span.attributes) : undefined) ?? "",
    method: (isExchange ? readMethod(span.attributes) : undefined) ?? "",
  };
}

function toPayload(spans: object[], resource: object[]): Uint8Array {
  return writeMessage("TracesData", { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }] });
}

function countScanned(result: ReturnType<typeof scanTraces>): number[] {
  return result.ok ? [result.value.spanCount, result.value.rejected] : [];
}

function countDecoded(result: ReturnType<typeof decodeTraces>): number[] {
  return result.ok ? [result.value.items.length, result.value.rejected] : [];
}

const rows = (scan: TraceScan) => Array.from({ length: scan.spanCount }, (_, row) => row);

/** Some spans get ids of a wrong length, to be rejected. */
const wireSpan = oneof(
  { weight: 9, arbitrary: spanJson.map(toBinaryIds) },
  {
    weight: 1,
    arbitrary: tuple(
      spanJson,
      record({ traceId: uint8Array({ maxLength: 17 }), spanId: uint8Array({ maxLength: 9 }) }, { requiredKeys: [] }),
    ).map(([span, ids]) => ({ ...toBinaryIds(span), ...ids })),
  },
);

describe("scanning traces", () => {
  it("finds what decoding finds, and judges each span by the rules", () => {
    const scan = new TraceScan();
    assert(
      property(array(wireSpan, { maxLength: 6 }), attributes, (spans, resource) => {
        const bytes = toPayload(spans, resource);
        const decoded = decodeTraces(bytes, "protobuf");
        const scanned = scanTraces(bytes, "protobuf", scan);
        const { items, ...rest } = (decoded as { value: { items: readonly Span[] } }).value;
        expect(scanned.ok).toBe(true);
        expect({ rejected: 0, rejectedBecause: undefined, ...rest }).toEqual({
          rejected: scan.rejected,
          rejectedBecause: scan.rejectedBecause,
        });
        expect(rows(scan).map((row) => scan.readSpan(row))).toEqual(items);
        for (const row of rows(scan)) {
          const span = scan.readSpan(row);
          expect([scan.traceId(scan.trace[row]!), scan.spanId(row)]).toEqual([span.traceId, span.spanId]);
          expect([scan.startMs[row], scan.endMs[row]]).toEqual([span.startMs, span.endMs]);
          const { flags, status, route, method } = {
            flags: scan.flags[row]!,
            status: scan.status[row]!,
            route: scan.route[row]!,
            method: scan.method[row]!,
          };
          expect({ flags, status, route, method }).toEqual(expectRow(span));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("refuses exactly what decoding refuses, whatever the bytes", () => {
    const scan = new TraceScan();
    const oneSpan = tuple(array(wireSpan, { minLength: 1, maxLength: 2 }), attributes).map(([spans, resource]) =>
      toPayload(spans, resource),
    );
    assert(
      property(oneSpan, array(tuple(nat(), nat(255)), { maxLength: 3 }), nat(20), (valid, flips, cut) => {
        const bytes = valid.slice(0, valid.length - Math.max(0, cut - 15));
        for (const [index, value] of flips) bytes[index % bytes.length] = value;
        const decoded = decodeTraces(bytes, "protobuf");
        const scanned = scanTraces(bytes, "protobuf", scan);
        expect(scanned.ok).toBe(decoded.ok);
        expect(countScanned(scanned)).toEqual(countDecoded(decoded));
      }),
      { numRuns: 400 },
    );
  });

  it("numbers traces in order of first sight and or-s what their spans are", () => {
    const ids = ["aa", "bb", "aa"].map((byte, index) => ({
      traceId: hexBytes(byte.repeat(16)),
      spanId: hexBytes(`0${index + 1}`.repeat(8)),
    }));
    const scan = new TraceScan();
    scanTraces(toPayload([ids[0]!, ids[1]!, { ...ids[2]!, status: { code: 2 } }], []), "protobuf", scan);
    expect([scan.traceCount, ...scan.trace.subarray(0, 3)]).toEqual([2, 0, 1, 0]);
    expect([scan.traceId(0), scan.traceId(1)]).toEqual(["aa".repeat(16), "bb".repeat(16)]);
    expect([...scan.traceFlags.subarray(0, 2)]).toEqual([SPAN_FAILS | SPAN_IS_EXCHANGE | SPAN_IS_SERVER_ERROR, SPAN_IS_EXCHANGE]);
  });

  it("grows beyond its first size and starts over with each payload", () => {
    const spans = Array.from({ length: 5_000 }, (_, index) => ({
      traceId: Buffer.from(String(index >> 1).padStart(32, "a"), "hex"),
      spanId: Buffer.from(String(index).padStart(16, "a"), "hex"),
      attributes: [{ key: "http.route", value: { stringValue: `/r${index}` } }],
    }));
    const scan = new TraceScan();
    const bytes = toPayload(spans, []);
    for (const _ of [1, 2]) {
      scanTraces(bytes, "protobuf", scan);
      expect([scan.spanCount, scan.traceCount, scan.rejected]).toEqual([5_000, 2_500, 0]);
      expect(scan.traceId(scan.trace[4_999]!)).toBe("2499".padStart(32, "a"));
      expect(scan.traceId(scan.trace[0]!)).toBe("0".padStart(32, "a"));
      expect(scan.route[4_999]).toBe("/r4999");
    }
    scanTraces(new Uint8Array(), "protobuf", scan);
    expect([scan.spanCount, scan.traceCount]).toEqual([0, 0]);
  });

  it("keeps one object for a recurring resource, and merges a resource that came in pieces", () => {
    const named = (name: string) => [{ key: "service.name", value: { stringValue: name } }];
    const scan = new TraceScan();
    scanTraces(toPayload([], named("shop")), "protobuf", scan);
    const first = scan.resources[0];
    scanTraces(toPayload([], named("cart")), "protobuf", scan);
    expect(scan.resources[0]?.resource.service).toBe("cart");
    scanTraces(toPayload([], named("shop")), "protobuf", scan);
    expect(scan.resources[0]).toBe(first);
    const pieces = [named("shop"), [{ key: "service.version", value: { stringValue: "2" } }]].map((piece) =>
      writeMessage("ResourceSpans", { resource: { attributes: piece } }),
    );
    const body = pieces.flatMap((piece) => [...piece]);
    scanTraces(Uint8Array.from([10, body.length, ...body]), "protobuf", scan);
    expect(scan.resources[0]?.resource).toMatchObject({ service: "shop", version: "2" });
  });

  it("refuses a resource in pieces if one is cut off, even if the next would complete it", () => {
    const attribute = [10, 3, 10, 1, 97];
    const whole = Uint8Array.from([10, 14, 10, 5, ...attribute, 10, 5, ...attribute]);
    // The tag of an attribute without its length, then that length and so much of an attribute.
    const cut = Uint8Array.from([10, 9, 10, 1, ...attribute.slice(0, 1), 10, 4, ...attribute.slice(1)]);
    const scan = new TraceScan();
    expect([decodeTraces(whole, "protobuf").ok, scanTraces(whole, "protobuf", scan).ok]).toEqual([true, true]);
    expect(scanTraces(cut, "protobuf", scan)).toEqual(decodeTraces(cut, "protobuf"));
  });

  it("takes JSON as well, with its rejected spans", () => {
    const scan = new TraceScan();
    const span = {
      traceId: "AA".repeat(16),
      spanId: "bb".repeat(8),
      kind: 2,
      name: "n",
      attributes: [{ key: "http.route", value: { stringValue: "/r" } }],
    };
    const json = { resourceSpans: [{ scopeSpans: [{ spans: [span, { ...span, spanId: "1" }] }] }] };
    expect(scanTraces(Buffer.from(JSON.stringify(json)), "json", scan).ok).toBe(true);
    expect([scan.spanCount, scan.rejected, scan.route[0], scan.readSpan(0).name]).toEqual([1, 1, "/r", "n"]);
    expect(scanTraces(Buffer.from("[]"), "json", scan).ok).toBe(false);
  });

  it("returns fields that form a payload again", () => {
    const scan = new TraceScan();
    const ids = { traceId: hexBytes("aa".repeat(16)), spanId: hexBytes("01".repeat(8)) };
    scanTraces(
      toPayload(
        [
          { ...ids, name: "first" },
          { ...ids, name: "second" },
        ],
        [],
      ),
      "protobuf",
      scan,
    );
    const field = scan.bytes.subarray(scan.start[1], scan.end[1]);
    const payload = Uint8Array.from([10, field.length + 2, 18, field.length, ...field]);
    expect(decodeTraces(payload, "protobuf")).toMatchObject({ ok: true, value: { items: [{ name: "second" }] } });
  });
});
