/** Readers for the pools of common clients: `guard.watch(poolsOf({ "orders-db": () => readPgPool(pool) }))`. */
import type { PoolState } from "./pool-watch.ts";
import { readMember } from "./throwable.ts";

export { poolsOf, type PoolState } from "./pool-watch.ts";

type PgPool = {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options?: { readonly max?: number };
};

/** Reads a pool of `pg`. */
export function readPgPool(pool: PgPool): PoolState {
  return { used: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount, limit: pool.options?.max };
}

type Mysql2Pool = {
  readonly pool?: Mysql2Pool;
  readonly _allConnections?: { length: number };
  readonly _freeConnections?: { length: number };
  readonly _connectionQueue?: { length: number };
  readonly config?: { connectionLimit?: number };
};

/** Reads a pool of `mysql2`, also of its promise wrapper. */
export function readMysql2Pool(pool: Mysql2Pool): PoolState {
  const inner = pool.pool ?? pool;
  const idle = inner._freeConnections?.length ?? 0;
  const all = inner._allConnections?.length ?? 0;
  return { used: all - idle, idle, waiting: inner._connectionQueue?.length ?? 0, limit: inner.config?.connectionLimit };
}

type RedisPool = {
  readonly clientsInUse: number;
  readonly idleClients: number;
  readonly tasksQueueLength: number;
};

/** Reads a pool of `redis` (`createClientPool`). It does not reveal its limit. */
export function readRedisPool(pool: RedisPool, limit?: number): PoolState {
  return { used: pool.clientsInUse, idle: pool.idleClients, waiting: pool.tasksQueueLength, limit };
}

/** Reads a client of `ioredis`, which has one connection: what waits is what has been sent without an answer, or cannot be sent yet. */
export function readIoredis(client: { readonly status: string }): PoolState {
  const isReady = client.status === "ready";
  // Its types call one of the two queues private.
  const count = (queue: string): number => Number(readMember(client, (it) => (it[queue] as { readonly length?: unknown }).length) ?? 0);
  const waiting = count("commandQueue") + count("offlineQueue");
  const isUsed = isReady && waiting > 0;
  return { used: isUsed ? 1 : 0, idle: isReady && !isUsed ? 1 : 0, waiting, limit: 1 };
}

type UndiciStats = {
  readonly connected: boolean | number;
  readonly free?: number;
  readonly pending: number;
  readonly queued?: number;
  readonly running: number;
};
type UndiciDispatcher = { readonly stats: UndiciStats | Readonly<Record<string, UndiciStats>> };

function isStats(stats: UndiciDispatcher["stats"]): stats is UndiciStats {
  return "running" in stats && typeof stats.running === "number";
}

/** Reads a `Pool`, `Client` or `Agent` of undici; of an agent, all origins together. `limit` is its option `connections`. */
export function readUndici(dispatcher: UndiciDispatcher, limit?: number): PoolState {
  const { stats } = dispatcher;
  const all = isStats(stats) ? [stats] : Object.values(stats);
  const sum = (read: (each: UndiciStats) => number): number => all.reduce((total, each) => total + read(each), 0);
  const connected = sum((each) => Number(each.connected));
  const idle = sum((each) => each.free ?? (each.running === 0 ? Number(each.connected) : 0));
  // A pool counts as pending what its connections have accepted, and as queued what none has.
  return { used: Math.max(0, connected - idle), idle, waiting: sum((each) => each.queued ?? each.pending), limit };
}
