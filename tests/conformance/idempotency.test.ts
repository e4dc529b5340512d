/** The contract of the stores for Idempotency-Keys, sentence by sentence, on every one of them: real servers where they are installed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PGlite } from "@electric-sql/pglite";
import { openPostgresIdempotencyStore } from "@faultline/guard/idempotency/postgres";
import { createRedisIdempotencyStore } from "@faultline/guard/idempotency/redis";
import { openSqliteIdempotencyStore } from "@faultline/guard/idempotency/sqlite";
import {
  type Claim,
  createMemoryIdempotencyStore,
  type IdempotencyStore,
  type IdempotentRequest,
  runIdempotent,
  type StoredAnswer,
} from "@faultline/guard/resilience";
import fc from "fast-check";
import { Redis } from "ioredis";
import pg from "pg";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPostgres, hasRedis, startPostgres, startRedis } from "../rig/real-databases.ts";

/** A kind of store. `openTwice` gives two stores that share their keys, as two processes would have them. */
type Kind = {
  readonly name: string;
  readonly openTwice: (onClose: (close: () => unknown) => void) => Promise<readonly IdempotencyStore[]>;
};

const memory: Kind = {
  name: "memory",
  openTwice: async () => {
    const store = createMemoryIdempotencyStore();
    return [store, store];
  },
};

const sqlite: Kind = {
  name: "SQLite",
  openTwice: async (onClose) => {
    const folder = mkdtempSync(join(tmpdir(), "faultline-idempotency-"));
    onClose(() => rmSync(folder, { recursive: true, force: true }));
    const stores = [openSqliteIdempotencyStore(join(folder, "keys.db")), openSqliteIdempotencyStore(join(folder, "keys.db"))];
    for (const store of stores) onClose(() => store.close());
    return stores;
  },
};

const withIoredis: Kind = {
  name: "Redis by ioredis",
  openTwice: async (onClose) => {
    const server = await startRedis();
    onClose(() => server.close());
    const clients = [new Redis(server.socket), new Redis(server.socket)];
    for (const client of clients) onClose(() => client.disconnect());
    return clients.map((client) => createRedisIdempotencyStore(client));
  },
};

const withNodeRedis: Kind = {
  name: "Redis by redis",
  openTwice: async (onClose) => {
    const server = await startRedis();
    onClose(() => server.close());
    const clients = [1, 2].map(() => createClient({ socket: { path: server.socket, tls: false } }));
    for (const client of clients) {
      await client.connect();
      onClose(() => client.destroy());
    }
    return clients.map((client) => createRedisIdempotencyStore(client, { prefix: "shop:" }));
  },
};

function withPg(isolation: string): Kind {
  return {
    name: `PostgreSQL by pg, ${isolation}`,
    openTwice: async (onClose) => {
      const server = await startPostgres();
      onClose(() => server.close());
      const options = `-c default_transaction_isolation=${isolation.replace(" ", "\\ ")}`;
      const pools = [1, 2].map(() => new pg.Pool({ host: server.socket, user: "postgres", options, max: 20 }));
      for (const pool of pools) onClose(() => pool.end());
      // Both make the table at once.
      return Promise.all(pools.map((pool) => openPostgresIdempotencyStore(pool)));
    },
  };
}

const withPglite: Kind = {
  name: "PGlite",
  openTwice: async (onClose) => {
    const database = await PGlite.create();
    onClose(() => database.close());
    return [await openPostgresIdempotencyStore(database), await openPostgresIdempotencyStore(database)];
  },
};

const KINDS: readonly Kind[] = [
  memory,
  sqlite,
  ...(hasRedis ? [withIoredis, withNodeRedis] : []),
  ...(hasPostgres ? [withPg("read committed"), withPg("repeatable read")] : [withPglite]),
];

const REQUEST: IdempotentRequest = { key: '"a-key"', method: "POST", route: "/orders", caller: "tenant-1", body: '{"n":1}' };
const LEASE_MS = 60_000;
/** A lease that a test can wait for. */
const SHORT_MS = 40;
const LONGER_MS = 120;

let keys = 0;
const nextKey = (): string => `key-${(keys += 1)}`;

function answerWith(text: string, status = 201): StoredAnswer {
  return {
    status,
    headers: [
      ["location", "/orders/ä\u0000"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ],
    bodyBase64: Buffer.from(text).toString("base64"),
  };
}

function tokenOf(claim: Claim): string {
  expect(claim.kind).toBe("claimed");
  return (claim as { token: string }).token;
}

describe.each(KINDS)("idempotency keys in $name", ({ openTwice }) => {
  const closers: (() => unknown)[] = [];
  let store: IdempotencyStore;
  let other: IdempotencyStore;
  const either = (at: number): IdempotencyStore => [store, other][at % 2] as IdempotencyStore;

  beforeAll(async () => {
    [store, other] = (await openTwice((close) => closers.unshift(close))) as [IdempotencyStore, IdempotencyStore];
  }, 60_000);
  afterAll(async () => {
    for (const close of closers) await close();
  });

  it("are claimed by one of any number of simultaneous claims", async () => {
    const kinds = await Promise.all(Array.from({ length: 40 }, async (_, at) => either(at).claim("race", "print", LEASE_MS)));
    expect(kinds.map((each) => each.kind).toSorted()).toEqual(["claimed", ...Array.from({ length: 39 }, () => "in-flight")]);
  });

  it("tell an answer byte for byte, and another payload apart, before and after it", async () => {
    const scope = nextKey();
    const token = tokenOf(await store.claim(scope, "print", LEASE_MS));
    expect(await other.claim(scope, "other", LEASE_MS)).toEqual({ kind: "mismatch" });
    expect(await store.complete(scope, token, { answer: answerWith("§ done"), keepMs: LEASE_MS })).toBe(true);
    expect(await other.claim(scope, "print", LEASE_MS)).toEqual({ kind: "answered", answer: answerWith("§ done") });
    expect(await other.claim(scope, "other", LEASE_MS)).toEqual({ kind: "mismatch" });
  });

  it("are free again when they are given back", async () => {
    const scope = nextKey();
    await store.release(scope, tokenOf(await store.claim(scope, "print", LEASE_MS)));
    tokenOf(await other.claim(scope, "other", LEASE_MS));
  });

  it("outlive their owner by one lease; then its token changes nothing any more", async () => {
    const scope = nextKey();
    const early = tokenOf(await store.claim(scope, "print", SHORT_MS));
    await setTimeout(LONGER_MS);
    const late = tokenOf(await other.claim(scope, "print", LEASE_MS));
    expect(await store.renew(scope, early, LEASE_MS)).toBe(false);
    expect(await store.complete(scope, early, { answer: answerWith("early"), keepMs: LEASE_MS })).toBe(false);
    await store.release(scope, early);
    expect(await store.claim(scope, "print", LEASE_MS)).toEqual({ kind: "in-flight" });
    expect(await other.complete(scope, late, { answer: answerWith("late"), keepMs: LEASE_MS })).toBe(true);
    expect(await store.claim(scope, "print", LEASE_MS)).toEqual({ kind: "answered", answer: answerWith("late") });
  });

  it("stay with an owner that renews, and are not lengthened once they are answered", async () => {
    const scope = nextKey();
    const token = tokenOf(await store.claim(scope, "print", SHORT_MS));
    expect(await store.renew(scope, token, LEASE_MS)).toBe(true);
    await setTimeout(LONGER_MS);
    expect(await other.claim(scope, "print", LEASE_MS)).toEqual({ kind: "in-flight" });
    await store.complete(scope, token, { answer: answerWith("done"), keepMs: SHORT_MS });
    await store.renew(scope, token, LEASE_MS);
    await setTimeout(LONGER_MS);
    tokenOf(await other.claim(scope, "other", LEASE_MS));
  });

  it("belong to their key, caller, method and route, and keep neither a server error nor a throw", async () => {
    const key = nextKey();
    let done = 0;
    const ask = async (over: Partial<IdempotentRequest>, status = 201): Promise<StoredAnswer | string> => {
      const work = async (): Promise<StoredAnswer> => answerWith(`${(done += 1)}`, status);
      return (await runIdempotent({ ...REQUEST, key, ...over }, work, { store })).answer;
    };
    await ask({}, 503);
    await expect(runIdempotent({ ...REQUEST, key }, () => Promise.reject(new Error("no")), { store })).rejects.toThrow("no");
    for (const over of [{}, { caller: "tenant-2" }, { route: "/refunds" }, { method: "PATCH" }, { key: nextKey() }]) await ask(over);
    expect(done).toBe(6);
    expect(await ask({})).toEqual(answerWith("2"));
    await expect(ask({ body: '{"n":2}' })).rejects.toMatchObject({ code: "mismatch" });
  });

  it("execute once under any number of simultaneous duplicates, whoever they come to", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.integer({ min: 2, max: 30 }), async (key, duplicates) => {
        let times = 0;
        const work = async (): Promise<StoredAnswer> => {
          times += 1;
          await setTimeout(1);
          return answerWith(key);
        };
        const ask = (at: number): Promise<string> =>
          runIdempotent({ ...REQUEST, key }, work, { store: either(at) }).then(
            (done) => String(done.isReplay),
            (error: { code: string }) => error.code,
          );
        const outcomes = await Promise.all(Array.from({ length: duplicates }, (_, at) => ask(at)));
        expect(times).toBe(1);
        expect(outcomes.filter((each) => each === "false")).toHaveLength(1);
        expect(outcomes.filter((each) => !["false", "true", "in-flight"].includes(each))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});
