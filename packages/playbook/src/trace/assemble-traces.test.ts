import type { Span, SpanLink } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { assembleTraces } from "./assemble-traces.ts";

const TRACE = "1".padStart(32, "0");

function span(spanId: string, kind: Span["kind"], links: readonly SpanLink[] = []): Span {
  const resource = { service: kind, attributes: {} };
  const rest = { name: kind, startMs: Number(spanId), endMs: Number(spanId) + 5, status: "unset", attributes: {}, events: [] } as const;
  return { traceId: TRACE, spanId, kind, links, resource, ...rest };
}

const to = (spanId: string, traceId = TRACE): SpanLink => ({ traceId, spanId });

describe("span links", () => {
  it("put a consumer without a parent under the one span of its trace to which it links", () => {
    const [path] = assembleTraces([span("1", "producer"), span("9", "consumer", [to("1"), to("7", "f".repeat(32))])]);
    expect(path?.roots.map(({ children }) => children.map(({ span: { spanId } }) => spanId))).toEqual([["9"]]);
    expect(path?.missingParents).toEqual([]);
  });

  it("stay on a batch that links to several spans, which is a root", () => {
    const batch = span("9", "consumer", [to("1"), to("2")]);
    const [path] = assembleTraces([span("1", "producer"), span("2", "producer"), batch]);
    expect(path?.roots.map(({ span: { spanId } }) => spanId)).toEqual(["1", "2", "9"]);
    expect(path?.roots[2]?.span.links).toEqual(batch.links);
  });

  it("make no parent of spans that they only mention, nor of the span itself", () => {
    const [path] = assembleTraces([span("1", "server"), span("4", "server", [to("1")]), span("9", "consumer", [to("9")])]);
    expect(path?.roots).toHaveLength(3);
  });
});

describe("spans whose parent was lost", () => {
  const at = (
    spanId: string,
    [service, kind, startMs, endMs]: readonly [string, Span["kind"], number, number],
    parentSpanId?: string,
  ): Span => ({
    ...span(spanId, kind),
    startMs,
    endMs,
    resource: { service, attributes: {} },
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
  });
  const childrenOf = (spans: readonly Span[]) =>
    assembleTraces(spans)[0]?.roots.map((root) => [root.span.spanId, ...root.children.map(({ span: { spanId } }) => spanId)].join(" "));
  const SERVED = at("1", ["shop", "server", 0, 50]);

  it("belong to what their process was doing all that time, to a millisecond", () => {
    expect(childrenOf([SERVED, at("5", ["shop", "client", 10, 51], "4")])).toEqual(["1 5"]);
    expect(childrenOf([SERVED, at("5", ["shop", "client", 10, 52], "4")])).toEqual(["1", "5"]);
    expect(assembleTraces([SERVED, at("5", ["shop", "client", 10, 20], "4")])[0]?.missingParents).toEqual(["4"]);
  });

  it("do not belong to another process, and are no work of their own process if they are requests", () => {
    expect(childrenOf([SERVED, at("5", ["cart", "internal", 10, 20], "4")])).toEqual(["1", "5"]);
    expect(childrenOf([SERVED, at("5", ["shop", "server", 10, 20], "4")])).toEqual(["1", "5"]);
  });

  it("do not belong to what they caused", () => {
    expect(childrenOf([at("5", ["shop", "internal", 10, 20], "4"), at("6", ["shop", "client", 10, 20], "5")])).toEqual(["5 6"]);
  });
});
