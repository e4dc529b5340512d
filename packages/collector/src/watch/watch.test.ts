import type { FaultAlert, Observations } from "@faultline/model";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createLiveFeed, type LiveEvent } from "../live-feed.ts";
import { composeFault } from "../serve/fault-answer.ts";
import { createMemoryStore } from "../store/index.ts";
import { startWatch, type Watch } from "./watch.ts";

const NOW = 1_790_000_000_000;
const toHex = (number: number, digits: number): string => number.toString(16).padStart(digits, "0");
const nano = (ms: number): string => `${ms}000000`;

/** One request through storefront to payments, as OTLP/JSON; a failing one carries the exception of payments. */
function toPayload(
  index: number,
  { isFailing, bug = "TypeError", path = "/checkout", shiftMs = 0 }: { isFailing: boolean; bug?: string; path?: string; shiftMs?: number },
): Uint8Array {
  const traceId = toHex(index + 1, 32);
  const startMs = NOW - 60_000 + shiftMs + index * 50;
  const status = isFailing ? 500 : 200;
  const span = (id: number, kind: number, rest: { parent?: number; attributes?: readonly object[]; events?: readonly object[] }) => ({
    traceId,
    spanId: toHex(index * 16 + id, 16),
    ...(rest.parent === undefined ? {} : { parentSpanId: toHex(index * 16 + rest.parent, 16) }),
    name: "POST /checkout",
    kind,
    startTimeUnixNano: nano(startMs + id),
    endTimeUnixNano: nano(startMs + 40 - id),
    attributes: [
      { key: "http.response.status_code", value: { intValue: status } },
      { key: "http.request.method", value: { stringValue: "POST" } },
      ...(rest.attributes ?? []),
    ],
    events: rest.events ?? [],
    status: { code: Number(isFailing) * 2 },
  });
  const exception = [
    {
      name: "exception",
      timeUnixNano: nano(startMs + 5),
      attributes: [
        { key: "exception.type", value: { stringValue: bug } },
        { key: "exception.message", value: { stringValue: `no price for item ${index}` } },
        {
          key: "exception.stacktrace",
          value: { stringValue: `${bug}: no price for item ${index}\n    at price${bug} (/app/src/price.js:${10 + index}:5)` },
        },
      ],
    },
  ];
  const route = { key: "http.route", value: { stringValue: path } };
  const resource = (name: string) => ({ attributes: [{ key: "service.name", value: { stringValue: name } }] });
  return Buffer.from(
    JSON.stringify({
      resourceSpans: [
        { resource: resource("storefront"), scopeSpans: [{ spans: [span(1, 2, { attributes: [route] }), span(2, 3, { parent: 1 })] }] },
        {
          resource: resource("payments"),
          scopeSpans: [{ spans: [span(3, 2, { parent: 2, attributes: [route], events: exception.slice(0, Number(isFailing)) })] }],
        },
      ],
    }),
  );
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function start(store: ReturnType<typeof createMemoryStore>, alerts: FaultAlert[], events: LiveEvent[]): Watch {
  const feed = createLiveFeed();
  feed.subscribe((event) => events.push(event));
  const watch = startWatch({
    store,
    feed,
    onAlert: (alert) => alerts.push(alert),
    onProblem: (line) => expect.fail(line),
    now: () => NOW,
    intervalMs: 3_600_000,
    settleMs: 0,
  });
  closers.push(() => watch.close());
  return watch;
}

/** A run of requests by their numbers. */
type Run = {
  readonly from: number;
  readonly to: number;
  readonly isFailing: boolean;
  readonly bug?: string;
  readonly path?: string;
  /** How far the sender's clock is ahead, or how late the spans come. */
  readonly shiftMs?: number;
};

async function append(store: ReturnType<typeof createMemoryStore>, { from, to, ...options }: Run): Promise<void> {
  for (let index = from; index < to; index++) await store.append({ signal: "traces", encoding: "json", bytes: toPayload(index, options) });
  await store.flush();
}

const withoutEvents = (all: Observations): Observations => ({ ...all, spans: all.spans.map((span) => ({ ...span, events: [] })) });

describe("watching a store", () => {
  it("shows a fault with its diagnosis at its first failure and alerts only once the rate is certainly a problem", async () => {
    const store = createMemoryStore({ now: () => NOW });
    const [alerts, events]: [FaultAlert[], LiveEvent[]] = [[], []];
    const watch = start(store, alerts, events);
    await append(store, { from: 0, to: 200, isFailing: false });
    await append(store, { from: 200, to: 201, isFailing: true });
    await watch.round();
    const [fault] = await store.listFaults({ limit: 10 });
    expect(fault).toMatchObject({ service: "payments", count: 1, state: "open" });
    expect(fault?.diagnosis?.suspects[0]?.service).toBe("payments");
    expect(events.filter(({ kind }) => kind === "fault")).toHaveLength(1);
    expect(alerts).toEqual([]);

    await append(store, { from: 201, to: 240, isFailing: true });
    await watch.round();
    await watch.round();
    expect(await store.listFaults({ limit: 10 })).toHaveLength(1);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ service: "storefront", route: "/checkout", hop: "payments", failing: 40, total: 240 });
  });

  it("tells the story of one route where a fault shows on several: its counts, its example, its good requests", async () => {
    const store = createMemoryStore({ now: () => NOW });
    const watch = start(store, [], []);
    await append(store, { from: 0, to: 40, isFailing: false });
    await append(store, { from: 40, to: 60, isFailing: true });
    await append(store, { from: 60, to: 65, isFailing: true, path: "/gift" });
    await watch.round();
    const faults = await store.listFaults({ limit: 10 });
    expect(faults).toMatchObject([{ count: 25, diagnosis: { scope: { route: "/checkout", failing: 20, succeeding: 40 } } }]);
    const answer = await composeFault(store, faults.map(({ fingerprint }) => fingerprint).join(""));
    expect(answer?.example?.rows.map(({ attributes }) => attributes["http.route"])).toContain("/checkout");
    expect(answer?.compared).toEqual({ failing: 20, succeeding: 30 });
    expect(answer?.failing[0]?.route).toBe("/gift");
  });

  it.each([
    { whose: "clocks are ahead by four minutes", shiftMs: 5 * 60_000 },
    { whose: "clocks are behind by ten minutes", shiftMs: -10 * 60_000 },
  ])("diagnoses failures of senders whose $whose, and tells people", async ({ shiftMs }) => {
    const store = createMemoryStore({ now: () => NOW });
    const alerts: FaultAlert[] = [];
    const watch = start(store, alerts, []);
    await append(store, { from: 0, to: 40, isFailing: false, shiftMs });
    await append(store, { from: 40, to: 70, isFailing: true, shiftMs });
    await watch.round();
    expect(await store.listFaults({ limit: 10 })).toMatchObject([
      { count: 30, diagnosis: { scope: { failing: 30, succeeding: 40 }, suspects: [{ service: "payments" }, {}] } },
    ]);
    expect(alerts).toMatchObject([{ failing: 30, total: 70 }]);
  });

  it("diagnoses failures that come an hour late, with what is counted around them, and wakes nobody for them", async () => {
    const store = createMemoryStore({ now: () => NOW });
    const alerts: FaultAlert[] = [];
    const watch = start(store, alerts, []);
    const shiftMs = -60 * 60_000;
    await append(store, { from: 0, to: 40, isFailing: false, shiftMs });
    await append(store, { from: 40, to: 70, isFailing: true, shiftMs });
    await append(store, { from: 70, to: 90, isFailing: false });
    await watch.round();
    expect(await store.listFaults({ limit: 10 })).toMatchObject([
      { count: 30, diagnosis: { scope: { failing: 30, succeeding: 40 }, suspects: [{ service: "payments" }, {}] } },
    ]);
    expect(alerts).toEqual([]);
  });

  it("keeps two bugs apart on one route", async () => {
    const store = createMemoryStore({ now: () => NOW });
    const watch = start(store, [], []);
    await append(store, { from: 0, to: 10, isFailing: true, bug: "TypeError" });
    await append(store, { from: 10, to: 30, isFailing: true, bug: "RangeError" });
    await watch.round();
    const faults = await store.listFaults({ limit: 10 });
    expect(faults.map(({ count }) => count)).toEqual(expect.arrayContaining([10, 20]));
  });

  it("goes on after a restart without counting twice, and raises an alert that nobody got", async () => {
    const store = createMemoryStore({ now: () => NOW });
    const first: FaultAlert[] = [];
    await append(store, { from: 0, to: 100, isFailing: false });
    await append(store, { from: 100, to: 140, isFailing: true });
    const before = start(store, first, []);
    await before.round();
    await before.close();

    const second: FaultAlert[] = [];
    const watch = start(store, second, []);
    await append(store, { from: 140, to: 170, isFailing: true });
    await watch.round();
    expect((await store.listFaults({ limit: 10 }))[0]?.count).toBe(70);
    expect(second.map(({ key }) => key)).toEqual(first.map(({ key }) => key));

    await watch.markAlerted(String(second[0]?.fingerprint));
    await watch.close();
    const third: FaultAlert[] = [];
    const again = start(store, third, []);
    await append(store, { from: 170, to: 200, isFailing: true });
    await again.round();
    expect(third).toEqual([]);
  });

  it.each([
    { how: "tell less", prepare: withoutEvents, ageMs: 40 * 60_000, missing: 1 },
    { how: "tell as much", prepare: (all: Observations) => all, ageMs: 0, missing: 0 },
  ])("keeps a verdict with its time where the failures of another hour $how", async ({ prepare, ageMs, missing }) => {
    const clock = { nowMs: NOW - 40 * 60_000 };
    const store = createMemoryStore({ now: () => clock.nowMs });
    const shown = { prepare: (observations: Observations) => observations };
    const watch = startWatch({
      store,
      feed: createLiveFeed(),
      prepare: (observations) => shown.prepare(observations),
      onAlert: () => undefined,
      onProblem: (line) => expect.fail(line),
      now: () => clock.nowMs,
      intervalMs: 3_600_000,
      settleMs: 0,
    });
    closers.push(() => watch.close());
    await append(store, { from: 0, to: 40, isFailing: false, shiftMs: -40 * 60_000 });
    await append(store, { from: 40, to: 60, isFailing: true, shiftMs: -40 * 60_000 });
    await watch.round();
    expect(await store.listFaults({ limit: 10 })).toMatchObject([{ diagnosis: { verdict: "diagnosed" }, diagnosedAtMs: clock.nowMs }]);

    clock.nowMs = NOW;
    shown.prepare = prepare;
    await append(store, { from: 60, to: 65, isFailing: true });
    await watch.round();
    await append(store, { from: 65, to: 75, isFailing: true });
    await watch.round();
    const [fault] = await store.listFaults({ limit: 10 });
    expect(fault).toMatchObject({ count: 35, diagnosis: { verdict: "diagnosed" }, diagnosedAtMs: NOW - ageMs });
    expect(fault?.diagnosis?.missing.filter(({ what }) => what.includes("newest failures"))).toHaveLength(missing);
  });

  it("tells a problem of the store once, and again after a round that succeeded", async () => {
    const store = createMemoryStore({ now: () => NOW });
    const problems: string[] = [];
    const watch = startWatch({
      store,
      feed: createLiveFeed(),
      onAlert: () => undefined,
      onProblem: (line) => problems.push(line),
      now: () => NOW,
      intervalMs: 3_600_000,
      settleMs: 0,
    });
    closers.push(() => watch.close());
    const failing = vi.spyOn(store, "listFailingSince").mockRejectedValue(new Error("no space left on the disk"));
    await watch.round();
    await watch.round();
    expect(problems).toEqual(["the watch missed a round: no space left on the disk"]);
    failing.mockRejectedValue(new Error("the disk went away"));
    await watch.round();
    expect(problems).toHaveLength(2);
    failing.mockRestore();
    await watch.round();
    vi.spyOn(store, "listFailingSince").mockRejectedValue(new Error("the disk went away"));
    await watch.round();
    expect(problems).toHaveLength(3);
  });

  it("leaves a failing exchange alone until the rest of its trace can have come", async () => {
    const store = createMemoryStore({ now: () => NOW });
    let nowMs = NOW;
    const watch = startWatch({
      store,
      feed: createLiveFeed(),
      onAlert: () => undefined,
      onProblem: (line) => expect.fail(line),
      now: () => nowMs,
      intervalMs: 3_600_000,
      settleMs: 1_000,
    });
    closers.push(() => watch.close());
    await append(store, { from: 0, to: 5, isFailing: true });
    await store.flush();
    await watch.round();
    expect(await store.listFaults({ limit: 10 })).toEqual([]);
    nowMs += 1_000;
    await watch.round();
    expect(await store.listFaults({ limit: 10 })).toHaveLength(1);
  });
});
