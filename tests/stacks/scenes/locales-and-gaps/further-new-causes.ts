/** More causes in words and places that no earlier batch had. */
import { app, call, hop, line, maybe, numbered, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, byStore, callersOrPeers } from "../../shapes.ts";
import { monolog, tracing, winston } from "../post-mortems/logged-as.ts";

/** See the file's head. */
export const FURTHER_NEW_CAUSES: readonly Scene[] = [
  {
    name: "s3-key-lost-its-permission",
    software: "Rails with Active Storage; a policy was changed",
    onset: 25,
    ...byCall(app("papers", "rails"), "/papers/:id", {
      host: "papers.s3.eu-west-1.amazonaws.com",
      answers: 403,
      isCallers: true,
      bad: {
        thrown: thrown(
          "Aws::S3::Errors::AccessDenied",
          "User: arn:aws:sts::123456789012:assumed-role/papers/i-07 is not authorized to perform: s3:GetObject because no identity-based policy allows the s3:GetObject action",
          ["app/controllers/papers_controller.rb:19:in 'PapersController#show'"],
        ),
      },
    }),
    beside: { changes: [{ kind: "config", service: "papers", atMs: 9_700, description: "role papers: policy v14" }] },
    ...callersOrPeers("papers", "papers.s3.eu-west-1.amazonaws.com"),
    cause: "bad-configuration",
    also: ["gateway-identity", "third-party-failure"],
  },
  {
    name: "rust-serde-of-a-partner",
    software: "Axum by tracing; a partner sends null where a number was",
    onset: 24,
    share: 0.4,
    ...byCall(app("rates-rs", "axum"), "/rates/:id", {
      host: "fx.partner.example",
      answers: 200,
      isCallers: true,
      bad: tracing("rate failed", "error decoding response body: invalid type: null, expected f64 at line 1 column 41"),
    }),
    ...callersOrPeers("rates-rs", "fx.partner.example"),
    cause: "parse-failure",
    also: ["gateway-mismatch", "third-party-failure"],
  },
  {
    name: "monolog-tells-of-a-missing-class",
    software: "Symfony by Monolog; the image was built without a package",
    onset: 25,
    ...alone(
      app("mails-php", "symfony", { version: "4.1.0" }),
      "/mails/:id",
      monolog("Uncaught PHP Exception", [
        "Error",
        'Class "Symfony\\Component\\Mailer\\Bridge\\Sendgrid\\Transport" not found',
        "#0 /app/src/Mail.php(21)",
      ]),
    ),
    beside: { changes: [{ kind: "deploy", service: "mails-php", atMs: 9_600, version: "4.1.0", previousVersion: "4.0.9" }] },
    cause: "bad-deploy",
    also: ["unhandled-exception", "bad-configuration"],
  },
  {
    name: "winston-tells-of-a-stack-overflow",
    software: "Express by winston; a category is its own parent",
    share: 0.2,
    ...alone(
      app("trees", "express"),
      "/trees/:id",
      winston("tree failed", [
        "RangeError",
        "Maximum call stack size exceeded",
        "    at walk (/app/src/tree.js:12:9)",
        "    at walk (/app/src/tree.js:14:12)",
      ]),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "three-hops-and-an-empty-connection-string",
    software: "Go before Nest before ASP.NET Core, whose connection string is empty in a new region",
    onset: 25,
    share: 0.9,
    ...behind(
      app("gate-go", "gin"),
      "/claims/:id",
      behind(
        { ...app("claims-bff", "nest"), answers: 502 },
        "/claims/:id",
        alone(app("claims-net", "aspnet"), "/claims/:id", {
          thrown: thrown("System.InvalidOperationException", "The ConnectionString property has not been initialized.", [
            "   at Microsoft.Data.SqlClient.SqlConnection.PermissionDemand()",
          ]),
        }),
      ),
    ),
    cause: "bad-configuration",
  },
  {
    name: "storm-of-own-retries-at-a-full-queue",
    software: "Quarkus that tries a busy callee six times a request",
    onset: 25,
    share: 0.8,
    visit: (turn) => {
      const busy = () =>
        call(
          visit(app("printer-jobs", "gin"), "/jobs", {
            status: 503,
            method: "POST",
            lines: [line(13, "queue is full, rejecting job")],
          }),
          { ms: 6 },
        );
      const good = call(visit(app("printer-jobs", "gin"), "/jobs", { method: "POST" }));
      return visit(app("prints", "quarkus"), "/prints/:id", {
        path: numbered("/prints", turn),
        status: turn.isBad ? 503 : 200,
        steps: turn.isBad ? [busy(), busy(), busy(), busy(), busy(), busy()] : [good],
      });
    },
    seen: { service: "prints", route: "/prints/{id}" },
    creators: ["printer-jobs", "prints"],
    path: [hop("prints", "propagated", "created"), maybe("printer-jobs", "created", "propagated")],
    cause: "retry-storm",
    also: ["resource-exhausted", "dependency-error"],
  },
  {
    name: "masked-answer-of-a-broken-search",
    software: "Rails answers an empty page with 200 where its search answers 500",
    share: 0.5,
    onset: 20,
    visit: (turn) =>
      visit(app("finder", "rails"), "/find", {
        steps: [
          call(
            visit(app("search-es", "spring"), "/_search", {
              status: turn.isBad ? 500 : 200,
              ...(turn.isBad
                ? {
                    thrown: thrown("java.lang.IllegalStateException", "index reader is closed", [
                      "\tat com.acme.search.Reader.open(Reader.java:44)",
                    ]),
                  }
                : {}),
            }),
          ),
        ],
        ...(turn.isBad ? { lines: [line(13, "search failed, showing nothing")] } : {}),
      }),
    seen: { service: "finder" },
    creators: ["search-es"],
    path: [hop("finder", "masked"), hop("search-es", "created")],
    cause: "unhandled-exception",
    also: ["masked-by-middleware"],
  },
  {
    name: "grpc-message-larger-than-its-limit",
    software: "Go over gRPC; the catalogue outgrew four mebibytes",
    onset: 24,
    share: 0.5,
    visit: (turn) =>
      visit(app("web-go", "gin"), "/catalogues/:id", {
        path: numbered("/catalogues", turn),
        status: turn.isBad ? 500 : 200,
        steps: [
          call(
            visit(app("catalogues", "gin"), "", {
              rpc: {
                service: "acme.catalogue.v1.Catalogues",
                method: "Read",
                code: turn.isBad ? 8 : 0,
                ...(turn.isBad ? { message: "grpc: received message larger than max (5120034 vs. 4194304)" } : {}),
              },
            }),
          ),
        ],
      }),
    seen: { service: "web-go", route: "/catalogues/:id" },
    creators: ["web-go", "catalogues"],
    path: [hop("web-go", "created", "propagated", "remapped"), maybe("catalogues", "clean", "created")],
    cause: "body-too-large",
    also: ["resource-exhausted", "gateway-mismatch"],
  },
  {
    name: "rolling-release-with-one-bad-pod",
    software: "Django; one of three pods has the new release, whose template breaks",
    requests: 90,
    onset: 30,
    share: 0.33,
    visit: (turn) =>
      visit(
        app(
          "pages-py",
          "django",
          turn.isBad
            ? { version: "5.0.0", instance: "pages-py-c" }
            : { version: "4.9.0", instance: `pages-py-${turn.index % 2 === 0 ? "a" : "b"}` },
        ),
        "/pages/:id",
        {
          path: numbered("/pages", turn),
          ...(turn.isBad
            ? {
                status: 500,
                thrown: thrown("django.template.exceptions.TemplateSyntaxError", "Invalid filter: 'money'", [
                  "Traceback (most recent call last):",
                  '  File "/app/pages/views.py", line 12, in show',
                ]),
              }
            : {}),
        },
      ),
    beside: { changes: [{ kind: "deploy", service: "pages-py", atMs: 11_500, version: "5.0.0", previousVersion: "4.9.0" }] },
    seen: { service: "pages-py", route: "pages/<int:id>" },
    creators: ["pages-py"],
    path: [hop("pages-py", "created")],
    cause: "bad-deploy",
    also: ["unhandled-exception"],
  },
  {
    name: "sessions-in-a-full-cosmos",
    software: "ASP.NET Core; the store of sessions throttles",
    onset: 25,
    share: 0.6,
    ...byStore(app("logins-net", "aspnet"), "/sessions/:id", {
      system: "azure.cosmosdb",
      host: "sessions.documents.azure.com",
      statement: "UPSERT session",
      trouble: {
        type: "Microsoft.Azure.Cosmos.CosmosException",
        message:
          "Response status code does not indicate success: TooManyRequests (429); Substatus: 3200; Reason: (Request rate is large. More Request Units may be needed, so no changes were made.)",
      },
      code: "429",
    }),
    ...callersOrPeers("logins-net", ["sessions.documents.azure.com", "azure.cosmosdb"]),
    cause: "rate-limited-as-5xx",
    also: ["database-failure", "third-party-failure"],
  },
  {
    name: "heap-of-the-jvm-beside-its-errors",
    software: "Spring-old; a report loads everything",
    onset: 26,
    share: 0.5,
    ...alone(app("exports-old", "spring-old"), "/exports/:id", {
      ms: 4_000,
      thrown: thrown("java.lang.OutOfMemoryError", "Java heap space", [
        "\tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)",
        "\tat com.acme.exports.All.load(All.java:70)",
      ]),
    }),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "name-server-refuses-in-musl",
    software: "Ktor on Alpine; the search list of the cluster is too long",
    onset: 25,
    share: 0.6,
    ...byCall(app("maps-kt", "ktor"), "/maps/:id", {
      host: "tiles.shop.svc",
      isCallers: true,
      ms: 5_012,
      trouble: { type: "java.nio.channels.UnresolvedAddressException", message: "" },
    }),
    ...callersOrPeers("maps-kt", "tiles.shop.svc"),
    cause: "dns-failure",
  },
];
