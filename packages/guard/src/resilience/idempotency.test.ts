import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createMemoryIdempotencyStore } from "./idempotency-memory.ts";
import { openSqliteIdempotencyStore } from "./idempotency-sqlite.ts";
import { type IdempotencyStore, type IdempotentRequest, parseIdempotencyKey, runIdempotent, type StoredAnswer } from "./idempotency.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-idempotency-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const STORES: readonly { readonly name: string; readonly open: () => IdempotencyStore }[] = [
  { name: "memory", open: () => createMemoryIdempotencyStore() },
  { name: "SQLite", open: () => openSqliteIdempotencyStore(join(folder, `${(files += 1)}.db`)) },
];

const REQUEST: IdempotentRequest = { key: '"a-key"', method: "POST", route: "/orders", caller: "tenant-1", body: '{"n":1}' };

function answerWith(status: number, text: string): StoredAnswer {
  return { status, headers: [["location", "/orders/1"]], bodyBase64: Buffer.from(text).toString("base64") };
}

/** Work that counts how often it is done. */
function counted(status = 201): { work: () => Promise<StoredAnswer>; times: () => number } {
  let times = 0;
  const work = async (): Promise<StoredAnswer> => {
    times += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return answerWith(status, `done ${times}`);
  };
  return { work, times: () => times };
}

describe("the key in the header", () => {
  it("is a structured-field string, or the bare token that clients send", () => {
    expect(parseIdempotencyKey('"8e03978e-40d5"')).toBe("8e03978e-40d5");
    expect(parseIdempotencyKey(" 8e03978e-40d5 ")).toBe("8e03978e-40d5");
    expect(["", '""', 'a"b', "two words", "x".repeat(256), "a\u0000b"].map(parseIdempotencyKey)).toEqual(Array.from({ length: 6 }));
  });
});

describe.each(STORES)("idempotency keys in $name", ({ open }) => {
  it("do the work once, and replay its answer byte for byte", async () => {
    const store = open();
    const { work, times } = counted();
    const first = await runIdempotent(REQUEST, work, { store });
    const second = await runIdempotent(REQUEST, work, { store });
    expect(times()).toBe(1);
    expect(first.isReplay).toBe(false);
    expect(second).toEqual({ answer: first.answer, isReplay: true });
  });

  it("answer 409 while the first is under way, 422 for another payload, 400 for a key that is none", async () => {
    const store = open();
    const { work } = counted();
    const first = runIdempotent(REQUEST, work, { store });
    await expect(runIdempotent(REQUEST, work, { store })).rejects.toMatchObject({ code: "in-flight" });
    await first;
    await expect(runIdempotent({ ...REQUEST, body: '{"n":2}' }, work, { store })).rejects.toMatchObject({ code: "mismatch" });
    await expect(runIdempotent({ ...REQUEST, key: "two words" }, work, { store })).rejects.toMatchObject({ code: "bad-key" });
    await expect(runIdempotent({ ...REQUEST, key: undefined }, work, { store, isRequired: true })).rejects.toMatchObject({
      code: "missing-key",
    });
  });

  it("keep no server error and no throw, and belong to their caller, method and route", async () => {
    const store = open();
    const broken = counted(503);
    await runIdempotent(REQUEST, broken.work, { store });
    await expect(runIdempotent(REQUEST, () => Promise.reject(new Error("no")), { store })).rejects.toThrow("no");
    const { work, times } = counted();
    for (const other of [REQUEST, { ...REQUEST, caller: "tenant-2" }, { ...REQUEST, route: "/refunds" }, { ...REQUEST, method: "PATCH" }]) {
      expect((await runIdempotent(other, work, { store })).isReplay).toBe(false);
    }
    expect([broken.times(), times()]).toEqual([1, 4]);
  });

  it("are given on when their owner died, whose late answer then changes nothing", async () => {
    const store = open();
    const early = await store.claim("scope", "print", { nowMs: 0, leaseMs: 100 });
    const late = await store.claim("scope", "print", { nowMs: 100, leaseMs: 100 });
    expect([early.kind, late.kind]).toEqual(["claimed", "claimed"]);
    await store.complete("scope", (early as { token: string }).token, { answer: answerWith(201, "early"), expiresAtMs: 1e9 });
    expect((await store.claim("scope", "print", { nowMs: 150, leaseMs: 100 })).kind).toBe("in-flight");
  });

  it("execute each key exactly once under any number of simultaneous duplicates", async () => {
    const store = open();
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.integer({ min: 2, max: 50 }), async (key, duplicates) => {
        const { work, times } = counted();
        const all = Array.from({ length: duplicates }, () =>
          runIdempotent({ ...REQUEST, key }, work, { store }).then(
            (done) => done.isReplay,
            () => true,
          ),
        );
        const isReplay = await Promise.all(all);
        expect(times()).toBe(1);
        expect(isReplay.filter((each) => !each)).toHaveLength(1);
      }),
      { numRuns: 50 },
    );
  });
});
