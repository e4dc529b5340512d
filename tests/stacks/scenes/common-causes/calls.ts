/** Calls that go wrong: brokers, names, certificates, quotas, idle connections, schemas, tokens, sizes, ladders of time-outs. */
import { app, call, hop, line, maybe, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { byCall, bySend } from "../../shapes.ts";

const callersOwn = (service: string, host: string) => ({
  creators: [service, host],
  path: [hop(service, "created", "propagated", "remapped"), maybe(host, "clean", "created")],
});

/** See the file's head. */
export const CALLS: readonly Scene[] = [
  {
    name: "kafka-batches-expire",
    software: "Java agent with Kafka; the leader of a partition is away",
    onset: 25,
    share: 0.5,
    ...bySend(app("orders", "spring"), "/orders/:id/confirm", {
      system: "kafka",
      host: "kafka-bootstrap",
      topic: "orders",
      ms: 30_020,
      trouble: {
        type: "org.apache.kafka.common.errors.TimeoutException",
        message: "Expiring 3 record(s) for orders-2:30000 ms has passed since batch creation",
      },
      bad: {
        thrown: thrown("org.springframework.kafka.KafkaException", "Send failed", [
          "\tat org.springframework.kafka.core.KafkaTemplate.doSend(KafkaTemplate.java:794)",
          "\tat com.acme.orders.Events.confirm(Events.java:37)",
          "Caused by: org.apache.kafka.common.errors.TimeoutException: Expiring 3 record(s) for orders-2:30000 ms has passed since batch creation",
        ]),
      },
    }),
    cause: "dependency-timeout",
    also: ["dependency-error"],
  },
  {
    name: "pika-exchange-is-not-declared",
    software: "Flask with pika; a release publishes to an exchange that nobody declared",
    onset: 24,
    ...bySend(app("mailer", "flask"), "/mails/:id", {
      system: "rabbitmq",
      host: "rabbitmq",
      topic: "mails.v2",
      isCallers: true,
      trouble: {
        type: "pika.exceptions.ChannelClosedByBroker",
        message: "(404, \"NOT_FOUND - no exchange 'mails.v2' in vhost '/'\")",
      },
    }),
    creators: ["mailer", "rabbitmq", "mails.v2"],
    path: [hop("mailer", "created", "propagated", "remapped"), maybe(["rabbitmq", "mails.v2"], "clean", "created")],
    cause: "bad-configuration",
    also: ["bad-deploy", "dependency-error"],
  },
  {
    name: "nats-nobody-responds",
    software: "Go with NATS; the service that answers was scaled to nothing",
    onset: 26,
    ...bySend(app("quotes", "gin"), "/quotes/:id", {
      system: "nats",
      host: "nats",
      topic: "pricing.get",
      trouble: { type: "*errors.errorString", message: "nats: no responders available for request" },
      bad: { thrown: thrown("*fmt.wrapError", "price quote: nats: no responders available for request", []) },
    }),
    cause: "dependency-error",
    also: ["no-healthy-upstream"],
    creators: ["nats", "pricing.get", "quotes"],
    path: [hop("quotes", "propagated", "remapped", "created"), maybe(["nats", "pricing.get"], "created", "clean")],
  },
  {
    name: "pubsub-quota-of-the-region",
    software: "Python with Google Pub/Sub; a backfill takes the region's throughput",
    onset: 23,
    share: 0.6,
    ...bySend(app("tracker", "fastapi"), "/events", {
      system: "gcp_pubsub",
      host: "pubsub.googleapis.com",
      topic: "clicks",
      trouble: {
        type: "google.api_core.exceptions.ResourceExhausted",
        message:
          "429 Quota exceeded for quota metric 'Regional publisher throughput, kB' and limit 'Regional publisher throughput, kB per minute per region'",
      },
    }),
    cause: "rate-limited-as-5xx",
    also: ["resource-exhausted"],
    creators: ["pubsub.googleapis.com", "clicks", "gcp_pubsub", "tracker"],
    path: [
      hop("tracker", "propagated", "remapped", "created"),
      maybe(["pubsub.googleapis.com", "clicks", "gcp_pubsub"], "created", "clean"),
    ],
  },
  {
    name: "ladder-of-timeouts",
    software: "Node, Spring and Go, each with a shorter patience than the one behind it; the tax office is slow",
    onset: 22,
    visit: (turn) => {
      const path = `/checkout/${4_100 + turn.index * 7}`;
      const late = turn.isBad;
      const tax = call(visit(outside("tax.gov.example"), "/v1/rates", { ms: late ? 7_000 : 60 }));
      const pricing = visit(app("pricing", "gin"), "/prices/:id", { steps: [tax] });
      const orders = visit(app("orders", "spring"), "/orders/:id", {
        status: late ? 504 : 200,
        steps: [call(pricing, late ? { ms: 3_001, trouble: { type: "java.net.SocketTimeoutException", message: "Read timed out" } } : {})],
      });
      const cut = { ms: 2_001, trouble: { type: "AbortError", message: "This operation was aborted" } };
      return visit(app("web", "express"), "/checkout/:id", {
        path,
        status: late ? 504 : 200,
        steps: [call(orders, late ? cut : {})],
        lines: late ? [line(17, "checkout failed: orders did not answer within 2000ms")] : [],
      });
    },
    seen: { service: "web", route: "/checkout/:id" },
    cause: "third-party-failure",
    also: ["dependency-timeout"],
    creators: ["tax.gov.example"],
    path: [
      hop("web", "propagated", "remapped"),
      hop("orders", "propagated", "remapped"),
      hop("pricing", "propagated", "clean", "remapped"),
      hop("tax.gov.example", "created"),
    ],
  },
  {
    name: "node-asks-a-name-server-again",
    software: "Node in a cluster whose CoreDNS is overloaded",
    onset: 28,
    share: 0.4,
    ...byCall(app("baskets", "express"), "/baskets/:id", {
      host: "inventory.shop.svc.cluster.local",
      isCallers: true,
      ms: 5_012,
      trouble: { type: "EAI_AGAIN", message: "getaddrinfo EAI_AGAIN inventory.shop.svc.cluster.local" },
      bad: {
        thrown: thrown("TypeError", "fetch failed", [
          "    at node:internal/deps/undici/undici:13510:13",
          "    at async stockOf (/app/src/baskets.js:30:15)",
          "Caused by: Error: getaddrinfo EAI_AGAIN inventory.shop.svc.cluster.local",
        ]),
      },
    }),
    ...callersOwn("baskets", "inventory.shop.svc.cluster.local"),
    cause: "dns-failure",
  },
  {
    name: "aiohttp-name-does-not-resolve",
    software: "FastAPI with aiohttp; the record of a partner was removed",
    onset: 24,
    ...byCall(app("currency", "fastapi"), "/rates/:id", {
      host: "rates.partner.example",
      isCallers: true,
      trouble: {
        type: "aiohttp.client_exceptions.ClientConnectorDNSError",
        message: "Cannot connect to host rates.partner.example:443 ssl:default [Name or service not known]",
      },
    }),
    ...callersOwn("currency", "rates.partner.example"),
    cause: "dns-failure",
  },
  {
    name: "faraday-open-connection-failed",
    software: "Rails with Faraday; a service of one's own was renamed",
    onset: 25,
    ...byCall(app("storefront", "rails"), "/recommendations/:id", {
      host: "recs.internal",
      isCallers: true,
      trouble: {
        type: "Faraday::ConnectionFailed",
        message: "Failed to open TCP connection to recs.internal:80 (getaddrinfo(3): Name or service not known)",
      },
      bad: {
        thrown: thrown(
          "Faraday::ConnectionFailed",
          "Failed to open TCP connection to recs.internal:80 (getaddrinfo(3): Name or service not known)",
          ["/usr/local/lib/ruby/3.3.0/net/http.rb:1603:in `initialize'", "/app/app/services/recs.rb:12:in `fetch'"],
        ),
      },
    }),
    ...callersOwn("storefront", "recs.internal"),
    cause: "dns-failure",
  },
];
