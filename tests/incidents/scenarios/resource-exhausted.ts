import type { Scenario } from "../generator/stage.ts";
import { type Way, blameEdge, buildChain, diagnosed, hop, maybe } from "./chain.ts";

const RIGHT = diagnosed("resource-exhausted");

/** Work that holds the event loop: nothing else moves, and callers run out of time. */
const blockedLoop: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    watches: ["otel"],
    origin: { watch: "otel", steps: [{ kind: "work", name: "hashPassword", input: "rounds" }] },
    call: { timeoutMs: 700 },
  });
  await chain.load({
    count: 50,
    perSecond: 20,
    next: (index) => ({ query: index > 20 && index % 6 === 0 ? "rounds=1500000" : "rounds=1" }),
  });
  return { name: "blocked-loop", ...chain.blame(undefined), diagnose: RIGHT };
};

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

const WAYS: readonly Way[] = [blockedLoop, fullDisk, overload, fewConnections, fullQueue];

/** A process ran out of CPU, memory, its event loop, file handles or a queue. */
export const resourceExhausted: Scenario = { cause: "resource-exhausted", count: 10, play: (stage) => stage.way(WAYS)(stage) };
