import type { Scenario, Stage } from "../generator/stage.ts";
import { type Outcome, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("dependency-timeout");

/** A service that starts to answer late, or not at all. */
async function lateService(stage: Stage, name: string, slow: Parameters<typeof buildChain>[1]["origin"]["steps"]): Outcome {
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    origin: { framework: "node", watch: "otel", steps: slow },
    call: { timeoutMs: stage.dice.whole(300, 600), client: stage.dice.pick(["undici", "http"]) },
  });
  await chain.load({ count: 50, next: () => ({}), at: { 25: () => chain.origin.toggle("slow", true) } });
  return { name, ...chain.blame(undefined), diagnose: RIGHT };
}

/** A transaction that stays open and keeps a lock that others need. */
async function lockedTable(stage: Stage): Outcome {
  const database = await stage.postgres();
  const chain = await buildChain(stage, {
    origin: {
      watch: "otel",
      databaseUrl: database.url,
      pool: { max: 40, waitMs: 3000, queryTimeoutMs: 500 },
      steps: [{ kind: "query", sql: "update stock set pieces = pieces - 1 where sku = 'tea' returning pieces" }],
    },
  });
  let locked: Promise<unknown> = Promise.resolve();
  await chain.load({
    count: 50,
    next: () => ({}),
    at: {
      20: () =>
        void (locked = database
          .operate("begin; update stock set pieces = 0 where sku = 'tea'; select pg_sleep(4); commit")
          .catch(() => undefined)),
    },
  });
  await locked;
  return { name: "lock-held", ...chain.blameBehind("postgresql"), diagnose: RIGHT };
}

/** A cache that stands still: its process was stopped. */
async function frozenCache(stage: Stage): Outcome {
  const redis = await stage.redis();
  const chain = await buildChain(stage, {
    origin: { watch: "otel", redisUrl: redis.url, steps: [{ kind: "cache", command: ["get", "greeting"] }] },
  });
  await chain.load({ count: 50, next: () => ({}), at: { 25: () => redis.signal("SIGSTOP") } });
  redis.signal("SIGCONT");
  return { name: "cache-frozen", ...chain.blameBehind("redis"), diagnose: RIGHT };
}

const WAYS: readonly ((stage: Stage) => Outcome)[] = [
  (stage) => lateService(stage, "no-headers", [{ kind: "wire", what: "hang", when: { toggle: "slow" } }]),
  (stage) => lateService(stage, "headers-only", [{ kind: "wire", what: "hang-after-headers", when: { toggle: "slow" } }]),
  (stage) => lateService(stage, "too-slow", [{ kind: "pause", ms: [900, 1500], when: { toggle: "slow" } }]),
  lockedTable,
  frozenCache,
];

/** A dependency answered too late, and the caller gave up. */
export const dependencyTimeout: Scenario = { cause: "dependency-timeout", count: 16, play: (stage) => stage.way(WAYS)(stage) };
