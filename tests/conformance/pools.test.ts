/** The readers of connection pools on the real libraries: what is used, idle and waiting while a pool of two is asked for five. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { readIoredis, readMysql2Pool, readPgPool, readRedisPool, readUndici } from "@faultline/guard/pools";
import { Redis } from "ioredis";
import mysql from "mysql2";
import pg from "pg";
import { createClientPool } from "redis";
import { Agent, Pool, request } from "undici";
import { afterAll, describe, expect, it } from "vitest";
import { hasPostgres, hasRedis, startPostgres, startRedis } from "../rig/real-databases.ts";

const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

/** A server of HTTP that answers when it is told to. */
async function startSlowServer(): Promise<{ url: string; readonly answerAll: () => void }> {
  const waiting: (() => void)[] = [];
  let isQuick = false;
  const server = createServer((_request, response) => {
    waiting.push(() => void response.end());
    if (isQuick) response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close().closeAllConnections());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerAll: () => {
      isQuick = true;
      for (const answer of waiting) answer();
    },
  };
}

async function until<T>(read: () => T, expected: T): Promise<void> {
  for (let round = 0; round < 200 && JSON.stringify(read()) !== JSON.stringify(expected); round++) await setTimeout(20);
  expect(read()).toEqual(expected);
}

describe("a pool of undici", () => {
  it("is read as a Pool and as an Agent", async () => {
    const { url, answerAll } = await startSlowServer();
    const pool = new Pool(url, { connections: 2, pipelining: 1 });
    const agent = new Agent({ connections: 2, pipelining: 1 });
    closers.push(
      () => pool.destroy(),
      () => agent.destroy(),
    );
    const asked = Array.from({ length: 5 }, () => [pool.request({ path: "/", method: "GET" }), request(url, { dispatcher: agent })]).flat();
    const busy = { used: 2, idle: 0, waiting: 3, limit: 2 };
    await until(() => [readUndici(pool, 2), readUndici(agent, 2)], [busy, busy]);
    answerAll();
    await Promise.all(asked.map(async (each) => (await each).body.dump()));
    const calm = { used: 0, idle: 2, waiting: 0, limit: 2 };
    await until(() => [readUndici(pool, 2), readUndici(agent, 2)], [calm, calm]);
  });
});

describe("a pool of mysql2", () => {
  it("is read while its database says nothing", async () => {
    const server = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closers.push(() => server.close());
    const pool = mysql.createPool({
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      connectionLimit: 2,
      connectTimeout: 60_000,
    });
    const refused = Array.from({ length: 5 }, () => new Promise((resolve) => pool.query("SELECT 1", resolve)));
    const busy = { used: 2, idle: 0, waiting: 3, limit: 2 };
    await until(() => [readMysql2Pool(pool), readMysql2Pool(pool.promise())], [busy, busy]);
    pool.end(() => undefined);
    expect(refused).toHaveLength(5);
  });
});

describe.runIf(hasPostgres)("a pool of pg", () => {
  it("is read", async () => {
    const server = await startPostgres();
    const pool = new pg.Pool({ host: server.socket, user: "postgres", max: 2 });
    closers.push(
      () => server.close(),
      () => pool.end(),
    );
    const asked = Array.from({ length: 5 }, () => pool.query("SELECT pg_sleep(0.5)"));
    await until(() => readPgPool(pool), { used: 2, idle: 0, waiting: 3, limit: 2 });
    await Promise.all(asked);
    await until(() => readPgPool(pool), { used: 0, idle: 2, waiting: 0, limit: 2 });
  });
});

describe.runIf(hasRedis)("clients of Redis", () => {
  it("are read as a pool of redis and as an ioredis", async () => {
    const server = await startRedis();
    const pool = createClientPool({ socket: { path: server.socket, tls: false } }, { minimum: 2, maximum: 2 });
    await pool.connect();
    const client = new Redis(server.socket);
    closers.push(
      () => server.close(),
      () => client.disconnect(),
      () => pool.destroy(),
    );
    const { promise, resolve } = Promise.withResolvers<void>();
    const tasks = Array.from({ length: 5 }, () => pool.execute(() => promise));
    const asked = [client.blpop("nothing", 1), client.get("a"), client.get("b")];
    await until(
      () => [readRedisPool(pool, 2), readIoredis(client)],
      [
        { used: 2, idle: 0, waiting: 3, limit: 2 },
        { used: 1, idle: 0, waiting: 3, limit: 1 },
      ],
    );
    resolve();
    await Promise.all([...tasks, ...asked]);
    await until(
      () => [readRedisPool(pool, 2), readIoredis(client)],
      [
        { used: 0, idle: 2, waiting: 0, limit: 2 },
        { used: 0, idle: 1, waiting: 0, limit: 1 },
      ],
    );
  });
});
