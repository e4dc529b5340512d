import type { Scenario } from "../generator/stage.ts";
import { hop } from "../incident.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("dependency-error");
const FRONTS = ["none", "haproxy", "varnish"] as const;

/** A server of our own that nobody traces, and whose own log says that it went wrong by itself: its rules send requests in a circle. */
function circle(kind: "nginx" | "apache"): Way {
  return async (stage) => {
    const name = stage.dice.pick(["assets", "documents", "templates"]);
    const lines =
      kind === "nginx"
        ? { pass: "root /nowhere; try_files $uri /index.html;", listen: "if ($arg_kind = plain) { return 200 '{}'; }" }
        : {
            pass: `RewriteEngine On\nRewriteCond %{QUERY_STRING} kind=plain\nRewriteRule ^ - [R=204,L]\n<Directory />\nAllowOverride None\nRewriteEngine On\nRewriteRule ^(.*)$ /x$1 [PT]\n</Directory>`,
          };
    const server = await stage.proxy({ kind, backend: "unused", servers: [{ name: "unused", port: 9 }], lines }, name);
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      proxies: FRONTS,
      origin: { service: name, watch: "none", steps: [] },
      reach: () => `http://${name}:${server.port}`,
      call: { reads: false },
    });
    const share = stage.dice.whole(20, 50) / 100;
    await chain.load({ count: 55, next: () => ({ query: stage.dice.chance(share) ? "kind=dated" : "kind=plain" }) });
    const path = chain.pathOver(500, [hop([name, kind], "created")]);
    return { ...chain.blame(500), name: `${kind}-in-a-circle`, creators: [name, kind], path, diagnose: RIGHT };
  };
}

/** An engine without telemetry whose answer says what is wrong inside it; the caller keeps the answer in its error. */
function ownWords(name: string, service: string, body: string): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      origin: {
        service,
        watch: "none",
        framework: "node",
        steps: [
          { kind: "answer", status: 500, body, when: { query: "kind=wide" } },
          { kind: "answer", status: 200 },
        ],
      },
      call: { quotes: true },
    });
    const share = stage.dice.whole(20, 50) / 100;
    await chain.load({ count: 55, next: () => ({ query: stage.dice.chance(share) ? "kind=wide" : "kind=narrow" }) });
    return { name, ...chain.blame(500), diagnose: RIGHT };
  };
}

/** A service that loses its connection over certain requests, always and after it began to work: its worker dies of them. */
function broken(name: string, what: "reset" | "cut-body"): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      noise: 0,
      watches: ["otel"],
      origin: {
        framework: "node",
        steps: [
          { kind: "pause", ms: [60, 120] },
          { kind: "wire", what, when: { query: "kind=wide" } },
        ],
      },
      call: { client: stage.dice.pick(["undici", "http"]) },
    });
    const share = stage.dice.whole(30, 50) / 100;
    await chain.load({ count: 55, next: () => ({ query: stage.dice.chance(share) ? "kind=wide" : "kind=narrow" }) });
    return { name, ...chain.blame(undefined), diagnose: RIGHT };
  };
}

const WAYS: readonly Way[] = [
  circle("nginx"),
  ownWords(
    "shards-failed",
    "search-engine",
    '{"error":{"type":"search_phase_execution_exception","reason":"all shards failed"},"status":500}',
  ),
  ownWords(
    "render-failed",
    "pdf-renderer",
    '{"error":"internal","detail":"renderer worker crashed with signal 11 while laying out page 3"}',
  ),
  broken("resets", "reset"),
  broken("cut-short", "cut-body"),
];

/** A service of one's own answered with an error, or broke off. */
export const dependencyError: Scenario = { cause: "dependency-error", count: 16, play: (stage) => stage.way(WAYS)(stage) };
