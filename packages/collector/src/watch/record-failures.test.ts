import { afterEach, describe, expect, it } from "vitest";
import { createLiveFeed } from "../live-feed.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { composeFault } from "../serve/fault-answer.ts";
import type { FaultAlert } from "@faultline/model";
import { startWatch, type Watch } from "./watch.ts";

const START = 1_790_000_000_000;
const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, "0");
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

type Sketch = {
  readonly service: string;
  readonly id: number;
  readonly parent?: number;
  readonly kind: number;
  readonly takes: number;
  readonly attributes: readonly object[];
  readonly events?: readonly object[];
  /** As OTLP counts them: 2 is an error. */
  readonly code?: number;
  readonly message?: string;
};

/** One span of trace `index` as OTLP/JSON. */
function toPayload(
  index: number,
  { service, id, parent = 0, kind, takes, attributes, events = [], code = 2, message = "timed out" }: Sketch,
) {
  const startMs = START - 60_000 + index * 50 + id;
  const span = {
    traceId: hex(index + 1, 32),
    spanId: hex(index * 16 + id, 16),
    parentSpanId: hex(index * 16 + parent, 16).repeat(Math.sign(parent)),
    name: "work",
    kind,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + takes}000000`,
    attributes,
    events,
    status: { code, message },
  };
  const resource = { attributes: [text("service.name", service)] };
  return Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }));
}

const status = (code: number) => ({ key: "http.response.status_code", value: { intValue: code } });
const route = (path: string) => [text("http.route", path), text("http.request.method", "GET")];

const watches: Watch[] = [];
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.close();
});

/** A store with a watch on it, and a clock that the test moves. */
function createScene(more: Partial<Parameters<typeof startWatch>[0]> = {}) {
  const clock = { nowMs: START };
  const store = createMemoryStore({ now: () => clock.nowMs });
  const alerts: FaultAlert[] = [];
  const watch = startWatch({
    store,
    feed: createLiveFeed(),
    onAlert: (alert) => alerts.push(alert),
    onProblem: (line) => expect.fail(line),
    now: () => clock.nowMs,
    intervalMs: 3_600_000,
    settleMs: 0,
    ...more,
  });
  watches.push(watch);
  const send = async (...payloads: readonly Uint8Array[]) => {
    for (const bytes of payloads) await store.append({ signal: "traces", encoding: "json", bytes });
    await store.flush();
  };
  const pass = async (ms: number) => {
    clock.nowMs += ms;
    await watch.round();
  };
  return { store, alerts, send, pass, watch };
}

/** The shop gave up on orders, of which nothing has come yet. */
const gaveUp = (index: number, path: string) => [
  toPayload(index, { service: "shop", id: 1, kind: 2, takes: 1_010, attributes: [status(504), ...route(path)] }),
  toPayload(index, {
    service: "shop",
    id: 2,
    parent: 1,
    kind: 3,
    takes: 1_000,
    attributes: [text("server.address", "orders"), text("error.type", "TimeoutError")],
  }),
];
/** Orders, which waited for its database all the time. */
const cameLate = (index: number) => [
  toPayload(index, { service: "orders", id: 3, parent: 2, kind: 2, takes: 5_010, attributes: [status(500), ...route("/orders")] }),
  toPayload(index, {
    service: "orders",
    id: 4,
    parent: 3,
    kind: 3,
    takes: 5_000,
    attributes: [text("db.system.name", "postgresql"), text("error.type", "TimeoutError")],
  }),
];
const all = [...Array(20).keys()];

describe("failures of which a hop was silent", () => {
  it("move to the fault that late spans show, and people are told of that one alone", async () => {
    const { store, alerts, send, pass, watch } = createScene();
    await send(...all.flatMap((index) => gaveUp(index, `/page-${index % 2}`)));
    await watch.round();
    const early = await store.listFaults({ limit: 10 });
    expect(early.map(({ service, count }) => `${service} ${count}`)).toEqual(["orders 20"]);
    expect(alerts).toEqual([]);

    await send(...all.flatMap(cameLate));
    await pass(3_000);
    const late = await store.listFaults({ limit: 10 });
    expect(late.map(({ service, count }) => `${service} ${count}`)).toEqual(["postgresql 20"]);
    await pass(10_000);
    expect(alerts.map(({ hop }) => hop)).toEqual(["postgresql"]);
    expect((await composeFault(store, String(early[0]?.fingerprint)))?.fault.service).toBe("postgresql");
  });

  it("are counted at once where the others were found to belong", async () => {
    const { store, send, pass, watch } = createScene();
    await send(...all.flatMap((index) => gaveUp(index, "/cart")));
    await watch.round();
    await send(...all.flatMap(cameLate));
    await pass(3_000);
    await send(...all.flatMap((index) => gaveUp(index + 100, "/cart")));
    await pass(100);
    const faults = await store.listFaults({ limit: 10 });
    expect(faults.map(({ service, count }) => `${service} ${count}`)).toEqual(["postgresql 40"]);
  });

  it("are known by what came, whatever is done to it before it is diagnosed", async () => {
    const scenes = [createScene(), createScene({ prepare: (observations) => ({ ...observations, logs: [], metrics: [] }) })];
    const known = await Promise.all(
      scenes.map(async ({ store, send, watch }) => {
        await send(...all.flatMap((index) => gaveUp(index, "/cart")));
        await watch.round();
        return (await store.listFaults({ limit: 10 })).map(({ fingerprint }) => fingerprint);
      }),
    );
    expect(known[1]).toEqual(known[0]);
  });

  it("stay where they are, with an alert, when nothing more comes", async () => {
    const { store, alerts, send, pass, watch } = createScene();
    await send(...all.flatMap((index) => gaveUp(index, "/cart")));
    await watch.round();
    for (const ms of [3_000, 6_000, 12_000]) await pass(ms);
    expect((await store.listFaults({ limit: 10 })).map(({ service }) => service)).toEqual(["orders"]);
    expect(alerts).toHaveLength(1);
  });

  it("go back when they were another fault after all", async () => {
    const { store, send, pass, watch } = createScene();
    await send(...all.flatMap((index) => gaveUp(index, "/cart")));
    await watch.round();
    await send(...all.flatMap(cameLate));
    await pass(3_000);
    await send(...all.flatMap((index) => gaveUp(index + 100, "/cart")));
    for (const ms of [100, 3_000, 6_000, 12_000]) await pass(ms);
    const faults = await store.listFaults({ limit: 10 });
    expect(faults.map(({ service, count }) => `${service} ${count}`).sort()).toEqual(["orders 20", "postgresql 20"]);
  });
});

/** Orders, whose pool has no connection left. */
const outOfConnections = {
  name: "exception",
  timeUnixNano: `${START}000000`,
  attributes: [
    text("exception.type", "Error"),
    text("exception.message", "timeout exceeded when trying to connect"),
    text("exception.stacktrace", "Error: timeout exceeded when trying to connect\n    at query (/app/src/pool.js:7:5)"),
  ],
};
/** The shop, which answers by `answer` what orders failed to. */
const asked = (index: number, path: string, answer: number) => [
  toPayload(index, {
    service: "shop",
    id: 1,
    kind: 2,
    takes: 30,
    attributes: [status(answer), ...route(path)],
    code: Number(answer >= 500) * 2,
  }),
  toPayload(index, { service: "shop", id: 2, parent: 1, kind: 3, takes: 20, attributes: [status(500), text("server.address", "orders")] }),
  toPayload(index, {
    service: "orders",
    id: 3,
    parent: 2,
    kind: 2,
    takes: 10,
    attributes: [status(500), ...route(`/of${path}`)],
    events: [outOfConnections],
  }),
];

describe("failures that somebody in front answered well", () => {
  it("wake nobody before they can have reached a client elsewhere, and are told as what that client met", async () => {
    const { store, alerts, send, pass, watch } = createScene();
    await send(...all.flatMap((index) => asked(index, "/home", 200)));
    await watch.round();
    expect((await store.listFaults({ limit: 10 })).map(({ diagnosis }) => diagnosis?.causes[0]?.cause)).toEqual(["masked-by-middleware"]);
    expect(alerts).toEqual([]);

    await send(...all.slice(0, 7).flatMap((index) => asked(index + 100, "/cart", 500)));
    await pass(1_000);
    await pass(20_000);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ hop: "orders", cause: "pool-exhausted", service: "shop", route: "/cart" });
  });

  it("are told as hidden ones when that is all that comes", async () => {
    const { alerts, send, pass, watch } = createScene();
    await send(...all.flatMap((index) => asked(index, "/home", 200)));
    await watch.round();
    for (const ms of [3_000, 6_000]) await pass(ms);
    expect(alerts.map(({ hop, cause }) => ({ hop, cause }))).toEqual([{ hop: "orders", cause: "masked-by-middleware" }]);
  });
});

/** The shop, whose call to orders ended in these words; `afterMs` from the first one. */
const unanswered = (index: number, words: string, afterMs = 0) => {
  const call = {
    service: "shop",
    id: 2,
    parent: 1,
    kind: 3,
    takes: 900,
    attributes: [text("server.address", "orders")],
    message: words,
  };
  const at = index + Math.round(afterMs / 50);
  return [
    toPayload(at, { service: "shop", id: 1, kind: 2, takes: 1_010, attributes: [status(503), ...route("/cart")] }),
    toPayload(at, call),
  ];
};
/** A request to the shop that went well, so that failures are not what is usual. */
const fine = (index: number) =>
  toPayload(index, { service: "shop", id: 1, kind: 2, takes: 20, attributes: [status(200), ...route("/cart")], code: 0 });
const REFUSED = "connect ECONNREFUSED 10.0.0.7:80";
const RESET = "read ECONNRESET";
const LATE = "TimeoutError";
const MINUTE_MS = 60_000;

describe("a service that does not answer", () => {
  it("is one fault with one alert, in however many ways that is met when it begins", async () => {
    const { store, alerts, send, pass, watch } = createScene();
    await send(...all.flatMap((index) => unanswered(index, String([RESET, REFUSED, LATE][index % 3]))));
    await watch.round();
    await pass(2 * MINUTE_MS);
    await send(...all.flatMap((index) => unanswered(index, String([REFUSED, LATE][index % 2]), 2 * MINUTE_MS)));
    for (const ms of [1_000, 10_000, 20_000]) await pass(ms);
    const faults = await store.listFaults({ limit: 10 });
    expect(faults.map(({ title, count }) => `${title} ${count}`)).toEqual(["no answer: orders 40"]);
    expect(alerts).toHaveLength(1);
  });

  it("is another fault, with an alert of its own, when it is met in a new way long after the first began", async () => {
    const { store, alerts, send, pass, watch } = createScene();
    await send(...Array.from({ length: 400 }, (_, index) => fine(index + 200)), ...all.flatMap((index) => unanswered(index, RESET)));
    await watch.round();
    for (const ms of [3_000, 9_000, 20_000]) await pass(ms);
    expect(alerts).toHaveLength(1);
    await watch.markAlerted(String(alerts[0]?.fingerprint));
    await pass(60 * MINUTE_MS);
    await send(...all.flatMap((index) => unanswered(index, REFUSED, 61 * MINUTE_MS)));
    for (const ms of [1_000, 3_000, 9_000, 20_000]) await pass(ms);
    await pass(60 * MINUTE_MS);
    await send(...all.flatMap((index) => unanswered(index, RESET, 122 * MINUTE_MS)), ...unanswered(90, REFUSED, 122 * MINUTE_MS));
    for (const ms of [1_000, 3_000, 9_000, 20_000]) await pass(ms);
    const faults = await store.listFaults({ limit: 10 });
    expect(faults.map(({ title, count }) => `${title} ${count}`).sort()).toEqual([
      "no answer (refused): orders 21",
      "no answer: orders 40",
    ]);
    expect(alerts.map(({ fingerprint }) => faults.find((fault) => fault.fingerprint === fingerprint)?.title)).toEqual([
      "no answer: orders",
      "no answer (refused): orders",
    ]);
  });
});
