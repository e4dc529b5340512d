/** What nobody could tell, and noise beside it. */
import { albLine, nginxLine } from "../../access-lines.ts";
import { app, call, clusterEvent, line, numbered, outside, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

/** See the file's head. */
export const OPEN_QUESTIONS: readonly Scene[] = [
  {
    name: "certificate-ends-next-week",
    software: "Go; a job warns of a certificate that ends in a week",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("edge-go", "gin"), "/pages/:id", { path: numbered("/pages", turn) }),
    beside: {
      lines: [3_000, 9_000].map((atMs) => ({
        app: app("edge-go", "gin"),
        atMs,
        line: line(17, "certificate for shop.example has expired or will expire in 168h: renew it"),
      })),
    },
  },
  {
    name: "release-and-setting-without-harm",
    software: "NestJS; a release and a changed setting, and nothing comes of either",
    share: 0,
    negative: "decoy-deploy",
    visit: (turn) =>
      visit(app("faq", "nest", { version: turn.index > 30 ? "5.1.0" : "5.0.9" }), "/faq/:id", { path: numbered("/faq", turn) }),
    beside: {
      changes: [
        { kind: "deploy", service: "faq", atMs: 12_000, version: "5.1.0", previousVersion: "5.0.9" },
        { kind: "config", service: "faq", atMs: 14_000, description: "LOG_LEVEL=debug" },
      ],
    },
  },
  {
    name: "sale-makes-everything-slower",
    software: "An AWS load balancer's log; three times the load, slower and right",
    share: 0,
    requests: 160,
    everyMs: 80,
    negative: "healthy",
    access: {
      file: "alb.access.log",
      line: (turn, time) => albLine(turn, time, [turn.index > 60 ? "0.001 1.900 0.000" : "0.001 0.090 0.000", 200, "200"]),
    },
  },
  {
    name: "heap-is-full-and-collected",
    software: "Java agent; the heap fills and is collected, all goes well",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("graphs", "spring"), "/graphs/:id", { path: numbered("/graphs", turn), ms: turn.index % 9 === 0 ? 420 : 20 }),
    beside: {
      metrics: [
        {
          app: app("graphs", "spring"),
          name: "jvm.memory.used",
          unit: "By",
          points: [
            [0, 4e8],
            [6_000, 9e8],
            [12_000, 4.1e8],
            [18_000, 9.2e8],
            [24_000, 4e8],
          ],
        },
      ],
    },
  },
  {
    name: "rails-500-and-nothing-else",
    software: "Rails without its logs; spans without an exception",
    share: 0.4,
    negative: "evidence-missing",
    visit: (turn) => visit(app("pets", "rails"), "/pets/:id", { path: numbered("/pets", turn), status: turn.isBad ? 500 : 200 }),
    missing: ["pets"],
    seen: { service: "pets" },
  },
  {
    name: "silent-helper-says-502",
    software: "Phoenix in front of a helper of one's own that sends nothing and answers 502",
    onset: 25,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("tours", "phoenix"), "/tours/:id", {
        path: numbered("/tours", turn),
        ...(turn.isBad ? { status: 502 } : {}),
        steps: [call(visit(outside("route-planner"), "/plan", turn.isBad ? { status: 502 } : {}))],
      }),
    missing: ["route-planner"],
    seen: { service: "tours" },
  },
  {
    name: "job-beside-runs-out-of-memory",
    software: "Flask says 500 and nothing more; a job of another pod is killed for its memory at the time",
    onset: 26,
    negative: "evidence-missing",
    visit: (turn) => visit(app("rooms", "flask"), "/rooms/:id", { path: numbered("/rooms", turn), status: turn.isBad ? 500 : 200 }),
    beside: {
      lines: [
        clusterEvent(app("nightly-import", "flask"), 10_100, ["OOMKilling", "Memory cgroup out of memory: Killed process 812 (python)"]),
      ],
    },
    missing: ["rooms"],
    seen: { service: "rooms" },
  },
  {
    name: "nginx-says-500-of-an-unseen-server",
    software: "nginx's access log alone; the application answers 500, and tells nobody why",
    share: 0.3,
    negative: "evidence-missing",
    access: {
      file: "nginx.access.log",
      line: (turn, time) =>
        nginxLine(turn, time, {
          path: `/orders/${4_100 + turn.index}`,
          ...(turn.isBad
            ? { status: 500, seconds: "0.030", upstream: ["10.0.3.7:8080", "500"] as const }
            : { status: 200, seconds: "0.021", upstream: ["10.0.3.7:8080", "200"] as const }),
        }),
    },
    missing: ["10.0.3.7:8080", "telemetry", "span"],
  },
  {
    name: "slow-and-right-over-grpc",
    software: "Rust over gRPC; streams last for seconds and end well",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("charts", "axum"), "/charts/:id", {
        path: numbered("/charts", turn),
        steps: [call(visit(app("ticks", "actix"), "", { ms: 5_000, rpc: { service: "acme.ticks.v1.Ticks", method: "Range", code: 0 } }))],
      }),
  },
];
