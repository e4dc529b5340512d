import type { Scenario } from "../generator/stage.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("pool-exhausted");

/** More work than connections: each is held for long. */
const slowStatements: Way = async (stage) => {
  const database = await stage.postgres();
  const chain = await buildChain(stage, {
    origin: {
      watch: "otel",
      databaseUrl: database.url,
      pool: { max: 2, waitMs: 250 },
      steps: [{ kind: "query", sql: "select pg_sleep(0.25)" }],
    },
  });
  await chain.load({ count: 60, perSecond: 25, next: () => ({}) });
  return { name: "slow-statements", ...chain.blame(500), diagnose: RIGHT };
};

/** The error path forgets to give its connection back. */
const leak: Way = async (stage) => {
  const database = await stage.postgres();
  const chain = await buildChain(stage, {
    origin: {
      watch: "otel",
      databaseUrl: database.url,
      pool: { max: 3, waitMs: 250 },
      steps: [{ kind: "query", sql: "select 100 / $1::int", values: ["share"], leaks: true }],
    },
  });
  let sent = 0;
  await chain.load({ count: 60, next: () => ({ query: [6, 11, 17].includes((sent += 1)) ? "share=0" : "share=4" }) });
  return { name: "leak", ...chain.blame(500), diagnose: RIGHT };
};

/** A bulkhead of the caller: so many calls at once and no more. */
const bulkhead: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    origin: { steps: [{ kind: "pause", ms: [180, 260] }] },
    call: { bulkhead: { limit: 2, queue: 1 }, reaction: 503 },
  });
  await chain.load({ count: 60, perSecond: 25, next: () => ({}) });
  return { name: "bulkhead", ...chain.blameCaller(), diagnose: RIGHT };
};

/** Traffic grows to more than the connections can serve. */
const surge: Way = async (stage) => {
  const database = await stage.postgres();
  const chain = await buildChain(stage, {
    callers: [0, 1, 1],
    noise: 0,
    watches: ["otel"],
    origin: {
      watch: "otel",
      databaseUrl: database.url,
      pool: { max: 3, waitMs: 250 },
      steps: [{ kind: "query", sql: "select pg_sleep(0.15)" }],
    },
  });
  await chain.load({ count: 30, perSecond: 5, next: () => ({}), isBefore: true });
  await chain.load({ count: 60, perSecond: 35, next: () => ({}) });
  return { name: "surge", ...chain.blame(500), diagnose: RIGHT };
};

const WAYS: readonly Way[] = [slowStatements, leak, bulkhead];

const LATER = { from: 14, ways: [surge] };

/** Every connection of a pool is in use, and a request waited for one in vain. */
export const poolExhausted: Scenario = { cause: "pool-exhausted", count: 16, play: (stage) => stage.way(WAYS, LATER)(stage) };
