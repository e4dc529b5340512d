import type { Scenario, Stage } from "../generator/stage.ts";
import { type Way, blameEdge, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("keepalive-race");
/** Without the hint that Node gives of its own accord, as servers do that close in silence. */
const SILENT = [{ kind: "answer", status: 200, headers: { connection: "keep-alive" } }] as const;
const DISTANCE_MS = 30;
const IDLE_MS = 180;
/** Requests come about as often as idle connections are closed. */
const PER_SECOND = 1000 / (IDLE_MS + 2 * DISTANCE_MS);

/** A race is lost now and then: goes on until it was lost a few times. */
async function untilSeen(stage: Stage, load: () => Promise<void>): Promise<void> {
  for (let rounds = 0; rounds < 6 && stage.seen.failing < 4; rounds += 1) await load();
}

/** A service whose callers keep connections longer than it does, and are some way off. */
function betweenServices(client: "undici" | "http"): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1],
      proxies: ["none", "none", "nginx", "caddy"],
      noise: 0,
      origin: { steps: SILENT, keepAliveMs: IDLE_MS },
      call: { client },
      reach: async (port) => `http://ledger:${await stage.relay(port, DISTANCE_MS)}`,
    });
    await untilSeen(stage, () => chain.load({ count: 60, perSecond: PER_SECOND, next: () => ({}) }));
    const path = chain.pathOver(undefined, [{ service: [chain.originName, "ledger"], fate: ["created"] }]);
    return { name: client, ...chain.blame(undefined), creators: [chain.originName, "ledger"], path, diagnose: RIGHT };
  };
}

/** The same between a proxy and the service behind it. Only what may not be sent twice shows it: proxies try the rest again. */
const behindNginx: Way = async (stage) => {
  const lines = { upstream: "keepalive 4;", location: 'proxy_http_version 1.1; proxy_set_header Connection "";' };
  const chain = await buildChain(stage, {
    callers: [0],
    proxies: ["none"],
    noise: 0,
    origin: { method: "POST", steps: SILENT, keepAliveMs: IDLE_MS, watch: "otel" },
  });
  const relayed = await stage.relay(chain.origin.port, DISTANCE_MS);
  const proxy = await stage.proxy({ kind: "nginx", backend: chain.originName, servers: [{ name: "one", port: relayed }], lines });
  await untilSeen(stage, () =>
    stage.load({
      port: proxy.port,
      count: 60,
      perSecond: PER_SECOND,
      isTraced: true,
      next: (index) => ({ method: "POST", path: chain.route.replace(":id", String(index)), body: "{}" }),
    }),
  );
  return { name: "behind-nginx", ...blameEdge({ ...chain, proxy: "nginx", origin: { ...chain.origin, port: relayed } }), diagnose: RIGHT };
};

const WAYS: readonly Way[] = [betweenServices("undici"), behindNginx, betweenServices("http")];

/** The server closed an idle connection in the moment in which the caller used it again. */
export const keepaliveRace: Scenario = { cause: "keepalive-race", count: 12, play: (stage) => stage.way(WAYS)(stage) };
