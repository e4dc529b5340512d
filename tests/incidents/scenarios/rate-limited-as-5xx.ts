import type { Scenario } from "../generator/stage.ts";
import { hop, maybe } from "../incident.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("rate-limited-as-5xx");

/** A callee says 429, and its caller makes a server error of it. */
function refused(name: string, service: string | undefined): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      origin: {
        ...(service === undefined ? {} : { service, watch: "none" as const, framework: "node" as const }),
        steps: [
          { kind: "answer", status: 429, body: '{"error":"slow down"}', headers: { "retry-after": "30" }, when: { toggle: "spent" } },
          { kind: "answer", status: 200 },
        ],
      },
      call: { reaction: stage.dice.pick([500, 502, 503] as const) },
    });
    await chain.load({ count: 50, next: () => ({}), at: { [stage.dice.whole(12, 28)]: () => chain.origin.toggle("spent", true) } });
    return { name, ...chain.blameCaller([maybe(chain.originName, "clean", "created")], "created", "remapped"), diagnose: RIGHT };
  };
}

/** nginx's limit answers 503 unless it is told otherwise. */
const nginxLimit: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [0],
    proxies: ["nginx"],
    proxy: {
      lines: { http: "limit_req_zone $binary_remote_addr zone=all:1m rate=10r/s;", location: "limit_req zone=all burst=3 nodelay;" },
    },
    origin: { steps: [] },
  });
  await chain.load({ count: 60, perSecond: 25, next: () => ({}) });
  return {
    name: "limit-of-nginx",
    creators: ["nginx"],
    path: [hop("nginx", "created"), maybe(chain.originName, "clean")],
    diagnose: RIGHT,
  };
};

const WAYS: readonly Way[] = [refused("third-party", "api.shipfast.example"), nginxLimit, refused("internal", undefined)];

/** Somebody said "slow down", and it reached the client as a server error. */
export const rateLimitedAs5xx: Scenario = { cause: "rate-limited-as-5xx", count: 14, play: (stage) => stage.way(WAYS)(stage) };
