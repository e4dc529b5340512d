import type { Scenario } from "../generator/stage.ts";
import type { CallStep, Step } from "../services/plan.ts";
import { type Outcome, type Way, buildChain, diagnosed } from "./chain.ts";
import type { Stage } from "../generator/stage.ts";

const RIGHT = diagnosed("retry-storm");
/** What stands at the back was asked several times for each request that failed. */
const STORM = { words: /^request$/, share: 2 };
const BUSY = { watch: "otel", maxBusy: 1, busyMessage: "try again later", steps: [{ kind: "pause", ms: [100, 160] }] } as const;

/** Callers try again at once where the service behind them turns away what it cannot take. */
const turnedAway: Way = async (stage) => {
  const { dice } = stage;
  const chain = await buildChain(stage, {
    callers: [1, 2],
    noise: 0,
    watches: ["otel"],
    origin: BUSY,
    call: { tries: dice.whole(4, 6), gapMs: dice.whole(3, 8), timeoutMs: 800 },
  });
  await chain.load({ count: 32, perSecond: 14, next: () => ({}) });
  return { name: `${chain.services.length}-services`, ...chain.blame(503), diagnose: RIGHT };
};

/** Each of two layers tries again: what is one request at the front is a dozen at the back. */
const twoLayers: Way = async (stage) => {
  const { dice } = stage;
  const chain = await buildChain(stage, {
    callers: [2],
    noise: 0,
    watches: ["otel"],
    origin: BUSY,
    // All tries together are over before the proxy in front gives up.
    call: { tries: dice.whole(3, 4), gapMs: dice.whole(3, 8), timeoutMs: 350 },
    upperCalls: { tries: 3, gapMs: dice.whole(5, 15), timeoutMs: 1500 },
  });
  await chain.load({ count: 32, perSecond: 14, next: () => ({}) });
  return { name: "two-layers", ...chain.blame(503), diagnose: RIGHT };
};

/** A short stall, and the retries for what ran out of time keep the service where it is long after: it is slow because it is busy. */
async function afterStall(stage: Stage): Outcome {
  const { dice } = stage;
  const steps: readonly Step[] = [
    { kind: "pause", ms: [1500, 1800], when: { toggle: "stall" } },
    { kind: "pause", ms: [900, 1300], when: { busyFrom: 6 } },
    { kind: "pause", ms: [20, 50] },
  ];
  const call: Partial<CallStep> = { tries: 5, gapMs: dice.whole(5, 15), timeoutMs: 600 };
  const chain = await buildChain(stage, {
    callers: [1, 2],
    noise: 0,
    watches: ["otel"],
    origin: { watch: "otel", framework: "node", steps },
    call,
  });
  const from = dice.whole(14, 18);
  const at = { [from]: () => chain.origin.toggle("stall", true), [from + 8]: () => chain.origin.toggle("stall", false) };
  await chain.load({ count: 60, perSecond: 16, next: () => ({}), at });
  return { name: "after-a-stall", ...chain.blame(undefined), diagnose: diagnosed("retry-storm", ["dependency-timeout"]), sign: STORM };
}

/** The proxy in front tries again by itself whatever is turned away. */
const byProxy: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [0],
    noise: 0,
    proxies: ["haproxy"],
    proxy: { lines: { backend: "retries 4\n  retry-on 503" } },
    watches: ["otel"],
    origin: BUSY,
  });
  await chain.load({ count: 40, perSecond: 14, next: () => ({}) });
  return { name: "by-haproxy", ...chain.blame(503), diagnose: RIGHT };
};

const WAYS: readonly Way[] = [turnedAway, afterStall, twoLayers];

const LATER = { from: 12, ways: [byProxy, twoLayers] };

/** Callers that try again at once multiply the load on a service that can hardly take what it has. */
export const retryStorm: Scenario = { cause: "retry-storm", count: 16, play: (stage) => stage.way(WAYS, LATER)(stage) };
