/** Calls of platforms that no earlier batch had, and edges in front of them. */
import { app, hop, maybe, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { byCall } from "../../shapes.ts";

const callersOwn = (service: string, host: string) => ({
  creators: [service, host],
  path: [hop(service, "created", "propagated", "remapped"), maybe(host, "clean", "created")],
});

/** See the file's head. */
export const CALLS: readonly Scene[] = [
  {
    name: "apex-callout-is-not-allowed",
    software: "Salesforce Apex; the endpoint is no remote site",
    onset: 25,
    ...byCall(app("sync-apex", "spring"), "/sync/:id", {
      host: "erp.acme.example",
      isCallers: true,
      ms: 3,
      trouble: {
        type: "System.CalloutException",
        message: "Unauthorized endpoint, please check Setup->Security->Remote site settings. endpoint = https://erp.acme.example",
      },
    }),
    cause: "bad-configuration",
    ...callersOwn("sync-apex", "erp.acme.example"),
  },
  {
    name: "apex-callout-read-timed-out",
    software: "Salesforce Apex; a partner answers too late",
    onset: 25,
    share: 0.7,
    ...byCall(app("credit-apex", "spring"), "/credit/:id", {
      host: "api.creditbureau.example",
      ms: 10_000,
      trouble: { type: "System.CalloutException", message: "Read timed out" },
    }),
    cause: "third-party-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "temporal-frontend-is-away",
    software: "Go with Temporal; the frontend does not listen",
    onset: 24,
    ...byCall(app("signup-flow", "gin"), "/signups/:id", {
      host: "temporal-frontend",
      ms: 4,
      trouble: {
        type: "serviceerror.Unavailable",
        message:
          'last connection error: connection error: desc = "transport: Error while dialing: dial tcp 10.96.4.4:7233: connect: connection refused"',
      },
    }),
    cause: "connection-refused",
  },
  {
    name: "temporal-namespace-is-unknown",
    software: "Go with Temporal; the namespace has another name in this cluster",
    onset: 24,
    ...byCall(app("renewal-flow", "gin"), "/renewals/:id", {
      host: "temporal-frontend",
      isCallers: true,
      ms: 6,
      trouble: { type: "serviceerror.NamespaceNotFound", message: "Namespace renewals-prod is not found." },
    }),
    cause: "bad-configuration",
    ...callersOwn("renewal-flow", "temporal-frontend"),
  },
  {
    name: "dart-host-lookup-fails",
    software: "Dart Frog; a host's name is gone",
    onset: 26,
    ...byCall(app("tickets", "express"), "/tickets/:id", {
      host: "seats.internal",
      isCallers: true,
      ms: 8,
      trouble: {
        type: "SocketException",
        message: "Failed host lookup: 'seats.internal' (OS Error: Name or service not known, errno = -2)",
      },
    }),
    cause: "dns-failure",
    ...callersOwn("tickets", "seats.internal"),
  },
  {
    name: "dart-handshake-fails",
    software: "Dart Frog; a certificate of an unknown issuer",
    onset: 26,
    ...byCall(app("passes", "express"), "/passes/:id", {
      host: "wallet.internal",
      isCallers: true,
      ms: 9,
      trouble: {
        type: "HandshakeException",
        message:
          "Handshake error in client (OS Error: CERTIFICATE_VERIFY_FAILED: unable to get local issuer certificate(handshake.cc:393))",
      },
    }),
    cause: "tls-failure",
    ...callersOwn("passes", "wallet.internal"),
  },
  {
    name: "crystal-connection-refused",
    software: "Crystal with Kemal; a service is not up",
    onset: 25,
    ...byCall(app("stock-crystal", "rails"), "/stock/:id", {
      host: "depot",
      ms: 2,
      trouble: { type: "Socket::ConnectError", message: "Error connecting to 'depot:8080': Connection refused" },
    }),
    cause: "connection-refused",
  },
  {
    name: "perl-connect-timeout",
    software: "Perl with Mojolicious; packets go nowhere",
    onset: 25,
    ...byCall(app("feeds", "laravel"), "/feeds/:id", {
      host: "legacy-feeds",
      ms: 10_002,
      trouble: { type: "Mojo::Exception", message: "Connect timeout" },
    }),
    cause: "dependency-timeout",
    also: ["connection-refused"],
  },
  {
    name: "fly-proxy-finds-no-machine",
    software: "Actix on Fly.io; all machines of an app are stopped",
    onset: 25,
    ...byCall(app("web-fly", "actix"), "/pages/:id", {
      host: "render-worker.flycast",
      answers: 503,
      ms: 5_100,
      trouble: {
        type: "503",
        message:
          "could not find a good candidate within 90 attempts at load balancing. last error: no known healthy instances found for route tcp/443",
      },
    }),
    cause: "no-healthy-upstream",
  },
  {
    name: "render-service-answers-429",
    software: "Laravel; an address service counts calls",
    onset: 23,
    share: 0.5,
    ...byCall(app("addresses", "laravel"), "/addresses/:id", { host: "api.addressy.example", isCallers: true, answers: 429, ms: 20 }),
    cause: "rate-limited-as-5xx",
    creators: ["addresses", "api.addressy.example"],
    path: [hop("addresses", "created", "propagated", "remapped"), maybe("api.addressy.example", "clean", "created")],
  },
  {
    name: "netlify-function-gets-a-page",
    software: "A Netlify function; a partner shows a maintenance page where JSON was due",
    onset: 25,
    ...byCall(app("prices-fn", "worker"), "/prices/:id", {
      host: "prices.partner.example",
      isCallers: true,
      answers: 200,
      ms: 30,
      bad: {
        thrown: thrown("SyntaxError", "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON", ["    at JSON.parse (<anonymous>)"]),
      },
    }),
    cause: "gateway-mismatch",
    also: ["parse-failure", "third-party-failure"],
    creators: ["prices-fn", "prices.partner.example"],
    path: [hop("prices-fn", "created", "propagated", "remapped"), maybe("prices.partner.example", "clean", "created")],
  },
  {
    name: "ziohttp-channel-pool-is-empty",
    software: "Scala with ZIO HTTP; every connection to the partner is in use",
    onset: 24,
    share: 0.6,
    ...byCall(app("partners", "pekko"), "/partners/:id", {
      host: "crm",
      isCallers: true,
      ms: 5_000,
      trouble: {
        type: "io.netty.channel.pool.FixedChannelPool$AcquireTimeoutException",
        message: "Acquire operation took longer then configured maximum time",
      },
    }),
    cause: "pool-exhausted",
    ...callersOwn("partners", "crm"),
  },
];
