import type { Attributes, Span } from "@faultline/model";
import { describe, expect, it } from "vitest";
import type { StoredTrace } from "../store/contract.ts";
import { contrastTraces } from "./contrast-traces.ts";

function trace(id: number, attributes: Attributes, version = "1"): StoredTrace {
  const span: Span = {
    traceId: String(id),
    spanId: "a",
    name: "POST /quotes",
    kind: "server",
    startMs: 0,
    endMs: 10,
    status: "unset",
    attributes,
    events: [],
    links: [],
    resource: { service: "orders", version, attributes: {} },
  };
  return { traceId: String(id), spans: [span], logs: [], exchanges: [] };
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

describe("what differs from good requests", () => {
  it("names the value that only failing requests have, with its counts", () => {
    const failing = times(10, (i) => trace(i, { "shop.currency": "JPY", "http.response.status_code": 500 }));
    const good = times(10, (i) => trace(i, { "shop.currency": ["USD", "EUR"][i % 2], "http.response.status_code": 200 }));
    expect(contrastTraces(failing, good)).toEqual([
      {
        attribute: "shop.currency",
        separation: 1,
        groups: [
          { label: "JPY", failing: 10, succeeding: 0 },
          { label: "USD", failing: 0, succeeding: 5 },
          { label: "EUR", failing: 0, succeeding: 5 },
        ],
      },
    ]);
  });

  it("shows numbers as ranges", () => {
    const failing = times(20, (i) => trace(i, { "http.request.body.size": 2_000_000 + i }));
    const good = times(20, (i) => trace(i, { "http.request.body.size": 1000 + i }));
    const [size] = contrastTraces(failing, good).filter(({ attribute }) => attribute.endsWith("body.size"));
    expect(size?.separation).toBe(1);
    expect(size?.groups.reduce((sum, group) => sum + group.failing, 0)).toBe(20);
    expect(size?.groups.at(-1)?.label).toMatch(/^> /);
  });

  it("says the version of the process that answered", () => {
    const [version] = contrastTraces(
      times(5, (i) => trace(i, {}, "2")),
      times(5, (i) => trace(i, {}, "1")),
    );
    expect(version).toMatchObject({ attribute: "orders: service.version", separation: 1 });
  });

  it.each([
    "http.response.status_code",
    "error.type",
    "http.request.body.content",
    "http.request.header.x-customer",
    "nodejs.eventloop.delay.max",
    "v8js.memory.heap.used",
    "faultline.request.id",
  ])("does not take %s for a difference: only a failing request has it", (name) => {
    const failing = times(10, (i) => trace(i, { [name]: `value ${i % 2}` }));
    expect(
      contrastTraces(
        failing,
        times(10, (i) => trace(i, {})),
      ),
    ).toEqual([]);
  });

  it("says nothing on too few requests, or when both groups look alike", () => {
    const some = times(2, (i) => trace(i, { a: "x" }));
    const others = times(9, (i) => trace(i, { a: "y" }));
    expect(contrastTraces(some, others)).toEqual([]);
    expect(contrastTraces(others, others)).toEqual([]);
  });
});
