/** PHP: Laravel and Symfony, and WordPress as one meets it. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, byStore, callersOrPeers } from "../../shapes.ts";

/** See the file's head. */
export const PHP: readonly Scene[] = [
  {
    name: "laravel-payload-is-invalid-after-a-new-key",
    software: "Laravel; the application's key was changed, what was encrypted before cannot be read",
    onset: 25,
    share: 0.7,
    ...alone(app("vault-php", "laravel"), "/notes/:id", {
      thrown: thrown("Illuminate\\Contracts\\Encryption\\DecryptException", "The MAC is invalid.", [
        "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Encryption/Encrypter.php(172): Illuminate\\Encryption\\Encrypter->getJsonPayload()",
        "#1 /var/www/html/app/Http/Controllers/NoteController.php(28): decrypt()",
      ]),
    }),
    beside: { changes: [{ kind: "config", service: "vault-php", atMs: 9_700, description: "APP_KEY rotated" }] },
    cause: "bad-configuration",
    also: ["unhandled-exception"],
  },
  {
    name: "symfony-environment-variable-not-found",
    software: "Symfony; a variable is missing in the new environment",
    onset: 24,
    ...alone(app("mailings", "symfony"), "/mailings/:id", {
      thrown: thrown(
        "Symfony\\Component\\DependencyInjection\\Exception\\EnvNotFoundException",
        'Environment variable not found: "MAILER_DSN".',
        [
          "#0 /var/www/html/vendor/symfony/dependency-injection/EnvVarProcessor.php(221)",
          "#1 /var/www/html/src/Controller/MailingController.php(31)",
        ],
      ),
    }),
    cause: "bad-configuration",
  },
  {
    name: "eloquent-unknown-column-after-release",
    software: "Laravel with MySQL; a release selects a column whose migration did not run",
    onset: 26,
    ...byStore(app("shop-php", "laravel", { version: "9.1.0" }), "/products/:id", {
      system: "mysql",
      host: "shop-mysql",
      statement: "select id, unit_price from products where id = ?",
      code: "42S22",
      trouble: { type: "PDOException", message: "SQLSTATE[42S22]: Column not found: 1054 Unknown column 'unit_price' in 'field list'" },
      bad: {
        thrown: thrown(
          "Illuminate\\Database\\QueryException",
          "SQLSTATE[42S22]: Column not found: 1054 Unknown column 'unit_price' in 'field list' (Connection: mysql, SQL: select `id`, `unit_price` from `products` where `id` = 7)",
          [
            "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Database/Connection.php(825)",
            "#1 /var/www/html/app/Http/Controllers/ProductController.php(22)",
          ],
        ),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "shop-php", atMs: 10_100, version: "9.1.0", previousVersion: "9.0.7" }] },
    ...callersOrPeers("shop-php", ["shop-mysql", "mysql"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "php-disk-of-sessions-is-full",
    software: "Laravel; the disk that holds sessions is full",
    onset: 27,
    ...alone(app("members-php", "laravel"), "/members/:id", {
      thrown: thrown("ErrorException", "file_put_contents(): Write of 214 bytes failed with errno=28 No space left on device", [
        "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Filesystem/Filesystem.php(205): file_put_contents()",
      ]),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "php-malformed-utf8-of-one-product",
    software: "Laravel; one product's name was imported in another encoding, JSON cannot hold it",
    share: 0.15,
    ...alone(app("feed-php", "laravel"), "/feed/:id", {
      thrown: thrown("InvalidArgumentException", "Malformed UTF-8 characters, possibly incorrectly encoded", [
        "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Http/JsonResponse.php(90): Illuminate\\Http\\JsonResponse->setData()",
        "#1 /var/www/html/app/Http/Controllers/FeedController.php(40)",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["parse-failure", "invalid-input-unguarded"],
  },
  {
    name: "guzzle-timed-out-at-the-parcel-service",
    software: "Laravel with Guzzle; a third party is slow",
    onset: 24,
    share: 0.8,
    ...byCall(app("parcels-php", "laravel"), "/parcels/:id", {
      host: "api.parcel.example",
      ms: 10_002,
      trouble: {
        type: "GuzzleHttp\\Exception\\ConnectException",
        message:
          "cURL error 28: Operation timed out after 10001 milliseconds with 0 bytes received for https://api.parcel.example/v2/labels",
      },
    }),
    cause: "third-party-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "predis-reads-from-a-closed-connection",
    software: "Laravel with Predis; Redis was restarted, and stays away",
    onset: 25,
    ...byStore(app("queue-php", "laravel"), "/jobs/:id", {
      system: "redis",
      host: "queue-redis",
      statement: "LPUSH queues:default ?",
      trouble: { type: "Predis\\Connection\\ConnectionException", message: "Connection refused [tcp://queue-redis:6379]" },
    }),
    cause: "connection-refused",
    also: ["database-failure"],
  },
  {
    name: "mysql-deadlock-in-symfony",
    software: "Symfony with Doctrine; two transactions lock in another order",
    share: 0.3,
    ...byStore(app("seats-php", "symfony"), "/seats/:id", {
      system: "mysql",
      host: "seats-mysql",
      statement: "UPDATE seats SET taken = 1 WHERE id = ?",
      code: "40001",
      trouble: {
        type: "Doctrine\\DBAL\\Exception\\DeadlockException",
        message:
          "An exception occurred while executing a query: SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction",
      },
    }),
    cause: "database-failure",
  },
  {
    name: "webdav-quota-of-the-archive-in-words",
    software: "Symfony; the archive answers 507 and says how much it would need, in words",
    onset: 25,
    ...byCall(app("scans", "symfony"), "/scans/:id", {
      host: "archive",
      method: "PUT",
      answers: 507,
      bad: {
        thrown: thrown(
          "Symfony\\Component\\HttpClient\\Exception\\ServerException",
          'HTTP/1.1 507 Insufficient Storage returned for "http://archive:8080/scans": twelve megabytes are needed, three are free',
          ["#0 /var/www/html/vendor/symfony/http-client/Response/CommonResponseTrait.php(171)"],
        ),
      },
    }),
    cause: "resource-exhausted",
  },
  {
    name: "php-flag-opens-a-class-that-is-not-shipped",
    software: "Laravel; a flag turns on a provider whose class is not in the image",
    onset: 26,
    share: 0.5,
    ...alone(app("pay-php", "laravel"), "/pay/:id", {
      attributes: { "feature_flag.key": "pay-later", "feature_flag.result.variant": "on" },
      thrown: thrown("Error", 'Class "App\\Payments\\PayLater" not found', [
        "#0 /var/www/html/app/Payments/Factory.php(19)",
        "#1 /var/www/html/app/Http/Controllers/PayController.php(37): App\\Payments\\Factory->make()",
      ]),
    }),
    beside: { changes: [{ kind: "flag", service: "pay-php", atMs: 10_000, description: "pay-later: off to on for 50 %" }] },
    cause: "bad-configuration",
    also: ["bad-deploy", "unhandled-exception"],
  },
  {
    name: "pool-of-prizes-is-exhausted",
    software: "Laravel; a rule of a lottery in the words of machines",
    share: 0.3,
    ...alone(app("lottery", "laravel"), "/draws/:id", {
      thrown: thrown("App\\Lottery\\PrizePoolExhausted", "prize pool exhausted, no connection to a sponsor left", [
        "#0 /var/www/html/app/Lottery/Draw.php(44)",
        "#1 /var/www/html/app/Http/Controllers/DrawController.php(21): App\\Lottery\\Draw->next()",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "php-closed-for-the-night",
    software: "Laravel in maintenance mode, on purpose",
    onset: 24,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("office-php", "laravel"), "/office/:id", {
        path: numbered("/office", turn),
        ...(turn.isBad
          ? {
              status: 503,
              ms: 1,
              attributes: { "http.response.header.retry-after": "600" },
              lines: [line(9, "Application is now in maintenance mode.")],
            }
          : {}),
      }),
    missing: ["office-php"],
    seen: { service: "office-php" },
  },
  {
    name: "php-second-gateway-takes-the-payment",
    software: "Laravel; the first payment gateway answers 503 to some, the second one takes them",
    share: 0,
    visit: (turn) =>
      visit(app("till-php", "laravel"), "/till/:id", {
        path: numbered("/till", turn),
        steps: [
          call(visit(outside("api.first-pay.example"), "/charge", { method: "POST", status: turn.index % 4 === 0 ? 503 : 200 })),
          ...(turn.index % 4 === 0 ? [call(visit(outside("api.second-pay.example"), "/charge", { method: "POST" }))] : []),
        ],
        lines: turn.index % 4 === 0 ? [line(13, "first-pay unavailable, falling back to second-pay")] : [],
      }),
    cause: "third-party-failure",
    creators: ["api.first-pay.example"],
    path: [hop("till-php", "masked"), hop("api.first-pay.example", "created")],
  },
  {
    name: "php-500-without-a-word",
    software: "Symfony behind Node; no log, no exception",
    share: 0.4,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("board-web", "express"), "/boards/:id", {
        path: numbered("/boards", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(visit(app("boards", "symfony"), "/boards/:id", { status: turn.isBad ? 500 : 200 }))],
      }),
    missing: ["boards"],
    seen: { service: "board-web" },
  },
  {
    name: "ladder-of-patience-ends-in-php",
    software: "Laravel waits for five seconds, Go behind it for three tries of four; the store of the last is slow",
    onset: 24,
    share: 0.7,
    visit: (turn) =>
      visit(app("fares-php", "laravel"), "/fares/:id", {
        path: numbered("/fares", turn),
        status: turn.isBad ? 500 : 200,
        steps: [
          call(
            visit(app("fares-core", "gin"), "/fares/:id", {
              steps: [
                {
                  kind: "store",
                  system: "postgresql",
                  host: "fares-db",
                  statement: "SELECT * FROM fares WHERE id = $1",
                  ms: turn.isBad ? 9_200 : 8,
                },
              ],
            }),
            turn.isBad
              ? {
                  ms: 5_001,
                  trouble: {
                    type: "GuzzleHttp\\Exception\\ConnectException",
                    message:
                      "cURL error 28: Operation timed out after 5001 milliseconds with 0 bytes received for http://fares-core:8080/fares/7",
                  },
                }
              : {},
          ),
        ],
      }),
    seen: { service: "fares-php", route: "fares/{id}" },
    cause: "database-failure",
    also: ["dependency-timeout"],
    creators: ["fares-db", "postgresql"],
    path: [
      hop("fares-php", "propagated", "remapped"),
      hop("fares-core", "propagated", "clean", "remapped"),
      maybe(["fares-db", "postgresql"], "created"),
    ],
  },
];
