/** Watches a connection pool: an exhausted pool is the cause that looks like a slow database. */
import { writeGauge } from "../export/otlp-json.ts";

/** Used, idle and waiting connections of a pool now. */
export type PoolState = { readonly used: number; readonly idle: number; readonly waiting: number; readonly limit: number | undefined };

/** Pools by name, read when something is to be told. */
export class PoolWatch {
  readonly #pools = new Map<string, () => PoolState>();

  /** Watches a pool until the returned function is called. */
  add(name: string, read: () => PoolState): () => void {
    this.#pools.set(name, read);
    return () => void this.#pools.delete(name);
  }

  /** Attributes of the pool that most are waiting for: what a failing exchange says of the pools at its moment. */
  readWorst(): Record<string, string | number> | undefined {
    if (this.#pools.size === 0) return undefined;
    const states = [...this.#pools].map(([name, read]) => ({ name, ...read() }));
    const worst = states.toSorted((a, b) => b.waiting - a.waiting || b.used - a.used)[0];
    if (worst === undefined) return undefined;
    return {
      "db.client.connection.pool.name": worst.name,
      "db.client.connection.used": worst.used,
      "db.client.connection.idle": worst.idle,
      "db.client.connection.pending_requests": worst.waiting,
      ...(worst.limit === undefined ? {} : { "db.client.connection.max": worst.limit }),
    };
  }

  /** The pools as metrics of the conventions, OTLP/JSON items. */
  takeMetrics(nowMs: number): readonly string[] {
    return [...this.#pools].flatMap(([name, read]) => {
      const { used, idle, waiting, limit } = read();
      const pool = { "db.client.connection.pool.name": name };
      return [
        writeGauge("db.client.connection.count", "{connection}", {
          value: used,
          nowMs,
          attributes: { ...pool, "db.client.connection.state": "used" },
        }),
        writeGauge("db.client.connection.count", "{connection}", {
          value: idle,
          nowMs,
          attributes: { ...pool, "db.client.connection.state": "idle" },
        }),
        writeGauge("db.client.connection.pending_requests", "{request}", { value: waiting, nowMs, attributes: pool }),
        ...(limit === undefined ? [] : [writeGauge("db.client.connection.max", "{connection}", { value: limit, nowMs, attributes: pool })]),
      ];
    });
  }
}
