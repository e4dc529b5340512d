import type { Span } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { slimTrace } from "./slim-trace.ts";

type Sketch = Partial<Pick<Span, "kind" | "status" | "parentSpanId">> & { readonly service?: string };

function span(id: string, { service = "shop", ...rest }: Sketch = {}): Span {
  const resource = { service, attributes: {} };
  const bare = { traceId: "t", spanId: id, name: id, kind: "internal", status: "unset" } as const;
  return { ...bare, startMs: 0, endMs: 1, attributes: {}, events: [], links: [], resource, ...rest };
}

const internals = (count: number, parentSpanId: string): Span[] =>
  Array.from({ length: count }, (_, index) => span(`i${index}`, { parentSpanId }));
const toTrace = (spans: readonly Span[]) => ({ traceId: "t", spans, logs: [], exchanges: [] });

describe("a trace with too many spans", () => {
  it("is left alone up to the limit", () => {
    const trace = toTrace(internals(10, "none"));
    expect(slimTrace(trace, 10)).toBe(trace);
  });

  it("keeps what failed, who served and who called whom, and a sample of the rest", () => {
    const telling = [
      span("entry", { kind: "server" }),
      span("call", { kind: "client", parentSpanId: "entry" }),
      span("callee", { kind: "server", parentSpanId: "call", service: "cart" }),
      span("bad", { status: "error", parentSpanId: "callee", service: "cart" }),
    ];
    const { spans } = slimTrace(toTrace([...internals(5000, "entry"), ...telling]), 100);
    expect(spans).toHaveLength(100);
    expect(spans).toEqual(expect.arrayContaining(telling));
  });

  it("hangs what is kept below its nearest kept ancestor, however deep it stood", () => {
    const chain = Array.from({ length: 5000 }, (_, index) => span(`d${index + 1}`, { parentSpanId: `d${index}` }));
    const trace = toTrace([span("d0", { kind: "server" }), ...chain, span("call", { kind: "client", parentSpanId: "d5000" })]);
    const { spans } = slimTrace(trace, 50);
    const ids = new Set(["undefined", ...spans.map(({ spanId }) => spanId)]);
    expect(spans.map(({ parentSpanId }) => String(parentSpanId)).filter((id) => !ids.has(id))).toEqual([]);
    expect(spans.find(({ spanId }) => spanId === "call")?.parentSpanId).toMatch(/^d\d+$/);
    expect(spans.find(({ spanId }) => spanId === "d0")).not.toHaveProperty("parentSpanId");
  });

  it("still says which parent never came, and ends where parents stand in a ring", () => {
    const ring = [span("x", { parentSpanId: "y" }), span("y", { parentSpanId: "x" })];
    const kept = span("call", { kind: "client", parentSpanId: "x" });
    const orphan = span("orphan", { kind: "client", parentSpanId: "gone" });
    const { spans } = slimTrace(toTrace([...ring, kept, orphan, ...internals(50, "x")]), 3);
    expect(spans.find(({ spanId }) => spanId === "orphan")?.parentSpanId).toBe("gone");
    expect(spans.length).toBeLessThanOrEqual(3);
  });

  it("leaves room for every kind when there is too much of each", () => {
    const each = [{ status: "error" }, { kind: "server" }, { kind: "client" }, {}] as const;
    const all = each.flatMap((sketch, kind) => Array.from({ length: 500 }, (_, index) => span(`${kind}-${index}`, sketch)));
    const { spans } = slimTrace(toTrace(all), 100);
    const counts = Map.groupBy(spans, ({ spanId }) => spanId[0]);
    expect([...counts.values()].map(({ length }) => length)).toEqual([60, 24, 10, 6]);
  });
});
