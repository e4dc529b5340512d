import type { RunningDatabase } from "../generator/databases.ts";
import type { Scenario } from "../generator/stage.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("database-failure");
const UPDATE = "update stock set pieces = pieces + 1 where sku = 'mug' returning pieces";

/** PostgreSQL gets into trouble half-way. */
function postgres(
  name: string,
  harm: (database: RunningDatabase) => unknown,
  { sql = UPDATE, settings = [], max = 5 }: { sql?: string; settings?: readonly string[]; max?: number } = {},
): Way {
  return async (stage) => {
    const database = await stage.postgres({ settings });
    const chain = await buildChain(stage, {
      origin: { watch: "otel", databaseUrl: database.url, pool: { max, waitMs: 2000 }, steps: [{ kind: "query", sql }] },
    });
    await chain.load({ count: 50, next: () => ({}), at: { [stage.dice.whole(12, 28)]: () => harm(database) } });
    return { name, ...chain.blameBehind("postgresql"), diagnose: RIGHT };
  };
}

/** Redis refuses to write. */
function redis(name: string, ...order: readonly string[]): Way {
  return async (stage) => {
    const cache = await stage.redis();
    const chain = await buildChain(stage, {
      origin: { watch: "otel", redisUrl: cache.url, steps: [{ kind: "cache", command: ["set", "seen", "1"] }] },
    });
    await chain.load({ count: 50, next: () => ({}), at: { [stage.dice.whole(12, 28)]: () => cache.operate(...order) } });
    return { name, ...chain.blameBehind("redis"), diagnose: RIGHT };
  };
}

/** Two transactions that take the same rows in opposite order. */
const deadlock: Way = async (stage) => {
  const database = await stage.postgres();
  await database.operate(`create function move(a text, b text) returns int language plpgsql as $$ begin
    update stock set pieces = pieces - 1 where sku = a; perform pg_sleep(0.06); update stock set pieces = pieces + 1 where sku = b; return 1; end $$`);
  const chain = await buildChain(stage, {
    origin: {
      watch: "otel",
      databaseUrl: database.url,
      pool: { max: 20, waitMs: 5000 },
      steps: [{ kind: "query", sql: "select move($1, $2)", values: ["from", "to"] }],
    },
  });
  await chain.load({ count: 50, perSecond: 25, next: (index) => ({ query: index % 2 === 0 ? "from=tea&to=mug" : "from=mug&to=tea" }) });
  return { name: "deadlock", ...chain.blameBehind("postgresql"), diagnose: RIGHT };
};

const WAYS: readonly Way[] = [
  postgres("stopped", (database) => database.stop()),
  redis("cache-full", "config", "set", "maxmemory", "1"),
  postgres(
    "too-many-clients",
    (database) => {
      for (let count = 0; count < 30; count += 1) void database.operate("select pg_sleep(3)").catch(() => undefined);
    },
    {
      settings: ["max_connections=12", "superuser_reserved_connections=0"],
      sql: "select pg_sleep(0.35)",
      max: 20,
    },
  ),
  postgres("read-only", (database) =>
    database.operate("alter system set default_transaction_read_only = on").then(() => database.operate("select pg_reload_conf()")),
  ),
  deadlock,
  redis("became-a-replica", "replicaof", "127.0.0.1", "1"),
];

/** The database failed: down, full, out of connections, dead-locked. */
export const databaseFailure: Scenario = { cause: "database-failure", count: 16, play: (stage) => stage.way(WAYS)(stage) };
