/** What a store does with telemetry that cannot be right, or of which there is too much: counted, bounded, and never in anybody's way. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createMemoryStore, openSqliteStore, type Payload, type Store } from "@faultline/collector/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { durations, gauge, logs, NOON, spans, type SpanSketch, traceId } from "./payloads.ts";

type Implementation = { readonly name: string; readonly open: (directory: string, now: () => number) => Promise<Store> };

const MAX_SERIES = 40;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const IMPLEMENTATIONS: readonly Implementation[] = [
  { name: "memory", open: async (_, now) => createMemoryStore({ now, maxSeries: MAX_SERIES }) },
  { name: "SQLite", open: (directory, now) => openSqliteStore({ directory, now, maxSeries: MAX_SERIES }) },
];

const MINUTE = { fromMs: NOON, toMs: NOON + 60_000 };
const ALWAYS = { fromMs: 0, toMs: Date.UTC(2200, 0) };
const FAR_DATES = [
  ["1970", 0],
  ["seven weeks ago", NOON - 50 * 86_400_000],
  ["in six minutes", NOON + 360_000],
  ["2099", Date.UTC(2099, 0)],
] as const;

function list<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe.each(IMPLEMENTATIONS)("the $name store", ({ open }) => {
  let directory: string;
  let store: Store;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = NOON;
    directory = await mkdtemp(join(tmpdir(), "faultline-extremes-"));
    store = await open(directory, () => nowMs);
  });

  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function append(...payloads: readonly Payload[]): Promise<void> {
    for (const payload of payloads) expect(await store.append(payload)).toMatchObject({ kind: "accepted", rejected: 0 });
    await store.flush();
  }

  async function expectBalance(): Promise<void> {
    const { accepted, stored, deduplicated, dropped } = await store.health();
    expect(stored + deduplicated + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(accepted);
  }

  async function countAll(groupBy: Parameters<Store["count"]>[0]["groupBy"]) {
    const rows = await store.count({ window: ALWAYS, stepMs: 86_400_000, groupBy });
    return { groups: rows.length, total: rows.reduce((sum, row) => sum + row.total, 0) };
  }

  describe.each(FAR_DATES)("a sender whose clock says %s", (_, atMs) => {
    it("has its failures counted and listed as of their arrival, and keeps its spans as they came", async () => {
      await append(spans({ trace: 1, status: 500, atMs }), spans({ trace: 2, status: 500 }));
      await append(spans({ trace: 1, span: 2, parent: 1, atMs }));
      const listed = await store.listFailing({ window: MINUTE, order: "newest", limit: 10 });
      expect(listed.map((each) => `${each.traceId} ${each.timeMs}`).sort()).toEqual([`${traceId(1)} ${NOON}`, `${traceId(2)} ${NOON}`]);
      expect(await store.count({ window: MINUTE, stepMs: 60_000, groupBy: [] })).toMatchObject([{ total: 3, failing: 2 }]);
      expect((await store.findTrace(traceId(1)))?.spans.map((span) => span.startMs)).toEqual([atMs, atMs]);
      await expectBalance();
    });

    it("has its changes, error logs and metrics shown as of their arrival", async () => {
      await append(spans({ trace: 1, version: "1", atMs }), spans({ trace: 2, version: "2", atMs }));
      await append(logs({ severity: 17, body: "no secret", atMs }), gauge("queue.depth", 3, { atMs }));
      expect((await store.listChanges(ALWAYS)).map((change) => [change.version, change.timeMs])).toEqual([["2", NOON]]);
      expect((await store.listUntracedLogs({ window: MINUTE, limit: 10 })).map((log) => log.body)).toEqual(["no secret"]);
      expect((await store.listMetrics({ window: MINUTE, limit: 10 })).map((point) => point.value)).toEqual([3]);
      await expectBalance();
    });
  });

  it("keeps the time of a clock that is some minutes off, or of a sender that was cut off for weeks", async () => {
    const times = [NOON + 240_000, NOON - 20 * 86_400_000];
    await append(...times.map((atMs, trace) => spans({ trace, status: 500, atMs })));
    const listed = await store.listFailing({ window: ALWAYS, order: "newest", limit: 10 });
    expect(listed.map((each) => each.timeMs)).toEqual(times);
    const rows = await store.count({ window: ALWAYS, stepMs: 60_000, groupBy: [] });
    expect(rows.map((row) => row.fromMs)).toEqual(times.toSorted((a, b) => a - b));
  });

  it("counts exchanges that took no time, less than none, or weeks", async () => {
    const took = [0, -5_000, 0.0004, 7_200_000, 30 * 86_400_000];
    await append(...took.map((durationMs, trace) => spans({ trace, durationMs, status: 500 })));
    const [row] = await store.count({ window: MINUTE, stepMs: 60_000, groupBy: [] });
    expect(row).toMatchObject({ total: took.length, failing: took.length });
    expect(row?.p50Ms).toBeLessThan(0.01);
    expect(row?.p99Ms).toBeGreaterThan(7_200_000);
    const slowest = await store.listFailing({ window: MINUTE, order: "slowest", limit: 10 });
    expect(slowest.map((each) => each.durationMs)).toEqual([30 * 86_400_000, 7_200_000, expect.any(Number), 0, 0]);
  });

  it("takes metrics that are no number, or larger than any, and goes on", async () => {
    await append(gauge("not.a.number", Number.NaN), gauge("endless", Infinity), gauge("usual", 1));
    await append(durations("metrics", { status: 200, count: 2 ** 62, meanMs: 1 }, { status: 200, count: 3, meanMs: -1 }));
    expect((await store.listMetrics({ window: MINUTE, names: ["usual"], limit: 10 })).map((point) => point.value)).toEqual([1]);
    expect(await store.count({ window: MINUTE, stepMs: 60_000, groupBy: [] })).toMatchObject([{ total: 2 ** 62, failing: 0 }]);
    await expectBalance();
  });

  it.each([
    ["routes", (trace: number): SpanSketch => ({ trace, route: `/cart/${trace}` })],
    ["services", (trace: number): SpanSketch => ({ trace, service: `function-${trace}` })],
    ["versions", (trace: number): SpanSketch => ({ trace, version: `build-${trace}` })],
    ["regions", (trace: number): SpanSketch => ({ trace, region: `cell-${trace}` })],
    ["status codes", (trace: number): SpanSketch => ({ trace, status: 1_000 + trace })],
    [
      "services, regions and status codes at once",
      (trace: number): SpanSketch => ({ trace, service: `a${trace}`, region: `b${trace}`, status: 600 + trace }),
    ],
  ])("counts every exchange of ever new %s in a bounded number of groups", async (_, sketch) => {
    await append(spans(...list(10 * MAX_SERIES, sketch)));
    const { groups, total } = await countAll(["service", "route", "method", "status", "version", "region"]);
    expect(total).toBe(10 * MAX_SERIES);
    expect(groups).toBeLessThan(2 * MAX_SERIES);
    await expectBalance();
  });

  it("names what each of many deploys answers: the series that got nothing for longest give way to new ones", async () => {
    const routes = list(15, (index) => `/cart/${index}`);
    for (let deploy = 0; deploy < 10; deploy++) {
      nowMs = NOON + deploy * 3 * HOUR_MS;
      await append(spans(...routes.map((route, index) => ({ trace: deploy * 15 + index, route, version: `v${deploy}`, atMs: nowMs }))));
      const rows = await store.count({
        window: { fromMs: nowMs, toMs: nowMs + 1 },
        stepMs: 60_000,
        groupBy: ["route", "version"],
      });
      expect(rows.map(({ group }) => `${group.route} ${group.version}`).sort()).toEqual(
        routes.map((route) => `${route} v${deploy}`).sort(),
      );
    }
    expect((await countAll([])).total).toBe(150);
  });

  it("finds failures by their route among more routes than it can tell apart", async () => {
    await append(spans(...list(5 * MAX_SERIES, (trace) => ({ trace, route: `/cart/${trace}`, status: 500, durationMs: trace }))));
    for (const trace of [0, MAX_SERIES, 5 * MAX_SERIES - 1]) {
      const filter = { window: MINUTE, route: `/cart/${trace}`, limit: 10 };
      expect(await store.listFailing({ ...filter, order: "newest" })).toMatchObject([{ traceId: traceId(trace) }]);
      expect(await store.listFailing({ ...filter, order: "slowest" })).toMatchObject([{ traceId: traceId(trace) }]);
      expect(await store.listFailing({ ...filter, service: "another", order: "newest" })).toEqual([]);
    }
  });

  it("takes a new version with every span for a deploy now and then, and no more", async () => {
    await append(spans(...list(500, (trace) => ({ trace, version: `build-${trace}`, atMs: NOON + trace * 100 }))));
    const changes = await store.listChanges(ALWAYS);
    expect(changes.length).toBeGreaterThan(5);
    expect(changes.length).toBeLessThan(30);
  });

  it("takes a new instance with every span for one change with a list that ends", async () => {
    await append(spans(...list(2_000, (trace) => ({ trace, instance: `pod-${trace}` }))));
    const [change, ...others] = await store.listChanges(ALWAYS);
    expect(others).toEqual([]);
    expect(change?.instances).toHaveLength(200);
  });
});

describe("the SQLite store", () => {
  let directory: string;
  let store: Store;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = NOON;
    directory = await mkdtemp(join(tmpdir(), "faultline-extremes-"));
    store = await openSqliteStore({ directory, now: () => nowMs });
  });

  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("shows the failing exchange of a trace of more spans than are kept, though it comes last", async () => {
    const parts = list(12, (part) =>
      spans(...list(1_000, (n) => ({ trace: 1, span: part * 1_000 + n, kind: "internal" as const, parent: 99_999 }))),
    );
    for (const part of parts) await store.append(part);
    await store.append(spans({ trace: 1, span: 99_999, status: 500, route: "/checkout" }));
    await store.flush();
    const [listed] = await store.listFailing({ window: MINUTE, order: "newest", limit: 10 });
    expect(listed).toMatchObject({ traceId: traceId(1), route: "/checkout", status: 500 });
    const trace = await store.findTrace(traceId(1));
    expect(trace?.spans).toHaveLength(10_001);
    expect((await store.health()).dropped).toEqual({ "trace-too-large": 2_000 });
  });

  it("does not keep more of a trace than it may have bytes, but says so", async () => {
    const attributes = Object.fromEntries(list(16, (n) => [`noise.${n}`, "x".repeat(65_000)]));
    for (let span = 0; span < 24; span++) await store.append(spans({ trace: 1, span, kind: "internal", attributes }));
    await store.append(spans({ trace: 1, span: 99, status: 500 }));
    await store.flush();
    expect((await store.findTrace(traceId(1)))?.spans).toHaveLength(17);
    expect((await store.health()).dropped).toEqual({ "trace-too-large": 8 });
  });

  /** The names of series that the database has. */
  async function closeAndCountNames(): Promise<number> {
    await store.close();
    const db = new DatabaseSync(join(directory, "faultline.db"), { readOnly: true });
    const { names } = db.prepare("SELECT count(*) AS names FROM series").get() ?? {};
    db.close();
    return Number(names);
  }

  it("keeps the names of series that left memory as long as there are counts or failures of them, through restarts, and no longer", async () => {
    await store.close();
    const reopen = async (): Promise<void> => void (store = await openSqliteStore({ directory, now: () => nowMs, maxSeries: 20 }));
    await reopen();
    for (let deploy = 0; deploy < 10; deploy++) {
      nowMs = NOON + deploy * DAY_MS;
      const sketches = list(10, (index) => ({ trace: deploy * 10 + index, route: `/cart/${index}`, version: `v${deploy}`, atMs: nowMs }));
      await store.append(spans(...sketches, { trace: 1_000 + deploy, version: `v${deploy}`, status: 500, atMs: nowMs }));
      await store.flush();
    }
    const listVersions = async (): Promise<string[]> => {
      const rows = await store.count({ window: ALWAYS, stepMs: DAY_MS, groupBy: ["version", "route"] });
      return [...new Set(rows.map(({ group }) => `${group.version}`))];
    };
    const versions = list(10, (deploy) => `v${deploy}`);
    expect(await listVersions()).toEqual(versions);
    expect(await store.listFailing({ window: ALWAYS, version: "v1", order: "newest", limit: 9 })).toHaveLength(1);
    expect(await closeAndCountNames()).toBe(110);
    await reopen();
    expect(await listVersions()).toEqual(versions);
    expect(await store.listFailing({ window: ALWAYS, version: "v1", order: "slowest", limit: 9 })).toHaveLength(1);
    nowMs = NOON + 96 * DAY_MS;
    for (let run = 0; run < 3; run++) await store.flush();
    expect(await listVersions()).toEqual(["v6", "v7", "v8", "v9"]);
    expect(await closeAndCountNames()).toBe(44);
    await reopen();
    await store.append(spans({ trace: 9_999, route: "/new", atMs: nowMs }));
    const rows = await store.count({ window: ALWAYS, stepMs: DAY_MS, groupBy: ["route"] });
    expect(rows.filter(({ group }) => group.route === "/new")).toMatchObject([{ total: 1 }]);
  });

  it("keeps the names of no more series than ten times those in memory; what is older counts without one", async () => {
    await store.close();
    store = await openSqliteStore({ directory, now: () => nowMs, maxSeries: 8 });
    for (let deploy = 0; deploy < 60; deploy++) {
      nowMs = NOON + deploy * 3 * HOUR_MS;
      await store.append(spans(...list(4, (index) => ({ trace: deploy * 4 + index, version: `v${deploy}-${index}`, atMs: nowMs }))));
      await store.flush();
    }
    const rows = await store.count({ window: ALWAYS, stepMs: 30 * DAY_MS, groupBy: ["service", "version"] });
    expect(rows.reduce((sum, { total }) => sum + total, 0)).toBe(240);
    expect(rows.filter(({ group }) => group.service === "(other)")).toHaveLength(1);
    expect(rows.map(({ group }) => group.version)).toContain("v59-3");
    expect(await closeAndCountNames()).toBeLessThanOrEqual(80);
  });
});
