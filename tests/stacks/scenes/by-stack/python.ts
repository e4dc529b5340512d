/** Python: FastAPI, Flask, Django, functions. */
import { app, call, clusterEvent, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";

const traceback = (...frames: readonly string[]): readonly string[] => ["Traceback (most recent call last):", ...frames];

/** See the file's head. */
export const PYTHON: readonly Scene[] = [
  {
    name: "boto-region-is-not-set",
    software: "FastAPI with boto3; the new pods lack the region",
    onset: 25,
    share: 0.5,
    ...alone(app("uploads-py", "fastapi"), "/uploads/:id", {
      thrown: thrown(
        "botocore.exceptions.NoRegionError",
        "You must specify a region.",
        traceback(
          '  File "/app/uploads/store.py", line 21, in client',
          '  File "/usr/local/lib/python3.12/site-packages/botocore/regions.py", line 518, in _endpoint_for_partition',
        ),
      ),
    }),
    cause: "bad-configuration",
  },
  {
    name: "django-improperly-configured-after-chart",
    software: "Django; the chart no longer sets a variable that is read at each request",
    onset: 26,
    ...alone(app("campaigns", "django"), "/campaigns/:id", {
      thrown: thrown(
        "django.core.exceptions.ImproperlyConfigured",
        "Set the MAILGUN_API_KEY environment variable",
        traceback(
          '  File "/app/campaigns/views.py", line 33, in send',
          '  File "/usr/local/lib/python3.12/site-packages/environ/environ.py", line 388, in get_value',
        ),
      ),
    }),
    cause: "bad-configuration",
  },
  {
    name: "python-naive-and-aware-times-meet",
    software: "FastAPI; some rows have a time without a zone",
    share: 0.2,
    ...alone(app("shifts", "fastapi"), "/shifts/:id", {
      thrown: thrown(
        "TypeError",
        "can't compare offset-naive and offset-aware datetimes",
        traceback('  File "/app/shifts/overlap.py", line 14, in overlaps'),
      ),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "python-none-of-one-supplier",
    software: "Flask; one supplier has no address since its account was merged",
    share: 0.2,
    ...alone(app("suppliers", "flask"), "/suppliers/:id", {
      thrown: thrown(
        "AttributeError",
        "'NoneType' object has no attribute 'street'",
        traceback('  File "/app/suppliers/letter.py", line 40, in head'),
      ),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "psycopg-numeric-field-overflow",
    software: "Django with psycopg; one order is larger than the column's precision",
    share: 0.2,
    ...byStore(app("orders-py", "django"), "/orders/:id", {
      system: "postgresql",
      host: "orders-pg",
      statement: "INSERT INTO orders (total) VALUES (%s)",
      isCallers: true,
      trouble: {
        type: "psycopg.errors.NumericValueOutOfRange",
        message: "numeric field overflow\nDETAIL:  A field with precision 8, scale 2 must round to an absolute value less than 10^6.",
      },
    }),
    cause: "database-failure",
    also: ["unhandled-exception", "invalid-input-unguarded"],
    ...callersOrPeers("orders-py", ["orders-pg", "postgresql"]),
  },
  {
    name: "urllib3-pool-of-a-slow-partner",
    software: "Flask with requests; a third party accepts no connection",
    onset: 24,
    share: 0.8,
    ...byCall(app("customs", "flask"), "/customs/:id", {
      host: "api.customs.example",
      ms: 3_060,
      trouble: {
        type: "requests.exceptions.ConnectTimeout",
        message:
          "HTTPSConnectionPool(host='api.customs.example', port=443): Max retries exceeded with url: /v1/declare (Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object at 0x7f1c8d2b9e10>, 'Connection to api.customs.example timed out. (connect timeout=3.05)'))",
      },
    }),
    cause: "third-party-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "celery-broker-refuses-kombu",
    software: "Django with Celery; RabbitMQ is down",
    onset: 26,
    ...bySend(app("invites", "django"), "/invites/:id", {
      system: "rabbitmq",
      host: "rabbitmq",
      topic: "celery",
      trouble: { type: "kombu.exceptions.OperationalError", message: "[Errno 111] Connection refused" },
    }),
    cause: "connection-refused",
    also: ["dependency-error"],
    creators: ["rabbitmq", "celery", "invites"],
    path: [hop("invites", "propagated", "remapped", "created"), maybe(["rabbitmq", "celery"], "created", "clean")],
  },
  {
    name: "sqlalchemy-replica-lags-behind",
    software: "FastAPI; what was written a moment ago is not on the replica yet",
    share: 0.25,
    ...alone(app("signup-py", "fastapi"), "/signups/:id", {
      thrown: thrown(
        "sqlalchemy.exc.NoResultFound",
        "No row was found when one was required",
        traceback(
          '  File "/app/signup/api.py", line 61, in after_create',
          '  File "/usr/local/lib/python3.12/site-packages/sqlalchemy/engine/result.py", line 814, in _only_one_row',
        ),
      ),
    }),
    cause: "unhandled-exception",
    also: ["database-failure", "invalid-input-unguarded"],
  },
  {
    name: "django-connection-already-closed",
    software: "Django; the proxy in front of PostgreSQL ends idle sessions, a worker keeps a dead one",
    share: 0.15,
    requests: 120,
    ...byStore(app("tickets-py", "django"), "/tickets/:id", {
      system: "postgresql",
      host: "pgbouncer",
      statement: "SELECT id FROM tickets WHERE id = %s",
      trouble: {
        type: "psycopg.OperationalError",
        message:
          "consuming input failed: server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.",
      },
    }),
    cause: "database-failure",
    also: ["keepalive-race"],
  },
  {
    name: "httpx-read-timeout-of-own-service",
    software: "FastAPI with httpx; an own service that sends nothing is slow since its release",
    onset: 25,
    share: 0.8,
    ...byCall(app("matcher", "fastapi"), "/matches/:id", {
      host: "ranker",
      ms: 5_003,
      trouble: { type: "httpx.ReadTimeout", message: "The read operation timed out" },
    }),
    cause: "dependency-timeout",
  },
  {
    name: "python-worker-is-killed-by-the-kernel",
    software: "FastAPI behind Go; the pod's memory is used up, the cluster kills it",
    onset: 25,
    share: 0.7,
    visit: (turn) =>
      visit(app("ocr-front", "gin"), "/scans/:id", {
        path: numbered("/scans", turn),
        status: turn.isBad ? 502 : 200,
        steps: [
          call(
            visit(app("ocr", "fastapi"), "/scans/:id"),
            turn.isBad
              ? {
                  isUnreached: true,
                  ms: 400,
                  trouble: {
                    type: "*url.Error",
                    message: 'Post "http://ocr:8080/scans/7": read tcp 10.4.1.9:50212->10.4.2.17:8080: read: connection reset by peer',
                  },
                }
              : {},
          ),
        ],
      }),
    beside: {
      lines: [
        clusterEvent(app("ocr", "fastapi"), 10_300, [
          "OOMKilling",
          "Memory cgroup out of memory: Killed process 1 (python3) total-vm:4143212kB",
        ]),
      ],
    },
    seen: { service: "ocr-front", route: "/scans/:id" },
    cause: "resource-exhausted",
    also: ["memory-leak"],
    creators: ["ocr"],
    path: [hop("ocr-front", "propagated", "remapped"), hop("ocr", "created")],
  },
  {
    name: "pydantic-meets-the-old-client",
    software: "FastAPI; a release wants a new field of the answer that its cache still holds without it",
    onset: 25,
    share: 0.6,
    ...alone(app("pricing-py", "fastapi", { version: "4.0.0" }), "/prices/:id", {
      thrown: thrown(
        "pydantic_core._pydantic_core.ValidationError",
        "1 validation error for Price\ncurrency\n  Field required [type=missing, input_value={'amount': 1299}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.9/v/missing",
        traceback(
          '  File "/app/pricing/cache.py", line 27, in load',
          '  File "/usr/local/lib/python3.12/site-packages/pydantic/main.py", line 596, in model_validate',
        ),
      ),
    }),
    beside: { changes: [{ kind: "deploy", service: "pricing-py", atMs: 9_700, version: "4.0.0", previousVersion: "3.9.9" }] },
    cause: "bad-deploy",
    also: ["parse-failure", "unhandled-exception", "invalid-input-unguarded"],
  },
  {
    name: "kafka-client-of-python-finds-no-topic",
    software: "Flask with confluent-kafka; a setting names a topic that does not exist",
    onset: 25,
    ...bySend(app("clicks", "flask"), "/clicks/:id", {
      system: "kafka",
      host: "kafka",
      topic: "clicks-v3",
      trouble: {
        type: "confluent_kafka.KafkaException",
        message: 'KafkaError{code=_UNKNOWN_TOPIC,val=-188,str="Unable to produce message: Local: Unknown topic"}',
      },
    }),
    beside: { changes: [{ kind: "config", service: "clicks", atMs: 9_800, description: "TOPIC=clicks-v3" }] },
    creators: ["clicks", "kafka", "clicks-v3"],
    path: [hop("clicks", "created", "propagated", "remapped"), maybe(["kafka", "clicks-v3"], "created", "clean")],
    cause: "bad-configuration",
    also: ["dependency-error"],
  },
  {
    name: "visitors-limit-of-the-museum",
    software: "Django; a rule of a museum in the words of machines",
    share: 0.3,
    ...alone(app("museum", "django"), "/tours/:id", {
      thrown: thrown(
        "museum.errors.CapacityError",
        "tour capacity exhausted, upstream group did not leave the hall in time",
        traceback('  File "/app/museum/views.py", line 51, in book', '  File "/app/museum/rules.py", line 20, in check'),
      ),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "python-retries-with-tenacity-and-succeeds",
    software: "FastAPI with tenacity; a partner resets now and then, the second try is good",
    share: 0,
    visit: (turn) =>
      visit(app("quotes-py", "fastapi"), "/quotes/:id", {
        path: numbered("/quotes", turn),
        steps: [
          ...(turn.index % 4 === 0
            ? [
                call(visit(outside("api.exchange.example"), "/rates"), {
                  isUnreached: true,
                  ms: 12,
                  trouble: { type: "httpx.ConnectError", message: "[Errno 104] Connection reset by peer" },
                }),
              ]
            : []),
          call(visit(outside("api.exchange.example"), "/rates")),
        ],
        lines:
          turn.index % 4 === 0
            ? [line(13, "Retrying quotes.rates.load in 0.2 seconds as it raised ConnectError: [Errno 104] Connection reset by peer.")]
            : [],
      }),
    cause: "third-party-failure",
    also: ["keepalive-race"],
    creators: ["api.exchange.example"],
    path: [hop("quotes-py", "masked"), hop("api.exchange.example", "created")],
  },
  {
    name: "flask-500-from-a-silent-scorer",
    software: "Flask; the scorer behind it sends nothing and answers 500",
    onset: 25,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("loans-py", "flask"), "/loans/:id", {
        path: numbered("/loans", turn),
        ...(turn.isBad ? { status: 500 } : {}),
        steps: [call(visit(outside("scorer"), "/score", turn.isBad ? { status: 500 } : {}))],
      }),
    missing: ["scorer"],
    seen: { service: "loans-py" },
  },
];
