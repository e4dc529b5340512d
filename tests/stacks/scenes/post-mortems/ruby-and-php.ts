/** Ruby and PHP: Rails, Sidekiq, Laravel, Symfony and WordPress, by their loggers' names. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, byStore, callersOrPeers } from "../../shapes.ts";
import { monolog, semantic } from "./logged-as.ts";

/** See the file's head. */
export const RUBY_AND_PHP: readonly Scene[] = [
  {
    name: "activerecord-waits-for-a-connection",
    software: "Rails with Puma; more threads than connections",
    onset: 24,
    share: 0.6,
    ...alone(app("bookings-rb", "rails"), "/bookings/:id", {
      ms: 5_002,
      ...semantic("Completed 500", [
        "ActiveRecord::ConnectionTimeoutError",
        "could not obtain a connection from the pool within 5.000 seconds (waited 5.002 seconds); all pooled connections were in use",
        "app/controllers/bookings_controller.rb:12:in `show'",
      ]),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "rails-credentials-cannot-be-read",
    software: "Rails; the new pods have another master key",
    onset: 25,
    share: 0.5,
    ...alone(app("wallet-rb", "rails"), "/wallets/:id", {
      thrown: thrown("ActiveSupport::MessageEncryptor::InvalidMessage", "ActiveSupport::MessageEncryptor::InvalidMessage", [
        "/usr/local/bundle/gems/activesupport-7.2.1/lib/active_support/message_encryptor.rb:242:in `decrypt'",
        "app/models/wallet.rb:9:in `token'",
      ]),
    }),
    beside: { changes: [{ kind: "config", service: "wallet-rb", atMs: 9_700, description: "RAILS_MASTER_KEY rotated" }] },
    cause: "bad-configuration",
  },
  {
    name: "net-http-open-timeout-to-a-carrier",
    software: "Rails with Net::HTTP; a carrier's endpoint takes no connections",
    onset: 26,
    share: 0.8,
    ...byCall(app("tracking-rb", "rails"), "/parcels/:id", {
      host: "api.carrier.example",
      ms: 10_003,
      trouble: { type: "Net::OpenTimeout", message: "Failed to open TCP connection to api.carrier.example:443 (execution expired)" },
    }),
    cause: "third-party-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "sidekiq-redis-is-a-replica-now",
    software: "Rails; jobs are enqueued on a Redis that became a replica",
    onset: 25,
    ...byStore(app("invoices-rb", "rails"), "/invoices/:id", {
      system: "redis",
      host: "sidekiq-redis",
      statement: "LPUSH queue:default ?",
      trouble: { type: "RedisClient::ReadOnlyError", message: "READONLY You can't write against a read only replica." },
    }),
    cause: "database-failure",
    also: ["bad-configuration"],
  },
  {
    name: "rails-release-renamed-a-method",
    software: "Rails; the release renamed a method that one page still calls",
    onset: 26,
    share: 0.6,
    ...alone(app("coupons-rb", "rails", { version: "2026.46.1" }), "/coupons/:id", {
      thrown: thrown("NoMethodError", "undefined method 'discount_cents' for an instance of Coupon", [
        "app/views/coupons/show.html.erb:14",
      ]),
    }),
    beside: { changes: [{ kind: "deploy", service: "coupons-rb", atMs: 10_000, version: "2026.46.1", previousVersion: "2026.45.3" }] },
    cause: "bad-deploy",
    also: ["unhandled-exception"],
  },
  {
    name: "puma-is-out-of-files",
    software: "Rails; log files of each tenant stay open",
    onset: 27,
    share: 0.7,
    ...alone(app("tenants-rb", "rails"), "/tenants/:id", {
      thrown: thrown("Errno::EMFILE", "Too many open files @ rb_sysopen - /app/log/tenant-4100.log", [
        "app/models/tenant.rb:40:in `initialize'",
      ]),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "php-memory-limit-of-an-export",
    software: "Laravel; an export passes the memory limit",
    share: 0.3,
    onset: 10,
    ...alone(
      app("exports-php", "laravel"),
      "/exports/:id",
      monolog("Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)", [
        "Symfony\\Component\\ErrorHandler\\Error\\FatalError",
        "Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)",
        "#0 {main}",
      ]),
    ),
    cause: "resource-exhausted",
    also: ["memory-leak"],
  },
  {
    name: "php-connects-to-a-stopped-mysql",
    software: "Symfony with Doctrine; MySQL was stopped for an update",
    onset: 26,
    ...byStore(app("magazine", "symfony"), "/articles/:id", {
      system: "mysql",
      host: "magazine-db",
      statement: "SELECT * FROM article WHERE id = ?",
      trouble: { type: "PDOException", message: "SQLSTATE[HY000] [2002] Connection refused" },
      bad: monolog("Uncaught PHP Exception Doctrine\\DBAL\\Exception\\ConnectionException", [
        "Doctrine\\DBAL\\Exception\\ConnectionException",
        "An exception occurred in the driver: SQLSTATE[HY000] [2002] Connection refused",
        "#0 /app/vendor/doctrine/dbal/src/Connection.php(372)",
      ]),
    }),
    cause: "connection-refused",
    also: ["database-failure"],
  },
  {
    name: "guzzle-meets-an-expired-certificate",
    software: "Laravel; the certificate of the newsletter's provider expired",
    onset: 24,
    ...byCall(app("news-php", "laravel"), "/subscribe/:id", {
      host: "lists.mail.example",
      isCallers: true,
      trouble: {
        type: "GuzzleHttp\\Exception\\RequestException",
        message:
          "cURL error 60: SSL certificate problem: certificate has expired (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://lists.mail.example/v1",
      },
    }),
    ...callersOrPeers("news-php", "lists.mail.example"),
    cause: "tls-failure",
    also: ["third-party-failure"],
  },
  {
    name: "php-config-cache-holds-the-old-host",
    software: "Laravel; a cached configuration names a database host that is gone",
    onset: 25,
    share: 0.5,
    ...byStore(app("events-php", "laravel"), "/events/:id", {
      system: "mysql",
      host: "events-old-db",
      statement: "select * from `events` where `id` = ?",
      isCallers: true,
      trouble: {
        type: "PDOException",
        message: "SQLSTATE[HY000] [2002] php_network_getaddresses: getaddrinfo for events-old-db failed: Name or service not known",
      },
    }),
    ...callersOrPeers("events-php", ["events-old-db", "mysql"]),
    cause: "dns-failure",
    also: ["bad-configuration"],
  },
  {
    name: "php-foreign-key-stops-a-deletion",
    software: "Symfony; what others refer to cannot be deleted",
    share: 0.3,
    ...byStore(app("groups-php", "symfony"), "/groups/:id", {
      system: "mysql",
      host: "groups-db",
      statement: "DELETE FROM groups WHERE id = ?",
      code: "23000",
      isCallers: true,
      trouble: {
        type: "PDOException",
        message:
          "SQLSTATE[23000]: Integrity constraint violation: 1451 Cannot delete or update a parent row: a foreign key constraint fails (`groups`.`members`, CONSTRAINT `fk_group` FOREIGN KEY (`group_id`) REFERENCES `groups` (`id`))",
      },
    }),
    ...callersOrPeers("groups-php", ["groups-db", "mysql"]),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "database-failure"],
  },
  {
    name: "php-callee-runs-out-of-workers",
    software: "Node in front of PHP-FPM, which has reached its children and lets its callers wait",
    onset: 25,
    share: 0.7,
    everyMs: 800,
    ...byCall(app("store-node", "express"), "/pages/:id", {
      host: "pages-fpm",
      ms: 10_004,
      trouble: { type: "HeadersTimeoutError", message: "Headers Timeout Error" },
    }),
    beside: {
      lines: [10_050, 14_000, 19_000].map((atMs) => ({
        app: app("pages-fpm", "laravel"),
        atMs,
        line: line(13, "WARNING: [pool www] server reached pm.max_children setting (20), consider raising it", { scope: "fpm" }),
      })),
    },
    creators: ["pages-fpm"],
    cause: "resource-exhausted",
    also: ["dependency-timeout", "pool-exhausted"],
  },
  {
    name: "rails-front-of-an-undefined-index",
    software: "Rails in front of Laravel; an import left a field out",
    share: 0.3,
    ...behind(
      { ...app("agency-rb", "rails"), answers: 502 },
      "/offers/:id",
      alone(
        app("offers-php", "laravel"),
        "/offers/:id",
        monolog('Undefined array key "vat"', ["ErrorException", 'Undefined array key "vat"', "#0 /var/www/html/app/Offer.php(31)"]),
      ),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "sidekiq-job-is-dead",
    software: "Rails and Sidekiq; a job fails until it is dead, no page minds",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("clubs-rb", "rails"), "/clubs/:id", { path: numbered("/clubs", turn) }),
    beside: {
      lines: [1_000, 7_000, 13_000, 19_000].map((atMs) => ({
        app: app("clubs-sidekiq", "rails"),
        atMs,
        line: line(17, "Job raised exception: PDF::RenderError: wkhtmltopdf exited with 1", {
          scope: "sidekiq",
          attributes: { class: "PdfJob", jid: "b4a577edbccf1d805744efa9" },
        }),
      })),
    },
  },
  {
    name: "laravel-logins-that-fail",
    software: "Laravel; wrong passwords are a 401 and 419 each, all written as errors",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(
        app("club-php", "laravel"),
        "/login",
        turn.index % 2 === 0
          ? { method: "POST", status: turn.index % 4 === 0 ? 401 : 419, lines: [line(17, "Unauthenticated.", { scope: "monolog" })] }
          : { method: "POST" },
      ),
  },
  {
    name: "php-front-over-a-silent-503",
    software: "Symfony in front of a legacy host that answers 500 and sends nothing",
    onset: 26,
    share: 0.6,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("kiosk-php", "symfony"), "/kiosks/:id", {
        path: numbered("/kiosks", turn),
        ...(turn.isBad ? { status: 500 } : {}),
        steps: [call(visit(outside("as400"), "/stock", turn.isBad ? { status: 500 } : {}))],
      }),
    missing: ["as400"],
    seen: { service: "kiosk-php" },
  },
  {
    name: "ruby-breaker-stoplight-is-red",
    software: "Rails with Stoplight; the light of the tax service is red",
    onset: 25,
    ...alone(app("receipts-rb", "rails"), "/receipts/:id", {
      ms: 1,
      thrown: thrown("Stoplight::Error::RedLight", "tax-service", ["app/services/tax.rb:11:in `rate'"]),
    }),
    cause: "circuit-open",
    creators: ["receipts-rb"],
    path: [hop("receipts-rb", "created"), maybe("tax-service", "created")],
  },
];
