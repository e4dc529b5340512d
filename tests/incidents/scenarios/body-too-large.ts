import type { Scenario } from "../generator/stage.ts";
import { maybe } from "../incident.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("body-too-large");
const small = JSON.stringify({ items: ["tea"] });
const large = JSON.stringify({ items: Array.from({ length: 12_000 }, () => "tea,mug") });
const LIMIT = 60_000;

/** The service's own limit, and an error handler that makes a 500 of everything. */
const ownLimit: Way = async (stage) => {
  const chain = await buildChain(stage, {
    origin: {
      method: "POST",
      bodyLimitBytes: LIMIT,
      keepsStatus: false,
      framework: stage.dice.pick(["express", "fastify"]),
      watch: "otel",
      steps: [],
    },
    call: { reaction: stage.dice.pick(["same", 502]) },
  });
  await chain.load({ count: 45, next: () => ({ body: stage.dice.chance(0.3) ? large : small }) });
  return { name: "own-limit", ...chain.blame(500), diagnose: RIGHT };
};

/** The callee answers 413, as it should, and its caller makes a server error of it. */
const calleeLimit: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    origin: { method: "POST", bodyLimitBytes: LIMIT, steps: [] },
    call: { forwardBody: true, reaction: stage.dice.pick([500, 502] as const) },
  });
  await chain.load({ count: 45, next: () => ({ body: stage.dice.chance(0.3) ? large : small }) });
  return {
    name: "limit-of-callee",
    ...chain.blameCaller([maybe(chain.originName, "clean", "created")], "created", "remapped"),
    diagnose: RIGHT,
  };
};

/** A proxy between two services has a limit that neither knows. */
function proxyLimit(kind: "nginx" | "haproxy"): Way {
  return async (stage) => {
    const lines =
      kind === "nginx"
        ? { location: "client_max_body_size 50k;" }
        : { frontend: "http-request deny deny_status 413 if { req.hdr_val(content-length) gt 50000 }" };
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      proxies: ["none", "varnish", "caddy"],
      origin: { method: "POST", steps: [] },
      call: { forwardBody: true, reaction: stage.dice.pick([500, 502] as const) },
      reach: async (port) =>
        `http://upload-gateway:${(await stage.proxy({ kind, backend: "uploads", servers: [{ name: "uploads-1", port }], lines })).port}`,
    });
    await chain.load({ count: 45, next: () => ({ body: stage.dice.chance(0.3) ? large : small }) });
    const behind = [maybe(["upload-gateway", kind], "clean", "created")];
    return { name: `limit-of-${kind}`, ...chain.blameCaller(behind, "created", "remapped"), diagnose: RIGHT };
  };
}

const WAYS: readonly Way[] = [ownLimit, proxyLimit("nginx"), calleeLimit, proxyLimit("haproxy")];

/** A body over a limit, answered with a 5xx where a 413 belongs. */
export const bodyTooLarge: Scenario = { cause: "body-too-large", count: 14, play: (stage) => stage.way(WAYS)(stage) };
