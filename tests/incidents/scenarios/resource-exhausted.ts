import type { Scenario } from "../generator/stage.ts";
import { enforce, restart } from "../generator/supervisor.ts";
import { hop, maybe } from "../incident.ts";
import { type Way, blameEdge, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("resource-exhausted");

const STALLED = { words: /TimeoutError|AbortError/, share: 0.8 };

/** Work that holds the event loop: nothing else moves, and callers run out of time. */
function blockedLoop(name: string, work: string, [input, good, bad]: readonly [string, string, string]): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      watches: ["otel"],
      origin: { watch: "otel", steps: [{ kind: "work", name: work, input }] },
      call: { timeoutMs: 700 },
    });
    await chain.load({ count: 50, perSecond: 20, next: (index) => ({ query: index > 20 && index % 6 === 0 ? bad : good }) });
    return { name, ...chain.blame(undefined), diagnose: RIGHT, sign: STALLED };
  };
}

/** The disk is full. */
const fullDisk: Way = async (stage) => {
  const chain = await buildChain(stage, { origin: { steps: [{ kind: "work", name: "exportReport", when: { toggle: "full" } }] } });
  await chain.load({ count: 50, next: () => ({}), at: { [stage.dice.whole(12, 28)]: () => chain.origin.toggle("full", true) } });
  return { name: "disk-full", ...chain.blame(500), diagnose: RIGHT };
};

/** More requests than the service takes at once: it sheds the rest. */
const overload: Way = async (stage) => {
  const chain = await buildChain(stage, {
    origin: { maxBusy: 3, steps: [{ kind: "pause", ms: [200, 300] }] },
    call: { reaction: stage.dice.pick(["same", 502, 500]) },
  });
  await chain.load({ count: 60, perSecond: 25, next: () => ({}) });
  return { name: "overload", ...chain.blame(503), diagnose: RIGHT };
};

/** nginx may open fewer files than it has clients and servers. */
const fewConnections: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [0],
    proxies: ["nginx"],
    proxy: { lines: { main: "worker_rlimit_nofile 18;" } },
    origin: { steps: [{ kind: "pause", ms: [250, 350] }] },
  });
  await chain.load({ count: 60, perSecond: 20, next: () => ({}) });
  return {
    name: "few-files",
    creators: ["nginx"],
    path: [hop("nginx", "created"), maybe(chain.originName, "clean")],
    diagnose: RIGHT,
  };
};

/** HAProxy sends so many at once to a server, and the queue behind it is short. */
const fullQueue: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [0],
    proxies: ["haproxy"],
    proxy: { lines: { server: "maxconn 2", backend: "timeout queue 150ms" } },
    origin: { steps: [{ kind: "pause", ms: [200, 300] }] },
  });
  await chain.load({ count: 60, perSecond: 25, next: () => ({}) });
  return { name: "queue-full", ...blameEdge(chain), diagnose: RIGHT };
};

/** A process may have few files open, and does not close what it opened. */
const fewHandles: Way = async (stage) => {
  const limit = stage.dice.whole(200, 260);
  const chain = await buildChain(stage, {
    origin: {
      watch: "otel",
      steps: [{ kind: "work", name: "openAttachment", when: { query: "with=attachments" } }],
      alone: { limits: [`--nofile=${limit}:${limit}`] },
    },
    call: { reaction: stage.dice.pick(["same", 502, 500]) },
  });
  await chain.load({ count: 60, next: () => ({ query: stage.dice.chance(0.7) ? "with=attachments" : "with=text" }) });
  return { name: "few-handles", ...chain.blame(500), diagnose: RIGHT };
};

/** nginx may hold fewer connections at once than it has clients and servers. */
const fewWorkers: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [0],
    proxies: ["nginx"],
    proxy: { lines: { events: "worker_connections 12;" } },
    origin: { steps: [{ kind: "pause", ms: [250, 350] }] },
  });
  await chain.load({ count: 60, perSecond: 25, next: () => ({}) });
  return {
    name: "few-workers",
    creators: ["nginx"],
    path: [hop("nginx", "created"), maybe(chain.originName, "clean")],
    diagnose: RIGHT,
  };
};

/** Traffic grows to more than the service takes at once. */
const surge: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    noise: 0,
    watches: ["otel"],
    origin: { watch: "otel", maxBusy: 3, steps: [{ kind: "pause", ms: [150, 220] }] },
    call: { reaction: stage.dice.pick(["same", 502, 500]) },
  });
  await chain.load({ count: 30, perSecond: 5, next: () => ({}), isBefore: true });
  await chain.load({ count: 60, perSecond: 35, next: () => ({}) });
  return { name: "surge", ...chain.blame(503), diagnose: RIGHT };
};

/** One request takes more memory than the container has: it is killed in the middle of everybody's requests, and comes back. */
const killed: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    origin: { watch: "otel", steps: [{ kind: "work", name: "renderReport", input: "years" }], alone: {} },
    call: { timeoutMs: 2000 },
  });
  const over = enforce(chain.origin, 420);
  const again = over.then((because) => restart(stage, chain.origin, because));
  const largeFrom = stage.dice.whole(18, 26);
  const at = { [largeFrom]: () => undefined, [largeFrom + 1]: () => over };
  await chain.load({ count: 70, perSecond: 30, next: (index) => ({ query: index === largeFrom ? "years=all" : "years=1" }), at });
  await again;
  await chain.load({ count: 15, next: () => ({ query: "years=1" }) });
  return { name: "oom-killed", ...chain.blame(undefined), diagnose: RIGHT, sign: { words: /OOMKilled/, share: 0 } };
};

const WAYS: readonly Way[] = [
  blockedLoop("blocked-loop", "hashPassword", ["rounds", "rounds=1", "rounds=1500000"]),
  fullDisk,
  overload,
  fewConnections,
  fullQueue,
  fewHandles,
  blockedLoop("slow-pattern", "matchCoupon", ["code", "code=TEA-1", `code=${"TEAPOTANDMUG1".repeat(2)}`]),
  killed,
];

const LATER = {
  from: 18,
  ways: [fewWorkers, blockedLoop("waits-for-program", "scalePicture", ["size", "size=small", "size=large"]), surge],
};

/** A process ran out of CPU, memory, its event loop, file handles or a queue. */
export const resourceExhausted: Scenario = { cause: "resource-exhausted", count: 24, play: (stage) => stage.way(WAYS, LATER)(stage) };
