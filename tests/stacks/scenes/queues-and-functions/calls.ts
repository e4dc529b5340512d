/** Calls that fail for what stands between: limits, clocks, flags, breakers, connections. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall } from "../../shapes.ts";

/** See the file's head. */
export const CALLS: readonly Scene[] = [
  {
    name: "rest-client-too-many-requests",
    software: "Quarkus REST client; a partner limits, and nobody catches it",
    onset: 22,
    share: 0.5,
    ...byCall(app("geo", "quarkus"), "/places/:id", {
      host: "api.maps.example",
      answers: 429,
      isCallers: true,
      bad: {
        thrown: thrown(
          "org.jboss.resteasy.reactive.ClientWebApplicationException",
          "Received: 'Too Many Requests, status code 429' when invoking REST Client method: 'com.acme.geo.Maps#find'",
          ["\tat com.acme.geo.Places.of(Places.java:29)"],
        ),
      },
    }),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "secondary-rate-limit",
    software: "NestJS with Octokit; the host of the code limits by 403",
    share: 0.4,
    onset: 20,
    ...byCall(app("builds", "nest"), "/builds/:id", {
      host: "api.github.com",
      answers: 403,
      isCallers: true,
      bad: {
        thrown: thrown("HttpError", "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", [
          "    at fetchWrapper (/app/node_modules/@octokit/request/dist-node/index.js:123:11)",
        ]),
      },
    }),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "cosmos-request-rate-is-large",
    software: "Azure Functions with Cosmos DB; the provisioned throughput is used up",
    onset: 25,
    share: 0.5,
    ...byCall(app("profiles", "azure"), "/profiles/:id", {
      host: "acme.documents.azure.com",
      answers: 429,
      isCallers: true,
      bad: {
        thrown: thrown(
          "Microsoft.Azure.Cosmos.CosmosException",
          "Response status code does not indicate success: TooManyRequests (429); Substatus: 3200; Reason: (Request rate is large. More Request Units may be needed, so no changes were made.)",
          ["   at Profiles.Store.Read(String id) in /src/Profiles/Store.cs:line 20"],
        ),
      },
    }),
    cause: "rate-limited-as-5xx",
    also: ["database-failure", "third-party-failure"],
  },
  {
    name: "account-has-no-quota-left",
    software: "FastAPI with a provider of language models; the account's budget is spent",
    onset: 27,
    ...byCall(app("assistant", "fastapi"), "/answers", {
      host: "api.openai.com",
      method: "POST",
      answers: 429,
      isCallers: true,
      bad: {
        thrown: thrown(
          "openai.RateLimitError",
          "Error code: 429 - {'error': {'message': 'You exceeded your current quota, please check your plan and billing details.', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}",
          ["Traceback (most recent call last):", '  File "/srv/app/answers/model.py", line 41, in ask'],
        ),
      },
    }),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "token-of-the-future",
    software: "Quarkus; the issuer's clock is ahead, and tokens are not valid yet",
    onset: 26,
    share: 0.7,
    ...alone(app("cabinet", "quarkus"), "/cabinets/:id", {
      thrown: thrown("io.smallrye.jwt.auth.principal.ParseException", "SRJWT07000: Failed to verify a token", [
        "\tat com.acme.cabinet.Tokens.read(Tokens.java:35)",
        'Caused by: org.jose4j.jwt.consumer.InvalidJwtException: JWT (claims->{"iss":"login","nbf":1795000210}) rejected due to invalid claims or other invalid content. Additional details: [[6] The JWT is not yet valid as the evaluation time NumericDate{1795000091 -> Nov 18, 2026} is before the Not Before (nbf=NumericDate{1795000210}) claim time]',
      ]),
    }),
    cause: "bad-configuration",
    also: ["invalid-input-unguarded", "parse-failure"],
  },
  {
    name: "clock-moved-backwards",
    software: "Spring Boot with ids made of the time; the machine's clock was set back",
    onset: 29,
    ...alone(app("numbers", "spring"), "/numbers", {
      thrown: thrown("java.lang.IllegalStateException", "Clock moved backwards. Refusing to generate id for 4123 milliseconds", [
        "\tat com.acme.numbers.Snowflake.next(Snowflake.java:48)",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["bad-configuration", "resource-exhausted"],
  },
  {
    name: "no-leap-year",
    software: "Pekko HTTP; a birthday on the 29th of February in a year that has none",
    share: 0.15,
    ...alone(app("birthdays", "pekko"), "/birthdays/:id", {
      thrown: thrown("java.time.DateTimeException", "Invalid date 'February 29' as '2027' is not a leap year", [
        "\tat com.acme.birthdays.Calendar$.next(Calendar.scala:17)",
      ]),
    }),
    cause: "invalid-input-unguarded",
    also: ["unhandled-exception"],
  },
  {
    name: "flag-turned-on-for-all",
    software: "Ktor; a flag goes from no one to everyone, and its code was never run",
    onset: 27,
    ...alone(app("bundle", "ktor"), "/bundles/:id", {
      thrown: thrown(
        "java.lang.NullPointerException",
        "Parameter specified as non-null is null: method com.acme.bundle.Pricing.of, parameter tier",
        ["\tat com.acme.bundle.Pricing.of(Pricing.kt)"],
      ),
    }),
    beside: { changes: [{ kind: "flag", service: "bundle", atMs: 27 * 400 - 300, description: "tiered-pricing: 0 % -> 100 %" }] },
    cause: "bad-configuration",
    also: ["unhandled-exception"],
  },
  {
    name: "provider-of-flags-is-away",
    software: "NestJS with OpenFeature; flagd does not listen, and the code does not expect it",
    onset: 25,
    ...byCall(app("banner", "nest"), "/banners/:id", {
      host: "flagd",
      to: "/flagd.evaluation.v1.Service/ResolveBoolean",
      method: "POST",
      ms: 2,
      trouble: { type: "Error", message: "14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.0.0.9:8013" },
      bad: {
        thrown: thrown("Error", "14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.0.0.9:8013", [
          "    at BannerService.pick (/app/dist/banner/service.js:15:28)",
        ]),
      },
    }),
    cause: "connection-refused",
  },
  {
    name: "breaker-of-microprofile",
    software: "Quarkus with SmallRye Fault Tolerance; the breaker stays open after the callee failed",
    onset: 24,
    share: 0.8,
    ...alone(app("loyalty", "quarkus"), "/loyalty/:id", {
      status: 503,
      ms: 1,
      thrown: thrown(
        "org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException",
        "com.acme.loyalty.Points#of circuit breaker is open",
        ["\tat com.acme.loyalty.Loyalty.show(Loyalty.java:22)"],
      ),
    }),
    cause: "circuit-open",
  },
  {
    name: "idle-connections-of-the-java-client",
    software: "Quarkus with java.net.http; the server closes idle connections sooner than the client",
    share: 0.05,
    requests: 120,
    everyMs: 2_000,
    ...byCall(app("sensors", "quarkus"), "/sensors/:id", {
      host: "registry",
      ms: 2,
      trouble: { type: "java.io.IOException", message: "HTTP/1.1 header parser received no bytes" },
      bad: {
        thrown: thrown("java.io.IOException", "HTTP/1.1 header parser received no bytes", [
          "\tat com.acme.sensors.Registry.find(Registry.java:44)",
          "Caused by: java.io.EOFException: EOF reached while reading",
        ]),
      },
    }),
    cause: "keepalive-race",
    also: ["dependency-error"],
  },
  {
    name: "other-side-closed",
    software: "NestJS with undici; the load balancer closes idle connections sooner than the client",
    share: 0.05,
    requests: 120,
    everyMs: 2_000,
    ...byCall(app("search", "nest"), "/searches/:id", {
      host: "index-lb",
      ms: 1,
      trouble: { type: "TypeError", message: "fetch failed: other side closed" },
      bad: {
        thrown: thrown("TypeError", "fetch failed", [
          "    at SearchService.query (/app/dist/search/service.js:30:19)",
          "  [cause]: SocketError: other side closed",
        ]),
      },
    }),
    cause: "keepalive-race",
    also: ["dependency-error"],
  },
  {
    name: "callee-dies-of-its-heap",
    software: "Go in front of a Node service that is killed by its own heap and started again",
    onset: 26,
    share: 0.6,
    ...byCall(app("portal", "gin"), "/views/:id", {
      host: "render",
      ms: 2,
      trouble: { type: "*url.Error", message: 'Get "http://render:8080/": dial tcp 10.96.3.3:8080: connect: connection refused' },
      bad: {
        status: 502,
        thrown: thrown("*url.Error", 'Get "http://render:8080/": dial tcp 10.96.3.3:8080: connect: connection refused', []),
      },
    }),
    beside: {
      changes: [26, 37, 49].map((index) => ({
        kind: "restart" as const,
        service: "render",
        atMs: index * 400 - 80,
        description:
          "container exited with exit code 134: FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
      })),
    },
    cause: "resource-exhausted",
    also: ["memory-leak", "connection-refused"],
  },
  {
    name: "upload-over-the-limit-of-ktor",
    software: "Ktor; scans of contracts are larger than a request may be",
    share: 0.25,
    ...alone(app("contracts", "ktor"), "/contracts", (turn) => ({
      method: "POST",
      attributes: { "http.request.body.size": 1_100_000 + turn.index * 317 },
      thrown: thrown("io.ktor.server.plugins.PayloadTooLargeException", "Request is larger than the limit of 1048576 bytes", [
        "\tat io.ktor.server.plugins.bodylimit.RequestBodyLimitKt.RequestBodyLimit(RequestBodyLimit.kt:61)",
      ]),
    })),
    cause: "body-too-large",
  },
  {
    name: "partner-sends-text-for-json",
    software: "Symfony; a partner's answer is cut off in its middle",
    onset: 28,
    share: 0.6,
    ...byCall(app("stock", "symfony"), "/stocks/:id", {
      host: "api.supplier.example",
      answers: 200,
      isCallers: true,
      bad: {
        thrown: thrown("Symfony\\Component\\HttpClient\\Exception\\JsonException", 'Syntax error for "https://api.supplier.example/".', [
          "#0 /srv/app/src/Stock/Supplier.php(37): toArray()",
        ]),
      },
    }),
    cause: "parse-failure",
    also: ["third-party-failure"],
    creators: ["stock", "api.supplier.example"],
    path: [hop("stock", "created", "remapped", "propagated"), maybe("api.supplier.example", "clean", "created")],
  },
  {
    name: "content-is-not-allowed-in-prolog",
    software: "Pekko HTTP; uploads that are no XML are answered with 500",
    share: 0.2,
    ...alone(app("customs", "pekko"), "/declarations", {
      method: "POST",
      thrown: thrown("org.xml.sax.SAXParseException", "Content is not allowed in prolog.", [
        "\tat com.acme.customs.Declaration$.read(Declaration.scala:21)",
      ]),
    }),
    cause: "parse-failure",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "old-release-had-nothing-to-do-with-it",
    software: "Quarkus; a release of texts came just before the disk of uploads was full",
    onset: 30,
    negative: "decoy-deploy",
    ...alone(app("archive", "quarkus"), "/archives", {
      method: "POST",
      thrown: thrown("java.nio.file.FileSystemException", "/data/in/8a6f.pdf: No space left on device", [
        "\tat com.acme.archive.Inbox.write(Inbox.java:40)",
      ]),
    }),
    beside: {
      changes: [{ kind: "deploy", service: "archive", atMs: 22 * 400, version: "4.2.0", previousVersion: "4.1.9", description: "texts" }],
    },
    cause: "resource-exhausted",
  },
  {
    name: "loud-retries-beside-a-null",
    software: "Ktor; an optional call is tried again and again, what matters is a null",
    share: 0.25,
    negative: "noise",
    visit: (turn) =>
      visit(app("stays", "ktor"), "/stays/:id", {
        path: numbered("/stays", turn),
        steps: [
          call(visit(outside("weather"), "/weather"), {
            isUnreached: true,
            ms: 90,
            trouble: {
              type: "java.net.SocketTimeoutException",
              message: "Connect timeout has expired [url=http://weather:8080/, connect_timeout=90 ms]",
            },
          }),
        ],
        lines: [line(13, "weather left out: Connect timeout has expired")],
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown("java.lang.NullPointerException", 'Cannot invoke "com.acme.stays.Room.beds()" because "room" is null', [
                "\tat com.acme.stays.View.of(View.kt:17)",
              ]),
            }
          : {}),
      }),
    seen: { service: "stays", route: "/stays/{id}" },
    cause: "unhandled-exception",
    creators: ["stays"],
    path: [hop("stays", "created"), maybe("weather", "clean")],
  },
];
