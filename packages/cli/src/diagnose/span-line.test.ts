import { readOtlpLine } from "@faultline/formats/otlp";
import { describe, expect, it } from "vitest";
import { DistinctSample } from "./distinct-sample.ts";
import { findSpans, keepSpans, markFailing, readStart } from "./span-line.ts";

const id = (n: number) => n.toString(16).padStart(32, "0");

function span(n: number, extra: object = {}) {
  return {
    traceId: id(n),
    spanId: n.toString(16).padStart(16, "1"),
    name: 'GET "}]{" ü',
    kind: 2,
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000000010000000",
    attributes: [{ key: "note", value: { stringValue: '{"traceId":"fake"}]}' } }],
    status: {},
    ...extra,
  };
}

/** A line with two resources, two scopes in the first. */
const LINE = Buffer.from(
  JSON.stringify({
    resourceSpans: [
      { resource: { attributes: [] }, scopeSpans: [{ spans: [span(1), span(2, { status: { code: 2 } }), span(3)] }, { spans: [span(4)] }] },
      { resource: { attributes: [] }, scopeSpans: [{ spans: [span(5, { events: [{ name: "exception" }] }), span(6)] }] },
    ],
  }),
).toString("latin1");

const places = findSpans(LINE) ?? [];

describe("finding spans without parsing", () => {
  it("finds every span, whatever its texts contain, and which look failed", () => {
    markFailing(LINE, places);
    expect(places.map(({ traceId }) => traceId)).toEqual([1, 2, 3, 4, 5, 6].map(id));
    expect(places.filter(({ looksFailed }) => looksFailed).map(({ traceId }) => traceId)).toEqual([id(2), id(5)]);
    expect(places.map(({ at }) => readStart(LINE, at))).toEqual(places.map(() => 1_700_000_000_000));
  });

  it("keeps any choice of spans as a line that still reads", () => {
    const choices = Array.from({ length: 63 }, (_, mask) => [1, 2, 3, 4, 5, 6].filter((n) => (((mask + 1) >> (n - 1)) & 1) === 1));
    for (const choice of choices) {
      const wanted = new Set(choice.map(id));
      const rest = String(keepSpans(LINE, places, ({ traceId }) => wanted.has(traceId)));
      const read = readOtlpLine(Buffer.from(rest, "latin1"));
      expect(read).toMatchObject({ ok: true, value: { decoded: { items: choice.map((n) => ({ traceId: id(n), name: 'GET "}]{" ü' })) } } });
    }
  });

  it("leaves lines that are written otherwise to the parser", () => {
    expect(findSpans('{"resourceSpans": [{"traceId": "x"}]}')).toBeUndefined();
    expect(
      findSpans(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span(1, { links: [{ traceId: id(9) }] })] }] }] })),
    ).toBeUndefined();
  });
});

describe("a sample of distinct ids", () => {
  it("is exact while small, bounded when large, and near in its estimate", () => {
    const sample = new DistinctSample(500);
    const ids = Array.from({ length: 20_000 }, (_, n) => (Math.imul(n + 1, 0x9e3779b1) >>> 0).toString(16).padStart(32, "0"));
    for (const each of ids.slice(0, 400)) sample.add(each);
    expect(sample.estimate).toBe(400);
    for (const each of [...ids, ...ids]) sample.add(each);
    expect(sample.size).toBeLessThanOrEqual(500);
    expect(Math.abs(sample.estimate / new Set(ids).size - 1)).toBeLessThan(0.3);
  });
});
