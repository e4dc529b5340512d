/** Releases, flags and settings, input that nobody checked, and rules of trades in the words of machines. */
import { app, call, clusterEvent, hop, line, maybe, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, usually } from "../../shapes.ts";

/** See the file's head. */
export const RELEASES_AND_RULES: readonly Scene[] = [
  {
    name: "release-breaks-a-page-of-php",
    software: "Laravel; the release passes nothing where a list is due",
    onset: 26,
    visit: (turn) =>
      visit(app("cart-php", "laravel", { version: turn.isBad ? "7.4.0" : "7.3.2" }), "/cart/:id", {
        path: `/cart/${4_100 + turn.index * 7}`,
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown(
                "TypeError",
                "App\\Pricing\\Totals::sum(): Argument #1 ($lines) must be of type array, null given, called in /var/www/html/app/Http/Controllers/CartController.php on line 31",
                ["#0 /var/www/html/app/Http/Controllers/CartController.php(31): App\\Pricing\\Totals->sum(NULL)"],
              ),
            }
          : {}),
      }),
    beside: { changes: [{ kind: "deploy", service: "cart-php", atMs: 10_200, version: "7.4.0", previousVersion: "7.3.2" }] },
    seen: { service: "cart-php", route: "cart/{id}" },
    cause: "bad-deploy",
    also: ["unhandled-exception"],
    creators: ["cart-php"],
    path: [hop("cart-php", "created")],
  },
  {
    name: "canary-in-go-panics",
    software: "Go behind Node; one of two versions panics",
    share: 0.4,
    visit: (turn) =>
      visit(app("front", "nest"), "/seats/:id", {
        path: `/seats/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 502 : 200,
        steps: [
          call(
            visit(
              app("seats", "gin", turn.isBad ? { version: "1.9.0-rc1", instance: "seats-canary-5d5c7-lq2xz" } : { version: "1.8.3" }),
              "/seats/:id",
              turn.isBad
                ? {
                    status: 500,
                    lines: [
                      line(
                        17,
                        "[Recovery] 2026/11/18 - 09:30:12 panic recovered:\nruntime error: index out of range [3] with length 3\n/src/seats/map.go:88 (0x8c1f2a)\n\tmain.(*server).row: return m.rows[i]",
                      ),
                    ],
                  }
                : {},
            ),
          ),
        ],
      }),
    beside: {
      changes: [{ kind: "deploy", service: "seats", atMs: -4_000, version: "1.9.0-rc1", previousVersion: "1.8.3", description: "canary" }],
    },
    seen: { service: "front", route: "/seats/:id" },
    cause: "bad-deploy",
    also: ["unhandled-exception"],
    creators: ["seats"],
    path: [hop("front", "propagated", "remapped"), hop("seats", "created")],
  },
  {
    name: "flag-turns-on-a-missing-branch",
    software: "Phoenix; a flag opens a page whose case nobody wrote",
    onset: 24,
    share: 0.5,
    ...alone(app("rewards", "phoenix"), "/rewards/:id", {
      attributes: { "feature_flag.key": "gold-tier", "feature_flag.result.variant": "on" },
      thrown: thrown("FunctionClauseError", "no function clause matching in Rewards.Tier.points/1", [
        "    (rewards 2.1.0) lib/rewards/tier.ex:18: Rewards.Tier.points(:gold)",
        "    (rewards 2.1.0) lib/rewards_web/controllers/tier_controller.ex:9: RewardsWeb.TierController.show/2",
        "    (phoenix 1.7.14) lib/phoenix/router.ex:484: Phoenix.Router.__call__/5",
      ]),
    }),
    beside: { changes: [{ kind: "flag", service: "rewards", atMs: 9_400, description: "gold-tier: off to on for 50 %" }] },
    cause: "bad-configuration",
    also: ["unhandled-exception", "bad-deploy"],
  },
  {
    name: "setting-names-another-path",
    software: "Go; a changed ConfigMap names a path that the callee does not have, every call is a 404",
    onset: 26,
    visit: (turn) =>
      visit(app("loans", "gin"), "/loans/:id", {
        path: `/loans/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 502 : 200,
        steps: [call(visit(app("scoring", "ktor"), turn.isBad ? "/v3/score" : "/v2/score", turn.isBad ? { status: 404 } : {}))],
        ...(turn.isBad ? { thrown: thrown("*errors.errorString", "scoring: unexpected status 404 Not Found", []) } : {}),
      }),
    beside: { changes: [{ kind: "config", service: "loans", atMs: 10_300, description: "SCORING_PATH=/v3/score" }] },
    seen: { service: "loans", route: "/loans/:id" },
    cause: "bad-configuration",
    creators: ["loans"],
    path: [hop("loans", "created", "remapped"), maybe("scoring", "clean", "created")],
  },
  {
    name: "environment-lacks-a-variable-in-rust",
    software: "Actix; the new pods lack a variable",
    onset: 24,
    share: 0.5,
    ...alone(app("receipts", "actix"), "/receipts/:id", {
      thrown: thrown("std::env::VarError", "environment variable RECEIPT_BUCKET not set: NotPresent", []),
    }),
    cause: "bad-configuration",
  },
  {
    name: "elixir-nil-has-no-key",
    software: "Phoenix; a guest has no address",
    share: 0.2,
    ...alone(app("guests", "phoenix"), "/guests/:id", {
      thrown: thrown(
        "KeyError",
        "key :city not found in: nil. If you are using the dot syntax, such as map.field, make sure the left-hand side of the dot is a map",
        [
          "    (guests 1.3.0) lib/guests/label.ex:22: Guests.Label.lines/1",
          "    (guests 1.3.0) lib/guests_web/controllers/label_controller.ex:11: GuestsWeb.LabelController.show/2",
        ],
      ),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "rust-unwraps-a-number-of-the-query",
    software: "Axum; a page that is no number is unwrapped",
    share: 0.25,
    ...usually(
      {},
      alone(app("listing", "axum"), "/listing/:id", {
        lines: [
          line(
            17,
            "thread 'tokio-runtime-worker' panicked at src/routes/listing.rs:31:52:\ncalled `Result::unwrap()` on an `Err` value: ParseIntError { kind: InvalidDigit }",
            { scope: "stderr" },
          ),
        ],
        path: "/listing/7?page=two",
      }),
    ),
    cause: "invalid-input-unguarded",
    also: ["unhandled-exception", "parse-failure"],
  },
  {
    name: "body-is-no-json-and-nobody-asks",
    software: "Flask; a caller sends a form where JSON is due, the parser's error is not caught",
    share: 0.3,
    ...alone(app("hooks", "flask"), "/hooks/:id", {
      method: "POST",
      thrown: thrown("json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)", [
        "Traceback (most recent call last):",
        '  File "/app/hooks/views.py", line 19, in receive',
        '  File "/usr/local/lib/python3.12/json/decoder.py", line 356, in raw_decode',
      ]),
    }),
    cause: "invalid-input-unguarded",
    also: ["parse-failure", "unhandled-exception"],
  },
  {
    name: "express-entity-too-large-as-500",
    software: "Express with body-parser; an own error handler makes 500 of a 413",
    share: 0.2,
    ...alone(app("drafts", "express"), "/drafts/:id", {
      method: "PUT",
      thrown: thrown("PayloadTooLargeError", "request entity too large", [
        "    at readStream (/app/node_modules/raw-body/index.js:163:17)",
        "    at jsonParser (/app/node_modules/body-parser/lib/types/json.js:132:5)",
      ]),
    }),
    cause: "body-too-large",
  },
  {
    name: "swimming-lane-pool-is-exhausted",
    software: "Spring; a rule of bookings in the words of machines",
    share: 0.3,
    ...alone(app("lanes", "spring"), "/lanes/:id", {
      thrown: thrown("com.acme.lanes.NoLaneLeft", "lane pool exhausted for Tuesday evening", [
        "\tat com.acme.lanes.Planner.assign(Planner.java:61)",
        "\tat com.acme.lanes.LaneController.post(LaneController.java:30)",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "membership-quota-exceeded",
    software: "Django; a club's quota is used up, and nobody catches the rule's error",
    share: 0.3,
    ...alone(app("clubs", "django"), "/clubs/:id/join", {
      thrown: thrown("clubs.errors.QuotaExceeded", "membership quota exceeded for club 17", [
        "Traceback (most recent call last):",
        '  File "/app/clubs/views.py", line 44, in join',
        '  File "/app/clubs/rules.py", line 12, in check',
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "visa-certificate-expired",
    software: "NestJS; a traveller's vaccination certificate has expired, the rule throws",
    share: 0.3,
    ...alone(app("visas", "nest"), "/visas/:id", {
      thrown: thrown("DocumentRuleError", "vaccination certificate has expired", [
        "    at DocumentRules.check (/app/dist/rules.js:40:13)",
        "    at VisaController.apply (/app/dist/visa.controller.js:22:9)",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "sponsor-refused-the-connection",
    software: "Symfony; a sponsor refuses a connection between two clubs, an own exception leaves the controller",
    share: 0.25,
    ...alone(app("sponsors", "symfony"), "/sponsors/:id", {
      thrown: thrown("App\\Domain\\SponsorException", "connection refused by sponsor", [
        "#0 /srv/app/src/Domain/Sponsors.php(51)",
        "#1 /srv/app/src/Controller/SponsorController.php(42): App\\Domain\\Sponsors->connect()",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "delivery-window-timed-out",
    software: "Go; a customer's window to choose a delivery is over, said as an error without a type",
    share: 0.3,
    ...alone(app("windows", "gin"), "/windows/:id", {
      thrown: thrown("*windows.RuleError", "delivery window timed out: choose another", []),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "pod-sandbox-has-no-address",
    software: "Express, silent service of one's own behind it without endpoints; the cluster's events say why",
    onset: 24,
    ...byCall(app("menu-web", "express"), "/menu/:id", {
      host: "menu-api.shop.svc",
      ms: 2,
      trouble: { type: "ECONNREFUSED", message: "connect ECONNREFUSED 10.96.14.2:80" },
    }),
    beside: {
      lines: [
        clusterEvent(app("menu-api", "gin"), 9_000, ["Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500"]),
        clusterEvent(app("menu-api", "gin"), 9_100, [
          "FailedCreatePodSandBox",
          "Failed to create pod sandbox: failed to assign an IP address to container",
        ]),
      ],
    },
    cause: "connection-refused",
    also: ["no-healthy-upstream"],
  },
  {
    name: "disk-of-a-queue-beside-a-silent-callee",
    software: "Ktor in front of a helper without telemetry that answers 507",
    onset: 25,
    ...byCall(app("archive", "ktor"), "/archive/:id", {
      host: "blob-store.internal",
      method: "PUT",
      answers: 507,
      bad: { lines: [line(17, "PUT http://blob-store.internal:8080/ failed: 507 Insufficient Storage")] },
    }),
    cause: "dependency-error",
    also: ["resource-exhausted"],
    creators: ["blob-store.internal"],
  },
];
