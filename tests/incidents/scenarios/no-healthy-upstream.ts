import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { RunningProxy } from "../../rig/real-proxies.ts";
import type { ProxyPlan } from "../generator/proxies.ts";
import type { Scenario } from "../generator/stage.ts";
import { until } from "../generator/until.ts";
import { type Chain, blameEdge, buildChain, diagnosed } from "./chain.ts";

/** How each proxy learns that a server is down. */
const CHECKS: Readonly<Record<ProxyPlan["kind"], Readonly<Record<string, string>>>> = {
  nginx: { server: "max_fails=1 fail_timeout=30s" },
  haproxy: { backend: "option httpchk GET /healthz", server: "check inter 150ms fall 2" },
  caddy: { proxy: "health_uri /healthz\n    health_interval 200ms\n    health_timeout 200ms" },
  // Left to itself, a balancer without any server tries all of them again at once.
  apache: { server: "retry=30", passOptions: "forcerecovery=Off" },
  varnish: { server: '.probe = { .url = "/healthz"; .interval = 200ms; .timeout = 200ms; .window = 3; .threshold = 2; }' },
};

/** Whether a proxy that checks its servers has noticed. The others notice by the first request that they try. */
const KNOWS: Partial<Readonly<Record<ProxyPlan["kind"], (proxy: RunningProxy, chain: Chain) => boolean>>> = {
  haproxy: (proxy) => proxy.log().includes("has no server available"),
  caddy: (proxy, { origin, twins }) =>
    [origin, ...twins].every(({ port }) =>
      proxy
        .log()
        .split("\n")
        .some((line) => /HTTP request failed|"unhealthy"/.test(line) && line.includes(`:${port}`)),
    ),
  varnish: ({ directory }) => countSick(directory) >= 2,
};

const TURNED_AWAY = { words: /" 503 /, share: 0.8 };

function countSick(directory: string): number {
  const list = execFileSync("/usr/bin/varnishadm", ["-n", join(directory, "state"), "backend.list"], { encoding: "utf8" });
  return list.match(/\bsick\b/gi)?.length ?? 0;
}

/** A gateway has no server left to send to: it noticed before the requests that it turns away. */
export const noHealthyUpstream: Scenario = {
  cause: "no-healthy-upstream",
  count: 14,
  async play(stage) {
    const kind = stage.way(["haproxy", "nginx", "varnish", "caddy", "apache"] as const);
    const chain = await buildChain(stage, {
      callers: [0],
      proxies: [kind],
      proxy: { lines: CHECKS[kind] },
      // Of an only server nginx never says that none is left.
      twins: 1,
      origin: { watch: "otel", steps: [] },
    });
    const { frontProxy, origin, twins } = chain;
    const end = async (): Promise<void> => {
      await Promise.all([origin, ...twins].map((pod) => pod.end()));
      if (frontProxy !== undefined) await until(() => KNOWS[kind]?.(frontProxy, chain) ?? true, `${kind} to notice`);
    };
    await chain.load({ count: 50, next: () => ({}), at: { [stage.dice.whole(15, 25)]: end } });
    const blame = { name: `all-down-${kind}`, ...blameEdge(chain), ...(kind === "varnish" ? { sign: TURNED_AWAY } : {}) };
    // Varnish's access log holds a status and no reason: here nobody can tell, and it must be said.
    return kind === "varnish"
      ? { ...blame, negative: "evidence-missing", diagnose: { verdict: "inconclusive", missing: [kind, chain.originName, "telemetry"] } }
      : { ...blame, diagnose: diagnosed("no-healthy-upstream") };
  },
};
