import { describe, expect, it } from "vitest";
import { createVirtualClock } from "../testing/virtual-clock.ts";
import { createMemoryIdempotencyStore } from "./idempotency-memory.ts";
import { decodeAnswer } from "./idempotency-row.ts";
import { type IdempotencyStore, type IdempotentRequest, parseIdempotencyKey, runIdempotent, type StoredAnswer } from "./idempotency.ts";

const REQUEST: IdempotentRequest = { key: '"a-key"', method: "POST", route: "/orders", caller: "tenant-1", body: '{"n":1}' };
const DONE: StoredAnswer = { status: 201, headers: [["location", "/orders/1"]], bodyBase64: "" };

describe("the key in the header", () => {
  it("is a structured-field string, or the bare token that clients send", () => {
    expect(parseIdempotencyKey('"8e03978e-40d5"')).toBe("8e03978e-40d5");
    expect(parseIdempotencyKey(" 8e03978e-40d5 ")).toBe("8e03978e-40d5");
    expect(["", '""', 'a"b', "two words", "x".repeat(256), "a\u0000b"].map(parseIdempotencyKey)).toEqual(Array.from({ length: 6 }));
  });
});

describe("an answer read back", () => {
  it.each(["", "null", "[]", '[200,[],""', '["200",[],""]', '[200,[["a"]],""]', '[200,[["a",1]],""]', "[200,[],null]"])(
    "is never made of %s",
    (text) => {
      expect(() => decodeAnswer(text)).toThrow(/./);
    },
  );
});

/** A request that goes on until it is told to end. */
function startLong(store: IdempotencyStore, clock: ReturnType<typeof createVirtualClock>) {
  let end: (answer: StoredAnswer) => void = () => undefined;
  let signal = new AbortController().signal;
  const running = runIdempotent(
    REQUEST,
    (lease) => {
      signal = lease.signal;
      return new Promise((resolve) => {
        end = resolve;
      });
    },
    { store, clock, leaseMs: 900 },
  );
  return { running, end: () => end(DONE), isTold: () => signal.aborted };
}

describe("a request with a key", () => {
  it("is refused while the first is under way, for a key that is none, and where a key is a must", async () => {
    const store = createMemoryIdempotencyStore();
    const first = runIdempotent(REQUEST, async () => DONE, { store });
    await expect(runIdempotent(REQUEST, async () => DONE, { store })).rejects.toMatchObject({ code: "in-flight" });
    await first;
    await expect(runIdempotent({ ...REQUEST, key: "two words" }, async () => DONE, { store })).rejects.toMatchObject({ code: "bad-key" });
    const without = runIdempotent({ ...REQUEST, key: undefined }, async () => DONE, { store, isRequired: true });
    await expect(without).rejects.toMatchObject({ code: "missing-key" });
  });

  it("keeps its key for as long as it takes, and leaves no timer", async () => {
    const clock = createVirtualClock();
    const store = createMemoryIdempotencyStore({ nowMs: () => clock.nowMs() });
    const long = startLong(store, clock);
    await clock.advance(60_000);
    await expect(runIdempotent(REQUEST, async () => DONE, { store, clock })).rejects.toMatchObject({ code: "in-flight" });
    long.end();
    expect(await long.running).toMatchObject({ isReplay: false });
    expect([long.isTold(), clock.scheduled]).toEqual([false, 0]);
  });

  it("is told when its key went to another, whose answer then stands", async () => {
    const clock = createVirtualClock();
    let away: (() => Promise<boolean>)[] = [];
    const inner = createMemoryIdempotencyStore({ nowMs: () => clock.nowMs() });
    const store: IdempotencyStore = {
      ...inner,
      renew: (scope, token, leaseMs) => [...away, () => inner.renew(scope, token, leaseMs)][0]?.() as boolean,
    };
    const long = startLong(store, clock);
    await clock.advance(0);
    away = [() => Promise.reject(new Error("away"))];
    await clock.advance(2_000);
    expect(long.isTold()).toBe(false);
    const other: StoredAnswer = { ...DONE, bodyBase64: "AAAA" };
    await runIdempotent(REQUEST, async () => other, { store, clock });
    away = [];
    await clock.advance(1_000);
    expect(long.isTold()).toBe(true);
    long.end();
    await long.running;
    expect((await runIdempotent(REQUEST, async () => DONE, { store, clock })).answer).toEqual(other);
  });

  it("fails as its work failed when the store is away by then", async () => {
    const store: IdempotencyStore = { ...createMemoryIdempotencyStore(), release: () => Promise.reject(new Error("away")) };
    const failed = runIdempotent(REQUEST, () => Promise.reject(new Error("the work")), { store });
    await expect(failed).rejects.toThrow("the work");
    const answer: StoredAnswer = { ...DONE, status: 503 };
    const broken = runIdempotent({ ...REQUEST, key: "another" }, () => Promise.resolve(answer), { store });
    expect(await broken).toEqual({ answer, isReplay: false });
  });

  it("offers its answer again when the store was away at its end", async () => {
    const clock = createVirtualClock();
    const inner = createMemoryIdempotencyStore({ nowMs: () => clock.nowMs() });
    const away = ["away", "still away"].map((words) => () => Promise.reject<boolean>(new Error(words)));
    const store: IdempotencyStore = {
      ...inner,
      complete: (...given) => [...away.splice(0, 1), () => inner.complete(...given)][0]?.() as boolean,
    };
    await expect(runIdempotent(REQUEST, async () => DONE, { store, clock, leaseMs: 900 })).rejects.toThrow("away");
    await clock.advance(600);
    expect(await runIdempotent(REQUEST, async () => DONE, { store, clock })).toEqual({ answer: DONE, isReplay: true });
    expect(clock.scheduled).toBe(0);
  });

  it("gives up offering an answer to a store that stays away", async () => {
    const clock = createVirtualClock();
    let offers = 0;
    const complete = (): Promise<boolean> => {
      offers += 1;
      return Promise.reject(new Error("away"));
    };
    const store: IdempotencyStore = { ...createMemoryIdempotencyStore(), complete };
    await expect(runIdempotent(REQUEST, async () => DONE, { store, clock, leaseMs: 900 })).rejects.toThrow("away");
    await clock.advance(10_000);
    expect([offers, clock.scheduled]).toEqual([4, 0]);
  });

  it("is another request when its query is another", async () => {
    const store = createMemoryIdempotencyStore();
    await runIdempotent({ ...REQUEST, query: "amount=5" }, async () => DONE, { store });
    const repeated = await runIdempotent({ ...REQUEST, query: "amount=5" }, async () => DONE, { store });
    expect(repeated.isReplay).toBe(true);
    const other = runIdempotent({ ...REQUEST, query: "amount=500" }, async () => DONE, { store });
    await expect(other).rejects.toMatchObject({ code: "mismatch" });
  });

  it("makes room for new answers by forgetting the oldest, and none that is not there yet", async () => {
    const store = createMemoryIdempotencyStore({ maxBytes: 10 });
    const answer = { ...DONE, bodyBase64: "AAAAAAAA" };
    await store.claim("running", "print", 60_000);
    for (const scope of ["a", "b"]) {
      const claim = (await store.claim(scope, "print", 1_000)) as { readonly token: string };
      await store.complete(scope, claim.token, { answer, keepMs: 60_000 });
    }
    const kinds = ["running", "a", "b"].map(async (scope) => (await store.claim(scope, "print", 1_000)).kind);
    expect(await Promise.all(kinds)).toEqual(["in-flight", "claimed", "answered"]);
  });

  it("never forgets the answer that it was just given, whenever its key was claimed and however long it is", async () => {
    const store = createMemoryIdempotencyStore({ maxBytes: 10 });
    const answer = { ...DONE, bodyBase64: "AAAAAAAA" };
    const [first, second] = ["first", "second"].map((scope) => store.claim(scope, "print", 1_000) as { readonly token: string });
    await store.complete("second", String(second?.token), { answer, keepMs: 60_000 });
    await store.complete("first", String(first?.token), { answer: { ...answer, bodyBase64: "A".repeat(12) }, keepMs: 60_000 });
    const kinds = ["first", "second"].map(async (scope) => (await store.claim(scope, "print", 1_000)).kind);
    expect(await Promise.all(kinds)).toEqual(["answered", "claimed"]);
  });

  it("makes room for new keys by forgetting the oldest", async () => {
    const store = createMemoryIdempotencyStore({ maxKeys: 2 });
    for (const scope of ["a", "b", "c"]) await store.claim(scope, "print", 1_000);
    expect([(await store.claim("c", "print", 1_000)).kind, (await store.claim("a", "print", 1_000)).kind]).toEqual([
      "in-flight",
      "claimed",
    ]);
  });
});
