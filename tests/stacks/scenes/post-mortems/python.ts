/** Python: FastAPI, Flask, Django, Celery and functions, by structlog and others as well as by spans. */
import { app, call, hop, line, maybe, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";
import { powertools, structlog } from "./logged-as.ts";

/** See the file's head. */
export const PYTHON: readonly Scene[] = [
  {
    name: "psycopg-pool-gives-nothing",
    software: "FastAPI with psycopg 3's pool; a slow page holds all connections",
    onset: 24,
    share: 0.7,
    ...alone(app("surveys", "fastapi"), "/surveys/:id", {
      ms: 30_003,
      ...structlog("request failed", [
        "psycopg_pool.PoolTimeout",
        "couldn't get a connection after 30.00 sec",
        '  File "/app/surveys/api.py", line 40, in read',
      ]),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "alembic-was-not-run",
    software: "Flask with SQLAlchemy; the release's revision was not applied",
    onset: 25,
    ...byStore(app("badges", "flask", { version: "3.0.0" }), "/badges/:id", {
      system: "postgresql",
      host: "badges-db",
      statement: "SELECT badges.id, badges.tier FROM badges WHERE badges.id = %(id_1)s",
      trouble: {
        type: "psycopg2.errors.UndefinedColumn",
        message: "column badges.tier does not exist\nLINE 1: SELECT badges.id, badges.tier",
      },
      bad: {
        thrown: thrown("sqlalchemy.exc.ProgrammingError", "(psycopg2.errors.UndefinedColumn) column badges.tier does not exist", [
          "Traceback (most recent call last):",
          '  File "/app/badges/views.py", line 21, in show',
        ]),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "badges", atMs: 9_800, version: "3.0.0", previousVersion: "2.8.1" }] },
    ...callersOrPeers("badges", ["badges-db", "postgresql"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "name-servers-fail-for-a-while",
    software: "FastAPI with httpx; the cluster's name servers are overloaded",
    onset: 26,
    share: 0.5,
    ...byCall(app("tickets-py", "fastapi"), "/tickets/:id", {
      host: "venues.shop.svc",
      isCallers: true,
      ms: 5_010,
      trouble: { type: "httpx.ConnectError", message: "[Errno -3] Temporary failure in name resolution" },
    }),
    ...callersOrPeers("tickets-py", "venues.shop.svc"),
    cause: "dns-failure",
  },
  {
    name: "geocoding-quota-of-the-month",
    software: "Django; the maps of a third party have no quota left",
    onset: 25,
    ...byCall(app("routes-py", "django"), "/trips/:id", {
      host: "maps.googleapis.com",
      answers: 200,
      isCallers: true,
      bad: {
        thrown: thrown("googlemaps.exceptions.ApiError", "OVER_QUERY_LIMIT (You have exceeded your daily request quota for this API.)", [
          "Traceback (most recent call last):",
          '  File "/app/trips/geo.py", line 17, in locate',
        ]),
      },
    }),
    ...callersOrPeers("routes-py", "maps.googleapis.com"),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "memory-of-a-function-is-out",
    software: "A Lambda in Python with Powertools; a picture is too large for its memory",
    onset: 20,
    share: 0.4,
    ...alone(
      app("thumbs", "lambda"),
      "/thumbs/:id",
      powertools("Unhandled exception", [
        "MemoryError",
        "Unable to allocate 1.12 GiB for an array with shape (20000, 20000, 3) and data type uint8",
        '  File "/var/task/thumbs.py", line 14, in scale',
      ]),
    ),
    cause: "resource-exhausted",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "celery-broker-is-out-of-memory",
    software: "Django with Celery over Redis; Redis refuses writes at its memory limit",
    onset: 24,
    ...byStore(app("signups", "django"), "/signups/:id", {
      system: "redis",
      host: "celery-redis",
      statement: "LPUSH celery ?",
      trouble: {
        type: "redis.exceptions.ResponseError",
        message: "OOM command not allowed when used memory > 'maxmemory'.",
      },
      bad: {
        thrown: thrown("kombu.exceptions.OperationalError", "OOM command not allowed when used memory > 'maxmemory'.", [
          "Traceback (most recent call last):",
          '  File "/app/signups/views.py", line 30, in post',
        ]),
      },
    }),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "flag-shows-a-page-without-its-template",
    software: "Django; a flag opens a page whose template was never shipped",
    onset: 26,
    ...alone(app("campaigns", "django"), "/campaigns/:id", {
      thrown: thrown("django.template.exceptions.TemplateDoesNotExist", "campaigns/winter.html", [
        "Traceback (most recent call last):",
        '  File "/app/campaigns/views.py", line 52, in show',
      ]),
    }),
    beside: { changes: [{ kind: "flag", service: "campaigns", atMs: 10_200, description: "winter-campaign on" }] },
    cause: "bad-deploy",
    also: ["unhandled-exception", "bad-configuration"],
  },
  {
    name: "requests-meets-a-page-of-maintenance",
    software: "Flask; a third party answers 200 with a page where JSON was due",
    onset: 25,
    share: 0.7,
    ...byCall(app("rates-py", "flask"), "/rates/:id", {
      host: "fx.bank.example",
      answers: 200,
      bad: {
        thrown: thrown("requests.exceptions.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)", [
          "Traceback (most recent call last):",
          '  File "/app/rates/fx.py", line 12, in fetch',
          "    return response.json()",
        ]),
      },
    }),
    ...callersOrPeers("rates-py", "fx.bank.example"),
    cause: "parse-failure",
    also: ["third-party-failure", "gateway-mismatch"],
  },
  {
    name: "clock-of-the-node-is-ahead",
    software: "FastAPI; the node's clock runs ahead and tokens of the issuer are not yet valid",
    onset: 24,
    share: 0.5,
    ...alone(app("vault-py", "fastapi", { skewMs: 90_000 }), "/secrets/:id", {
      thrown: thrown("jwt.exceptions.ImmatureSignatureError", "The token is not yet valid (iat)", [
        "Traceback (most recent call last):",
        '  File "/app/auth.py", line 33, in verify',
      ]),
    }),
    cause: "bad-configuration",
    also: ["unhandled-exception", "invalid-input-unguarded"],
  },
  {
    name: "aiokafka-has-no-leader",
    software: "FastAPI with aiokafka; a partition has no leader",
    onset: 26,
    ...bySend(app("metering", "fastapi"), "/readings/:id", {
      system: "kafka",
      host: "kafka",
      topic: "readings",
      ms: 40_002,
      trouble: {
        type: "aiokafka.errors.KafkaTimeoutError",
        message:
          "KafkaTimeoutError: Batch for TopicPartition(topic='readings', partition=2) containing 1 record(s) expired: 40 seconds have passed",
      },
    }),
    cause: "dependency-timeout",
    also: ["connection-refused", "dependency-error"],
  },
  {
    name: "many-statements-a-page-under-load",
    software: "Django; a page asks once a row, and under load the database cancels",
    onset: 30,
    share: 0.6,
    everyMs: 250,
    visit: (turn) =>
      visit(app("authors", "django"), "/authors/:id", {
        path: numbered("/authors", turn),
        status: turn.isBad ? 500 : 200,
        steps: Array.from({ length: 12 }, (_, at) =>
          store(
            ["postgresql", "authors-db"],
            "SELECT name FROM books WHERE author_id = %s",
            turn.isBad && at === 11
              ? { ms: 3_001, trouble: { type: "psycopg2.errors.QueryCanceled", message: "canceling statement due to statement timeout" } }
              : turn.isBad
                ? { ms: 150 }
                : {},
          ),
        ),
      }),
    seen: { service: "authors", route: "authors/<int:id>" },
    cause: "database-failure",
    also: ["dependency-timeout"],
    creators: ["authors-db", "postgresql"],
    path: [hop("authors", "propagated", "remapped"), hop(["authors-db", "postgresql"], "created")],
  },
  {
    name: "callee-in-python-divides-by-zero",
    software: "Go in front of Flask; a basket without lines",
    share: 0.3,
    ...behind(
      app("cart-gateway", "gin"),
      "/baskets/:id",
      alone(
        app("discounts-py", "flask"),
        "/baskets/:id",
        structlog("unhandled error", ["ZeroDivisionError", "division by zero", '  File "/app/discounts/share.py", line 8, in split']),
      ),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "s3-key-was-rotated",
    software: "FastAPI with boto3; the access key was rotated, the pods hold the old one",
    onset: 25,
    ...byCall(app("archive-py", "fastapi"), "/archive/:id", {
      host: "archive.s3.eu-central-1.amazonaws.com",
      answers: 403,
      isCallers: true,
      bad: {
        thrown: thrown(
          "botocore.exceptions.ClientError",
          "An error occurred (InvalidAccessKeyId) when calling the GetObject operation: The AWS Access Key Id you provided does not exist in our records.",
          ["Traceback (most recent call last):", '  File "/app/archive/store.py", line 25, in read'],
        ),
      },
    }),
    ...callersOrPeers("archive-py", "archive.s3.eu-central-1.amazonaws.com"),
    cause: "bad-configuration",
    also: ["gateway-identity"],
  },
  {
    name: "celery-tasks-fail-while-pages-are-fine",
    software: "Django and a Celery worker; tasks are tried again for an hour, no page fails",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("forum", "django"), "/threads/:id", { path: numbered("/threads", turn) }),
    beside: {
      lines: Array.from({ length: 12 }, (_, at) => ({
        app: app("forum-worker", "django"),
        atMs: 1_000 + at * 1_900,
        line: line(17, "Task forum.mail.send[4f1c] raised unexpected: SMTPServerDisconnected('Connection unexpectedly closed')", {
          scope: "celery.app.trace",
          attributes: { "exception.type": "smtplib.SMTPServerDisconnected", "exception.message": "Connection unexpectedly closed" },
        }),
      })),
    },
  },
  {
    name: "unprocessable-forms-in-fastapi",
    software: "FastAPI; a partner sends forms that do not hold, 422 each",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(
        app("intake-py", "fastapi"),
        "/intake",
        turn.index % 2 === 0
          ? {
              method: "POST",
              status: 422,
              lines: [
                line(17, "validation failed", {
                  attributes: { exception: "RequestValidationError: [{'type': 'missing', 'loc': ('body', 'iban')}]" },
                }),
              ],
            }
          : { method: "POST" },
      ),
  },
  {
    name: "flask-says-500-behind-a-silent-helper",
    software: "Flask in front of a helper of another team that answers 500; nobody logs",
    onset: 24,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("labels-py", "flask"), "/labels/:id", {
        path: numbered("/labels", turn),
        ...(turn.isBad ? { status: 500 } : {}),
        steps: [call(visit(outside("printer-hub"), "/print", turn.isBad ? { status: 500, method: "POST" } : { method: "POST" }))],
      }),
    missing: ["printer-hub"],
    seen: { service: "labels-py" },
  },
  {
    name: "replica-is-behind-and-a-row-is-not-there-yet",
    software: "Django; a row that was just written is read from a replica that lags",
    share: 0.25,
    visit: (turn) =>
      visit(app("pledges", "django"), "/pledges/:id", {
        path: numbered("/pledges", turn),
        steps: [store(["postgresql", "pledges-replica"], "SELECT id FROM pledges_pledge WHERE id = %s")],
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown("pledges.models.Pledge.DoesNotExist", "Pledge matching query does not exist.", [
                "Traceback (most recent call last):",
                '  File "/app/pledges/views.py", line 61, in receipt',
              ]),
            }
          : {}),
      }),
    seen: { service: "pledges", route: "pledges/<int:id>" },
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "database-failure"],
    creators: ["pledges"],
    path: [hop("pledges", "created"), maybe(["pledges-replica", "postgresql"], "clean")],
  },
];
