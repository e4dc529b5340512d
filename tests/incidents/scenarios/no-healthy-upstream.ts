import { setTimeout as sleep } from "node:timers/promises";
import type { ProxyPlan } from "../generator/proxies.ts";
import type { Scenario } from "../generator/stage.ts";
import { blameEdge, buildChain, diagnosed } from "./chain.ts";

/** How each proxy learns that a server is down. */
const CHECKS: Readonly<Record<ProxyPlan["kind"], Readonly<Record<string, string>>>> = {
  nginx: { server: "max_fails=1 fail_timeout=30s" },
  haproxy: { backend: "option httpchk GET /healthz", server: "check inter 150ms fall 2" },
  caddy: { proxy: "health_uri /healthz\n    health_interval 200ms\n    health_timeout 200ms" },
  apache: { server: "retry=30" },
  varnish: { server: '.probe = { .url = "/healthz"; .interval = 200ms; .timeout = 200ms; .window = 3; .threshold = 2; }' },
};

/** A gateway has no server left to send to: it noticed before the requests that it turns away. */
export const noHealthyUpstream: Scenario = {
  cause: "no-healthy-upstream",
  count: 10,
  async play(stage) {
    const kind = stage.way(["haproxy", "nginx", "varnish", "caddy", "apache"] as const);
    const chain = await buildChain(stage, {
      callers: [0],
      proxies: [kind],
      proxy: { lines: CHECKS[kind] },
      origin: { watch: "otel", steps: [] },
    });
    const isNoticedByChecks = kind === "haproxy" || kind === "caddy" || kind === "varnish";
    const end = async (): Promise<void> => {
      await chain.origin.end();
      await sleep(isNoticedByChecks ? 1200 : 0);
    };
    await chain.load({ count: 50, next: () => ({}), at: { [stage.dice.whole(15, 25)]: end } });
    // nginx never takes the only server of a group for down: each request is refused anew, and its log says just that.
    const also = kind === "nginx" ? (["connection-refused"] as const) : undefined;
    return { name: `all-down-${kind}`, ...blameEdge(chain), diagnose: diagnosed("no-healthy-upstream", also) };
  },
};
