import type { ProxyName } from "../../rig/real-proxies.ts";
import type { Scenario } from "../generator/stage.ts";
import { maybe } from "../incident.ts";
import { type Way, blameEdge, blameLink, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("gateway-mismatch");

/** The server answers in a way that its proxy does not accept. */
function unacceptable(what: string, proxies: readonly ProxyName[]): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [0],
      proxies,
      watches: ["otel"],
      origin: {
        framework: "node",
        steps: [{ kind: "wire", what, when: { query: "view=full" } }],
      },
    });
    await chain.load({ count: 55, next: () => ({ query: stage.dice.chance(0.4) ? "view=full" : "view=short" }) });
    return { name: `${what}-${chain.proxy}`, ...blameEdge(chain), diagnose: RIGHT };
  };
}

/** The service behind answers in a way that its caller's HTTP client does not accept. */
function unreadable(what: string, clients: readonly ("undici" | "http")[] = ["undici", "http"]): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      noise: 0,
      watches: ["otel"],
      origin: {
        framework: "node",
        watch: stage.dice.pick(["otel", "none"]),
        steps: [{ kind: "wire", what, when: { query: "view=full" } }],
      },
      call: { client: stage.dice.pick(clients) },
    });
    await chain.load({ count: 55, next: () => ({ query: stage.dice.chance(0.4) ? "view=full" : "view=short" }) });
    return { name: `${what}-between-services`, ...blameLink(chain), diagnose: RIGHT };
  };
}

/** A server in between answers with a page where JSON is due, and calls it a success. */
const pageForJson: Way = async (stage) => {
  const lines = {
    location:
      'if ($arg_view = full) { add_header Content-Type text/html; return 200 "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>"; }',
  };
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    proxies: ["none", "haproxy", "caddy", "varnish"],
    origin: { steps: [] },
    call: { reaction: stage.dice.pick([500, 502] as const) },
    reach: async (port) =>
      `http://portal:${(await stage.proxy({ kind: "nginx", backend: "app", servers: [{ name: "app-1", port }], lines })).port}`,
  });
  await chain.load({ count: 55, next: () => ({ query: stage.dice.chance(0.4) ? "view=full" : "view=short" }) });
  return { name: "page-for-json", ...chain.blameCaller([maybe(["portal", "nginx"], "clean", "created")]), diagnose: RIGHT };
};

const WAYS: readonly Way[] = [
  unacceptable("huge-header", ["nginx", "haproxy"]),
  unacceptable("bad-header", ["nginx", "haproxy"]),
  pageForJson,
  unacceptable("two-lengths", ["nginx", "haproxy"]),
  unacceptable("garbage", ["nginx", "haproxy", "caddy"]),
  unreadable("bad-chunk"),
  unreadable("huge-header"),
  unacceptable("bad-chunk", ["haproxy", "apache"]),
];

const LATER = { from: 18, ways: [unreadable("false-gzip", ["undici"]), unacceptable("garbage", ["nginx", "varnish"])] };

/** A gateway and what stands behind it do not speak alike. */
export const gatewayMismatch: Scenario = { cause: "gateway-mismatch", count: 22, play: (stage) => stage.way(WAYS, LATER)(stage) };
