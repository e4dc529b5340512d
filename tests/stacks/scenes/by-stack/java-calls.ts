/** Java: what Spring and Ktor call, what fills up, and what is not wrong. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, byStore, callersOrPeers } from "../../shapes.ts";

/** See the file's head. */
export const JAVA_CALLS: readonly Scene[] = [
  {
    name: "kafka-topic-was-renamed",
    software: "Spring Kafka; a changed setting names a topic that nobody made",
    onset: 24,
    visit: (turn) => {
      const message = "Topic order-events-v2 not present in metadata after 60000 ms.";
      const timedOut = { type: "org.apache.kafka.common.errors.TimeoutException", message };
      const sent = { kind: "send", system: "kafka", host: "kafka-bootstrap" } as const;
      return visit(app("orders-java", "spring"), "/orders/:id/confirm", {
        path: numbered("/orders", turn, "/confirm"),
        steps: [turn.isBad ? { ...sent, topic: "order-events-v2", ms: 60_004, trouble: timedOut } : { ...sent, topic: "order-events" }],
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown("org.springframework.kafka.KafkaException", "Send failed", [
                "\tat org.springframework.kafka.core.KafkaTemplate.doSend(KafkaTemplate.java:794)",
                "\tat com.acme.orders.Events.confirm(Events.java:37)",
                `Caused by: org.apache.kafka.common.errors.TimeoutException: ${message}`,
              ]),
            }
          : {}),
      });
    },
    seen: { service: "orders-java", route: "/orders/{id}/confirm" },
    everyMs: 2_000,
    beside: { changes: [{ kind: "config", service: "orders-java", atMs: 47_000, description: "ORDER_TOPIC=order-events-v2" }] },
    creators: ["orders-java", "kafka-bootstrap", "kafka", "order-events-v2"],
    path: [
      hop("orders-java", "created", "propagated", "remapped"),
      maybe(["kafka-bootstrap", "kafka", "order-events-v2"], "created", "clean"),
    ],
    cause: "bad-configuration",
    also: ["dependency-error"],
  },
  {
    name: "class-space-is-full",
    software: "Spring; scripts compiled for each request fill the metaspace",
    onset: 30,
    ...alone(app("rules-engine", "spring"), "/rules/:id", {
      thrown: thrown("java.lang.OutOfMemoryError", "Metaspace", [
        "\tat java.base/java.lang.ClassLoader.defineClass1(Native Method)",
        "\tat com.acme.rules.Compiler.compile(Compiler.java:72)",
      ]),
    }),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "geocoder-slows-feign-down",
    software: "Spring with Feign; the geocoder's plan is used up and its 429 becomes a 500",
    onset: 25,
    share: 0.6,
    ...byCall(app("places", "spring"), "/places/:id", {
      host: "api.geocoder.example",
      answers: 429,
      bad: {
        thrown: thrown(
          "feign.FeignException$TooManyRequests",
          '[429 Too Many Requests] during [GET] to [https://api.geocoder.example/v1/search] [Geocoder#search(String)]: [{"message":"Monthly plan used up"}]',
          ["\tat feign.FeignException.clientErrorStatus(FeignException.java:261)", "\tat com.acme.places.Lookup.find(Lookup.java:30)"],
        ),
      },
    }),
    ...callersOrPeers("places", "api.geocoder.example"),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "callee-took-its-old-version-away",
    software: "Spring behind Node; the callee's release answers 410 to the path that the caller still asks for",
    onset: 27,
    visit: (turn) =>
      visit(app("mobile-bff", "express"), "/offers/:id", {
        path: numbered("/offers", turn),
        status: turn.isBad ? 500 : 200,
        steps: [
          call(
            visit(
              app("offers", "spring", { version: turn.isBad ? "8.0.0" : "7.9.2" }),
              turn.isBad ? "/**" : "/v1/offers/:id",
              turn.isBad ? { status: 410, path: "/v1/offers/7" } : {},
            ),
          ),
        ],
        ...(turn.isBad
          ? {
              thrown: thrown("Error", "offers answered 410", [
                "    at OffersClient.get (/app/src/offers.js:22:13)",
                "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
              ]),
            }
          : {}),
      }),
    beside: { changes: [{ kind: "deploy", service: "offers", atMs: 10_600, version: "8.0.0", previousVersion: "7.9.2" }] },
    seen: { service: "mobile-bff", route: "/offers/:id" },
    creators: ["mobile-bff", "offers"],
    path: [hop("mobile-bff", "created", "remapped", "propagated"), maybe("offers", "clean", "created")],
    cause: "bad-deploy",
  },
  {
    name: "bank-shows-another-name",
    software: "Java agent with Apache's client; the bank's new certificate lacks the name",
    onset: 23,
    ...byCall(app("transfers", "spring"), "/transfers/:id", {
      host: "api.bank.example",
      isCallers: true,
      ms: 60,
      trouble: {
        type: "javax.net.ssl.SSLPeerUnverifiedException",
        message: "Certificate for <api.bank.example> doesn't match any of the subject alternative names: [www.bank.example, bank.example]",
      },
    }),
    ...callersOrPeers("transfers", "api.bank.example"),
    cause: "tls-failure",
  },
  {
    name: "idle-connection-meets-a-shorter-patience",
    software: "Spring with Apache's client; the callee closes idle connections earlier than the pool does",
    share: 0.12,
    requests: 120,
    ...byCall(app("basket-java", "spring"), "/baskets/:id", {
      host: "stock",
      ms: 2,
      trouble: { type: "org.apache.http.NoHttpResponseException", message: "stock:8080 failed to respond" },
    }),
    ...callersOrPeers("basket-java", "stock"),
    cause: "keepalive-race",
  },
  {
    name: "rows-wait-for-a-long-report",
    software: "Java agent with MySQL; a report holds locks on the rows that orders change",
    onset: 26,
    share: 0.6,
    everyMs: 1_500,
    ...byStore(app("stock-java", "spring"), "/stock/:id", {
      system: "mysql",
      host: "stock-mysql",
      statement: "UPDATE stock SET count = count - ? WHERE sku = ?",
      code: "1205",
      ms: 50_008,
      trouble: {
        type: "com.mysql.cj.jdbc.exceptions.MySQLTransactionRollbackException",
        message: "Lock wait timeout exceeded; try restarting transaction",
      },
    }),
    cause: "database-failure",
  },
  {
    name: "lettuce-waits-a-minute",
    software: "Spring with Lettuce; Redis is held by a long script and answers nobody",
    onset: 25,
    everyMs: 2_000,
    share: 0.8,
    ...byStore(app("prefs", "spring"), "/prefs/:id", {
      system: "redis",
      host: "prefs-redis",
      statement: "GET prefs:?",
      ms: 60_003,
      trouble: { type: "io.lettuce.core.RedisCommandTimeoutException", message: "Command timed out after 1 minute(s)" },
    }),
    cause: "database-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "ktor-coroutine-scope-is-cancelled-by-its-own-limit",
    software: "Ktor; withTimeout ends a request while the warehouse, which sends nothing, is slow",
    onset: 25,
    share: 0.7,
    ...byCall(app("picker", "ktor"), "/picks/:id", {
      host: "warehouse",
      ms: 3_002,
      trouble: { type: "kotlinx.coroutines.TimeoutCancellationException", message: "Timed out waiting for 3000 ms" },
    }),
    cause: "dependency-timeout",
  },
  {
    name: "door-of-the-customer-stays-shut",
    software: "Spring; a rule of deliveries in the words of machines",
    share: 0.3,
    ...alone(app("deliveries", "spring"), "/deliveries/:id", {
      thrown: thrown("com.acme.deliveries.AttemptFailed", "delivery service timed out at the door", [
        "\tat com.acme.deliveries.Round.next(Round.java:52)",
        "\tat com.acme.deliveries.RoundController.post(RoundController.java:31)",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "browsers-break-the-pipe",
    software: "Spring; readers close the page while a file is sent, and the container logs each as an error",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(app("downloads", "spring"), "/files/:id", {
        path: numbered("/files", turn),
        lines:
          turn.index % 4 === 0
            ? [
                line(17, "org.apache.catalina.connector.ClientAbortException: java.io.IOException: Broken pipe", {
                  scope: "org.apache.catalina.core.ContainerBase",
                }),
              ]
            : [],
      }),
  },
  {
    name: "producer-tries-again-and-is-heard",
    software: "Spring Kafka; a leader moves, the producer warns and its next try is taken",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("audit", "spring"), "/audit/:id", {
        path: numbered("/audit", turn),
        steps: [{ kind: "send", system: "kafka", host: "kafka-bootstrap", topic: "audit", ms: turn.index % 5 === 0 ? 140 : 4 }],
        lines:
          turn.index % 5 === 0
            ? [
                line(
                  13,
                  "[Producer clientId=producer-1] Got error produce response with correlation id 812 on topic-partition audit-2, retrying (2147483646 attempts left). Error: NOT_LEADER_OR_FOLLOWER",
                  { scope: "org.apache.kafka.clients.producer.internals.Sender" },
                ),
              ]
            : [],
      }),
  },
  {
    name: "mainframe-is-slow-and-says-nothing",
    software: "Spring in front of a system that sends nothing and answers 500 after a while",
    onset: 25,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("policies-front", "spring"), "/policies/:id", {
        path: numbered("/policies", turn),
        ...(turn.isBad ? { status: 500 } : {}),
        steps: [call(visit(outside("policies-host"), "/cics/policy", turn.isBad ? { status: 500, ms: 900 } : { ms: 300 }))],
      }),
    missing: ["policies-host"],
    seen: { service: "policies-front" },
  },
  {
    name: "front-hears-of-a-lost-secret-three-hops-deep",
    software: "Node, Spring and Ktor in a row; the last one's password for its store was changed",
    onset: 24,
    ...behind(
      { ...app("web-front", "nest"), answers: 502 },
      "/accounts/:id",
      alone(app("accounts", "ktor"), "/accounts/:id", {
        thrown: thrown("org.postgresql.util.PSQLException", 'FATAL: password authentication failed for user "accounts"', [
          "\tat org.postgresql.core.v3.ConnectionFactoryImpl.doAuthentication(ConnectionFactoryImpl.java:693)",
          "\tat com.zaxxer.hikari.pool.PoolBase.newConnection(PoolBase.java:360)",
          "\tat com.acme.accounts.Store.open(Store.kt:18)",
        ]),
      }),
    ),
    cause: "bad-configuration",
    also: ["database-failure"],
  },
];
