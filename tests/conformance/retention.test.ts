/** What the store on disk takes out, and when: by age, by size, and whether anything arrives or not. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore, type Store, type StoreHealth } from "@faultline/collector/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gauge, logs, NOON, spans, traceId } from "./payloads.ts";

const HOUR = { fromMs: NOON, toMs: NOON + 3_600_000 };
const PATIENCE = { timeout: 30_000 };
const ALL = { window: HOUR, order: "newest", limit: 1_000 } as const;

let root: string;
let directory: string;
let opened: Store[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "faultline-retention-"));
  directory = join(root, "data");
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await rm(root, { recursive: true, force: true });
});

async function open(path: string, now: () => number): Promise<Store> {
  const store = await openSqliteStore({ directory: path, now, segmentBytes: 8_192, checkpointEveryMs: 3_600_000 });
  opened.push(store);
  return store;
}

async function append(store: Store, ...payloads: readonly Parameters<Store["append"]>[0][]): Promise<void> {
  for (const payload of payloads) expect(await store.append(payload)).toMatchObject({ kind: "accepted" });
}

function expectBalance({ accepted, stored, deduplicated, dropped }: StoreHealth): void {
  expect(stored + deduplicated + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(accepted);
}

/** Text that does not compress, always the same for a number. */
function toNoise(number: number): string {
  return createHash("shake256", { outputLength: 2_500 }).update(String(number)).digest("base64");
}

describe("retention", () => {
  async function fillFor(store: Store, count: number): Promise<void> {
    for (let n = 1; n <= count; n++) {
      const attributes = { noise: `${n}`.repeat(500) };
      await append(store, spans({ trace: n, span: 1, status: 500, attributes }, { trace: 10_000 + n, span: 1, attributes }));
    }
    await store.flush();
  }

  it("takes failing traces and samples by age, counts them, and keeps the counts of exchanges", async () => {
    let nowMs = NOON;
    const store = await open(directory, () => nowMs);
    await fillFor(store, 20);
    nowMs += 31 * 86_400_000;
    await store.flush();
    expect(await store.listFailing(ALL)).toEqual([]);
    expect(await store.findTrace(traceId(1))).toBeUndefined();
    expect(await store.sampleSucceeding({ window: HOUR, limit: 10 })).toEqual([]);
    expect(await store.count({ window: HOUR, stepMs: 3_600_000, groupBy: [] })).toMatchObject([{ total: 40, failing: 20 }]);
    const health = await store.health();
    expect(health.dropped).toEqual({ "retention-age": 20 });
    expectBalance(health);
    await store.close();
    expect(await (await open(directory, () => nowMs)).health()).toMatchObject({ dropped: { "retention-age": 20 }, accepted: 40 });
  });

  it("takes what is over its time though nothing arrives any more", async () => {
    let nowMs = NOON;
    const store = await openSqliteStore({ directory, now: () => nowMs, checkpointEveryMs: 5 });
    opened.push(store);
    await fillFor(store, 20);
    await append(store, logs({ severity: 17, body: "alone" }), gauge("queue.depth", 3));
    await store.appendChange({ kind: "flag", service: "shop", timeMs: NOON, source: "declared" });
    await store.flush();
    const ever = { window: { fromMs: 0, toMs: Infinity }, limit: 10 };
    nowMs += 3 * 3_600_000;
    await expect.poll(() => store.sampleSucceeding(ever), PATIENCE).toEqual([]);
    expect(await store.listMetrics(ever)).toHaveLength(1);
    nowMs += 86_400_000;
    await expect.poll(() => store.listMetrics(ever), PATIENCE).toEqual([]);
    expect(await store.listFailing(ALL)).toHaveLength(20);
    nowMs += 31 * 86_400_000;
    await expect.poll(() => store.listFailing(ALL), PATIENCE).toEqual([]);
    await expect.poll(() => store.listUntracedLogs(ever), PATIENCE).toEqual([]);
    expect(await store.listChanges(ever.window)).toHaveLength(1);
    nowMs += 60 * 86_400_000;
    await expect.poll(() => store.listChanges(ever.window), PATIENCE).toEqual([]);
    await expect.poll(() => store.count({ window: HOUR, stepMs: 3_600_000, groupBy: [] }), PATIENCE).toEqual([]);
    expectBalance(await store.health());
  });

  it("still finds what the disk refused to let go", async () => {
    let nowMs = NOON;
    const before = await open(directory, () => nowMs);
    await fillFor(before, 2);
    await before.close();
    const db = new DatabaseSync(join(directory, "faultline.db"));
    // As a full disk does: the transaction that took the traces out fails where it ends.
    db.exec(`CREATE TRIGGER refuse BEFORE INSERT ON progress WHEN NOT EXISTS (SELECT 1 FROM trace WHERE failing = 1)
      BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
    db.close();
    const store = await open(directory, () => nowMs);
    nowMs += 31 * 86_400_000;
    await expect(store.flush()).rejects.toThrow("disk is full");
    expect((await store.findTrace(traceId(1)))?.spans).toHaveLength(1);
    expect(await store.listFailing(ALL)).toHaveLength(2);
  });

  it("takes good traces, then the oldest failing ones, when the database grows too large", async () => {
    let nowMs = NOON;
    const store = await openSqliteStore({ directory, now: () => nowMs, checkpointEveryMs: 3_600_000, retention: { maxBytes: 1 << 20 } });
    opened.push(store);
    for (let n = 1; n <= 600; n++) {
      nowMs += 1;
      await append(store, spans({ trace: n, span: 1, status: 500, attributes: { noise: toNoise(n) } }));
    }
    for (let run = 0; run < 12; run++) await store.flush();
    const left = await store.listFailing(ALL);
    expect(left.length).toBeGreaterThan(50);
    expect(left.length).toBeLessThan(500);
    expect(left.map((each) => each.traceId)).toContain(traceId(600));
    expect(left.map((each) => each.traceId)).not.toContain(traceId(1));
    const health = await store.health();
    expect(health.dropped).toEqual({ "retention-size": 600 - left.length });
    expectBalance(health);
  });

  it("takes error logs of ever new services when they are what fills the database", async () => {
    let nowMs = NOON;
    const store = await openSqliteStore({ directory, now: () => nowMs, checkpointEveryMs: 3_600_000, retention: { maxBytes: 1 << 20 } });
    opened.push(store);
    for (let n = 1; n <= 600; n++) {
      nowMs += 1;
      await append(store, logs({ severity: 17, service: `function-${n}`, atMs: nowMs, body: toNoise(n) }));
    }
    for (let run = 0; run < 4; run++) await store.flush();
    const left = await store.listUntracedLogs({ window: HOUR, limit: 1_000 });
    expect(left.length).toBeGreaterThan(50);
    expect(left.length).toBeLessThan(500);
    expect(left[0]?.resource.service).toBe("function-600");
    const health = await store.health();
    expect(health.dropped).toEqual({ "retention-size": 600 - left.length });
    expectBalance(health);
  });

  it("takes no more than it must where a few large traces fill the database", async () => {
    const store = await openSqliteStore({ directory, now: () => NOON, checkpointEveryMs: 3_600_000, retention: { maxBytes: 2 << 20 } });
    opened.push(store);
    const kept: number[] = [];
    for (let n = 1; n <= 120; n++) {
      const noise = Array.from({ length: 12 }, (_, part) => toNoise(n * 100 + part)).join("");
      await append(store, spans({ trace: n, status: 500, attributes: { noise } }));
      await store.flush();
      kept.push((await store.listFailing(ALL)).length);
    }
    expect(Math.min(...kept.slice(60))).toBeGreaterThan(20);
    expect(Math.max(...kept)).toBeLessThan(80);
    expect((await store.listFailing(ALL)).map((each) => each.traceId)).toContain(traceId(120));
    expectBalance(await store.health());
  });

  it("keeps about the newest thousand error logs of a service", async () => {
    const store = await open(directory, () => NOON);
    const sketches = Array.from({ length: 60 }, (_, n) => ({ severity: 17, service: "shop", atMs: NOON + n }));
    for (let run = 0; run < 25; run++) {
      await append(store, logs(...sketches.map((sketch) => ({ ...sketch, body: `run ${run}` }))));
      await store.flush();
    }
    const left = await store.listUntracedLogs({ window: HOUR, limit: 2_000 });
    expect(left.length).toBeGreaterThanOrEqual(1_000);
    expect(left.length).toBeLessThanOrEqual(1_050);
    expect(left.filter(({ body }) => body === "run 24")).toHaveLength(60);
    expectBalance(await store.health());
  });

  it("takes what arrives again after its trace went for a trace of its own, once", async () => {
    let nowMs = NOON;
    const store = await open(directory, () => nowMs);
    await append(store, spans({ trace: 1, span: 1, status: 500 }, { trace: 1, span: 2, parent: 1 }));
    await store.flush();
    nowMs += 31 * 86_400_000;
    await store.flush();
    const again = spans({ trace: 1, span: 1, status: 500, atMs: nowMs });
    await append(store, again, again);
    await store.flush();
    expect((await store.findTrace(traceId(1)))?.spans).toHaveLength(1);
    const health = await store.health();
    expect(health).toMatchObject({ accepted: 4, stored: 1, deduplicated: 1, dropped: { "retention-age": 2 } });
    await store.close();
    const restarted = await open(directory, () => nowMs);
    await append(restarted, again);
    expect(await restarted.health()).toMatchObject({ accepted: 5, stored: 1, deduplicated: 2, dropped: { "retention-age": 2 } });
  });
});

describe("a clock that is set back", () => {
  it("holds up neither the sample nor the counts", async () => {
    let nowMs = NOON;
    const store = await openSqliteStore({ directory, now: () => nowMs, checkpointEveryMs: 5, segmentBytes: 8_192 });
    opened.push(store);
    await append(store, spans({ trace: 1 }));
    await store.flush();
    nowMs -= 3_600_000;
    await append(store, spans({ trace: 2, atMs: nowMs, route: "/new" }));
    const begunMs = nowMs;
    const route = { window: { fromMs: begunMs, toMs: begunMs + 60_000 }, route: "/new", limit: 10 };
    nowMs += 10_000;
    await expect.poll(() => store.sampleSucceeding(route), PATIENCE).toMatchObject([{ traceId: traceId(2) }]);
    // With no trace open the journal is needed for counts alone.
    nowMs += 120_000;
    await expect.poll(() => readdir(join(directory, "journal")), PATIENCE).toEqual([]);
    expect(await store.count({ ...route, stepMs: 60_000, groupBy: [] })).toMatchObject([{ total: 1 }]);
  });
});

describe("metric series", () => {
  it("make room for others once their last points went, and keep their names through a restart", async () => {
    let nowMs = NOON;
    const options = { directory, now: () => nowMs, checkpointEveryMs: 3_600_000, maxMetricSeries: 3 };
    const store = await openSqliteStore(options);
    opened.push(store);
    const at = () => ({ atMs: nowMs });
    await append(store, gauge("a", 1, at()), gauge("b", 2, at()), gauge("c", 3, at()), gauge("refused", 4, at()));
    await store.flush();
    expect((await store.health()).dropped).toEqual({ "too-many-metric-series": 1 });
    nowMs += 20 * 3_600_000;
    await append(store, gauge("b", 5, at()));
    await store.flush();
    nowMs += 20 * 3_600_000;
    await store.flush();
    // It is refused, and thereby room is made.
    await append(store, gauge("d", 6, at()));
    await store.flush();
    await append(store, gauge("d", 7, at()), gauge("e", 8, at()), gauge("refused", 9, at()));
    await store.flush();
    const list = async (from: Store) =>
      (await from.listMetrics({ window: { fromMs: 0, toMs: Infinity }, limit: 10 })).map(({ name, value }) => `${name} ${value}`).sort();
    expect(await list(store)).toEqual(["b 5", "d 7", "e 8"]);
    await store.close();
    const restarted = await openSqliteStore(options);
    opened.push(restarted);
    expect(await list(restarted)).toEqual(["b 5", "d 7", "e 8"]);
    expectBalance(await restarted.health());
  });
});
