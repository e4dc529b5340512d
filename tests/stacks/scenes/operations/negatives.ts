/** Nothing is wrong, or what fails was meant to, or nobody can tell from what was sent; many with words that mislead. */
import { ENVOY_OK, envoyLine } from "../../access-lines.ts";
import { app, call, clusterEvent, line, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { App, Scene, Turn, Visit } from "../../plan.ts";

const calm = (at: App, route: string, more: (turn: Turn) => Partial<Visit>): Pick<Scene, "share" | "visit"> => ({
  share: 0,
  visit: (turn) => visit(at, route, { path: route.replace(/:\w+/, String(4_100 + turn.index)), ...more(turn) }),
});

/** A 5xx without a cause that could be named: meant, or untold. */
const unnamed = (at: App, route: string, more: Partial<Visit>): Pick<Scene, "visit" | "seen" | "missing" | "creators"> => ({
  visit: (turn) =>
    visit(at, route, { path: route.replace(/:\w+/, String(4_100 + turn.index)), ...(turn.isBad ? { status: 503, ...more } : {}) }),
  seen: {},
  missing: [at.service],
  creators: [at.service],
});

/** See the file's head. */
export const NEGATIVES: readonly Scene[] = [
  {
    name: "pool-waits-and-all-get-one",
    software: "Spring; requests wait for a connection, and each gets one",
    negative: "slow",
    ...calm(app("queue-jvm", "spring"), "/tickets/:id", (turn) => ({
      ms: turn.index > 25 ? 480 : 9,
      ...(turn.index > 25 ? { lines: [line(13, "HikariPool-1 - Pool stats (total=10, active=10, idle=0, waiting=7)")] } : {}),
    })),
  },
  {
    name: "names-are-asked-twice",
    software: "Go; a name server drops a question, the second is answered",
    negative: "retried",
    ...calm(app("names-go", "gin"), "/names/:id", (turn) =>
      turn.index % 7 === 0 ? { lines: [line(13, "lookup cache on 10.96.0.10:53: i/o timeout, asking again")] } : {},
    ),
  },
  {
    name: "certificate-was-rotated-in-time",
    software: "Express; a warning about the old certificate, a rotation, no error",
    negative: "maintenance",
    ...calm(app("docs-node", "express"), "/docs/:id", (turn) =>
      turn.index === 10 ? { lines: [line(13, "certificate expires in 3 days")] } : {},
    ),
    beside: { changes: [{ kind: "config", service: "docs-node", atMs: 12_000, description: "certificate rotated" }] },
  },
  {
    name: "strangers-with-old-tokens",
    software: "FastAPI; expired tokens are 401, each with an error in the log",
    negative: "business",
    ...calm(app("members-py", "fastapi"), "/members/:id", (turn) =>
      turn.index % 3 === 0 ? { status: 401, lines: [line(17, "jwt.exceptions.ExpiredSignatureError: Signature has expired")] } : {},
    ),
  },
  {
    name: "limiter-slows-the-greedy",
    software: "NestJS; a client over its limit gets 429",
    negative: "business",
    ...calm(app("feeds-nest", "nest"), "/feeds/:id", (turn) =>
      turn.index % 2 === 0 ? { status: 429, lines: [line(13, "ThrottlerException: Too Many Requests")] } : {},
    ),
  },
  {
    name: "consumer-lags-beside-the-pages",
    software: "Rails; mails wait in a queue for minutes, pages are well",
    negative: "background",
    ...calm(app("board-rb", "rails"), "/boards/:id", () => ({})),
    beside: {
      metrics: [
        {
          app: app("mail-worker", "rails"),
          name: "messaging.consumer.lag",
          points: [0, 6_000, 12_000, 18_000].map((atMs, at) => [atMs, at * 4_000] as const),
        },
      ],
      lines: [{ app: app("mail-worker", "rails"), atMs: 9_000, line: line(17, "Net::ReadTimeout with #<TCPSocket:(closed)>") }],
    },
  },
  {
    name: "cache-is-cold-and-slow",
    software: "Phoenix; after a restart of the cache pages take longer, none fails",
    negative: "slow",
    ...calm(app("news-ex", "phoenix"), "/news/:id", (turn) => ({
      steps: [store(["postgresql", "news-db"], "SELECT n0.id FROM news AS n0 WHERE n0.id = $1", { ms: turn.index > 20 ? 320 : 3 })],
    })),
    beside: { changes: [{ kind: "restart", service: "news-cache", atMs: 7_900 }] },
  },
  {
    name: "collector-pauses-and-nobody-fails",
    software: "Quarkus; long pauses of the collector, slow and right",
    negative: "slow",
    ...calm(app("rules-jvm", "quarkus"), "/rules/:id", (turn) => ({ ms: turn.index % 9 === 0 ? 900 : 12 })),
    beside: {
      metrics: [
        {
          app: app("rules-jvm", "quarkus"),
          name: "jvm.gc.duration",
          unit: "s",
          points: [
            [4_000, 0.4],
            [12_000, 0.9],
            [20_000, 0.8],
          ],
        },
      ],
    },
  },
  {
    name: "disk-is-nearly-full",
    software: "Django; the disk is at 93 %, which is a warning",
    negative: "background",
    ...calm(app("albums-py", "django"), "/albums/:id", (turn) =>
      turn.index % 20 === 0 ? { lines: [line(13, "disk usage of /data is 93 %, no space left in about 4 days")] } : {},
    ),
  },
  {
    name: "breaker-opens-for-an-optional-callee",
    software: "ASP.NET Core leaves out reviews while their breaker is open; pages are whole otherwise",
    share: 0,
    negative: "optional",
    ...calm(app("store-net", "aspnet"), "/items/:id", (turn) =>
      turn.index % 2 === 0
        ? {
            lines: [
              line(13, "Polly.CircuitBreaker.BrokenCircuitException: The circuit is now open and is not allowing calls. Reviews left out."),
            ],
          }
        : {},
    ),
  },
  {
    name: "new-leader-was-elected-at-once",
    software: "Go; etcd elected a leader within a second, a second try was heard",
    negative: "retried",
    ...calm(app("locks-go", "gin"), "/locks/:id", (turn) =>
      turn.index === 30 ? { ms: 900, lines: [line(13, "etcdserver: leader changed, trying again")] } : {},
    ),
  },
  {
    name: "flag-was-flipped-and-all-is-well",
    software: "Laravel; a flag goes to everyone, nothing changes for the worse",
    negative: "decoy-change",
    ...calm(app("home-php", "laravel"), "/home/:id", () => ({})),
    beside: { changes: [{ kind: "flag", service: "home-php", atMs: 9_000, description: "new-home: 100 %" }] },
  },
  {
    name: "service-closes-at-eight",
    software: "Symfony answers 503 outside its hours",
    onset: 30,
    negative: "by-design",
    ...unnamed(app("office-php", "symfony"), "/appointments/:id", { lines: [line(9, "closed until 08:00")] }),
  },
  {
    name: "read-only-for-the-evening",
    software: "Gin answers 503 to writes while a migration was announced",
    share: 0.3,
    negative: "by-design",
    ...unnamed(app("wiki-go", "gin"), "/articles/:id", {
      method: "POST",
      lines: [line(9, "read-only mode is on until 22:00, write refused")],
    }),
  },
  {
    name: "killed-pod-was-of-a-batch-job",
    software: "Spring; a job beside was killed for its memory, pages are well",
    negative: "background",
    ...calm(app("rent-jvm", "spring"), "/rents/:id", () => ({})),
    beside: {
      lines: [8_000, 16_000].map((atMs) =>
        clusterEvent(app("nightly-job", "gin"), atMs, ["OOMKilling", "Memory cgroup out of memory: Killed process 19 (java)"]),
      ),
    },
  },
  {
    name: "five-hundred-and-not-a-word-in-rust",
    software: "Axum answers 500 without any word",
    share: 0.4,
    negative: "evidence-missing",
    ...unnamed(app("badges-rs", "axum"), "/badges/:id", { status: 500 }),
  },
  {
    name: "silent-callee-says-500-over-http",
    software: "Express; a callee without telemetry answers 500 with no reason",
    onset: 22,
    share: 0.5,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("teams-node", "express"), "/teams/:id", {
        path: numbered("/teams", turn),
        status: turn.isBad ? 502 : 200,
        steps: [call(visit(outside("roster"), "/roster", { status: turn.isBad ? 500 : 200 }))],
      }),
    seen: { service: "teams-node", route: "/teams/:id" },
    missing: ["roster"],
  },
  {
    name: "metrics-rise-and-a-500-says-nothing",
    software: "Nest answers 500 now and then; its memory rises as on every morning; nobody says why it fails",
    share: 0.2,
    negative: "evidence-missing",
    ...unnamed(app("school-nest", "nest"), "/classes/:id", { status: 500, lines: [line(17, "request failed")] }),
  },
  {
    name: "envoy-says-503-of-an-unseen-service",
    software: "Istio's log alone; the service itself answers 503",
    onset: 25,
    share: 0.5,
    negative: "evidence-missing",
    access: {
      file: "istio.access.log",
      line: (turn, time) => envoyLine(turn, time, turn.isBad ? { ...ENVOY_OK, status: 503 } : ENVOY_OK),
    },
    missing: ["orders", "10.4.2.17", "10.4.2.17:8080", "istio"],
  },
  {
    name: "words-of-an-error-in-a-product",
    software: "Flask sells books whose titles are errors, and logs each sale",
    negative: "misleading-words",
    ...calm(app("books-py", "flask"), "/books/:id", (turn) => ({
      lines: [
        line(
          9,
          `sold "${["Connection Refused", "Out of Memory", "The Deadlock", "Certificate Has Expired"][turn.index % 4] ?? ""}", order ${turn.index}`,
        ),
      ],
    })),
  },
  {
    name: "health-check-of-a-starting-callee",
    software: "Actix whose probe of a starting callee is refused for two seconds, beside requests that are well",
    negative: "background",
    ...calm(app("seeds-rs", "actix"), "/seeds/:id", () => ({})),
    beside: {
      lines: Array.from({ length: 6 }, (_, at) => ({
        app: app("seeds-rs", "actix"),
        atMs: 2_000 + at * 350,
        line: line(13, "probe of soil:8080 failed: Connection refused (os error 111)"),
      })),
    },
  },
  {
    name: "cancelled-by-the-page-that-was-left",
    software: "ASP.NET Core; people leave a slow page, their requests are cancelled with 499",
    negative: "cancelled",
    ...calm(app("views-net", "aspnet"), "/views/:id", (turn) =>
      turn.index % 4 === 0
        ? { status: 499, ms: 700, lines: [line(17, "System.Threading.Tasks.TaskCanceledException: A task was canceled.")] }
        : {},
    ),
  },
  {
    name: "declined-over-grpc",
    software: "Go over gRPC; bookings that overlap are refused with FAILED_PRECONDITION, which the front answers with 409",
    share: 0,
    negative: "business",
    visit: (turn) =>
      visit(app("halls-go", "gin"), "/halls/:id", {
        path: numbered("/halls", turn),
        status: turn.index % 3 === 0 ? 409 : 200,
        steps: [
          call(
            visit(app("slots-go", "gin"), "", {
              rpc: {
                service: "acme.slots.v1.Slots",
                method: "Book",
                code: turn.index % 3 === 0 ? 9 : 0,
                ...(turn.index % 3 === 0 ? { message: "slot is taken" } : {}),
              },
            }),
          ),
        ],
      }),
  },
  {
    name: "upload-was-ended-by-the-phone",
    software: "Spring; phones lose their network while they upload, which is logged as an error",
    negative: "cancelled",
    ...calm(app("clips-jvm", "spring"), "/clips/:id", (turn) =>
      turn.index % 5 === 0
        ? {
            status: 400,
            method: "POST",
            thrown: thrown("org.apache.catalina.connector.ClientAbortException", "java.io.IOException: Connection reset by peer", [
              "\tat org.apache.catalina.connector.InputBuffer.realReadBytes(InputBuffer.java:338)",
            ]),
          }
        : { method: "POST" },
    ),
  },
];
