import type { MetricPoint } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const order: SpanSketch = { service: "orders", instance: "o1", name: "GET /orders", code: 200, attributes: { "http.route": "/orders" } };

/** The storefront asks orders and gives up after `gaveUpMs`; orders takes the request up after `takenUpMs`. */
function ask(orders: SpanSketch, gaveUpMs: number): SpanSketch {
  const call: SpanSketch = { service: "storefront", kind: "client", name: "GET", takes: gaveUpMs, calls: [orders] };
  const failed: SpanSketch = { ...call, status: "error", message: "The operation was aborted due to timeout" };
  return { service: "storefront", name: "GET /", code: 504, attributes: { "http.route": "/" }, takes: gaveUpMs + 5, calls: [failed] };
}

/** Traces start a second after one another: three requests wait behind a long one that began before them. */
const builder = (before = new TraceBuilder()) =>
  before
    .trace(ask({ ...order, name: "GET /invoice", takes: 5_000 }, 2_000))
    .trace(ask({ ...order, at: 4_005 }, 2_000))
    .trace(ask({ ...order, at: 3_005 }, 2_000))
    .trace(ask({ ...order, at: 2_005 }, 2_000));

describe("a process that stands still", () => {
  it("is at fault itself if its own calls run out of time meanwhile", () => {
    const call: SpanSketch = { service: "storefront", kind: "client", name: "GET", takes: 900, status: "error", message: "timed out" };
    const named = { ...call, attributes: { "server.address": "stock" } };
    const sketch: SpanSketch = { service: "storefront", name: "GET /", code: 504, attributes: { "http.route": "/" }, takes: 910 };
    const traces = () => new TraceBuilder().traces(4, () => ({ ...sketch, calls: [named] }));
    const delay: MetricPoint = {
      name: "nodejs.eventloop.delay.max",
      unit: "s",
      value: 1,
      timeMs: 1_700_000_006_000,
      attributes: {},
      resource: { service: "storefront", attributes: {} },
    };
    expect(diagnose(traces().observations()).suspects[0]?.service).toBe("stock");
    const diagnosis = diagnose(traces().observations({ metrics: [delay] }));
    expect(diagnosis.suspects[0]?.service).toBe("storefront");
    expect(diagnosis.causes[0]?.cause).toBe("resource-exhausted");
  });

  it("is at fault itself if it left an answer unread, as its own spans show: the hop that answered is not on the path", () => {
    const stock: SpanSketch = { service: "stock", code: 200, takes: 8 };
    const call: SpanSketch = {
      service: "storefront",
      kind: "client",
      name: "GET",
      takes: 2_500,
      calls: [stock],
      attributes: { "server.address": "stock" },
    };
    const unread: SpanSketch = { ...call, status: "error", message: "The operation was aborted due to timeout" };
    const page: SpanSketch = {
      service: "storefront",
      name: "GET /",
      code: 200,
      attributes: { "http.route": "/" },
      takes: 30,
      calls: [{ ...call, takes: 12, code: 200 }],
    };
    const failed = { ...page, code: 504, takes: 2_510, calls: [unread] };
    const builder = new TraceBuilder().traces(10, () => page).trace(failed);
    const invoice: SpanSketch = {
      service: "storefront",
      name: "GET /invoice",
      code: 200,
      attributes: { "http.route": "/invoice" },
      at: -980,
      takes: 2_490,
    };
    const pathOf = (traces: TraceBuilder) => diagnose(traces.observations()).path.map(({ service, fate }) => `${service} ${fate}`);
    expect(pathOf(builder)).toEqual(["storefront created", "stock clean"]);
    expect(pathOf(builder.trace(invoice))).toEqual(["storefront created"]);
  });

  it("may do so twice in one wait, and between the stops call others whose answers it then leaves unread", () => {
    const stock: SpanSketch = { service: "stock", code: 200, takes: 600 };
    const ask: SpanSketch = { service: "storefront", kind: "client", name: "GET", takes: 3_300, calls: [stock] };
    const unread: SpanSketch = {
      ...ask,
      status: "error",
      message: "stock did not answer within 2500 ms: The operation was aborted due to timeout",
    };
    const page: SpanSketch = { service: "storefront", name: "POST /checkout", code: 504, at: 1_600, takes: 3_310, calls: [unread] };
    const wait: SpanSketch = { service: "gateway", kind: "client", name: "POST", takes: 3_000, calls: [page] };
    const gateway: SpanSketch = { service: "gateway", name: "POST /checkout", attributes: { "http.route": "/checkout" } };
    const failed: SpanSketch = { ...gateway, code: 504, takes: 3_005, calls: [{ ...wait, status: "error", message: "timed out" }] };
    const good: SpanSketch = {
      ...gateway,
      code: 201,
      takes: 30,
      calls: [{ ...wait, takes: 25, calls: [{ service: "storefront", takes: 20 }] }],
    };
    const invoice: SpanSketch = { service: "storefront", name: "GET /invoice", code: 200, attributes: { "http.route": "/invoice" } };
    const traces = () => new TraceBuilder().traces(10, () => good).trace(failed);
    const heldUp = (at: number, waits: number): SpanSketch => ({
      ...gateway,
      at,
      takes: waits + 20,
      calls: [{ ...wait, takes: waits + 10, calls: [{ service: "storefront", name: "GET /cart", at: waits, takes: 3 }] }],
    });
    const nameCause = (builder: TraceBuilder) => diagnose(builder.observations()).causes[0]?.cause;
    expect(nameCause(traces())).toBe("dependency-timeout");
    const [before, behind] = [
      { ...invoice, at: -1_800, takes: 2_390 },
      { ...invoice, at: -340, takes: 3_240 },
    ];
    const stopped = () => traces().trace(before).trace(behind);
    expect(nameCause(stopped())).toBe("dependency-timeout");
    // Traces start a second after one another: three requests sent at 11.5 s are taken up at 12.6, where the first stop ends, three of 14.0 at 15.9.
    const heldByFirst = [-2_500, -3_500, -4_500].map((at) => heldUp(at, 1_102));
    const heldBySecond = [-3_000, -4_000, -5_000].map((at) => heldUp(at, 1_911));
    const letGo = [...heldByFirst, ...heldBySecond].reduce((builder, each) => builder.trace(each), stopped());
    expect(nameCause(letGo)).toBe("resource-exhausted");
  });

  it("is at fault itself if a third party's answer came meanwhile, as shown by other requests that it held up", () => {
    const ask: SpanSketch = {
      service: "storefront",
      kind: "client",
      name: "GET /v1/cards",
      attributes: { "server.address": "api.payco.example" },
    };
    const page: SpanSketch = { service: "storefront", name: "GET /cards", attributes: { "http.route": "/cards" } };
    const failed: SpanSketch = {
      ...page,
      code: 504,
      takes: 3_020,
      calls: [{ ...ask, takes: 3_010, status: "error", message: "timed out" }],
    };
    const good: SpanSketch = { ...page, code: 200, takes: 30, calls: [{ ...ask, takes: 20, code: 200 }] };
    const invoice: SpanSketch = {
      service: "storefront",
      name: "GET /invoice",
      code: 200,
      attributes: { "http.route": "/invoice" },
      at: -990,
      takes: 3_000,
    };
    const unread = (at: number, takes: number): SpanSketch => ({
      ...page,
      at,
      code: 200,
      takes: takes + 5,
      calls: [{ ...ask, name: "GET", attributes: { "server.address": "stock" }, takes, calls: [{ service: "stock", takes: 8 }] }],
    });
    const stopped = () =>
      new TraceBuilder()
        .traces(10, () => good)
        .trace(failed)
        .trace(invoice);
    expect(diagnose(stopped().observations()).suspects[0]?.service).toBe("api.payco.example");
    // Sent half a second and 0.8 s before the others, answered within 8 ms, and read when the invoice was done.
    const shown = stopped().trace(unread(-2_500, 3_510)).trace(unread(-3_800, 3_810));
    expect(diagnose(shown.observations())).toMatchObject({
      suspects: [{ service: "storefront" }],
      causes: [{ cause: "resource-exhausted" }],
    });
  });

  it("is not assumed for a process with an open stream, whose page recurs after a third party's time-out", () => {
    const ask: SpanSketch = {
      service: "shop",
      kind: "client",
      name: "GET /v1/rates",
      attributes: { "server.address": "api.payco.example" },
    };
    const page: SpanSketch = { service: "shop", name: "GET /rates", attributes: { "http.route": "/rates" } };
    const failed: SpanSketch = {
      ...page,
      code: 504,
      takes: 3_010,
      calls: [{ ...ask, takes: 3_000, status: "error", message: "timed out" }],
    };
    const stream: SpanSketch = { service: "shop", name: "GET /events", code: 200, attributes: { "http.route": "/events" }, takes: 60_000 };
    const again = [3_050, 2_051, 1_052, 53].map((at) => ({ ...page, name: "GET /cart", code: 200, at, takes: 5 }));
    const traces = new TraceBuilder()
      .trace(stream)
      .traces(10, () => ({ ...page, code: 200, takes: 30, calls: [{ ...ask, takes: 20, code: 200 }] }));
    const shown = again.reduce((builder, each) => builder.trace(each), traces.trace(failed));
    expect(diagnose(shown.observations()).suspects[0]?.service).toBe("api.payco.example");
  });

  it("is the origin, although its own spans are short and well", () => {
    const diagnosis = diagnose(builder().observations());
    expect(diagnosis.suspects[0]?.service).toBe("orders");
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["storefront propagated", "orders created"]);
    expect(diagnosis.causes[0]?.cause).toBe("resource-exhausted");
  });

  it("is recognised by any of its stalls, since the request that waits through the longest may leave no span", () => {
    const observations = builder()
      .traces(6, () => ({ ...order, name: "GET /invoice", takes: 2 }))
      .trace(ask({ ...order, name: "GET /invoice", takes: 9_000 }, 2_000))
      .observations();
    expect(diagnose(observations).causes[0]?.cause).toBe("resource-exhausted");
  });

  it("is not why requests fail that hardly ever met it", () => {
    const failed = { service: "storefront", kind: "client", name: "GET", takes: 800, status: "error", message: "timed out" } as const;
    const meanwhile: SpanSketch = { ...failed, takes: 20, status: "ok", message: "", at: 400, calls: [order] };
    const late: SpanSketch = { ...failed, calls: [{ ...order, takes: 900 }] };
    const before = new TraceBuilder().traces(20, () => ({ ...ask(order, 800), calls: [late, meanwhile] }));
    const observations = builder(before).observations();
    expect(diagnose(observations).causes.map(({ cause }) => cause)).toEqual(["dependency-timeout"]);
  });

  it("is recognised by its measurements if its spans never came", () => {
    const silent: SpanSketch = { service: "storefront", kind: "client", name: "GET", takes: 2_000, status: "error", message: "timed out" };
    const call = { ...silent, attributes: { "server.address": "orders" } };
    const traces = new TraceBuilder().traces(4, () => ({ service: "storefront", name: "GET /", code: 504, takes: 2_005, calls: [call] }));
    const delay: MetricPoint = {
      name: "nodejs.eventloop.delay.max",
      unit: "s",
      value: 5,
      timeMs: 1_700_000_006_000,
      attributes: {},
      resource: { service: "orders", instance: "o1", attributes: {} },
    };
    const diagnosis = diagnose(traces.observations({ metrics: [delay] }));
    expect(diagnosis.suspects[0]?.service).toBe("orders");
    expect(diagnosis.causes[0]?.cause).toBe("resource-exhausted");
    expect(diagnosis.verdict).toBe("diagnosed");
  });

  it("may be one that was slow and did nothing else: its loop's delay, and its other work, would tell", () => {
    const slow: SpanSketch = { ...order, takes: 5_000 };
    const alone = new TraceBuilder().trace(ask(slow, 900)).trace(ask({ ...slow, at: 1 }, 900));
    expect(diagnose(alone.observations()).verdict).toBe("inconclusive");
    const delay: MetricPoint = {
      name: "nodejs.eventloop.delay.max",
      unit: "s",
      value: 0.02,
      timeMs: 1_700_000_003_000,
      attributes: {},
      resource: { service: "orders", instance: "o1", attributes: {} },
    };
    expect(diagnose(alone.observations({ metrics: [delay] }))).toMatchObject({
      verdict: "diagnosed",
      causes: [{ cause: "dependency-timeout" }],
    });
  });

  it("is not assumed for a callee that was only late: then nothing is named, and what kept it busy is missing", () => {
    const late: SpanSketch = { ...order, at: 1_900, takes: 5 };
    const diagnosis = diagnose(new TraceBuilder().traces(4, () => ask(late, 2_000)).observations());
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.suspects[0]?.service).toBe("orders");
    expect(diagnosis.missing.map(({ what }) => what).join()).toContain("metrics of orders");
  });

  it("is not blamed for a request that failed at once", () => {
    const thrown = { type: "TypeError", message: "x is not a function" };
    const sketch: SpanSketch = { service: "orders", name: "GET /", code: 500, takes: 3, exception: thrown };
    const delay: MetricPoint = {
      name: "nodejs.eventloop.delay.max",
      unit: "s",
      value: 0.8,
      timeMs: 1_700_000_002_000,
      attributes: {},
      resource: { service: "orders", attributes: {} },
    };
    const diagnosis = diagnose(new TraceBuilder().traces(4, () => sketch).observations({ metrics: [delay] }));
    expect(diagnosis.causes[0]?.cause).toBe("unhandled-exception");
    expect(diagnosis.causes.map(({ cause }) => cause)).not.toContain("resource-exhausted");
  });

  it("is ruled out if others were served meanwhile", () => {
    const served = ask({ ...order, takes: 2_000 }, 1_000);
    const diagnosis = diagnose(
      new TraceBuilder()
        .trace(ask({ ...order, name: "GET /invoice", takes: 5_000 }, 2_000))
        .traces(3, () => served)
        .observations(),
    );
    expect(diagnosis.causes.map(({ cause }) => cause)).not.toContain("resource-exhausted");
  });

  it("is confirmed by the process's own measurement, in any unit", () => {
    const point = (value: number, unit: string): MetricPoint => ({
      name: "nodejs.eventloop.delay.max",
      unit,
      value,
      timeMs: 1_700_000_002_000,
      attributes: {},
      resource: { service: "orders", instance: "o1", attributes: {} },
    });
    const confirm = (...metrics: MetricPoint[]) => {
      const cause = diagnose(builder().observations({ metrics })).causes.find((each) => each.cause === "resource-exhausted");
      return cause?.evidence.filter(({ source }) => source === "metric").map(({ measured }) => measured);
    };
    const measured = "nodejs.eventloop.delay.max reached 4900 ms, the failing request waited 2000 ms";
    expect(confirm(point(4.9, "s"))).toEqual([measured]);
    expect(confirm(point(4_900, "ms"))).toEqual([measured]);
    expect(confirm(point(0.02, "s"))).toEqual([]);
  });
});
