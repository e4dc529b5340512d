/** What the store on disk promises beyond the shared contract: restarts, crashes, damage, and directories it cannot use. */
import { appendFile, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore, type Store, StoreOpenError, type StoreHealth } from "@faultline/collector/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gauge, logs, NOON, spans, traceId } from "./payloads.ts";

const HOUR = { fromMs: NOON, toMs: NOON + 3_600_000 };
const ALL = { window: HOUR, order: "newest", limit: 1_000 } as const;

let root: string;
let directory: string;
let opened: Store[];
let places: Map<Store, string>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "faultline-durability-"));
  directory = join(root, "data");
  opened = [];
  places = new Map();
});

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await rm(root, { recursive: true, force: true });
});

async function open(path = directory, now = () => NOON): Promise<Store> {
  const store = await openSqliteStore({ directory: path, now, segmentBytes: 8_192, checkpointEveryMs: 3_600_000 });
  opened.push(store);
  places.set(store, path);
  return store;
}

/** What a `kill -9` at this moment would leave: a copy of the files as they are. */
async function crash(): Promise<Store> {
  const copy = join(root, `crashed-${opened.length}`);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
    const to = join(copy, relative(directory, parentPath));
    await mkdir(to, { recursive: true });
    // Nothing is lost with a spare file of the journal that gets its new name meanwhile: no record is in it yet.
    await copyFile(join(parentPath, name), join(to, name)).catch(() => undefined);
  }
  return open(copy);
}

async function append(store: Store, ...payloads: readonly Parameters<Store["append"]>[0][]): Promise<void> {
  for (const payload of payloads) expect(await store.append(payload)).toMatchObject({ kind: "accepted" });
}

/** Everything a reader can see, for comparing two stores. */
async function readAll(store: Store): Promise<unknown> {
  await store.flush();
  const failing = await store.listFailing(ALL);
  const { accepted, stored, deduplicated, dropped } = await store.health();
  return {
    failing: failing.toSorted((a, b) => a.traceId.localeCompare(b.traceId)),
    traces: await Promise.all(failing.map(async ({ traceId }) => toSets(await store.findTrace(traceId)))),
    counts: await store.count({ window: HOUR, stepMs: 10_000, groupBy: ["service", "route", "status", "version"] }),
    changes: await store.listChanges(HOUR),
    faults: await store.listFaults({ limit: 10 }),
    logs: await store.listUntracedLogs({ window: HOUR, limit: 10 }),
    metrics: await store.listMetrics({ window: HOUR, limit: 10 }),
    books: { accepted, stored, deduplicated, dropped },
  };
}

function toSets(trace: Awaited<ReturnType<Store["findTrace"]>>): unknown {
  const spanIds = trace?.spans.map((span) => span.spanId).sort();
  return { traceId: trace?.traceId, spanIds, logs: trace?.logs.map((log) => log.body).sort(), exchanges: trace?.exchanges };
}

async function fill(store: Store): Promise<void> {
  await append(store, spans({ trace: 1, span: 1, version: "1", instance: "a" }, { trace: 1, span: 2, parent: 1, kind: "client" }));
  await append(store, spans({ trace: 2, span: 1, status: 500, version: "1", exception: "TypeError" }), logs({ trace: 2, body: "in it" }));
  await append(store, logs({ severity: 17, body: "alone" }, { body: "lost" }), gauge("process.cpu.utilization", 0.7));
  await append(store, spans({ trace: 3, span: 1, status: 502, version: "2", atMs: NOON + 20_000 }), spans({ trace: 2, span: 1 }));
  const observer = { kind: "gateway", name: "edge" } as const;
  await store.appendExchanges([{ traceId: traceId(3), status: 502, timeMs: NOON, observer }]);
  await store.appendChange({ kind: "flag", service: "shop", timeMs: NOON + 1, source: "declared" });
  const fault = { fingerprint: "f", title: "t", service: "s", route: "/r", state: "open", count: 1 } as const;
  await store.saveFault({ ...fault, firstSeenMs: NOON, lastSeenMs: NOON });
}

function expectBalance({ accepted, stored, deduplicated, dropped }: StoreHealth): void {
  expect(stored + deduplicated + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(accepted);
}

describe("a restart", () => {
  it("shows after a clean stop what was there before", async () => {
    const store = await open();
    await fill(store);
    const before = await readAll(store);
    await store.close();
    expect(await readAll(await open())).toEqual(before);
  });

  it("shows after a crash everything that was acknowledged, once", async () => {
    const store = await open();
    await fill(store);
    const crashed = await crash();
    const before = await readAll(store);
    expect(await readAll(crashed)).toEqual(before);
    expect((await crashed.health()).audit).toEqual([]);
  });

  it("loses nothing however the crash falls between checkpoints", async () => {
    const store = await open();
    for (let n = 1; n <= 12; n++) {
      await append(
        store,
        spans({ trace: n, span: 1, status: 500 }, { trace: n, span: 2, parent: 1, kind: "client" }),
        spans({ trace: 100 + n }),
      );
      await [() => store.flush(), () => undefined, () => append(store, spans({ trace: n, span: 3, parent: 2, kind: "server" }))][n % 3]?.();
      const crashed = await crash();
      await crashed.flush();
      expect((await crashed.listFailing(ALL)).map((each) => each.traceId).sort()).toEqual(
        Array.from({ length: n }, (_, at) => traceId(at + 1)),
      );
      const expected = await readAll(store);
      expect(await readAll(crashed)).toEqual(expected);
    }
  });

  it("goes on counting and joining late spans after a crash", async () => {
    const store = await open();
    await append(store, spans({ trace: 1, span: 1, status: 500 }), spans({ trace: 2, span: 1 }));
    await store.flush();
    const crashed = await crash();
    await append(crashed, spans({ trace: 1, span: 2, parent: 1, kind: "client" }), spans({ trace: 1, span: 1, status: 500 }));
    await append(crashed, spans({ trace: 2, span: 2, parent: 1, kind: "client", spanStatus: "error" }));
    await crashed.flush();
    expect((await crashed.findTrace(traceId(1)))?.spans).toHaveLength(2);
    expect((await crashed.findTrace(traceId(2)))?.spans).toHaveLength(2);
    expect((await crashed.health()).deduplicated).toBe(1);
    expectBalance(await crashed.health());
  });

  it("counts a late copy of a span once when the crash falls between the copy and the next counts", async () => {
    let nowMs = NOON;
    const options = { directory, now: () => nowMs, windowMs: 1_000, checkpointEveryMs: 3_600_000 };
    const store = await openSqliteStore(options);
    opened.push(store);
    // The second trace holds the journal from between the two records of the first one, which leaves the window before it.
    await append(
      store,
      spans({ trace: 1, span: 1, status: 500 }),
      spans({ trace: 2, span: 1 }),
      spans({ trace: 1, span: 2, kind: "client" }),
    );
    await store.flush();
    nowMs += 900;
    await append(store, spans({ trace: 2, span: 2, kind: "client" }));
    nowMs += 300;
    await store.appendChange({ kind: "flag", service: "shop", timeMs: NOON, source: "declared" });
    await append(store, spans({ trace: 1, span: 1, status: 500 }));
    await store.appendChange({ kind: "flag", service: "shop", timeMs: NOON + 1, source: "declared" });
    const crashed = await crash();
    expect(await crashed.count({ window: HOUR, stepMs: 3_600_000, groupBy: [] })).toMatchObject([{ total: 2, failing: 1 }]);
    expect((await crashed.findTrace(traceId(1)))?.spans).toHaveLength(2);
    expect(await readAll(crashed)).toEqual(await readAll(store));
  });

  it("keeps the counts of traces that a full journal made leave before the counts were written", async () => {
    const options = { directory, now: () => NOON, segmentBytes: 4_096, maxJournalBytes: 16_384, checkpointEveryMs: 3_600_000 };
    const store = await openSqliteStore(options);
    opened.push(store);
    for (let n = 1; n <= 100; n++) {
      await append(store, spans(...Array.from({ length: 10 }, (_, span) => ({ trace: n, span: span + 1 }))));
      await store.appendChange({ kind: "flag", service: "shop", timeMs: NOON + n, source: "declared" });
    }
    const crashed = await crash();
    expect(await crashed.count({ window: HOUR, stepMs: 3_600_000, groupBy: [] })).toMatchObject([{ total: 1_000 }]);
    expect(await readAll(crashed)).toEqual(await readAll(store));
  });

  it("reads nothing of what a file held before it was used again", async () => {
    const options = { directory, now: () => NOON, segmentBytes: 4_096, maxJournalBytes: 16_384, checkpointEveryMs: 3_600_000 };
    const store = await openSqliteStore(options);
    opened.push(store);
    const files: number[] = [];
    for (let n = 1; n <= 60; n++) {
      // Requests of different sizes, so that old headers stand where no new one does.
      await append(store, spans(...Array.from({ length: (n % 7) + 1 }, (_, span) => ({ trace: n, span: span + 1, status: 500 }))));
      await store.appendChange({ kind: "flag", service: "shop", timeMs: NOON + n, source: "declared" });
      const names = await readdir(join(directory, "journal"));
      files.push((await stat(join(directory, "journal", String(names.sort().at(-1))))).ino);
    }
    const crashed = await crash();
    expect((await crashed.health()).audit).toEqual([]);
    expect(await readAll(crashed)).toEqual(await readAll(store));
    const changes = files.filter((file, index) => file !== files[index - 1]);
    expect(new Set(changes).size).toBeLessThan(changes.length);
  });

  it("need not read all of a long journal again to have what was acknowledged, the books included", async () => {
    const options = { directory, now: () => NOON, segmentBytes: 4_096, maxReplayBytes: 8_192, checkpointEveryMs: 3_600_000 };
    const store = await openSqliteStore(options);
    opened.push(store);
    for (let n = 1; n <= 60; n++) {
      await append(store, spans({ trace: n, span: 1 }, { trace: n, span: 2 }), logs({ trace: n, body: `good ${n}` }));
      await append(store, spans({ trace: 1_000 + n, status: 500 }), spans({ trace: 1_000 + n, span: 2, kind: "client" }));
      await store.appendChange({ kind: "flag", service: "shop", timeMs: NOON + n, source: "declared" });
    }
    const [first] = (await readdir(join(directory, "journal"))).sort();
    const copy = join(root, "without-its-beginning");
    await cp(directory, copy, { recursive: true });
    await rm(join(copy, "journal", String(first)));
    const crashed = await openSqliteStore({ ...options, directory: copy });
    opened.push(crashed);
    expect((await crashed.health()).audit).toEqual([]);
    // Copies of what was acknowledged before, and of what was read again.
    await append(crashed, spans({ trace: 1_001, status: 500 }), spans({ trace: 1_060, status: 500 }), spans({ trace: 60, span: 1 }));
    await crashed.flush();
    expect(await crashed.listFailing(ALL)).toHaveLength(60);
    expect(await crashed.count({ window: HOUR, stepMs: 3_600_000, groupBy: [] })).toMatchObject([{ total: 180, failing: 60 }]);
    const health = await crashed.health();
    expect(health).toMatchObject({ accepted: 303, deduplicated: 3 });
    expectBalance(health);
    // Of the good traces only those that were read again still have their log records; all others are in the books as dropped.
    const kept = await Promise.all(Array.from({ length: 60 }, (_, n) => crashed.findTrace(traceId(n + 1))));
    const logsKept = kept.filter((trace) => trace !== undefined).flatMap((trace) => trace.logs).length;
    expect(health.dropped).toEqual({ "log-of-good-trace": 60 - logsKept });
    expect(logsKept).toBeLessThan(60);
  });

  it("deletes the journal behind what the database holds", async () => {
    let nowMs = NOON;
    const store = await open(directory, () => nowMs);
    for (let n = 1; n <= 50; n++) await append(store, spans(...Array.from({ length: 20 }, (_, span) => ({ trace: n, span }))));
    await store.flush();
    expect((await readdir(join(directory, "journal"))).length).toBeGreaterThan(3);
    nowMs += 600_000;
    await store.flush();
    expect(await readdir(join(directory, "journal"))).toEqual([]);
    await append(store, spans({ trace: 99, status: 500 }));
    await store.close();
    const again = await open();
    expect((await again.listFailing(ALL)).map((each) => each.traceId)).toEqual([traceId(99)]);
    expect(await again.count({ window: HOUR, stepMs: 3_600_000, groupBy: [] })).toMatchObject([{ total: 1001 }]);
  });
});

describe("a damaged journal", () => {
  async function findSegments(path: string): Promise<string[]> {
    const names = await readdir(join(path, "journal"));
    return names.sort().map((name) => join(path, "journal", name));
  }

  async function damage(store: Store, change: (segments: readonly string[]) => Promise<unknown>): Promise<Store> {
    const copy = join(root, "damaged");
    await cp(directory, copy, { recursive: true });
    expect(await store.health()).toMatchObject({ ready: true });
    await change(await findSegments(copy));
    return open(copy);
  }

  async function flip(path: string, at: number): Promise<void> {
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
    await writeFile(path, bytes);
  }

  async function fillTraces(count: number): Promise<Store> {
    const store = await open();
    for (let n = 1; n <= count; n++) await append(store, spans({ trace: n, status: 500 }, { trace: n, span: 2, kind: "client" }));
    return store;
  }

  it("opens, leaves out the record with a flipped bit, says so, and accepts more", async () => {
    const damaged = await damage(await fillTraces(5), async ([first = ""]) => flip(first, 100));
    await append(damaged, spans({ trace: 50, status: 500 }));
    await damaged.flush();
    expect((await damaged.listFailing(ALL)).map((each) => each.traceId).sort()).toEqual([2, 3, 4, 5, 50].map(traceId));
    const health = await damaged.health();
    expect(health.audit).toEqual([expect.stringMatching(/^Journal record 1 .* fails its check sum: 2 items received at .* were lost\.$/)]);
    expect(health.dropped).toEqual({ corrupted: 2 });
    expect(health).toMatchObject({ ready: true, accepted: 11 });
    expectBalance(health);
  });

  it("finds the next record behind a header with a flipped bit and counts what the header hid", async () => {
    const damaged = await damage(await fillTraces(5), async ([first = ""]) => flip(first, 5));
    await damaged.flush();
    expect(await damaged.listFailing(ALL)).toHaveLength(4);
    expect((await damaged.health()).audit.join(" ")).toMatch(/no journal record/);
  });

  it("takes a record that ends early for a request that was never acknowledged", async () => {
    const damaged = await damage(await fillTraces(3), async (segments) => {
      const last = String(segments.at(-1));
      await truncate(last, (await stat(last)).size - 48 - 7); // 48 zeros stand behind the last record
    });
    await append(damaged, spans({ trace: 50, status: 500 }));
    await damaged.flush();
    expect(await damaged.listFailing(ALL)).toHaveLength(3);
    expect((await damaged.health()).audit).toEqual([expect.stringMatching(/ends inside a record .* not acknowledged/)]);
  });

  it("takes a record that is only begun, in a file that was used before, for a request that was never acknowledged", async () => {
    const damaged = await damage(await fillTraces(3), async (segments) => {
      const path = String(segments.at(-1));
      const bytes = await readFile(path);
      // Header and first bytes of the last record are the new ones; what stands behind them was there before.
      await writeFile(path, bytes.fill(7, bytes.length - 48 - 100));
    });
    await damaged.flush();
    expect(await damaged.listFailing(ALL)).toHaveLength(2);
    const { audit, dropped } = await damaged.health();
    expect(audit).toEqual([expect.stringMatching(/ends inside a record .* not acknowledged/)]);
    expect(dropped).toEqual({});
  });

  it("takes it for the same when the next segment was made ready behind it", async () => {
    const damaged = await damage(await fillTraces(3), async (segments) => {
      const path = String(segments.at(-1));
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, bytes.length - 48 - 100));
      // The rest of a file that was used before.
      const ready = Buffer.concat([Buffer.alloc(48), bytes.subarray(48)]);
      await writeFile(join(dirname(path), "0000000000008192.journal"), ready);
    });
    await damaged.flush();
    expect(await damaged.listFailing(ALL)).toHaveLength(2);
    const { audit, dropped } = await damaged.health();
    expect(audit).toEqual([expect.stringMatching(/ends inside a record .* not acknowledged/)]);
    expect(dropped).toEqual({});
  });

  it("passes over foreign bytes behind the last record", async () => {
    const damaged = await damage(await fillTraces(3), async (segments) => appendFile(String(segments.at(-1)), Buffer.alloc(5_000)));
    await damaged.flush();
    expect(await damaged.listFailing(ALL)).toHaveLength(3);
  });

  it("reports a segment that is gone", async () => {
    const store = await fillTraces(60);
    const damaged = await damage(store, async ([, second = ""]) => rm(second));
    await damaged.flush();
    const left = await damaged.listFailing(ALL);
    const health = await damaged.health();
    expect(left.length).toBeLessThan(60);
    expect(health.dropped).toEqual({ corrupted: (60 - left.length) * 2 });
    expect(health.audit).toEqual([expect.stringMatching(/journal records with \d+ items are damaged or missing and were lost/)]);
    expectBalance(health);
  });
});

describe("a directory of an older version", () => {
  it("is brought to this one, with everything in it", async () => {
    const store = await open();
    // Flushed one by one, so that each part stands alone, as older versions wrote them.
    for (const payload of [spans({ trace: 1, status: 500 }), spans({ trace: 2, status: 503 }), logs({ trace: 1, body: "late" })]) {
      await append(store, payload);
      await store.flush();
    }
    const before = await readAll(store);
    await store.close();
    const db = new DatabaseSync(join(directory, "faultline.db"));
    db.exec(
      "DROP INDEX trace_by_series_duration; PRAGMA user_version = 1; DROP TRIGGER part_leaves_bundle; DROP TABLE bundle; DROP INDEX metric_block_by_time;" +
        "DROP INDEX series_by_use; ALTER TABLE series DROP COLUMN until_ms; DROP TABLE failed_hop;",
    );
    for (const column of ["bundle", "start", "length"]) db.exec(`ALTER TABLE part DROP COLUMN ${column}`);
    db.exec("CREATE INDEX trace_by_series_duration ON trace (series, duration_ms) WHERE cursor IS NOT NULL;");
    db.close();
    const again = await open();
    expect(await readAll(again)).toEqual(before);
    await again.close();
    const updated = new DatabaseSync(join(directory, "faultline.db"));
    expect(updated.prepare("PRAGMA user_version").get()).toEqual({ user_version: 7 });
    expect(updated.prepare("SELECT sql FROM sqlite_schema WHERE name = 'trace_by_series_duration'").get()).toMatchObject({
      sql: expect.stringContaining("(series, duration_ms, time_ms)"),
    });
    updated.close();
  });
});

describe("a directory that cannot be used", () => {
  it("refuses a database of a newer version and writes nothing", async () => {
    await (await open()).close();
    const path = join(directory, "faultline.db");
    const bytes = await readFile(path);
    bytes.writeUInt32BE(99, 60);
    await writeFile(path, bytes);
    const before = await Promise.all([readdir(directory), readFile(path)]);
    await expect(openSqliteStore({ directory })).rejects.toThrow(/written by a newer Faultline .* version 99.*Nothing was changed/);
    expect(await Promise.all([readdir(directory), readFile(path)])).toEqual(before);
  });

  it("says that a file stands where the directory should be", async () => {
    await writeFile(directory, "");
    await expect(openSqliteStore({ directory })).rejects.toThrow(StoreOpenError);
    await expect(openSqliteStore({ directory })).rejects.toThrow(/is a file.*name a directory/i);
  });

  it("says that another process uses the directory", async () => {
    await open();
    await expect(openSqliteStore({ directory })).rejects.toThrow(/in use by another process/);
  });
});

describe("a damaged database", () => {
  it("is moved aside, not deleted; the journal is read again, and the store goes on", async () => {
    const store = await open();
    await append(store, spans({ trace: 1, status: 500 }));
    await store.close();
    const garbage = "this is not a database".repeat(1_000);
    await writeFile(join(directory, "faultline.db"), garbage);
    const again = await open();
    await append(again, spans({ trace: 2, status: 500 }));
    await again.flush();
    expect((await again.listFailing(ALL)).map((each) => each.traceId).sort()).toEqual([1, 2].map(traceId));
    const health = await again.health();
    expect(health.ready).toBe(true);
    expect(health.audit).toEqual([expect.stringMatching(/^The database was damaged .* moved to .*faultline\.db\.damaged-/)]);
    const aside = (await readdir(directory)).filter((name) => name.includes(".damaged-"));
    expect(await readFile(join(directory, String(aside[0])), "utf8")).toBe(garbage);
  });
});

describe("what comes late or twice", () => {
  const DAY_MS = 86_400_000;

  it.each([
    ["a clean stop", async (store: Store) => (await store.close(), open())],
    ["a crash", async () => crash()],
  ])("joins its trace across %s and a day, in whatever order, and copies are dropped", async (_, restart) => {
    const [root, child, sibling] = [
      { trace: 1, span: 1, status: 500, route: "/cart" },
      { trace: 1, span: 2, parent: 1, kind: "client" as const },
      { trace: 1, span: 3, parent: 2, status: 502, service: "payments", route: "/pay" },
    ];
    const first = await open();
    await append(first, spans(sibling), logs({ trace: 1, body: "first" }));
    const second = await restart(first);
    await append(second, spans(root, sibling), logs({ trace: 1, body: "first" }, { trace: 1, body: "second" }));
    await second.flush();
    await second.close();
    const third = await openSqliteStore({
      directory: places.get(second) as string,
      now: () => NOON + DAY_MS,
      checkpointEveryMs: 3_600_000,
    });
    opened.push(third);
    await append(third, spans(child, root, sibling));
    await third.flush();
    expect(toSets(await third.findTrace(traceId(1)))).toEqual({
      traceId: traceId(1),
      spanIds: ["000000000000001f", "000000000000002f", "000000000000003f"],
      logs: ["first", "second"],
      exchanges: [],
    });
    expect(await third.listFailing(ALL)).toMatchObject([{ traceId: traceId(1), route: "/cart" }]);
    const health = await third.health();
    expect(health).toMatchObject({ accepted: 9, stored: 5, deduplicated: 4 });
    expect(await third.count({ window: HOUR, stepMs: 3_600_000, groupBy: [] })).toMatchObject([{ total: 2, failing: 2 }]);
  });
});
