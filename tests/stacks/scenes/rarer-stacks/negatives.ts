/** Nothing is wrong, or nothing that could be told: spikes, storms of clients' errors, clients that leave, changes that did no harm. */
import { app, call, line, numbered, outside, store, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

/** See the file's head. */
export const NEGATIVES: readonly Scene[] = [
  {
    name: "sale-begins-and-all-is-well",
    software: "Go; a sale begins, answers take five times as long, and all are good",
    share: 0,
    requests: 300,
    everyMs: 30,
    negative: "healthy",
    visit: (turn) =>
      visit(app("sale", "gin"), "/offers/:id", { path: numbered("/offers", turn), ms: turn.index > 120 ? 45 + (turn.index % 9) * 4 : 9 }),
  },
  {
    name: "passwords-are-tried-by-the-thousand",
    software: "Phoenix; stolen passwords are tried, each refusal is a warning",
    share: 0,
    requests: 200,
    everyMs: 60,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("login", "phoenix"), "/sessions", {
        method: "POST",
        ...(turn.index > 40 && turn.index % 8 !== 0
          ? { status: 401, lines: [line(13, "authentication failed for user 4110: invalid password")] }
          : { status: 201 }),
      }),
  },
  {
    name: "browsers-leave-while-it-works",
    software: "ASP.NET Core; clients close their tabs, and each cancelled statement is logged as an error",
    share: 0,
    negative: "cancelled",
    visit: (turn) => {
      const isLeft = turn.index % 4 === 0;
      return visit(app("search", "aspnet"), "/search/:id", {
        path: numbered("/search", turn),
        status: isLeft ? 499 : 200,
        steps: [store(["postgresql", "search-db"], "SELECT * FROM pages WHERE body @@ $1", { ms: isLeft ? 310 : 40 })],
        lines: isLeft ? [line(17, "System.Threading.Tasks.TaskCanceledException: A task was canceled.")] : [],
      });
    },
  },
  {
    name: "canary-without-a-difference",
    software: "Quarkus; a canary takes one request in five, and is as good as the others",
    share: 0,
    requests: 100,
    negative: "healthy",
    visit: (turn) =>
      visit(app("tours", "quarkus", turn.index % 5 === 0 ? { version: "4.3.0", instance: "tours-canary-6f9c-zz1ab" } : {}), "/tours/:id", {
        path: numbered("/tours", turn),
      }),
    beside: { changes: [{ kind: "deploy", service: "tours", atMs: 0, version: "4.3.0", previousVersion: "4.2.0" }] },
  },
  {
    name: "machine-is-busy-for-a-moment",
    software: "Spring Boot, Go and Rust on one machine; a back-up slows all of them for some seconds",
    share: 0,
    requests: 120,
    negative: "healthy",
    visit: (turn) => {
      const slower = turn.index > 70 && turn.index < 95 ? 12 : 1;
      const path = numbered("/trips", turn);
      const fares = visit(app("fares", "axum"), "/fares/:id", { path, ms: 6 * slower });
      const routes = visit(app("routes", "gin"), "/routes/:id", { path, ms: 8 * slower, steps: [call(fares)] });
      return visit(app("trips", "spring"), "/trips/:id", { path, ms: 10 * slower, steps: [call(routes)] });
    },
  },
  {
    name: "collections-of-garbage-take-longer",
    software: "Spring Boot; one request in six takes longer than before, all are good",
    share: 0,
    requests: 120,
    negative: "healthy",
    visit: (turn) =>
      visit(app("ledger", "spring"), "/entries/:id", {
        path: numbered("/entries", turn),
        ms: turn.index > 40 && turn.index % 6 === 0 ? 240 : 12,
      }),
  },
  {
    name: "what-the-partner-has-not-we-have-not",
    software: "Rails; a partner's 404 is ours",
    share: 0,
    negative: "client-errors",
    visit: (turn) => {
      const status = turn.index % 3 === 0 ? 404 : 200;
      return visit(app("tracks", "rails"), "/tracks/:id", {
        path: numbered("/tracks", turn),
        status,
        steps: [call(visit(outside("api.music.example"), "/tracks", { status }))],
      });
    },
  },
  {
    name: "setting-changed-and-all-is-well",
    software: "Laravel; a setting and a flag change in the middle, and nothing fails",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("news", "laravel"), "/news/:id", { path: numbered("/news", turn) }),
    beside: {
      changes: [
        { kind: "config", service: "news", atMs: 10_000, description: "CACHE_TTL=60" },
        { kind: "flag", service: "news", atMs: 12_000, description: "new-layout on" },
      ],
    },
  },
  {
    name: "misses-are-written-as-errors",
    software: "NestJS with Redis; each miss of the cache is logged as an error and read from the database",
    share: 0,
    negative: "healthy",
    visit: (turn) => {
      const isMiss = turn.index % 3 !== 0;
      return visit(app("photos", "nest"), "/photos/:id", {
        path: numbered("/photos", turn),
        steps: [
          store(["redis", "cache"], "GET photo"),
          ...(isMiss ? [store(["postgresql", "photos-db"], "SELECT * FROM photos WHERE id = $1")] : []),
        ],
        lines: isMiss ? [line(17, "ERROR cache miss for key photo:4110, falling back to the database")] : [],
      });
    },
  },
  {
    name: "name-is-taken",
    software: "Symfony; a name that is taken is a 409, and the database's error is recorded",
    share: 0,
    negative: "client-errors",
    visit: (turn) => {
      const isTaken = turn.index % 4 === 0;
      const message = 'duplicate key value violates unique constraint "users_name_key"';
      return visit(app("users", "symfony"), "/users", {
        method: "POST",
        status: isTaken ? 409 : 201,
        steps: [
          store(
            ["postgresql", "users-db"],
            "INSERT INTO users (name) VALUES ($1)",
            isTaken ? { code: "23505", trouble: { type: "PDOException", message: `SQLSTATE[23505]: Unique violation: ${message}` } } : {},
          ),
        ],
      });
    },
  },
  {
    name: "messages-are-delivered-again",
    software: "Pekko; a consumer beside the requests fails and takes its messages again, every request is well",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("notices", "pekko"), "/notices/:id", { path: numbered("/notices", turn) }),
    beside: {
      lines: Array.from({ length: 12 }, (_, index) => ({
        app: app("notices", "pekko"),
        atMs: 900 + index * 1_700,
        line: line(17, "message 88123 was nacked and will be redelivered: java.net.ConnectException: Connection refused"),
      })),
    },
  },
  {
    name: "haskell-says-500-and-nothing-more",
    software: "Haskell with Servant; Warp answers 500 and writes to a file that is not sent",
    share: 0.3,
    negative: "evidence-missing",
    visit: (turn) => visit(app("choir", "gin"), "/choirs/:id", { path: numbered("/choirs", turn), status: turn.isBad ? 500 : 200 }),
    seen: { service: "choir", route: "/choirs/:id" },
    missing: ["choir", "exception", "log line"],
    creators: ["choir"],
  },
  {
    name: "old-error-of-another-day",
    software: "Flask; a log shipper sends yesterday's errors again, without a trace",
    share: 0,
    negative: "misleading-words",
    visit: (turn) => visit(app("diary", "flask"), "/pages/:id", { path: numbered("/pages", turn) }),
    beside: {
      lines: Array.from({ length: 8 }, (_, index) => ({
        app: app("diary", "flask"),
        atMs: 5_000 + index * 10,
        line: line(17, "Exception on /pages/77 [GET]: sqlalchemy.exc.OperationalError: connection refused"),
      })),
    },
  },
  {
    name: "third-answer-was-good",
    software: "Ktor; a partner's 429 is waited out, and the answer is good",
    share: 0,
    negative: "retried",
    visit: (turn) => {
      const ask = (status: number) => call(visit(outside("api.maps.example"), "/geocode", { status }));
      return visit(app("maps", "ktor"), "/places/:id", {
        path: numbered("/places", turn),
        steps: turn.index % 5 === 0 ? [ask(429), ask(429), ask(200)] : [ask(200)],
        ...(turn.index % 5 === 0 ? { lines: [line(13, "429 Too Many Requests from api.maps.example, again in 1 s")] } : {}),
      });
    },
  },
];
