/** Calls that fail for a certificate or for a name. */
import { app, hop, maybe, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { byCall } from "../../shapes.ts";

/** Either end of a call that broke between them. */
const between = (service: string, host: string) => ({
  creators: [service, host],
  path: [hop(service, "created", "remapped", "propagated"), maybe(host, "clean", "created")],
});

/** See the file's head. */
export const NAMES_AND_CERTIFICATES: readonly Scene[] = [
  {
    name: "rustls-certificate-expired",
    software: "Actix with reqwest and rustls; an internal certificate expired",
    onset: 26,
    ...byCall(app("labels", "actix"), "/labels/:id", {
      host: "carrier-gw",
      ms: 8,
      trouble: {
        type: "reqwest::Error",
        message: "error sending request for url (https://carrier-gw:8080/): client error (Connect): invalid peer certificate: Expired",
      },
      bad: {
        thrown: thrown(
          "reqwest::Error",
          "error sending request for url (https://carrier-gw:8080/): client error (Connect): invalid peer certificate: Expired",
          [],
        ),
      },
    }),
    ...between("labels", "carrier-gw"),
    cause: "tls-failure",
  },
  {
    name: "node-chain-is-not-complete",
    software: "NestJS with undici; the server no longer sends its intermediate certificate",
    onset: 27,
    ...byCall(app("kyc", "nest"), "/checks/:id", {
      host: "api.identity.example",
      ms: 31,
      trouble: { type: "TypeError", message: "fetch failed: unable to verify the first certificate" },
      bad: {
        thrown: thrown("TypeError", "fetch failed", [
          "    at node:internal/deps/undici/undici:13510:13",
          "    at CheckService.run (/app/dist/kyc/service.js:40:22)",
          "  [cause]: Error: unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca",
        ]),
      },
    }),
    ...between("kyc", "api.identity.example"),
    cause: "tls-failure",
    also: ["third-party-failure"],
  },
  {
    name: "curl-error-60",
    software: "Symfony's HTTP client; a partner's certificate expired",
    onset: 25,
    ...byCall(app("rates", "symfony"), "/rates/:id", {
      host: "rates.bank.example",
      ms: 40,
      trouble: {
        type: "Symfony\\Component\\HttpClient\\Exception\\TransportException",
        message: 'SSL certificate problem: certificate has expired for "https://rates.bank.example/".',
      },
      bad: {
        thrown: thrown(
          "Symfony\\Component\\HttpClient\\Exception\\TransportException",
          'SSL certificate problem: certificate has expired for "https://rates.bank.example/".',
          ["#0 /srv/app/src/Rates/Client.php(24): request()"],
        ),
      },
    }),
    ...between("rates", "rates.bank.example"),
    cause: "tls-failure",
    also: ["third-party-failure"],
  },
  {
    name: "certificate-of-another-name",
    software: "Ktor with OkHttp; a partner moved to a host whose certificate names another",
    onset: 28,
    ...byCall(app("shipping", "ktor"), "/parcels/:id", {
      host: "api.parcel.example",
      ms: 35,
      trouble: {
        type: "javax.net.ssl.SSLPeerUnverifiedException",
        message: "Hostname api.parcel.example not verified:\n    certificate: sha256/9K2x\n    DN: CN=*.hosting.example",
      },
      bad: {
        thrown: thrown(
          "javax.net.ssl.SSLPeerUnverifiedException",
          "Hostname api.parcel.example not verified:\n    certificate: sha256/9K2x\n    DN: CN=*.hosting.example",
          ["\tat okhttp3.internal.connection.ConnectPlan.connectTls(ConnectPlan.kt:323)"],
        ),
      },
    }),
    ...between("shipping", "api.parcel.example"),
    cause: "tls-failure",
    also: ["third-party-failure", "bad-configuration"],
  },
  {
    name: "certificate-of-tomorrow",
    software: "Go on a machine whose clock is two hours behind: every new certificate is of the future",
    onset: 24,
    ...byCall(app("edge-sync", "gin"), "/syncs/:id", {
      host: "core",
      ms: 12,
      trouble: {
        type: "*url.Error",
        message:
          'Get "https://core:8080/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-18T07:31:02Z is before 2026-11-18T09:00:00Z',
      },
      bad: {
        thrown: thrown(
          "*url.Error",
          'Get "https://core:8080/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-18T07:31:02Z is before 2026-11-18T09:00:00Z',
          [],
        ),
      },
    }),
    ...between("edge-sync", "core"),
    cause: "tls-failure",
  },
  {
    name: "curl-error-6",
    software: "Symfony's HTTP client; the name of an internal service was removed",
    onset: 26,
    ...byCall(app("till", "symfony"), "/tills/:id", {
      host: "tax.internal",
      ms: 4,
      isCallers: true,
      trouble: {
        type: "Symfony\\Component\\HttpClient\\Exception\\TransportException",
        message: 'Could not resolve host: tax.internal for "http://tax.internal:8080/".',
      },
      bad: {
        thrown: thrown(
          "Symfony\\Component\\HttpClient\\Exception\\TransportException",
          'Could not resolve host: tax.internal for "http://tax.internal:8080/".',
          ["#0 /srv/app/src/Tax/Client.php(19): request()"],
        ),
      },
    }),
    cause: "dns-failure",
  },
  {
    name: "eai-again-under-load",
    software: "NestJS with undici in Kubernetes; the cluster's name servers drop queries",
    onset: 23,
    share: 0.4,
    ...byCall(app("deals", "nest"), "/deals/:id", {
      host: "offers.shop.svc.cluster.local",
      ms: 10_012,
      isCallers: true,
      trouble: { type: "TypeError", message: "fetch failed: getaddrinfo EAI_AGAIN offers.shop.svc.cluster.local" },
      bad: {
        thrown: thrown("TypeError", "fetch failed", [
          "    at DealService.list (/app/dist/deals/service.js:12:20)",
          "  [cause]: Error: getaddrinfo EAI_AGAIN offers.shop.svc.cluster.local",
        ]),
      },
    }),
    cause: "dns-failure",
  },
];
