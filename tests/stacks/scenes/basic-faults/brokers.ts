/** Message brokers, and who waits for what a worker makes of a message. */
import { app, call, hop, maybe, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

const TRACEBACK = "Traceback (most recent call last):";

/** See the file's head. */
export const BROKERS: readonly Scene[] = [
  {
    name: "kafka-broker-away",
    software: "Java agent 2.20 with Spring Boot 3, spring-kafka",
    onset: 25,
    visit: (turn) => {
      const error = thrown("org.springframework.kafka.KafkaException", "Send failed", [
        "\tat org.springframework.kafka.core.KafkaTemplate.doSend(KafkaTemplate.java:844)",
        "\tat com.acme.checkout.OrderEvents.placed(OrderEvents.java:28)",
        "Caused by: org.apache.kafka.common.errors.TimeoutException: Topic orders not present in metadata after 2000 ms.",
      ]);
      const warning = {
        severity: 13,
        scope: "org.apache.kafka.clients.NetworkClient",
        body: "[Producer clientId=checkout-1] Connection to node -1 (kafka/10.0.2.9:9092) could not be established. Node may not be available.",
      };
      const sent = {
        kind: "send" as const,
        system: "kafka",
        host: "kafka",
        topic: "orders",
        ...(turn.isBad
          ? {
              trouble: {
                type: "org.apache.kafka.common.errors.TimeoutException",
                message: "Topic orders not present in metadata after 2000 ms.",
              },
              ms: 2_002,
            }
          : {}),
      };
      return visit(app("checkout", "spring"), "/checkout", {
        method: "POST",
        steps: [sent],
        ...(turn.isBad ? { status: 500, thrown: error, lines: [warning] } : { status: 201 }),
      });
    },
    seen: { service: "checkout", route: "/checkout" },
    cause: "dependency-timeout",
    also: ["connection-refused"],
    creators: ["kafka", "orders"],
    path: [hop("checkout", "propagated", "remapped"), hop(["kafka", "orders"], "created")],
  },
  {
    name: "pika-broker-refuses",
    software: "OpenTelemetry Python with Flask, pika, RabbitMQ",
    onset: 29,
    visit: (turn) => {
      const message = "[Errno 111] Connection refused";
      const error = thrown("pika.exceptions.AMQPConnectionError", "", [
        TRACEBACK,
        '  File "/srv/app/mail/queue.py", line 18, in publish',
        "    connection = pika.BlockingConnection(params)",
        `ConnectionRefusedError: ${message}`,
      ]);
      const sent = {
        kind: "send" as const,
        system: "rabbitmq",
        host: "rabbitmq",
        topic: "mails",
        ...(turn.isBad ? { trouble: { type: "ConnectionRefusedError", message }, ms: 3 } : {}),
      };
      return visit(app("mails", "flask"), "/mails", {
        method: "POST",
        steps: [sent],
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 202 }),
      });
    },
    seen: { service: "mails", route: "/mails" },
    cause: "connection-refused",
    creators: ["rabbitmq", "mails"],
    path: [hop("mails", "propagated", "remapped", "created"), maybe(["rabbitmq"], "created")],
  },
  {
    name: "celery-result-raises",
    software: "OpenTelemetry Python with FastAPI and Celery; the request waits for its task",
    share: 0.35,
    visit: (turn) => {
      const error = thrown("decimal.InvalidOperation", "[<class 'decimal.ConversionSyntax'>]", [
        TRACEBACK,
        '  File "/srv/worker/tasks/invoice.py", line 25, in total',
        "    return sum(Decimal(line) for line in lines)",
      ]);
      const sent = { kind: "send" as const, system: "rabbitmq", host: "rabbitmq", topic: "invoices" };
      const worker = visit(
        app("invoice-worker", "fastapi"),
        "/run/:task",
        turn.isBad ? { status: 500, thrown: { ...error, told: "span" } } : {},
      );
      return visit(app("invoice-api", "fastapi"), "/invoices", {
        method: "POST",
        steps: [sent, call(worker)],
        ...(turn.isBad ? { status: 500, thrown: { ...error, told: "log" } } : { status: 201 }),
      });
    },
    seen: { service: "invoice-api", route: "/invoices" },
    cause: "invalid-input-unguarded",
    also: ["unhandled-exception", "parse-failure"],
    creators: ["invoice-worker"],
    path: [hop("invoice-api", "propagated"), maybe("rabbitmq", "clean"), hop("invoice-worker", "created")],
  },
];
