/** Calls that fail for certificates, quotas, idle connections and what third parties say. */
import { app, hop, maybe, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall } from "../../shapes.ts";

const callersOwn = (service: string, host: string) => ({
  creators: [service, host],
  path: [hop(service, "created", "propagated", "remapped"), maybe(host, "clean", "created")],
});

/** See the file's head. */
export const CERTIFICATES_AND_QUOTAS: readonly Scene[] = [
  {
    name: "fetch-certificate-has-expired",
    software: "Node's fetch; the certificate of a partner expired at midnight",
    onset: 27,
    ...byCall(app("labels", "nest"), "/labels/:id", {
      host: "api.parcels.example",
      ms: 34,
      isCallers: true,
      trouble: { type: "TypeError", message: "fetch failed" },
      bad: {
        thrown: thrown("TypeError", "fetch failed", [
          "    at node:internal/deps/undici/undici:13510:13",
          "    at async LabelService.print (/app/dist/label.service.js:44:21) {",
          "  [cause]: Error: certificate has expired",
          "      at TLSSocket.onConnectSecure (node:_tls_wrap:1679:34) {",
          "    code: 'CERT_HAS_EXPIRED'",
          "  }",
        ]),
      },
    }),
    ...callersOwn("labels", "api.parcels.example"),
    cause: "tls-failure",
  },
  {
    name: "go-unknown-authority-after-rotation",
    software: "Go; the internal authority was rotated, the client's bundle was not",
    onset: 23,
    ...byCall(app("ledger-api", "gin"), "/entries/:id", {
      host: "vault.internal",
      isCallers: true,
      ms: 12,
      trouble: {
        type: "*url.Error",
        message:
          'Get "https://vault.internal:8200/v1/sys": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      },
    }),
    ...callersOwn("ledger-api", "vault.internal"),
    cause: "tls-failure",
  },
  {
    name: "java-11-partner-wants-newer-tls",
    software: "Java agent with an old client; the partner no longer speaks TLS 1.1",
    onset: 26,
    ...byCall(app("insurance", "spring-old"), "/policies/:id", {
      host: "ws.insurer.example",
      isCallers: true,
      ms: 21,
      trouble: { type: "javax.net.ssl.SSLHandshakeException", message: "Received fatal alert: protocol_version" },
    }),
    ...callersOwn("insurance", "ws.insurer.example"),
    cause: "tls-failure",
  },
  {
    name: "openai-quota-is-used-up",
    software: "FastAPI with the OpenAI client; the month's budget is spent",
    onset: 24,
    ...byCall(app("assistant", "fastapi"), "/answers/:id", {
      host: "api.openai.com",
      to: "/v1/chat/completions",
      method: "POST",
      answers: 429,
      bad: {
        thrown: thrown(
          "openai.RateLimitError",
          "Error code: 429 - {'error': {'message': 'You exceeded your current quota, please check your plan and billing details.', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}",
          [
            "Traceback (most recent call last):",
            '  File "/app/assistant/api.py", line 52, in answer',
            '  File "/usr/local/lib/python3.12/site-packages/openai/_base_client.py", line 1034, in _request',
          ],
        ),
      },
    }),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
    creators: ["assistant", "api.openai.com"],
    path: [hop("assistant", "created", "propagated", "remapped"), maybe("api.openai.com", "clean", "created")],
  },
  {
    name: "carrier-asks-to-slow-down-in-own-words",
    software: "Ktor; an own client throws its own type when the carrier asks to slow down",
    onset: 25,
    share: 0.5,
    ...alone(app("shipping", "ktor"), "/shipments/:id", {
      thrown: thrown("com.acme.shipping.CarrierThrottled", "carrier dhl asked us to slow down: 429, Retry-After 30", [
        "\tat com.acme.shipping.CarrierClient.send(CarrierClient.kt:71)",
        "\tat com.acme.shipping.Routes.post(Routes.kt:33)",
      ]),
    }),
    cause: "rate-limited-as-5xx",
    also: ["third-party-failure"],
  },
  {
    name: "stock-did-not-answer-in-own-words",
    software: "Sinatra; an own type says that the stock did not answer in time, and nothing measures the call",
    onset: 23,
    share: 0.6,
    ...alone(app("kiosk", "rails"), "/items/:id", {
      ms: 812,
      thrown: thrown("Inventory::Unavailable", "inventory did not answer within 800ms", [
        "/app/lib/inventory.rb:27:in `rescue in stock'",
        "/app/app.rb:41:in `block in <class:App>'",
      ]),
    }),
    cause: "dependency-timeout",
  },
  {
    name: "payment-gateway-answers-503",
    software: "Rails with Stripe's library; the provider has an incident",
    onset: 27,
    share: 0.7,
    ...byCall(app("subscriptions", "rails"), "/subscriptions/:id", {
      host: "api.stripe.com",
      to: "/v1/charges",
      method: "POST",
      answers: 503,
      bad: {
        thrown: thrown("Stripe::APIError", "Sorry, Stripe is having some trouble right now (Status 503)", [
          "/usr/local/bundle/gems/stripe-12.5.0/lib/stripe/stripe_client.rb:701:in `handle_error_response'",
          "/app/app/services/charge.rb:19:in `call'",
        ]),
      },
    }),
    cause: "third-party-failure",
  },
  {
    name: "http-client-finds-a-closed-connection",
    software: "Java agent with Apache's client; the callee closes idle connections sooner than the client thinks",
    share: 0.06,
    requests: 160,
    ...byCall(app("crm", "spring"), "/customers/:id", {
      host: "payments.shop.svc",
      ms: 2,
      isCallers: true,
      trouble: { type: "org.apache.http.NoHttpResponseException", message: "payments.shop.svc:8080 failed to respond" },
    }),
    ...callersOwn("crm", "payments.shop.svc"),
    cause: "keepalive-race",
  },
];
