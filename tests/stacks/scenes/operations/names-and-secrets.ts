/** Names, certificates, clocks, secrets and settings; each scene leaves out a part of what could be known. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, byStore, callersOrPeers } from "../../shapes.ts";
import { logback, slog, structlog, tracing, winston, zap } from "../post-mortems/logged-as.ts";

/** See the file's head. */
export const NAMES_AND_SECRETS: readonly Scene[] = [
  {
    name: "name-server-answers-now-and-then",
    software: "Gin; one of two name servers drops questions; the span has no words, the line has",
    share: 0.3,
    ...byCall(app("billing-front", "gin"), "/bills/:id", {
      host: "billing",
      isCallers: true,
      ms: 5_004,
      trouble: { type: "*net.DNSError", message: "" },
      bad: zap("call billing", "dial tcp: lookup billing on 10.96.0.10:53: read udp 10.1.2.3:42211->10.96.0.10:53: i/o timeout"),
    }),
    ...callersOrPeers("billing-front", "billing"),
    cause: "dns-failure",
  },
  {
    name: "names-flap-in-rust",
    software: "Axum with reqwest; the cluster's name server restarts again and again; told in a line only",
    share: 0.35,
    ...alone(
      app("search-rs", "axum"),
      "/search/:id",
      tracing(
        "upstream call failed",
        "error sending request for url (http://index:8080/): client error (Connect): dns error: failed to lookup address information: Temporary failure in name resolution",
      ),
    ),
    ...callersOrPeers("search-rs", ["index", "index:8080"]),
    cause: "dns-failure",
  },
  {
    name: "name-of-a-moved-region",
    software: "ASP.NET Core; a name was taken out of the zone too early; seen from the log's exception",
    onset: 25,
    ...alone(app("stock-net", "aspnet"), "/stock/:id", {
      thrown: thrown("System.Net.Http.HttpRequestException", "Name or service not known (stock-eu.internal.example:443)", [
        "   at System.Net.Http.HttpConnectionPool.ConnectToTcpHostAsync(String host, Int32 port, HttpRequestMessage initialRequest, Boolean async, CancellationToken cancellationToken)",
      ]),
    }),
    ...callersOrPeers("stock-net", ["stock-eu.internal.example", "stock-eu.internal.example:443"]),
    cause: "dns-failure",
  },
  {
    name: "ca-was-rotated-on-half-of-the-pods",
    software: "Go in a mesh of its own; half of the callee's pods show certificates of the new authority",
    onset: 22,
    share: 0.5,
    ...byCall(app("checkout-go", "gin"), "/checkouts/:id", {
      host: "tax",
      isCallers: true,
      ms: 9,
      trouble: {
        type: "*url.Error",
        message:
          'Get "https://tax:8443/": tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "cluster-ca")',
      },
    }),
    ...callersOrPeers("checkout-go", "tax"),
    cause: "tls-failure",
  },
  {
    name: "client-certificate-is-of-the-old-authority",
    software: "Spring; the callee trusts the new authority alone and refuses the caller's certificate",
    onset: 24,
    ...behind(
      app("edge-gw", "spring"),
      "/claims/:id",
      alone(
        app("claims", "spring"),
        "/claims/:id",
        logback("claim cannot be read", [
          "javax.net.ssl.SSLHandshakeException",
          "(certificate_unknown) Received fatal alert: certificate_unknown",
          "\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:130)",
        ]),
      ),
    ),
    cause: "tls-failure",
  },
  {
    name: "certificate-names-another-host",
    software: "Express; a partner moved its API, and the certificate is for the old name",
    onset: 25,
    ...byCall(app("couriers-node", "express"), "/couriers/:id", {
      host: "api.courier.example",
      isCallers: true,
      ms: 40,
      trouble: {
        type: "ERR_TLS_CERT_ALTNAME_INVALID",
        message:
          "Hostname/IP does not match certificate's altnames: Host: api.courier.example. is not in the cert's altnames: DNS:edge.courier.example",
      },
    }),
    ...callersOrPeers("couriers-node", "api.courier.example"),
    cause: "tls-failure",
    also: ["third-party-failure"],
  },
  {
    name: "alert-of-an-unknown-authority-in-python",
    software: "Django with requests; the rotation reached the server, not the client's own certificate",
    onset: 24,
    share: 0.6,
    ...alone(app("hr-py", "django"), "/people/:id", {
      thrown: thrown(
        "requests.exceptions.SSLError",
        "HTTPSConnectionPool(host='directory', port=8443): Max retries exceeded with url: /people/7 (Caused by SSLError(SSLError(1, '[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca (_ssl.c:2590)')))",
        ["Traceback (most recent call last):", '  File "/app/people/views.py", line 20, in show'],
      ),
    }),
    ...callersOrPeers("hr-py", ["directory", "directory:8443"]),
    cause: "tls-failure",
  },
  {
    name: "token-is-from-the-future",
    software: "Go; the issuer's clock is ahead by a minute, and the middleware turns the refusal into 500",
    onset: 20,
    share: 0.5,
    ...alone(app("grades-go", "gin"), "/grades/:id", slog("authenticate", "token has invalid claims: token used before issued")),
    cause: "bad-configuration",
    also: ["unhandled-exception", "invalid-input-unguarded"],
  },
  {
    name: "nbf-claim-of-another-clock",
    software: "NestJS with jose; the clock of one node is behind",
    onset: 20,
    share: 0.4,
    ...alone(app("votes-nest", "nest", { instance: "votes-nest-5f7c-node-b" }), "/votes/:id", {
      thrown: thrown("JWTClaimValidationFailed", '"nbf" claim timestamp check failed', [
        "    at validateClaimsSet (/app/node_modules/jose/dist/webapi/lib/jwt_claims_set.js:171:19)",
      ]),
    }),
    cause: "bad-configuration",
    also: ["unhandled-exception", "invalid-input-unguarded"],
  },
  {
    name: "keys-of-the-issuer-were-rolled",
    software: "FastAPI; the issuer rolled its keys and the verifier keeps the old set",
    onset: 26,
    share: 0.8,
    ...alone(app("notes-py", "fastapi"), "/notes/:id", {
      thrown: thrown("jwt.exceptions.PyJWKClientError", 'Unable to find a signing key that matches: "k-2026-11"', [
        "Traceback (most recent call last):",
        '  File "/app/notes/auth.py", line 33, in current_user',
      ]),
    }),
    cause: "bad-configuration",
    also: ["unhandled-exception", "invalid-input-unguarded"],
  },
  {
    name: "partner-knows-only-the-new-key",
    software: "Laravel; the partner's key was rotated, the old one answers 401, passed on as 500",
    onset: 25,
    ...byCall(app("parcels-php", "laravel"), "/parcels/:id", {
      host: "api.parcel-partner.example",
      answers: 401,
      isCallers: true,
      bad: {
        thrown: thrown(
          "Illuminate\\Http\\Client\\RequestException",
          'HTTP request returned status code 401: {"error":"invalid_api_key","message":"The API key has been rotated"}',
          ["#0 /app/app/Parcels.php(38)"],
        ),
      },
    }),
    ...callersOrPeers("parcels-php", "api.parcel-partner.example"),
    cause: "bad-configuration",
    also: ["gateway-identity", "third-party-failure"],
  },
  {
    name: "signature-of-the-old-secret",
    software: "Rails reads a bucket; its secret was rotated and the pods keep the old one",
    onset: 25,
    ...alone(app("photos-rb", "rails"), "/photos/:id", {
      thrown: thrown(
        "Aws::S3::Errors::SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        ["app/models/photo.rb:22:in 'Photo#original'"],
      ),
    }),
    ...callersOrPeers("photos-rb", ["s3.amazonaws.com", "s3"]),
    cause: "bad-configuration",
    also: ["gateway-identity"],
  },
  {
    name: "one-region-got-another-setting",
    software: "Gin in two regions; a configuration push to one region holds a port that nobody listens on",
    onset: 20,
    requests: 80,
    visit: (turn) => {
      const isPushed = turn.index % 2 === 0;
      const at = app("geo-go", "gin", { zone: isPushed ? "eu-west-1a" : "us-east-1b", instance: isPushed ? "geo-eu-1" : "geo-us-1" });
      const isHit = turn.isBad && isPushed;
      return visit(at, "/places/:id", {
        path: numbered("/places", turn),
        status: isHit ? 500 : 200,
        ...(isHit ? zap("load place", 'parse "tcp:/tiles:8o80": invalid port ":8o80" after host') : {}),
      });
    },
    beside: { changes: [{ kind: "config", service: "geo-go", atMs: 7_900, description: "region eu-west-1" }] },
    seen: { service: "geo-go", route: "/places/:id" },
    creators: ["geo-go"],
    path: [hop("geo-go", "created")],
    cause: "bad-configuration",
  },
  {
    name: "pushed-setting-is-no-number",
    software: "Express behind Spring; a push to one region set a limit to a word",
    onset: 25,
    share: 0.5,
    ...behind(
      app("portal", "spring"),
      "/limits/:id",
      alone(
        app("limits-node", "express"),
        "/limits/:id",
        winston("limit cannot be read", [
          "Error",
          'Invalid configuration: MAX_ITEMS must be a number, got "fifty"',
          "    at load (/app/src/config.js:12:9)",
        ]),
      ),
    ),
    beside: { changes: [{ kind: "config", service: "limits-node", atMs: 9_900, description: "eu-central-1" }] },
    cause: "bad-configuration",
  },
  {
    name: "flag-was-flipped-for-a-third",
    software: "Ktor; a flag sends a third of the users through code that expects an address",
    onset: 24,
    share: 0.33,
    ...alone(app("shipping-kt", "ktor"), "/shipments/:id", {
      thrown: thrown("java.lang.NullPointerException", 'Cannot invoke "com.acme.shipping.Address.getZip()" because "address" is null', [
        "\tat com.acme.shipping.Labels.print(Labels.kt:48)",
      ]),
    }),
    beside: { changes: [{ kind: "flag", service: "shipping-kt", atMs: 9_500, description: "new-labels: 0 % to 33 %" }] },
    cause: "unhandled-exception",
    also: ["bad-configuration", "bad-deploy", "invalid-input-unguarded"],
  },
  {
    name: "secret-store-says-forbidden-after-a-role-change",
    software: "Go asks its secret store in each request; the role lost its right",
    onset: 25,
    ...byCall(app("keys-go", "gin"), "/keys/:id", {
      host: "secretmanager.googleapis.com",
      answers: 403,
      isCallers: true,
      bad: zap(
        "read secret",
        "rpc error: code = PermissionDenied desc = Permission 'secretmanager.versions.access' denied for resource 'projects/shop/secrets/api' (or it may not exist).",
      ),
    }),
    ...callersOrPeers("keys-go", "secretmanager.googleapis.com"),
    cause: "bad-configuration",
    also: ["gateway-identity"],
  },
  {
    name: "database-user-lost-a-grant",
    software: "Spring with PostgreSQL; a table was made again without its grants",
    onset: 26,
    ...byStore(app("reports-jvm", "spring"), "/reports/:id", {
      system: "postgresql",
      host: "reports-db",
      statement: "SELECT * FROM monthly WHERE id = ?",
      trouble: { type: "org.postgresql.util.PSQLException", message: "ERROR: permission denied for table monthly" },
      code: "42501",
    }),
    ...callersOrPeers("reports-jvm", ["reports-db", "postgresql"]),
    cause: "database-failure",
    also: ["bad-configuration"],
  },
  {
    name: "environment-names-a-host-of-the-test-stage",
    software: "Flask; the new pods ask the test stage's callee, which is switched off",
    onset: 25,
    ...byCall(app("menu-py", "flask"), "/menus/:id", {
      host: "recipes.staging.svc",
      ms: 3,
      trouble: {
        type: "requests.exceptions.ConnectionError",
        message:
          "HTTPConnectionPool(host='recipes.staging.svc', port=8080): Max retries exceeded with url: / (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object>: Failed to establish a new connection: [Errno 111] Connection refused'))",
      },
    }),
    beside: { changes: [{ kind: "config", service: "menu-py", atMs: 9_800, description: "RECIPES_URL" }] },
    ...callersOrPeers("menu-py", "recipes.staging.svc"),
    cause: "connection-refused",
    also: ["bad-configuration"],
  },
  {
    name: "token-endpoint-refuses-the-client",
    software: "Quarkus; the client's secret was rotated in the identity provider, and only the line tells",
    onset: 25,
    share: 0.9,
    visit: (turn) =>
      visit(app("agenda-jvm", "quarkus"), "/agenda/:id", {
        path: numbered("/agenda", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(visit(outside("login.idp.example"), "/oauth2/token", { method: "POST", status: turn.isBad ? 401 : 200 }))],
        ...(turn.isBad
          ? {
              lines: [line(17, 'OIDC server token request failed: {"error":"invalid_client","error_description":"Invalid client secret"}')],
            }
          : {}),
      }),
    seen: { service: "agenda-jvm", route: "/agenda/{id}" },
    creators: ["agenda-jvm", "login.idp.example"],
    path: [hop("agenda-jvm", "created", "remapped", "propagated"), maybe("login.idp.example", "clean", "created")],
    cause: "bad-configuration",
    also: ["gateway-identity", "third-party-failure"],
  },
  {
    name: "variable-of-the-chart-was-misspelt",
    software: "A service in Python whose structured log names the missing variable",
    onset: 24,
    ...alone(
      app("mailer-py", "fastapi", { version: "0.9.0" }),
      "/mails/:id",
      structlog("mail not sent", [
        "KeyError",
        "'SMTP_HOST'",
        "Traceback (most recent call last):",
        '  File "/usr/lib/python3.13/os.py", line 685, in __getitem__',
      ]),
    ),
    beside: { changes: [{ kind: "deploy", service: "mailer-py", atMs: 9_400, version: "0.9.0", previousVersion: "0.8.8" }] },
    cause: "bad-configuration",
    also: ["bad-deploy", "unhandled-exception"],
  },
];
