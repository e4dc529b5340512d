/** Calls whose answers cannot be read, tokens that do not hold, messages that are too large, and too many tries. */
import { app, call, hop, line, maybe, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall } from "../../shapes.ts";

const callersOwn = (service: string, host: string) => ({
  creators: [service, host],
  path: [hop(service, "created", "propagated", "remapped"), maybe(host, "clean", "created")],
});

/** See the file's head. */
export const SCHEMAS_AND_SIZES: readonly Scene[] = [
  {
    name: "callee-dropped-a-field",
    software: "FastAPI behind a release of a Go service that renamed a field",
    onset: 26,
    visit: (turn) => {
      const prices = visit(app("prices", "gin", { version: turn.isBad ? "3.0.0" : "2.9.4" }), "/prices/:id");
      return visit(app("offers", "fastapi"), "/offers/:id", {
        path: `/offers/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 500 : 200,
        steps: [call(prices)],
        ...(turn.isBad
          ? {
              thrown: thrown(
                "pydantic_core._pydantic_core.ValidationError",
                "1 validation error for PriceResponse\ncurrency\n  Field required [type=missing, input_value={'amount': 1299, 'currencyCode': 'EUR'}, input_type=dict]",
                [
                  "Traceback (most recent call last):",
                  '  File "/app/offers/prices.py", line 24, in fetch_price',
                  '  File "/usr/local/lib/python3.12/site-packages/pydantic/main.py", line 214, in model_validate',
                ],
              ),
            }
          : {}),
      });
    },
    beside: { changes: [{ kind: "deploy", service: "prices", atMs: 10_200, version: "3.0.0", previousVersion: "2.9.4" }] },
    seen: { service: "offers", route: "/offers/{id}" },
    cause: "parse-failure",
    also: ["bad-deploy"],
    creators: ["offers", "prices"],
    path: [hop("offers", "created", "remapped"), maybe("prices", "clean", "created")],
  },
  {
    name: "jackson-meets-an-unknown-property",
    software: "Java agent, a strict mapper; the callee answers with one more field",
    onset: 24,
    visit: (turn) => {
      const members = visit(app("members", "aspnet"), "/members/:id");
      return visit(app("portal", "spring"), "/portal/:id", {
        path: `/portal/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 500 : 200,
        steps: [call(members)],
        ...(turn.isBad
          ? {
              thrown: thrown(
                "org.springframework.web.client.RestClientException",
                "Error while extracting response for type [class com.acme.portal.Member] and content type [application/json]",
                [
                  "\tat org.springframework.web.client.HttpMessageConverterExtractor.extractData(HttpMessageConverterExtractor.java:136)",
                  "\tat com.acme.portal.MemberClient.get(MemberClient.java:29)",
                  'Caused by: com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException: Unrecognized field "tier" (class com.acme.portal.Member), not marked as ignorable',
                ],
              ),
            }
          : {}),
      });
    },
    seen: { service: "portal", route: "/portal/{id}" },
    cause: "parse-failure",
    creators: ["portal", "members"],
    path: [hop("portal", "created", "remapped"), maybe("members", "clean", "created")],
  },
  {
    name: "go-cannot-unmarshal-a-price",
    software: "Go; a partner sends an amount as text",
    share: 0.4,
    ...byCall(app("feeds", "gin"), "/feeds/:id", {
      host: "feed.supplier.example",
      answers: 200,
      isCallers: true,
      bad: {
        thrown: thrown(
          "*json.UnmarshalTypeError",
          "decode supplier feed: json: cannot unmarshal string into Go struct field Item.amount of type int64",
          [],
        ),
      },
    }),
    ...callersOwn("feeds", "feed.supplier.example"),
    cause: "parse-failure",
    also: ["third-party-failure"],
  },
  {
    name: "avro-schema-is-incompatible",
    software: "Quarkus with a schema registry; a release takes a default from a field",
    onset: 25,
    ...alone(app("events", "quarkus"), "/events/:id", {
      thrown: thrown(
        "org.apache.kafka.common.errors.InvalidConfigurationException",
        'Schema being registered is incompatible with an earlier schema for subject "events-value"; error code: 409',
        [
          "\tat io.confluent.kafka.serializers.AbstractKafkaSchemaSerDe.toKafkaException(AbstractKafkaSchemaSerDe.java:888)",
          "\tat com.acme.events.Publisher.publish(Publisher.java:40)",
        ],
      ),
    }),
    beside: { changes: [{ kind: "deploy", service: "events", atMs: 9_800, version: "4.2.0", previousVersion: "4.1.0" }] },
    cause: "bad-deploy",
    also: ["parse-failure", "bad-configuration"],
  },
  {
    name: "token-of-the-future",
    software: ".NET; the clock of the issuer is ahead, its tokens are not valid yet, and the error is not caught",
    onset: 26,
    share: 0.7,
    ...alone(app("account", "aspnet"), "/account/:id", {
      thrown: thrown(
        "Microsoft.IdentityModel.Tokens.SecurityTokenNotYetValidException",
        "IDX10222: Lifetime validation failed. The token is not yet valid. ValidFrom (UTC): '11/18/2026 9:31:40 AM', Current time (UTC): '11/18/2026 9:30:12 AM'.",
        [
          "   at Microsoft.IdentityModel.Tokens.ValidatorUtilities.ValidateLifetime(Nullable`1 notBefore)",
          "   at Acme.Account.Tokens.Check(String jwt)",
        ],
      ),
    }),
    cause: "bad-configuration",
    also: ["gateway-identity", "unhandled-exception"],
  },
  {
    name: "service-token-is-refused",
    software: "Go calling a Spring service; the shared signing key was rotated on one side",
    onset: 25,
    visit: (turn) => {
      const wallet = visit(
        app("wallet", "spring"),
        "/wallets/:id",
        turn.isBad ? { status: 401, lines: [line(13, "Invalid token: signature could not be verified, kid 2026-10 is unknown")] } : {},
      );
      return visit(app("checkout", "gin"), "/checkout/:id", {
        path: `/checkout/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 500 : 200,
        steps: [call(wallet)],
        ...(turn.isBad ? { thrown: thrown("*errors.errorString", "wallet: unexpected status 401", []) } : {}),
      });
    },
    beside: { changes: [{ kind: "config", service: "checkout", atMs: 9_900, description: "secret service-jwt-key updated" }] },
    seen: { service: "checkout", route: "/checkout/:id" },
    cause: "bad-configuration",
    also: ["gateway-identity"],
    creators: ["checkout", "wallet"],
    path: [hop("checkout", "created", "remapped"), maybe("wallet", "clean", "created")],
  },
  {
    name: "grpc-message-is-larger-than-max",
    software: ".NET over gRPC to Go; a catalogue grew above four mebibytes",
    share: 0.3,
    visit: (turn) => {
      const message = "grpc: received message larger than max (5242880 vs. 4194304)";
      const rpc = { service: "acme.catalog.v1.Catalog", method: "Export", code: turn.isBad ? 8 : 0, ...(turn.isBad ? { message } : {}) };
      return visit(app("exports", "aspnet"), "/exports/:id", {
        path: `/exports/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 500 : 200,
        steps: [call(visit(app("catalog", "gin"), "", { rpc }))],
        ...(turn.isBad
          ? {
              thrown: thrown("Grpc.Core.RpcException", `Status(StatusCode="ResourceExhausted", Detail="${message}")`, [
                "   at Acme.Exports.Catalog.ExportAsync()",
              ]),
            }
          : {}),
      });
    },
    seen: { service: "exports", route: "exports/{id}" },
    cause: "body-too-large",
    creators: ["exports", "catalog"],
    path: [hop("exports", "created", "propagated", "remapped"), maybe("catalog", "clean", "created")],
  },
  {
    name: "pybreaker-is-open",
    software: "Flask with pybreaker; the breaker of a partner opened",
    onset: 24,
    ...alone(app("fraud", "flask"), "/checks/:id", {
      thrown: thrown("pybreaker.CircuitBreakerError", "Timeout not elapsed yet, circuit breaker still open", [
        "Traceback (most recent call last):",
        '  File "/app/fraud/score.py", line 37, in score',
        '  File "/usr/local/lib/python3.12/site-packages/pybreaker/__init__.py", line 829, in before_call',
      ]),
    }),
    cause: "circuit-open",
  },
  {
    name: "opossum-breaker-is-open-behind-a-front",
    software: "Node with opossum behind Spring; the breaker of the stock service opened",
    onset: 26,
    ...behind(
      { ...app("shop", "spring"), answers: 502 },
      "/shelves/:id",
      alone(app("shelves", "nest"), "/shelves/:id", {
        status: 503,
        ms: 1,
        thrown: thrown("Error", "Breaker is open", [
          "    at CircuitBreaker.call (/app/node_modules/opossum/lib/circuit.js:612:23)",
          "    at ShelfService.load (/app/dist/shelf.service.js:20:30)",
        ]),
      }),
    ),
    cause: "circuit-open",
  },
  {
    name: "own-retries-make-it-worse",
    software: "PHP with Guzzle; five tries at an overloaded service, each of two seconds",
    onset: 22,
    everyMs: 200,
    visit: (turn) => {
      const attempt = () =>
        call(
          visit(app("availability", "pekko"), "/slots/:id", { ms: turn.isBad ? 4_200 : 30 }),
          turn.isBad
            ? {
                ms: 2_001,
                trouble: {
                  type: "GuzzleHttp\\Exception\\ConnectException",
                  message: "cURL error 28: Operation timed out after 2001 milliseconds with 0 bytes received",
                },
              }
            : {},
        );
      return visit(app("calendar", "laravel"), "/days/:id", {
        path: `/days/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 500 : 200,
        steps: turn.isBad ? [attempt(), attempt(), attempt(), attempt(), attempt()] : [attempt()],
      });
    },
    seen: { service: "calendar", route: "days/{id}" },
    cause: "retry-storm",
    also: ["dependency-timeout"],
    creators: ["availability"],
    path: [hop("calendar", "propagated", "remapped"), hop("availability", "created")],
  },
  {
    name: "cookies-too-large-for-the-callee",
    software: "Express in front of a Node service; a cookie grew above what the callee reads",
    share: 0.25,
    visit: (turn) => {
      const inner = visit(app("preferences", "express"), "/preferences/:id", turn.isBad ? { status: 431 } : {});
      return visit(app("bff", "nest"), "/preferences/:id", {
        path: `/preferences/${4_100 + turn.index * 7}`,
        status: turn.isBad ? 500 : 200,
        steps: [call(inner)],
        ...(turn.isBad
          ? {
              thrown: thrown("AxiosError", "Request failed with status code 431", [
                "    at settle (/app/node_modules/axios/lib/core/settle.js:19:12)",
                "    at PreferencesService.get (/app/dist/preferences.service.js:15:9)",
              ]),
            }
          : {}),
      });
    },
    seen: { service: "bff", route: "/preferences/:id" },
    cause: "body-too-large",
    also: ["invalid-input-unguarded", "gateway-mismatch"],
    creators: ["bff", "preferences"],
    path: [hop("bff", "created", "remapped", "propagated"), maybe("preferences", "clean", "created")],
  },
];
