import type { Scenario } from "../generator/stage.ts";
import { hop, maybe } from "../incident.ts";
import { buildChain, diagnosed } from "./chain.ts";

/** A gateway gave up while the server behind it was at its ordinary work: large reports take longer than the gateway waits. */
export const gatewayTimeout: Scenario = {
  cause: "gateway-timeout",
  count: 14,
  async play(stage) {
    const kind = stage.way(["nginx", "haproxy", "caddy", "apache", "varnish"] as const);
    const chain = await buildChain(stage, {
      callers: [0, 0, 1],
      proxies: [kind],
      proxy: { timeoutMs: 1000 },
      call: { timeoutMs: 8000 },
      origin: {
        watch: "otel",
        steps: [
          { kind: "pause", ms: [1300, 2200], when: { query: "span=year" } },
          { kind: "pause", ms: [20, 90], when: { query: "span=day" } },
        ],
      },
      watches: ["otel"],
    });
    await chain.load({ count: 50, perSecond: 15, next: () => ({ query: stage.dice.chance(0.35) ? "span=year" : "span=day" }) });
    const behind = chain.services.map(({ plan }) => maybe(plan.service, "clean", "propagated"));
    return {
      name: `long-reports-${kind}`,
      creators: [kind],
      path: [hop(kind, "created"), ...behind],
      diagnose: diagnosed("gateway-timeout"),
    };
  },
};
