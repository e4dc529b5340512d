/** Nothing is wrong, or nobody here can mend it, or it fails by design. */
import { ENVOY_OK, envoyLine } from "../../access-lines.ts";
import { app, call, line, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { App, Scene, Turn, Visit } from "../../plan.ts";

const calm = (at: App, route: string, more: (turn: Turn) => Partial<Visit>): Pick<Scene, "share" | "visit"> => ({
  share: 0,
  visit: (turn) => visit(at, route, { path: route.replace(/:\w+/, String(4_100 + turn.index)), ...more(turn) }),
});

/** A 5xx that its service meant, with no cause to be named. */
const meant = (at: App, route: string, more: Partial<Visit>): Pick<Scene, "visit" | "seen" | "missing" | "creators"> => ({
  visit: (turn) =>
    visit(at, route, { path: route.replace(/:\w+/, String(4_100 + turn.index)), ...(turn.isBad ? { status: 503, ...more } : {}) }),
  seen: {},
  missing: [at.service],
  creators: [at.service],
});

/** See the file's head. */
export const NEGATIVES: readonly Scene[] = [
  {
    name: "maintenance-was-announced",
    software: "Laravel in its maintenance mode",
    onset: 30,
    negative: "maintenance",
    ...meant(app("boutique", "laravel"), "/produits/:id", { lines: [line(9, "Application is now in maintenance mode.")] }),
  },
  {
    name: "not-implemented-by-design",
    software: "Spring answers 501 to a method that nobody implements",
    share: 0.2,
    negative: "by-design",
    ...meant(app("fhir", "spring"), "/Patient/:id", {
      status: 501,
      method: "PATCH",
      lines: [line(9, "PATCH is not supported by this server")],
    }),
  },
  {
    name: "readiness-says-not-yet",
    software: "Go answers 503 on its readiness route while it warms up",
    share: 0.3,
    negative: "by-design",
    ...meant(app("indexer", "gin"), "/readyz", { lines: [line(9, "not ready: warming up, 41 of 64 segments")] }),
  },
  {
    name: "queue-ticket-of-a-sale",
    software: "Express sends surplus visitors a waiting room with 503",
    onset: 20,
    share: 0.5,
    everyMs: 60,
    requests: 160,
    negative: "by-design",
    ...meant(app("sale-door", "express"), "/sale/:id", { lines: [line(9, "visitor queued, position 812")] }),
  },
  {
    name: "bank-is-closed-at-night",
    software: "Phoenix passes on a bank's 503 with its hours",
    onset: 26,
    negative: "third-party-hours",
    visit: (turn) =>
      visit(app("banking-ex", "phoenix"), "/transfers/:id", {
        path: numbered("/transfers", turn),
        status: turn.isBad ? 503 : 200,
        steps: [call(visit(outside("api.sparbank.example"), "/transfers", { status: turn.isBad ? 503 : 200 }))],
      }),
    seen: {},
    cause: "third-party-failure",
    creators: ["api.sparbank.example"],
    path: [
      { service: ["banking-ex"], fate: ["propagated"] },
      { service: ["api.sparbank.example"], fate: ["created"] },
    ],
  },
  {
    name: "browsers-leave-in-the-middle",
    software: "Node; readers close their tabs, which is logged as an error",
    negative: "cancelled",
    ...calm(app("stories", "express"), "/stories/:id", (turn) =>
      turn.index % 5 === 0 ? { lines: [line(17, "Error [ERR_STREAM_PREMATURE_CLOSE]: Premature close")] } : {},
    ),
  },
  {
    name: "clients-cancel-over-grpc-web",
    software: "Go over gRPC; searches are cancelled at each keystroke",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(app("suggest", "gin"), "/suggest", {
        steps: [
          call(
            visit(app("words-go", "gin"), "", {
              rpc: {
                service: "acme.words.v1.Words",
                method: "Complete",
                code: turn.index % 3 === 0 ? 1 : 0,
                ...(turn.index % 3 === 0 ? { message: "context canceled" } : {}),
              },
            }),
          ),
        ],
      }),
  },
  {
    name: "chaos-in-another-service",
    software: "Ruby beside a service whose job fails all day",
    negative: "background",
    ...calm(app("blog", "rails"), "/posts/:id", () => ({})),
    beside: {
      lines: Array.from({ length: 20 }, (_, at) => ({
        app: app("mailer", "rails"),
        atMs: at * 1_100,
        line: line(17, "Net::OpenTimeout: execution expired (smtp.example:587), job will be retried"),
      })),
    },
  },
  {
    name: "loadtest-with-limits",
    software: "Quarkus; a load test meets the limit, and gets 429",
    everyMs: 20,
    requests: 200,
    negative: "load-test",
    ...calm(app("prices-q", "quarkus"), "/prices/:id", (turn) => ({
      status: turn.index > 80 && turn.index % 2 === 0 ? 429 : 200,
      attributes: { "user_agent.original": "Gatling/3.11" },
    })),
  },
  {
    name: "planned-failover-of-a-replica",
    software: "Spring; reads went to another replica, and all went well",
    negative: "maintenance",
    ...calm(app("ledger-r", "spring"), "/ledger/:id", (turn) => ({
      steps: [store(["postgresql", turn.index < 30 ? "ledger-db-1" : "ledger-db-2"], "SELECT * FROM entry WHERE id = ?")],
      ...(turn.index === 30
        ? {
            lines: [
              line(
                13,
                "HikariPool-1 - Failed to validate connection (This connection has been closed.). Possibly consider using a shorter maxLifetime value.",
              ),
            ],
          }
        : {}),
    })),
    beside: { changes: [{ kind: "restart", service: "ledger-db-1", atMs: 11_900, description: "planned failover" }] },
  },
  {
    name: "payment-is-declined-and-logged",
    software: "Django; cards are declined, which is an error in the log and 402 for the client",
    negative: "business",
    ...calm(app("pay-py", "django"), "/payments/:id", (turn) =>
      turn.index % 4 === 0 ? { status: 402, lines: [line(17, "stripe.error.CardError: Your card has insufficient funds.")] } : {},
    ),
  },
  {
    name: "uploads-that-are-too-large",
    software: "FastAPI answers 413 rightly",
    negative: "business",
    ...calm(app("drop-py", "fastapi"), "/files/:id", (turn) =>
      turn.index % 3 === 0 ? { status: 413, method: "POST" } : { method: "POST" },
    ),
  },
  {
    name: "ein-beleg-fehlt-und-niemand-schadet-es",
    software: "ASP.NET Core in German; missing receipts are 404 with an exception",
    negative: "business",
    ...calm(app("belege", "aspnet"), "/belege/:id", (turn) =>
      turn.index % 3 === 0
        ? {
            status: 404,
            thrown: thrown("Acme.BelegFehltException", "Der Beleg 4107 wurde nicht gefunden.", ["   bei Acme.Belege.Suche()"]),
          }
        : {},
    ),
  },
  {
    name: "le-panier-est-vide",
    software: "Symfony in French; an empty basket is 409",
    negative: "business",
    ...calm(app("panier", "symfony"), "/paniers/:id", (turn) =>
      turn.index % 2 === 0 ? { status: 409, thrown: thrown("App\\PanierVide", "Le panier est vide", ["#0 /app/src/Panier.php(12)"]) } : {},
    ),
  },
  {
    name: "advice-is-optional-and-away",
    software: "Nest leaves out advice that cannot be had; nobody sees an error",
    share: 0,
    negative: "optional",
    visit: (turn) =>
      visit(app("home-nest", "nest"), "/home", {
        steps: [
          call(visit(outside("advice"), "/advice"), {
            isUnreached: true,
            ms: 2,
            trouble: { type: "AxiosError", message: "connect ECONNREFUSED 10.0.0.8:80" },
          }),
          store(["postgresql", "home-db"], "SELECT 1"),
        ],
        lines: [line(13, `advice left out for visitor ${turn.index}`)],
      }),
    cause: "connection-refused",
    creators: ["advice"],
    path: [
      { service: ["home-nest"], fate: ["masked"] },
      { service: ["advice"], fate: ["created"] },
    ],
  },
  {
    name: "a-500-and-nothing-else-anywhere",
    software: "Envoy's log before a service that says nothing",
    share: 0.3,
    negative: "evidence-missing",
    access: {
      file: "istio.access.log",
      line: (turn, time) => envoyLine(turn, time, turn.isBad ? { ...ENVOY_OK, status: 500 } : ENVOY_OK),
    },
    missing: ["orders", "10.4.2.17", "10.4.2.17:8080", "istio"],
  },
  {
    name: "silent-peer-is-slow-and-front-gives-up",
    software: "Actix whose own limit of 2 s ends the call of a name, a connection or an answer, nobody knows",
    onset: 22,
    share: 0.5,
    everyMs: 800,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("gifts", "actix"), "/gifts/:id", {
        path: numbered("/gifts", turn),
        status: turn.isBad ? 500 : 200,
        steps: [
          call(
            visit(outside("wraps"), "/wraps"),
            turn.isBad ? { isUnreached: true, ms: 2_002, trouble: { type: "Elapsed", message: "deadline has elapsed" } } : {},
          ),
        ],
      }),
    seen: { service: "gifts", route: "/gifts/{id}" },
    missing: ["wraps"],
  },
  {
    name: "old-errors-of-yesterday-are-replayed",
    software: "A shipper sends yesterday's errors again beside requests that go well",
    negative: "background",
    ...calm(app("kiosk", "gin"), "/kiosk/:id", () => ({})),
    beside: {
      lines: Array.from({ length: 12 }, (_, at) => ({
        app: app("kiosk", "gin"),
        atMs: -86_400_000 + at * 900,
        line: line(17, "dial tcp 10.0.0.9:5432: connect: connection refused"),
      })),
    },
  },
  {
    name: "restore-test-of-the-operators",
    software: "Express; a restore runs beside, and pages are slower, all well",
    negative: "maintenance",
    ...calm(app("wiki", "express"), "/wiki/:id", (turn) => ({
      ms: turn.index > 25 ? 240 : 12,
      steps: [store(["mysql", "wiki-db"], "SELECT * FROM page WHERE id = ?", { ms: turn.index > 25 ? 190 : 4 })],
    })),
    beside: { lines: [{ app: app("backup", "gin"), atMs: 10_000, line: line(9, "restore into wiki-db-copy started") }] },
  },
  {
    name: "robots-send-broken-json",
    software: "Gin answers 400 to broken bodies, and logs each as an error",
    negative: "business",
    ...calm(app("hooks-go", "gin"), "/hooks/:id", (turn) =>
      turn.index % 2 === 0
        ? { status: 400, method: "POST", lines: [line(17, "invalid character 'x' looking for beginning of value")] }
        : { method: "POST" },
    ),
  },
  {
    name: "second-try-of-an-elixir-client",
    software: "Phoenix whose client tries again after a closed connection, and is heard",
    share: 0,
    negative: "retried",
    visit: (turn) => {
      const lost = call(visit(outside("geo-ex"), "/geo"), {
        isUnreached: true,
        ms: 1,
        trouble: { type: "Mint.TransportError", message: "socket closed" },
      });
      const heard = call(visit(app("geo-ex", "phoenix"), "/geo"));
      return visit(app("trips-ex", "phoenix"), "/trips/:id", {
        path: numbered("/trips", turn),
        steps: turn.index % 6 === 0 ? [lost, heard] : [heard],
      });
    },
    cause: "keepalive-race",
    also: ["connection-refused", "dependency-error"],
    creators: ["geo-ex", "trips-ex"],
    path: [
      { service: ["trips-ex"], fate: ["masked", "created"] },
      { service: ["geo-ex"], fate: ["created", "clean"], isOptional: true },
    ],
  },
  {
    name: "pods-drain-before-they-end",
    software: "Ktor answers 503 while it drains, for three requests",
    requests: 90,
    onset: 40,
    share: 0.06,
    negative: "by-design",
    ...meant(app("cargo-kt", "ktor"), "/cargo/:id", { lines: [line(9, "shutting down, connection will be closed")] }),
  },
  {
    name: "license-of-a-feature-is-not-bought",
    software: "Spring answers 501 with a sentence where a customer has not bought a feature",
    share: 0.15,
    negative: "by-design",
    ...meant(app("suite", "spring"), "/exports/:id", { status: 501, lines: [line(9, "export is not part of this plan")] }),
  },
  {
    name: "nightly-vacuum-and-nobody-notices",
    software: "Flask; PostgreSQL cleans up, with warnings",
    negative: "maintenance",
    ...calm(app("deeds", "flask"), "/deeds/:id", () => ({
      steps: [store(["postgresql", "deeds-db"], "SELECT id FROM deed WHERE id = %s", { ms: 30 })],
    })),
    beside: {
      lines: [{ app: app("deeds-db", "gin"), atMs: 8_000, line: line(13, 'WARNING:  skipping vacuum of "deed" --- lock not available') }],
    },
  },
];
