/** The store's contract, sentence by sentence, on every implementation. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryStore, openSqliteStore, type Store } from "@faultline/collector/store";
import { decodeTraces } from "@faultline/formats/otlp";
import { encodeTraces } from "@faultline/formats/otlp-encode";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { durations, gauge, logs, malformed, NOON, spans, traceId } from "./payloads.ts";

type Implementation = { readonly name: string; readonly open: (directory: string) => Promise<Store> };

const IMPLEMENTATIONS: readonly Implementation[] = [
  { name: "memory", open: async () => createMemoryStore({ now: () => NOON }) },
  { name: "SQLite", open: (directory) => openSqliteStore({ directory, now: () => NOON }) },
];

/** The same payload in the encoding that stores keep: no copy is made of it on its way in. */
function toProtobuf({ bytes }: Parameters<Store["append"]>[0]): Uint8Array {
  const decoded = decodeTraces(bytes, "json") as Extract<ReturnType<typeof decodeTraces>, { ok: true }>; // made by `spans`
  return encodeTraces(decoded.value.items);
}

const HOUR = { fromMs: NOON, toMs: NOON + 3_600_000 };
const ALL = { window: HOUR, order: "newest", limit: 100 } as const;

describe.each(IMPLEMENTATIONS)("the $name store", ({ open }) => {
  let directory: string;
  let store: Store;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "faultline-store-"));
    store = await open(directory);
  });

  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function append(...payloads: readonly Parameters<Store["append"]>[0][]): Promise<void> {
    for (const payload of payloads) expect(await store.append(payload)).toMatchObject({ kind: "accepted", rejected: 0 });
    await store.flush();
  }

  async function expectBalance(): Promise<void> {
    const { accepted, stored, deduplicated, dropped } = await store.health();
    expect(stored + deduplicated + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(accepted);
  }

  describe("receipts", () => {
    it("says how many items a payload held", async () => {
      expect(await store.append(spans({ trace: 1, span: 1 }, { trace: 1, span: 2 }))).toEqual({ kind: "accepted", items: 2, rejected: 0 });
      expect(await store.append(logs({ trace: 1 }))).toEqual({ kind: "accepted", items: 1, rejected: 0 });
      expect(await store.append(gauge("process.cpu.utilization", 0.5))).toEqual({ kind: "accepted", items: 1, rejected: 0 });
    });

    it("accepts a payload that holds nothing", async () => {
      expect(await store.append(spans())).toEqual({ kind: "accepted", items: 0, rejected: 0 });
    });

    it("rejects single spans with bad ids and keeps the rest", async () => {
      const receipt = await store.append(spans({ trace: "xyz", span: 1, status: 500 }, { trace: 1, span: 2, status: 500 }));
      expect(receipt).toMatchObject({ kind: "accepted", items: 1, rejected: 1 });
      await store.flush();
      expect((await store.findTrace(traceId(1)))?.spans).toHaveLength(1);
    });

    it("says what is wrong with a payload that cannot be read, and keeps nothing of it", async () => {
      expect(await store.append(malformed("{"))).toMatchObject({ kind: "malformed", because: expect.any(String) });
      expect(await store.append({ signal: "traces", encoding: "protobuf", bytes: new Uint8Array([10, 200, 1]) })).toMatchObject({
        kind: "malformed",
      });
      expect((await store.health()).accepted).toBe(0);
    });
  });

  describe("failing traces", () => {
    it("keeps every span and log record of them, whatever arrived first", async () => {
      await append(logs({ trace: 1, body: "before its spans" }), spans({ trace: 1, span: 2, parent: 1, kind: "internal" }));
      await append(spans({ trace: 1, span: 1, status: 500 }), logs({ trace: 1, body: "after its spans" }));
      const trace = await store.findTrace(traceId(1));
      expect(trace?.spans.map((span) => span.spanId).sort()).toEqual(["000000000000001f", "000000000000002f"]);
      expect(trace?.logs.map((log) => log.body).sort()).toEqual(["after its spans", "before its spans"]);
      await expectBalance();
    });

    it.each([
      ["a server error", spans({ trace: 1, status: 503 })],
      ["a span status of error", spans({ trace: 1, spanStatus: "error" })],
      ["an exception in a span event", spans({ trace: 1, exception: "TypeError" })],
      ["the old name of a status code", spans({ trace: 1, kind: "internal", attributes: { "http.status_code": 500 } })],
      ["a gRPC code of the server", spans({ trace: 1, status: 200, attributes: { "rpc.grpc.status_code": 13 } })],
      ["a log record of severity ERROR", logs({ trace: 1, severity: 17 })],
    ])("keeps a trace for %s", async (_, payload) => {
      await append(spans({ trace: 1, span: 7, kind: "client" }), payload);
      expect((await store.findTrace(traceId(1)))?.spans.map((span) => span.spanId)).toContain("000000000000007f");
      expect((await store.listFailing(ALL)).map((each) => each.traceId)).toEqual([traceId(1)]);
    });

    it("gives spans back as they came", async () => {
      await append(spans({ trace: 1, status: 500, durationMs: 12.5, version: "2.0.1", region: "eu", exception: "RangeError" }));
      const span = (await store.findTrace(traceId(1)))?.spans[0];
      expect(span).toMatchObject({ kind: "server", startMs: NOON, endMs: NOON + 12.5, name: "GET /cart" });
      expect(span?.resource).toMatchObject({ service: "shop", version: "2.0.1", region: "eu" });
      expect(span?.events[0]?.attributes["exception.type"]).toBe("RangeError");
    });

    it("holds nothing in the memory of a payload that was acknowledged", async () => {
      const send = async (trace: number): Promise<void> => {
        const bytes = toProtobuf(spans({ trace, status: 500, exception: "TypeError" }, { trace, span: 2, parent: 1, kind: "client" }));
        expect(await store.append({ signal: "traces", encoding: "protobuf", bytes })).toMatchObject({ kind: "accepted" });
        // What a receiver does that reads every body into the same memory.
        bytes.fill(0xff);
      };
      const expectWhole = async (trace: number): Promise<void> => {
        const found = (await store.findTrace(traceId(trace)))?.spans.map((span) => [span.name, span.attributes, span.events.length]);
        const attributes = { "http.request.method": "GET", "http.route": "/cart", "http.response.status_code": 500 };
        expect(found).toMatchObject([
          ["GET /cart", attributes, 1],
          ["GET /cart", {}, 0],
        ]);
      };
      for (let trace = 1; trace <= 20; trace++) {
        await send(trace);
        await expectWhole(trace);
      }
      await store.flush();
      for (let trace = 21; trace <= 40; trace++) {
        await send(trace);
        await store.flush();
      }
      for (let trace = 1; trace <= 40; trace++) await expectWhole(trace);
    });

    it("joins late spans to the trace", async () => {
      await append(spans({ trace: 1, span: 1, status: 500 }));
      await append(spans({ trace: 1, span: 2, parent: 1, kind: "client" }), spans({ trace: 1, span: 3, parent: 2, service: "stock" }));
      expect((await store.findTrace(traceId(1)))?.spans).toHaveLength(3);
    });

    it("drops and counts a second copy of a span", async () => {
      const payload = spans({ trace: 1, span: 1, status: 500 }, { trace: 2, span: 1 });
      await append(payload, payload);
      await append(payload);
      expect((await store.findTrace(traceId(1)))?.spans).toHaveLength(1);
      expect(await store.count({ window: HOUR, stepMs: 3_600_000, groupBy: [] })).toMatchObject([{ total: 2, failing: 1 }]);
      expect(await store.health()).toMatchObject({ accepted: 6, deduplicated: 4 });
      await expectBalance();
    });

    it("keeps what intermediaries wrote about a trace", async () => {
      const observer = { kind: "gateway", name: "edge" } as const;
      await append(spans({ trace: 1, span: 1 }));
      await store.appendExchanges([{ traceId: traceId(1), timeMs: NOON, status: 502, method: "GET", route: "/cart", observer }]);
      await store.flush();
      const trace = await store.findTrace(traceId(1));
      expect(trace?.exchanges).toMatchObject([{ status: 502, observer }]);
      expect(trace?.spans).toHaveLength(1);
      const rows = await store.count({ window: HOUR, stepMs: 3_600_000, groupBy: ["service"] });
      expect(rows.find((row) => row.group.service === "edge")).toMatchObject({ total: 1, failing: 1 });
    });

    it("does not know a trace that never came", async () => {
      expect(await store.findTrace(traceId(404))).toBeUndefined();
    });
  });

  describe("lists of failing exchanges", () => {
    it("shows the outermost exchange that failed", async () => {
      await append(
        spans(
          { trace: 1, span: 1, status: 200, route: "/checkout", service: "front" },
          { trace: 1, span: 2, parent: 1, status: 500, route: "/orders", service: "orders", version: "7", region: "eu", durationMs: 40 },
          { trace: 1, span: 3, parent: 2, status: 500, route: "/charge", service: "payments", exception: "TimeoutError" },
        ),
      );
      expect(await store.listFailing(ALL)).toEqual([
        {
          traceId: traceId(1),
          spanId: "000000000000002f",
          timeMs: NOON,
          durationMs: 40,
          service: "orders",
          route: "/orders",
          method: "GET",
          status: 500,
          version: "7",
          region: "eu",
        },
      ]);
    });

    it("orders by time or by duration and obeys window, filter and limit", async () => {
      const sketches = [
        { route: "/a", durationMs: 1 },
        { route: "/a", durationMs: 900 },
        { route: "/a", durationMs: 3 },
        { route: "/a", durationMs: 4 },
        { route: "/b", durationMs: 5 },
      ];
      for (const [n, sketch] of sketches.entries()) {
        await append(spans({ trace: n + 1, status: 500, atMs: NOON + (n + 1) * 1000, ...sketch }));
      }
      const list = async (filter: object) => (await store.listFailing({ ...ALL, ...filter })).map((each) => each.traceId);
      expect(await list({})).toEqual([5, 4, 3, 2, 1].map(traceId));
      expect(await list({ route: "/a", order: "slowest", limit: 2 })).toEqual([2, 4].map(traceId));
      expect(await list({ service: "nobody" })).toEqual([]);
      expect(await list({ window: { fromMs: NOON + 2000, toMs: NOON + 4000 } })).toEqual([3, 2].map(traceId));
    });

    it("finds a failing request by every hop that failed, and lists it once, by the outermost", async () => {
      const inner = { span: 2, parent: 1, status: 502, service: "orders", route: "/orders", version: "7", region: "eu", durationMs: 4 };
      const good = { span: 3, parent: 1, status: 200, service: "users", route: "/users" };
      for (const trace of [1, 2, 3]) {
        const outer = { trace, status: 500, service: "front", route: "/cart", atMs: NOON + trace * 1000, durationMs: 10 - trace };
        await append(spans(outer, { trace, ...inner, atMs: NOON + trace * 1000 + 1 }, { trace, ...good }));
      }
      // What comes late of a trace is found as well.
      await append(spans({ trace: 3, span: 4, parent: 2, status: 503, service: "stock", route: "/stock", atMs: NOON + 3002 }));
      const list = async (filter: object) =>
        (await store.listFailing({ ...ALL, ...filter })).map((each) => [each.traceId, each.service, each.route]);
      const entry = (trace: number) => [traceId(trace), "front", "/cart"];
      expect(await list({ service: "orders", route: "/orders", version: "7", region: "eu" })).toEqual([3, 2, 1].map(entry));
      expect(await list({ service: "orders", order: "slowest", limit: 2 })).toEqual([1, 2].map(entry));
      expect(await list({ service: "stock" })).toEqual([entry(3)]);
      expect(await list({ service: "front" })).toEqual([3, 2, 1].map(entry));
      expect(await list({ service: "users" })).toEqual([]);
      expect(await list({ service: "orders", version: "8" })).toEqual([]);
      expect(await list({ service: "orders", window: { fromMs: NOON + 2000, toMs: NOON + 3000 } })).toEqual([entry(2)]);
      await store.assignFault([traceId(2)], "f1");
      expect(await list({ service: "orders", fingerprint: "f1" })).toEqual([entry(2)]);
    });

    it("finds a failing request by what an intermediary wrote down of it", async () => {
      await append(spans({ trace: 1, status: 500 }));
      const observer = { kind: "proxy", name: "nginx" } as const;
      await store.appendExchanges([
        { traceId: traceId(1), timeMs: NOON, durationMs: 5, method: "GET", path: "/cart", status: 502, observer },
      ]);
      await store.flush();
      expect(await store.listFailing({ ...ALL, service: "nginx" })).toMatchObject([{ traceId: traceId(1), service: "shop" }]);
    });

    it("finds it where the intermediary wrote before the request was first kept", async () => {
      const observer = { kind: "proxy", name: "nginx" } as const;
      await store.appendExchanges([
        { traceId: traceId(1), timeMs: NOON, durationMs: 5, method: "GET", path: "/cart", status: 502, observer },
      ]);
      await append(spans({ trace: 1, status: 500 }));
      expect(await store.listFailing({ ...ALL, service: "nginx" })).toMatchObject([{ traceId: traceId(1), service: "shop" }]);
    });

    it("tells the follower of a cursor everything once, oldest first", async () => {
      await append(spans({ trace: 1, status: 500 }), spans({ trace: 2, status: 200 }), spans({ trace: 3, status: 500 }));
      const first = await store.listFailingSince(0, 1);
      expect(first.failing.map((each) => each.traceId)).toEqual([traceId(1)]);
      const second = await store.listFailingSince(first.cursor, 10);
      expect(second.failing.map((each) => each.traceId)).toEqual([traceId(3)]);
      expect(await store.listFailingSince(second.cursor, 10)).toEqual({ failing: [], cursor: second.cursor });
    });

    it("lists a trace again when late spans show that another exchange is the outermost", async () => {
      await append(spans({ trace: 1, span: 2, parent: 1, status: 500, service: "orders" }));
      const { cursor } = await store.listFailingSince(0, 10);
      await append(spans({ trace: 1, span: 1, status: 502, service: "front" }));
      expect((await store.listFailingSince(cursor, 10)).failing).toMatchObject([{ traceId: traceId(1), service: "front", status: 502 }]);
    });

    it("shows of a route what changed since it was listed last", async () => {
      const ask = () => store.listFailing({ ...ALL, route: "/cart", order: "slowest" });
      await append(spans({ trace: 1, status: 500, durationMs: 10 }, { trace: 2, status: 500, durationMs: 5 }));
      expect((await ask()).map((each) => [each.traceId, each.status, each.fingerprint])).toEqual([
        [traceId(1), 500, undefined],
        [traceId(2), 500, undefined],
      ]);
      await store.assignFault([traceId(2)], "f");
      expect((await ask()).map((each) => each.fingerprint)).toEqual([undefined, "f"]);
      await append(spans({ trace: 1, span: 7, status: 502, durationMs: 90, atMs: NOON - 1 }));
      expect(await store.listFailing({ window: { ...HOUR, fromMs: NOON - 1 }, route: "/cart", order: "slowest", limit: 5 })).toMatchObject([
        { traceId: traceId(1), status: 502, durationMs: 90 },
        { traceId: traceId(2), status: 500, fingerprint: "f" },
      ]);
    });

    it("remembers which fault a failing exchange was assigned to", async () => {
      await append(spans({ trace: 1, status: 500 }), spans({ trace: 2, status: 500 }));
      await store.assignFault([traceId(1), traceId(404)], "f1");
      expect((await store.listFailing({ ...ALL, fingerprint: "f1" })).map((each) => each.traceId)).toEqual([traceId(1)]);
      await append(spans({ trace: 1, span: 9, kind: "client" }));
      expect((await store.listFailing({ ...ALL, fingerprint: "f1" }))[0]?.fingerprint).toBe("f1");
    });
  });

  describe("counts", () => {
    it("counts exchanges, failing and all, by the dimensions asked for", async () => {
      await append(
        spans({ trace: 1, span: 1, version: "1" }, { trace: 1, span: 2, parent: 1, kind: "client" }),
        spans({ trace: 2, version: "1", status: 500 }, { trace: 3, version: "2" }, { trace: 4, version: "2", route: "/b", status: 404 }),
      );
      const rows = await store.count({ window: HOUR, stepMs: 60_000, groupBy: ["version"] });
      expect(rows).toMatchObject([
        { fromMs: NOON, group: { version: "1" }, total: 2, failing: 1 },
        { fromMs: NOON, group: { version: "2" }, total: 2, failing: 0 },
      ]);
      const cart = await store.count({ window: HOUR, route: "/cart", stepMs: 60_000, groupBy: ["status", "method"] });
      expect(cart).toMatchObject([
        { group: { status: "200", method: "GET" }, total: 2 },
        { group: { status: "500", method: "GET" }, total: 1, failing: 1 },
      ]);
    });

    it("counts the successes of a sender that counts them itself, and its failures by their spans", async () => {
      const counted = [
        { status: 200, count: 40, meanMs: 20 },
        { status: 404, count: 5, meanMs: 2 },
        { status: 500, count: 3, meanMs: 900 },
      ];
      await append(
        durations("metrics", ...counted),
        spans({ trace: 1, status: 500 }, { trace: 2, status: 500 }, { trace: 3, status: 500 }),
      );
      const [row] = await store.count({ window: HOUR, route: "/cart", stepMs: 60_000, groupBy: ["service"] });
      expect(row).toMatchObject({ fromMs: NOON, total: 48, failing: 3 });
      expect(row?.p50Ms).toBeCloseTo(20, -1);
      await expectBalance();
    });

    it("counts nobody twice whose spans are all there", async () => {
      await append(durations("spans", { status: 200, count: 40, meanMs: 20 }), spans({ trace: 1 }));
      const rows = await store.count({ window: HOUR, stepMs: 60_000, groupBy: ["service"] });
      expect(rows).toMatchObject([{ total: 1, failing: 0 }]);
    });

    it("counts in steps of time, oldest first", async () => {
      const at = (atMs: number, trace: number) => spans({ trace, atMs: NOON + atMs });
      await append(at(125_000, 1), at(0, 2), at(9_999, 3), at(10_000, 4));
      const rows = await store.count({ window: HOUR, stepMs: 10_000, groupBy: [] });
      expect(rows.map((row) => [row.fromMs - NOON, row.total])).toEqual([
        [0, 2],
        [10_000, 1],
        [120_000, 1],
      ]);
      expect(await store.count({ window: { fromMs: NOON + 60_000, toMs: NOON + 120_000 }, stepMs: 10_000, groupBy: [] })).toEqual([]);
    });

    it("names the rows of one group by one object", async () => {
      await append(spans({ trace: 1 }, { trace: 2, atMs: NOON + 10_000 }, { trace: 3, status: 201 }, { trace: 4, route: "/other" }));
      const rows = await store.count({ window: HOUR, stepMs: 10_000, groupBy: ["route"] });
      expect(rows).toHaveLength(3);
      expect(new Set(rows.map(({ group }) => group)).size).toBe(2);
    });

    it("estimates quantiles within 5 %", async () => {
      const durations = Array.from({ length: 200 }, (_, n) => n + 1);
      await append(spans(...durations.map((durationMs, n) => ({ trace: n + 1, durationMs }))));
      const [row] = await store.count({ window: HOUR, stepMs: 3_600_000, groupBy: [] });
      expect(Math.abs(Number(row?.p50Ms) / 100 - 1)).toBeLessThan(0.05);
      expect(Math.abs(Number(row?.p99Ms) / 198 - 1)).toBeLessThan(0.05);
    });

    it("takes the path as a route where the sender knows none, with its ids left out", async () => {
      const attributes = { "http.request.method": "GET", "url.path": "/orders/42/items" };
      await append(spans({ trace: 1, kind: "consumer", attributes, status: 200 }));
      const rows = await store.count({ window: HOUR, stepMs: 60_000, groupBy: ["route"] });
      expect(rows.map((row) => row.group.route)).toEqual(["/orders/{id}/items"]);
    });
  });

  describe("successes", () => {
    it("keeps whole good traces of a route as a sample, and no failing ones", async () => {
      await append(
        spans({ trace: 1, span: 1 }, { trace: 1, span: 2, parent: 1, service: "stock", route: "/levels" }),
        spans({ trace: 2, route: "/other" }),
        spans({ trace: 3, status: 500 }),
      );
      const sample = await store.sampleSucceeding({ window: HOUR, service: "stock", route: "/levels", limit: 10 });
      expect(sample.map((trace) => [trace.traceId, trace.spans.length])).toEqual([[traceId(1), 2]]);
      expect(await store.sampleSucceeding({ window: HOUR, service: "shop", route: "/cart", limit: 10 })).toHaveLength(1);
      expect(await store.sampleSucceeding({ window: { fromMs: 0, toMs: NOON }, limit: 10 })).toEqual([]);
    });

    it("does not list a good trace as failing", async () => {
      await append(spans({ trace: 1 }), logs({ trace: 1 }));
      expect(await store.listFailing(ALL)).toEqual([]);
      await expectBalance();
    });
  });

  describe("changes", () => {
    it("keeps declared changes and lists those of a window, newest first", async () => {
      const change = { kind: "deploy", service: "shop", version: "2", source: "declared" } as const;
      await store.appendChange({ ...change, timeMs: NOON + 1 });
      await store.appendChange({ ...change, timeMs: NOON + 2 });
      await store.appendChange({ ...change, timeMs: NOON - 1 });
      expect((await store.listChanges(HOUR)).map((each) => each.timeMs)).toEqual([NOON + 2, NOON + 1]);
    });

    it("infers a deploy from the first sight of a version of a known service", async () => {
      await append(
        spans({ trace: 1, version: "1" }),
        spans({ trace: 2, version: "2", atMs: NOON + 5000 }),
        spans({ trace: 3, version: "2" }),
      );
      expect(await store.listChanges(HOUR)).toMatchObject([
        { kind: "deploy", service: "shop", version: "2", previousVersion: "1", source: "inferred" },
      ]);
    });

    it("infers one change from a new set of instances", async () => {
      await append(spans({ trace: 1, instance: "a" }), spans({ trace: 2, instance: "b", atMs: NOON + 5000 }));
      await append(spans({ trace: 3, instance: "c", atMs: NOON + 6000 }));
      expect(await store.listChanges(HOUR)).toMatchObject([{ kind: "restart", instances: ["b", "c"], source: "inferred" }]);
    });
  });

  describe("logs and metrics", () => {
    it("keeps error logs that belong to no trace and counts the others as dropped", async () => {
      await append(logs({ severity: 21, body: "missing secret" }, { severity: 9, body: "listening" }, { severity: 17, service: "b" }));
      const found = await store.listUntracedLogs({ window: HOUR, service: "shop", limit: 10 });
      expect(found.map((log) => log.body)).toEqual(["missing secret"]);
      expect((await store.health()).dropped).toEqual({ "log-without-trace": 1 });
      await expectBalance();
    });

    it("keeps one point per metric series and 10 s", async () => {
      await append(gauge("nodejs.eventloop.delay.p99", 0.1), gauge("nodejs.eventloop.delay.p99", 0.3, { atMs: NOON + 1000 }));
      await append(gauge("nodejs.eventloop.delay.p99", 0.5, { atMs: NOON + 10_000 }), gauge("other", 1, { service: "b" }));
      const points = await store.listMetrics({ window: HOUR, service: "shop", names: ["nodejs.eventloop.delay.p99"], limit: 10 });
      expect(points.map((point) => point.value)).toEqual([0.5, 0.3]);
      expect(await store.listMetrics({ window: HOUR, limit: 10 })).toHaveLength(3);
      await expectBalance();
    });
  });

  describe("faults", () => {
    const fault = { title: "t", service: "s", route: "/r", firstSeenMs: NOON, count: 1, state: "open" } as const;

    it("saves, finds and lists faults, the newest first", async () => {
      await store.saveFault({ ...fault, fingerprint: "a", lastSeenMs: NOON + 1 });
      await store.saveFault({ ...fault, fingerprint: "b", lastSeenMs: NOON + 2 });
      await store.saveFault({ ...fault, fingerprint: "a", lastSeenMs: NOON + 3, count: 7 });
      expect(await store.findFault("a")).toMatchObject({ count: 7 });
      expect(await store.findFault("c")).toBeUndefined();
      expect((await store.listFaults({ limit: 10 })).map((each) => each.fingerprint)).toEqual(["a", "b"]);
      expect(await store.listFaults({ window: { fromMs: 0, toMs: NOON }, limit: 10 })).toEqual([]);
    });
  });
});
