/** Java and Kotlin: what post-mortems tell of, by the names that other makers' loggers and tracers give. */
import { app, call, clusterEvent, hop, line, maybe, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";
import { datadog, elastic, log4j, logback } from "./logged-as.ts";

/** See the file's head. */
export const JAVA: readonly Scene[] = [
  {
    name: "acquirer-certificate-ran-out-at-midnight",
    software: "Spring with old conventions; the acquirer's certificate expired",
    onset: 24,
    ...byCall(app("acquiring", "spring-old"), "/captures/:id", {
      host: "gw.acquirer.example",
      isCallers: true,
      trouble: {
        type: "javax.net.ssl.SSLHandshakeException",
        message:
          "PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed; NotAfter: Wed Nov 18 09:30:00 UTC 2026",
      },
    }),
    ...callersOrPeers("acquiring", "gw.acquirer.example"),
    cause: "tls-failure",
    also: ["third-party-failure"],
  },
  {
    name: "tomcat-pool-is-empty",
    software: "Tomcat with its own JDBC pool; logback's JSON alone tells of the error",
    onset: 25,
    share: 0.7,
    ...alone(app("loans", "spring"), "/loans/:id", {
      ms: 30_004,
      ...logback("Unhandled exception in GET /loans", [
        "org.apache.tomcat.jdbc.pool.PoolExhaustedException",
        "[http-nio-8080-exec-7] Timeout: Pool empty. Unable to fetch a connection in 30 seconds, none available[size:50; busy:50; idle:0; lastwait:30000].",
        "\tat org.apache.tomcat.jdbc.pool.ConnectionPool.borrowConnection(ConnectionPool.java:738)",
        "\tat com.acme.loans.LoanRepository.find(LoanRepository.java:31)",
      ]),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "liquibase-runs-after-the-pods",
    software: "Spring with Hibernate; the new pods answer before the change set of their release ran",
    onset: 26,
    ...byStore(app("gifts", "spring", { version: "7.3.0" }), "/gifts/:id", {
      system: "mysql",
      host: "gifts-mysql",
      statement: "select g.id, g.wrapping from gifts g where g.id=?",
      code: "1054",
      trouble: { type: "java.sql.SQLSyntaxErrorException", message: "Unknown column 'g.wrapping' in 'field list'" },
    }),
    beside: { changes: [{ kind: "deploy", service: "gifts", atMs: 10_200, version: "7.3.0", previousVersion: "7.2.4" }] },
    ...callersOrPeers("gifts", ["gifts-mysql", "mysql"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "heap-is-full-of-a-report",
    software: "Quarkus; a report of all rows is built in memory",
    onset: 27,
    share: 0.5,
    ...alone(app("reporting", "quarkus"), "/reports/:id", {
      ms: 4_200,
      thrown: thrown("java.lang.OutOfMemoryError", "GC overhead limit exceeded", [
        "\tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)",
        "\tat com.acme.reporting.Rows.collect(Rows.java:44)",
      ]),
    }),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "session-bean-of-another-release-in-redis",
    software: "Spring; the release changed a class whose old instances stand in the cache",
    onset: 25,
    share: 0.6,
    ...alone(
      app("lounge", "spring", { version: "9.1.0" }),
      "/lounge/:id",
      log4j("Servlet.service() for servlet [dispatcherServlet] threw exception", [
        "org.springframework.data.redis.serializer.SerializationException",
        "Cannot deserialize; nested exception is java.io.InvalidClassException: com.acme.lounge.Member; local class incompatible: stream classdesc serialVersionUID = 42, local class serialVersionUID = 43",
        "\tat com.acme.lounge.MemberCache.get(MemberCache.java:19)",
      ]),
    ),
    beside: { changes: [{ kind: "deploy", service: "lounge", atMs: 9_900, version: "9.1.0", previousVersion: "9.0.7" }] },
    cause: "bad-deploy",
    also: ["parse-failure"],
  },
  {
    name: "webclient-gives-up-before-the-callee",
    software: "Spring WebFlux waits two seconds for a callee that is right after five",
    onset: 24,
    share: 0.6,
    everyMs: 900,
    visit: (turn) =>
      visit(app("itinerary", "spring"), "/itineraries/:id", {
        path: numbered("/itineraries", turn),
        status: turn.isBad ? 500 : 200,
        steps: [
          call(
            visit(app("seatmap", "spring-old"), "/seatmaps/:id", turn.isBad ? { ms: 5_100 } : {}),
            turn.isBad ? { ms: 2_003, trouble: { type: "io.netty.handler.timeout.ReadTimeoutException", message: "" } } : {},
          ),
        ],
        ...(turn.isBad
          ? {
              thrown: thrown(
                "org.springframework.web.reactive.function.client.WebClientRequestException",
                "nested exception is io.netty.handler.timeout.ReadTimeoutException",
                ["\tat com.acme.itinerary.Seats.load(Seats.java:27)", "Caused by: io.netty.handler.timeout.ReadTimeoutException: null"],
              ),
            }
          : {}),
      }),
    seen: { service: "itinerary", route: "/itineraries/{id}" },
    cause: "dependency-timeout",
    creators: ["seatmap"],
    path: [hop("itinerary", "propagated", "remapped"), hop("seatmap", "created")],
  },
  {
    name: "executor-rejects-its-task",
    software: "Spring in front of Spring; the callee's executor is full",
    onset: 26,
    share: 0.8,
    ...behind(
      { ...app("portal-web", "express"), answers: 502 },
      "/quotes/:id",
      alone(app("pricing-core", "spring"), "/quotes/:id", {
        ms: 2,
        ...elastic("request failed", [
          "java.util.concurrent.RejectedExecutionException",
          "Task java.util.concurrent.FutureTask@2ac3d530 rejected from java.util.concurrent.ThreadPoolExecutor@3d1cfad4[Running, pool size = 64, active threads = 64, queued tasks = 500, completed tasks = 91238]",
          "\tat com.acme.pricing.Async.submit(Async.java:55)",
        ]),
      }),
    ),
    cause: "resource-exhausted",
    also: ["pool-exhausted"],
  },
  {
    name: "kafka-batch-expires",
    software: "Spring with Kafka; the partition's leader is away and batches expire",
    onset: 25,
    ...bySend(app("ingest-jvm", "spring"), "/events/:id", {
      system: "kafka",
      host: "kafka-1.internal",
      topic: "clicks",
      ms: 30_010,
      trouble: {
        type: "org.apache.kafka.common.errors.TimeoutException",
        message: "Expiring 3 record(s) for clicks-0:30001 ms has passed since batch creation",
      },
    }),
    cause: "dependency-timeout",
    also: ["connection-refused", "dependency-error"],
  },
  {
    name: "placeholder-without-a-value",
    software: "Spring Cloud; a refreshed configuration lost a key that a scoped bean wants",
    onset: 26,
    ...alone(app("notices", "spring"), "/notices/:id", {
      thrown: thrown(
        "org.springframework.beans.factory.BeanCreationException",
        "Error creating bean with name 'scopedTarget.mailer': Could not resolve placeholder 'mail.relay.host' in value \"${mail.relay.host}\"",
        ["\tat org.springframework.util.PropertyPlaceholderHelper.parseStringValue(PropertyPlaceholderHelper.java:180)"],
      ),
    }),
    beside: { changes: [{ kind: "config", service: "notices", atMs: 10_100, description: "notices.yaml refreshed" }] },
    cause: "bad-configuration",
  },
  {
    name: "flood-stage-of-the-search-index",
    software: "Spring with Elasticsearch; its disk is nearly full and writes are blocked",
    onset: 24,
    ...byStore(app("indexer", "spring"), "/index/:id", {
      system: "elasticsearch",
      host: "es-data-1",
      statement: "PUT /products/_doc/?",
      code: "429",
      trouble: {
        type: "co.elastic.clients.elasticsearch._types.ElasticsearchException",
        message:
          "[es/index] failed: [cluster_block_exception] index [products] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];",
      },
    }),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "optional-that-is-empty",
    software: "Spring with Datadog's tracer; a nightly import left a price out",
    share: 0.3,
    ...alone(
      app("tariffs", "spring"),
      "/tariffs/:id",
      datadog([
        "java.util.NoSuchElementException",
        "No value present",
        "\tat java.base/java.util.Optional.orElseThrow(Optional.java:377)",
        "\tat com.acme.tariffs.TariffService.price(TariffService.java:63)",
      ]),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "pod-is-evicted-and-its-caller-waits",
    software: "Ktor in front of Spring; the callee's pods were evicted for their disk, no endpoint is left",
    onset: 26,
    ...byCall(app("mobile-bff", "ktor"), "/home/:id", {
      host: "profiles",
      ms: 3,
      trouble: { type: "java.net.ConnectException", message: "Failed to connect to profiles/10.96.12.4:8080" },
    }),
    creators: ["profiles"],
    beside: {
      lines: [
        clusterEvent(app("profiles", "spring"), 10_100, [
          "Evicted",
          "The node was low on resource: ephemeral-storage. Threshold quantity: 10120387530, available: 9811020Ki.",
        ]),
      ],
    },
    cause: "connection-refused",
    also: ["resource-exhausted", "no-healthy-upstream"],
  },
  {
    name: "fallback-of-a-breaker-serves",
    software: "Spring with Resilience4j; the advice is out and its fallback answers each time",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("offers-jvm", "spring"), "/offers/:id", {
        path: numbered("/offers", turn),
        ...(turn.index % 4 === 0
          ? {
              lines: [
                line(13, "advice unavailable, using the bestsellers", {
                  attributes: {
                    "exception.type": "io.github.resilience4j.circuitbreaker.CallNotPermittedException",
                    "exception.message": "CircuitBreaker 'advice' is OPEN and does not permit further calls",
                  },
                }),
              ],
            }
          : {}),
      }),
  },
  {
    name: "scheduled-task-fails-beside",
    software: "Spring; a scheduled import fails each time while every request is answered",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("catalog-jvm", "spring"), "/catalog/:id", { path: numbered("/catalog", turn) }),
    beside: {
      lines: [3_000, 9_000, 15_000, 21_000].map((atMs) => ({
        app: app("catalog-jvm", "spring"),
        atMs,
        line: line(17, "Unexpected error occurred in scheduled task", {
          scope: "org.springframework.scheduling.support.TaskUtils$LoggingErrorHandler",
          attributes: {
            "exception.type": "org.springframework.web.client.ResourceAccessException",
            "exception.message": 'I/O error on GET request for "https://feed.supplier.example/prices": Connect timed out',
          },
        }),
      })),
    },
  },
  {
    name: "partner-of-java-says-500-and-no-more",
    software: "Spring in front of an appliance that sends no telemetry and answers 500 without a word",
    onset: 26,
    share: 0.5,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("vault-front", "spring"), "/keys/:id", {
        path: numbered("/keys", turn),
        ...(turn.isBad ? { status: 500 } : {}),
        steps: [store(["redis", "keys-redis"], "GET key:?"), call(visit(outside("hsm-7"), "/sign", turn.isBad ? { status: 500 } : {}))],
      }),
    missing: ["hsm-7"],
    seen: { service: "vault-front" },
  },
  {
    name: "ladder-on-the-jvm-ends-in-a-slow-statement",
    software: "Three services of Java; the last one's statement takes longer than any of them waits",
    onset: 24,
    share: 0.7,
    everyMs: 1_200,
    visit: (turn) =>
      visit(app("shopfront-jvm", "spring"), "/wishlists/:id", {
        path: numbered("/wishlists", turn),
        status: turn.isBad ? 504 : 200,
        steps: [
          call(
            visit(app("wishlists", "quarkus"), "/wishlists/:id", {
              status: turn.isBad ? 500 : 200,
              steps: [
                store(
                  ["postgresql", "wishlists-db"],
                  "SELECT * FROM wishes w JOIN items i ON i.id = w.item WHERE w.owner = ?",
                  turn.isBad
                    ? {
                        ms: 10_004,
                        code: "57014",
                        trouble: {
                          type: "org.postgresql.util.PSQLException",
                          message: "ERROR: canceling statement due to statement timeout",
                        },
                      }
                    : {},
                ),
              ],
            }),
          ),
        ],
      }),
    seen: { service: "shopfront-jvm", route: "/wishlists/{id}" },
    cause: "database-failure",
    also: ["dependency-timeout"],
    creators: ["wishlists-db", "postgresql"],
    path: [
      hop("shopfront-jvm", "propagated", "remapped"),
      hop("wishlists", "propagated", "remapped"),
      maybe(["wishlists-db", "postgresql"], "created"),
    ],
  },
];
