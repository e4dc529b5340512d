import type { Scenario, Stage } from "../generator/stage.ts";
import { type Outcome, blameEdge, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("connection-refused");

/** A service ends, and its callers go on calling. */
async function goneService(stage: Stage, client: "undici" | "http"): Outcome {
  const chain = await buildChain(stage, { callers: [1, 1, 2], origin: { steps: [{ kind: "answer", status: 200 }] }, call: { client } });
  await chain.load({ count: 50, next: () => ({}), at: { 25: () => chain.origin.end() } });
  return { name: `service-gone-${client}`, ...chain.blame(undefined), diagnose: RIGHT };
}

/** The only server behind a proxy ends. Nobody but the proxy sees it: either end of the broken connection is a right answer. */
async function goneServer(stage: Stage): Outcome {
  const kind = stage.dice.pick(["nginx", "haproxy", "apache", "caddy"] as const);
  const chain = await buildChain(stage, { callers: [0], proxies: [kind], origin: { steps: [{ kind: "answer", status: 200 }] } });
  await chain.load({ count: 50, next: () => ({}), at: { 25: () => chain.origin.end() } });
  return {
    name: `server-gone-${kind}`,
    ...blameEdge(chain),
    diagnose: RIGHT,
  };
}

const WAYS: readonly ((stage: Stage) => Outcome)[] = [
  (stage) => goneService(stage, "undici"),
  goneServer,
  (stage) => goneService(stage, "http"),
];

/** Nothing listens where the caller connects. */
export const connectionRefused: Scenario = { cause: "connection-refused", count: 14, play: (stage) => stage.way(WAYS)(stage) };
