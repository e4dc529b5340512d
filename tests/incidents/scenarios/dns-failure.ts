import { startNameServer } from "../generator/name-server.ts";
import type { Scenario } from "../generator/stage.ts";
import { hop, maybe } from "../incident.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("dns-failure");

/** A service calls a name that is not known, or not any longer. */
function unknownName(client: "undici" | "http"): Way {
  return async (stage) => {
    const name = stage.dice.pick(["inventory.shop.internal", "pricing-v2.default.svc.cluster.local", "ledger.prod.invalid"]);
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      origin: { steps: [] },
      caller: { unknownHosts: [name] },
      before: [{ kind: "call", url: `http://${name}/rates`, client, reaction: 502, when: { query: "currency" } }],
      call: { reaction: 502 },
    });
    await chain.load({ count: 50, next: () => ({ query: stage.dice.chance(0.5) ? "currency=NOK" : "" }) });
    return { name: `unknown-name-${client}`, ...chain.blameCaller([maybe(name, "clean", "created")]), diagnose: RIGHT };
  };
}

/** The name server of a cluster fails, or says nothing at all. */
const nameServerFails: Way = async (stage) => {
  const server = await startNameServer(stage.dice.pick(["server-failure", "silence"] as const));
  stage.onClose(() => server.close());
  const name = stage.dice.pick(["rates.shop.svc.cluster.local", "ledger.internal"]);
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    origin: { steps: [] },
    caller: { unknownHosts: [name], nameServer: server.port },
    before: [
      {
        kind: "call",
        url: `http://${name}/rates`,
        client: stage.dice.pick(["undici", "http"]),
        reaction: 502,
        when: { query: "currency" },
      },
    ],
    call: { reaction: 502 },
  });
  await chain.load({ count: 50, next: () => ({ query: stage.dice.chance(0.5) ? "currency=NOK" : "" }) });
  return { name: "name-server-fails", ...chain.blameCaller([maybe(name, "clean", "created")]), diagnose: RIGHT };
};

/** A proxy looks the name of its server up for each request, and is told that there is none, or nothing. */
const nginxResolver: Way = async (stage) => {
  const server = await startNameServer(stage.dice.pick(["no-such-name", "server-failure"] as const));
  stage.onClose(() => server.close());
  const name = stage.dice.pick(["orders.shop.internal", "cart.default.svc.cluster.local"]);
  const chain = await buildChain(stage, {
    callers: [0],
    proxies: ["nginx"],
    proxy: {
      lines: {
        listen: `resolver 127.0.0.1:${server.port} valid=1s ipv6=off; resolver_timeout 1s;`,
        location: `if ($arg_shard = b) { set $up "${name}"; proxy_pass http://$up:8080; }`,
      },
    },
    origin: { watch: "otel", steps: [] },
  });
  await chain.load({ count: 50, next: () => ({ query: stage.dice.chance(0.4) ? "shard=b" : "shard=a" }) });
  return { name: "nginx-resolver", creators: ["nginx"], path: [hop("nginx", "created"), maybe(name, "created")], diagnose: RIGHT };
};

/** Caddy asks the system. */
const caddySystem: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [0],
    proxies: ["caddy"],
    proxy: { lines: { to: "orders-blue.shop.invalid:8080" } },
    origin: { watch: "otel", steps: [] },
  });
  await chain.load({ count: 35, next: () => ({}) });
  return {
    name: "caddy-system",
    creators: ["caddy"],
    path: [hop("caddy", "created"), maybe("orders-blue.shop.invalid", "created")],
    diagnose: RIGHT,
  };
};

/** The database moved, and its old name is known no longer. */
const unknownDatabase: Way = async (stage) => {
  const name = stage.dice.pick(["db-primary.shop.invalid", "orders-db.prod.invalid"]);
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    origin: {
      watch: "otel",
      databaseUrl: `postgres://app@${name}:5432/postgres`,
      steps: [{ kind: "query", sql: "select count(*) from orders", when: { query: "with=orders" } }],
    },
  });
  await chain.load({ count: 45, next: () => ({ query: stage.dice.chance(0.5) ? "with=orders" : "with=none" }) });
  const path = chain.pathOver(500, [hop(chain.originName, "created", "propagated"), maybe(["postgresql", name], "clean", "created")]);
  return { name: "unknown-database", ...chain.blame(500), path, diagnose: RIGHT };
};

const WAYS: readonly Way[] = [unknownName("undici"), nginxResolver, unknownName("http"), caddySystem, nameServerFails];

const LATER = { from: 14, ways: [unknownDatabase, caddySystem] };

/** A name does not resolve. */
export const dnsFailure: Scenario = { cause: "dns-failure", count: 18, play: (stage) => stage.way(WAYS, LATER)(stage) };
