/** Message brokers and queues: rights, quotas, alarms, replies that never come. */
import { app, hop, line, maybe, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, bySend } from "../../shapes.ts";

const TRACEBACK = "Traceback (most recent call last):";

/** See the file's head. */
export const QUEUES: readonly Scene[] = [
  {
    name: "sqs-role-may-not-send",
    software: "Quarkus 3 with the AWS SDK; a new role lacks the right to send",
    onset: 28,
    ...bySend(app("intake", "quarkus"), "/claims", {
      system: "aws_sqs",
      host: "sqs.eu-west-1.amazonaws.com",
      topic: "claims",
      isCallers: true,
      ms: 14,
      trouble: {
        type: "software.amazon.awssdk.services.sqs.model.SqsException",
        message:
          "User: arn:aws:sts::123456789012:assumed-role/intake-v2/intake is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:eu-west-1:123456789012:claims because no identity-based policy allows the sqs:sendmessage action (Service: Sqs, Status Code: 403)",
      },
      bad: {
        thrown: thrown(
          "software.amazon.awssdk.services.sqs.model.SqsException",
          "User: arn:aws:sts::123456789012:assumed-role/intake-v2/intake is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:eu-west-1:123456789012:claims because no identity-based policy allows the sqs:sendmessage action (Service: Sqs, Status Code: 403)",
          ["\tat com.acme.intake.ClaimQueue.send(ClaimQueue.java:38)"],
        ),
      },
    }),
    cause: "bad-configuration",
    also: ["gateway-identity"],
    creators: ["intake", "sqs.eu-west-1.amazonaws.com", "claims"],
    path: [
      hop("intake", "created", "remapped", "propagated"),
      maybe(["sqs.eu-west-1.amazonaws.com", "claims", "aws_sqs"], "clean", "created"),
    ],
  },
  {
    name: "kafka-too-few-replicas-in-sync",
    software: "Ktor 3 with the Kafka client; two brokers of three are down",
    onset: 26,
    share: 0.8,
    ...bySend(app("ledger", "ktor"), "/entries", {
      system: "kafka",
      host: "kafka-1",
      topic: "entries",
      ms: 120,
      trouble: {
        type: "org.apache.kafka.common.errors.NotEnoughReplicasException",
        message: "Messages are rejected since there are fewer in-sync replicas than required.",
      },
      bad: {
        thrown: thrown(
          "org.apache.kafka.common.errors.NotEnoughReplicasException",
          "Messages are rejected since there are fewer in-sync replicas than required.",
          ["\tat com.acme.ledger.EntrySink.append(EntrySink.kt:51)"],
        ),
      },
    }),
    cause: "dependency-error",
    also: ["database-failure", "no-healthy-upstream"],
  },
  {
    name: "rabbitmq-blocks-publishers",
    software: "NestJS with amqplib; the broker's memory alarm blocks whoever publishes",
    onset: 27,
    ...bySend(app("mailer", "nest"), "/mails", {
      system: "rabbitmq",
      host: "rabbit",
      topic: "mails",
      ms: 5_003,
      trouble: { type: "Error", message: "publish was not confirmed within 5000 ms" },
      bad: {
        thrown: thrown("Error", "publish was not confirmed within 5000 ms", ["    at Outbox.publish (/app/dist/outbox.js:41:13)"]),
        lines: [line(13, "connection to rabbit blocked: low on memory", { attributes: { context: "Outbox" } })],
      },
    }),
    cause: "resource-exhausted",
    also: ["dependency-timeout"],
  },
  {
    name: "nats-no-stream-matches",
    software: "Go with NATS JetStream; a setting names a subject that no stream keeps",
    onset: 25,
    ...bySend(app("audit", "gin"), "/events", {
      system: "nats",
      host: "nats",
      topic: "audit.v2.events",
      isCallers: true,
      ms: 5,
      trouble: { type: "*nats.Error", message: "nats: no stream matches subject" },
      bad: { thrown: thrown("*nats.Error", "publish audit.v2.events: nats: no stream matches subject", []) },
    }),
    beside: { changes: [{ kind: "config", service: "audit", atMs: 25 * 400 - 600, description: "AUDIT_SUBJECT=audit.v2.events" }] },
    cause: "bad-configuration",
    creators: ["audit", "nats", "audit.v2.events"],
    path: [hop("audit", "created", "remapped", "propagated"), maybe(["nats", "audit.v2.events"], "clean", "created")],
  },
  {
    name: "kafka-may-not-write-to-the-topic",
    software: "Spring Boot 3 with spring-kafka; an access list was tightened",
    onset: 29,
    ...bySend(app("payouts", "spring"), "/payouts", {
      system: "kafka",
      host: "kafka",
      topic: "payouts",
      isCallers: true,
      ms: 9,
      trouble: {
        type: "org.apache.kafka.common.errors.TopicAuthorizationException",
        message: "Not authorized to access topics: [payouts]",
      },
      bad: {
        thrown: thrown("org.springframework.kafka.KafkaException", "Send failed", [
          "\tat com.acme.payouts.Publisher.send(Publisher.java:33)",
          "Caused by: org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized to access topics: [payouts]",
        ]),
      },
    }),
    cause: "bad-configuration",
    also: ["gateway-identity"],
    creators: ["payouts", "kafka"],
    path: [hop("payouts", "created", "remapped", "propagated"), maybe("kafka", "clean", "created")],
  },
  {
    name: "pubsub-publisher-quota",
    software: "FastAPI with google-cloud-pubsub; a regional quota is used up",
    onset: 24,
    share: 0.5,
    ...bySend(app("telemetry-in", "fastapi"), "/points", {
      system: "gcp_pubsub",
      host: "pubsub.googleapis.com",
      topic: "points",
      isCallers: true,
      ms: 30,
      trouble: {
        type: "google.api_core.exceptions.ResourceExhausted",
        message:
          "429 Quota exceeded for quota metric 'Regional publisher throughput, kB' and limit 'Regional publisher throughput, kB per minute per region' of service 'pubsub.googleapis.com' for consumer 'project_number:812345678901'.",
      },
      bad: {
        thrown: thrown(
          "google.api_core.exceptions.ResourceExhausted",
          "429 Quota exceeded for quota metric 'Regional publisher throughput, kB' and limit 'Regional publisher throughput, kB per minute per region' of service 'pubsub.googleapis.com' for consumer 'project_number:812345678901'.",
          [TRACEBACK, '  File "/srv/app/points/publish.py", line 27, in publish', "    future.result(timeout=5)"],
        ),
      },
    }),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
    creators: ["telemetry-in", "pubsub.googleapis.com", "points"],
    path: [hop("telemetry-in", "created", "remapped", "propagated"), maybe(["pubsub.googleapis.com", "points"], "clean", "created")],
  },
  {
    name: "no-reply-on-the-reply-queue",
    software: "Symfony with Messenger over AMQP; nobody works on the requests any more",
    onset: 28,
    ...bySend(app("tax", "symfony"), "/tax/:id", {
      system: "rabbitmq",
      host: "rabbit",
      topic: "tax.requests",
      ms: 10_004,
      trouble: { type: "AMQPTimeoutException", message: "The connection timed out after 10 sec while awaiting incoming data" },
      bad: {
        status: 504,
        thrown: thrown(
          "PhpAmqpLib\\Exception\\AMQPTimeoutException",
          "The connection timed out after 10 sec while awaiting incoming data",
          ["#0 /srv/app/src/Tax/Client.php(58): PhpAmqpLib\\Channel\\AbstractChannel->wait()"],
        ),
      },
    }),
    cause: "dependency-timeout",
  },
  {
    name: "sqs-message-over-its-limit",
    software: "Azure Functions beside AWS SQS; carts with many lines are over 256 KiB",
    share: 0.2,
    ...bySend(app("cart-events", "azure"), "/carts", {
      system: "aws_sqs",
      host: "sqs.eu-west-1.amazonaws.com",
      topic: "carts",
      isCallers: true,
      ms: 18,
      trouble: {
        type: "Amazon.SQS.AmazonSQSException",
        message: "One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.",
      },
      bad: (turn) => ({
        attributes: { "http.request.body.size": 270_000 + turn.index * 91 },
        thrown: thrown(
          "Amazon.SQS.AmazonSQSException",
          "One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.",
          ["   at CartEvents.Outbox.SendAsync(Cart cart) in /src/CartEvents/Outbox.cs:line 44"],
        ),
      }),
    }),
    cause: "body-too-large",
    creators: ["cart-events", "sqs.eu-west-1.amazonaws.com", "carts"],
    path: [hop("cart-events", "created", "remapped", "propagated"), maybe(["sqs.eu-west-1.amazonaws.com", "carts"], "clean", "created")],
  },
  {
    name: "worker-of-the-queue-cannot-read",
    software: "NestJS; a request that waits for its own message to be worked on, whose schema changed",
    onset: 27,
    ...alone(app("imports", "nest"), "/imports", {
      thrown: thrown("SyntaxError", "Unexpected token 'v', \"v2|4711|EUR\" is not valid JSON", [
        "    at JSON.parse (<anonymous>)",
        "    at ImportConsumer.read (/app/dist/imports/consumer.js:28:24)",
      ]),
    }),
    cause: "parse-failure",
  },
];
