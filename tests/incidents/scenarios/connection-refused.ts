import { setTimeout as sleep } from "node:timers/promises";
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

/** A service is restarted, and is away for a while. */
async function restarted(stage: Stage): Outcome {
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    noise: 0,
    watches: ["otel"],
    origin: { watch: "otel", steps: [{ kind: "answer", status: 200 }] },
  });
  const { plan, port } = chain.origin;
  let back: Promise<unknown> = Promise.resolve();
  const restart = async (): Promise<void> => {
    stage.change({ kind: "restart", service: plan.service, description: "node drained for maintenance" });
    await chain.origin.end();
    back = sleep(900).then(() => stage.service(plan, { port }));
  };
  await chain.load({ count: 70, perSecond: 25, next: () => ({}), at: { [stage.dice.whole(20, 28)]: restart } });
  await back;
  return { name: "restarted", ...chain.blame(undefined), diagnose: RIGHT };
}

const WAYS: readonly ((stage: Stage) => Outcome)[] = [
  (stage) => goneService(stage, "undici"),
  goneServer,
  (stage) => goneService(stage, "http"),
];

const LATER = { from: 14, ways: [restarted] };

/** Nothing listens where the caller connects. */
export const connectionRefused: Scenario = { cause: "connection-refused", count: 16, play: (stage) => stage.way(WAYS, LATER)(stage) };
