/** Watches connection pools: an exhausted pool is the cause that looks like a slow database. */
import { writeGauge } from "../export/otlp-json.ts";
import type { MetricSource } from "./metric-source.ts";

/** Used, idle and waiting connections of a pool now. */
export type PoolState = { readonly used: number; readonly idle: number; readonly waiting: number; readonly limit: number | undefined };

/** How to read each pool, by name. */
type Pools = Readonly<Record<string, () => PoolState>>;

/** Attributes of the pool with the longest queue, for a failing exchange. */
function readWorst(pools: Pools): Record<string, string | number> {
  const states = Object.entries(pools).map(([name, read]) => ({ name, ...read() }));
  const worst = states.toSorted((a, b) => b.waiting - a.waiting || b.used - a.used)[0];
  if (worst === undefined) return {};
  return {
    "db.client.connection.pool.name": worst.name,
    "db.client.connection.used": worst.used,
    "db.client.connection.idle": worst.idle,
    "db.client.connection.pending_requests": worst.waiting,
    ...(worst.limit === undefined ? {} : { "db.client.connection.max": worst.limit }),
  };
}

function writePool(name: string, { used, idle, waiting, limit }: PoolState, nowMs: number): readonly string[] {
  const pool = { "db.client.connection.pool.name": name };
  const toCount = (state: string, value: number): string =>
    writeGauge("db.client.connection.count", "{connection}", {
      value,
      nowMs,
      attributes: { ...pool, "db.client.connection.state": state },
    });
  return [
    toCount("used", used),
    toCount("idle", idle),
    writeGauge("db.client.connection.pending_requests", "{request}", { value: waiting, nowMs, attributes: pool }),
    ...(limit === undefined ? [] : [writeGauge("db.client.connection.max", "{connection}", { value: limit, nowMs, attributes: pool })]),
  ];
}

/**
 * The pools of this process: as metrics named by the conventions, and at a failure the pool with the longest queue.
 * `guard.watch(poolsOf({ "orders-db": () => readPgPool(pool) }))`.
 */
export function poolsOf(pools: Pools): MetricSource {
  return {
    readNow: () => readWorst(pools),
    takeMetrics: (nowMs) => Object.entries(pools).flatMap(([name, read]) => writePool(name, read(), nowMs)),
  };
}
