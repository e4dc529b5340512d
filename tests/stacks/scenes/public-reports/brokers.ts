/** Message brokers that refuse what they are sent. */
import { app, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, bySend, usually } from "../../shapes.ts";

const TRACEBACK = "Traceback (most recent call last):";

/** See the file's head. */
export const BROKERS: readonly Scene[] = [
  {
    name: "kafka-record-too-large",
    software: "Java agent 2.20 with Spring Boot 3, spring-kafka",
    share: 0.25,
    ...bySend(app("scans", "spring"), "/scans", {
      system: "kafka",
      host: "kafka",
      topic: "scans",
      isCallers: true,
      bad: {
        thrown: thrown("org.springframework.kafka.KafkaException", "Send failed", [
          "\tat com.acme.scans.ScanEvents.publish(ScanEvents.java:33)",
          "Caused by: org.apache.kafka.common.errors.RecordTooLargeException: The message is 1573083 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration.",
        ]),
      },
    }),
    cause: "body-too-large",
  },
  {
    name: "rabbitmq-inequivalent-arg",
    software: "Java agent 2.20 with Spring Boot 3, spring-rabbit; the release declares the queue otherwise (rabbitmq/rabbitmq-server#3530)",
    onset: 29,
    ...usually(
      { method: "POST", status: 202 },
      alone(app("dispatch", "spring"), "/dispatches", {
        app: app("dispatch", "spring", { version: "4.3.0" }),
        thrown: thrown("org.springframework.amqp.AmqpIOException", "java.io.IOException", [
          "\tat org.springframework.amqp.rabbit.core.RabbitTemplate.send(RabbitTemplate.java:1111)",
          "Caused by: com.rabbitmq.client.ShutdownSignalException: channel error; protocol method: #method<channel.close>(reply-code=406, reply-text=PRECONDITION_FAILED - inequivalent arg 'x-dead-letter-exchange' for queue 'dispatch' in vhost '/': received 'dlx' but current is none, class-id=50, method-id=10)",
        ]),
      }),
    ),
    beside: { changes: [{ kind: "deploy", service: "dispatch", atMs: 29 * 400 - 600, version: "4.3.0", previousVersion: "4.2.0" }] },
    cause: "bad-deploy",
    also: ["bad-configuration"],
  },
  {
    name: "rabbitmq-login-refused",
    software: "OpenTelemetry Python with Flask, pika; the password was rotated",
    onset: 27,
    ...bySend(app("mails", "flask"), "/mails", {
      system: "rabbitmq",
      host: "rabbitmq",
      topic: "mails",
      isCallers: true,
      ms: 6,
      trouble: {
        type: "pika.exceptions.ProbableAuthenticationError",
        message: "(403, 'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.')",
      },
      bad: {
        thrown: thrown(
          "pika.exceptions.ProbableAuthenticationError",
          "ConnectionClosedByBroker: (403) 'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.'",
          [TRACEBACK, '  File "/srv/app/mail/queue.py", line 18, in publish', "    connection = pika.BlockingConnection(params)"],
        ),
      },
    }),
    cause: "bad-configuration",
  },
];
