import type { Scenario } from "../generator/stage.ts";
import { hop } from "../incident.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("fault-injected");

/** A mesh-like proxy between two services aborts a share of the calls, and says so in the body that the caller keeps. */
const abortInMesh: Way = async (stage) => {
  const percent = stage.dice.whole(30, 60);
  const lines = {
    frontend: `http-request return status 503 content-type text/plain string "fault filter abort" if { rand(100) lt ${percent} }`,
  };
  let name = "";
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    proxies: ["none", "nginx", "caddy"],
    origin: { steps: [], service: "pricing" },
    call: { quotes: true },
    reach: async (port) => {
      name = "pricing";
      return `http://pricing:${(await stage.proxy({ kind: "haproxy", backend: "pricing", servers: [{ name: "pricing-1", port }], lines })).port}`;
    },
  });
  await chain.load({ count: 55, next: () => ({}) });
  const path = chain.pathOver(503, [hop([name, "haproxy"], "created")]);
  return { name: "abort-in-mesh", ...chain.blame(503), creators: [name, "haproxy"], path, diagnose: RIGHT };
};

/** An experiment inside a service, which marks what it breaks. */
function experiment(name: string, body: string): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      origin: {
        steps: [
          { kind: "answer", status: 500, body, headers: { "x-fault": "abort" }, when: { query: "cohort=b" } },
          { kind: "answer", status: 200 },
        ],
      },
      call: { quotes: true },
    });
    await chain.load({ count: 55, next: () => ({ query: stage.dice.chance(0.4) ? "cohort=b" : "cohort=a" }) });
    return { name, ...chain.blame(500), diagnose: RIGHT };
  };
}

const WAYS: readonly Way[] = [
  abortInMesh,
  experiment("experiment", '{"error":"fault injected by chaos experiment checkout-7"}'),
  experiment("simulated", '{"error":"simulated failure (game day)"}'),
];

/** Somebody injects faults on purpose. */
export const faultInjected: Scenario = { cause: "fault-injected", count: 12, play: (stage) => stage.way(WAYS)(stage) };
