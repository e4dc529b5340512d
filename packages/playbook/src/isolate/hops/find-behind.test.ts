import { describe, expect, it } from "vitest";
import { assembleTraces } from "../../trace/assemble-traces.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";
import { findBehind } from "./find-behind.ts";

/** A call of `front` to `shop`, which sends no spans, 10 ms after the start and for 50 ms; what it caused has lost its parent. */
const CALL: SpanSketch = { service: "front", name: "call", kind: "client", at: 10, takes: 50, attributes: { "server.address": "shop" } };
const LOST: SpanSketch = { service: "shop", name: "lost", kind: "internal", at: 0 };

/** `call > orphan` for each call of the trace that is found to have caused spans whose parent never came. */
function behindIn(calls: readonly SpanSketch[], orphan: Partial<SpanSketch>): readonly string[] {
  const lost = { ...LOST, calls: [{ service: "orders", name: "orphan", at: 20, ...orphan }] };
  const { spans } = new TraceBuilder().trace({ service: "front", name: "entry", takes: 100, calls: [...calls, lost] }).observations();
  const [path] = assembleTraces(
    spans.filter(({ name }) => name !== "lost"),
    [],
  );
  return [...findBehind(path?.roots ?? [])].map(([call, roots]) => `${call.span.name} > ${roots.map(({ span }) => span.name).join()}`);
}

describe("a trace that a silent hop tore apart", () => {
  it("is joined at the call during which the torn part began", () => {
    expect(behindIn([CALL], {})).toEqual(["call > orphan"]);
  });

  it("is joined to a millisecond, to which exporters round", () => {
    expect(behindIn([CALL], { at: 9 })).toEqual(["call > orphan"]);
    expect(behindIn([CALL], { at: 8 })).toEqual([]);
    expect(behindIn([CALL], { at: 61 })).toEqual(["call > orphan"]);
    expect(behindIn([CALL], { at: 62 })).toEqual([]);
  });

  it("is joined, of several calls, at the one that began last", () => {
    const later = { ...CALL, name: "later", at: 15, takes: 20 };
    expect(behindIn([CALL, later], {})).toEqual(["later > orphan"]);
    expect(behindIn([CALL, later], { at: 50 })).toEqual(["call > orphan"]);
  });

  it.each<[string, Partial<SpanSketch>]>([
    ["a call whose callee answered with spans", { calls: [{ service: "shop", name: "entry of shop" }] }],
    ["a query to a database, which calls nobody", { attributes: { "server.address": "db", "db.system.name": "postgresql" } }],
    ["a call to nobody by name", { attributes: {} }],
    ["work inside the service", { kind: "internal" }],
    ["a call of the torn part's own service", { service: "orders" }],
  ])("is not joined at %s", (_, call) => {
    expect(behindIn([{ ...CALL, ...call }], {})).toEqual([]);
  });

  it("is not joined to spans that were not called: only servers and consumers were", () => {
    expect(behindIn([CALL], { kind: "internal" })).toEqual([]);
    expect(behindIn([CALL], { kind: "consumer" })).toEqual(["call > orphan"]);
  });
});
