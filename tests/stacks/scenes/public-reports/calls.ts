/** Calls to other services and to third parties: names, addresses, TLS, time, limits, breakers. */
import { app, call, hop, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall } from "../../shapes.ts";

const TRACEBACK = "Traceback (most recent call last):";

/** See the file's head. */
export const CALLS: readonly Scene[] = [
  {
    name: "go-lookup-times-out",
    software: "OpenTelemetry Go with gin in Kubernetes; CoreDNS is overloaded",
    onset: 25,
    share: 0.5,
    ...byCall(app("cart", "gin"), "/carts/:id", {
      host: "pricing.shop.svc.cluster.local",
      ms: 5_003,
      isCallers: true,
      trouble: {
        type: "*url.Error",
        message:
          'Get "http://pricing.shop.svc.cluster.local:8080/prices/7": dial tcp: lookup pricing.shop.svc.cluster.local on 10.96.0.10:53: read udp 10.1.2.3:44210->10.96.0.10:53: i/o timeout',
      },
      bad: {
        status: 502,
        thrown: thrown(
          "*url.Error",
          'Get "http://pricing.shop.svc.cluster.local:8080/prices/7": dial tcp: lookup pricing.shop.svc.cluster.local on 10.96.0.10:53: read udp 10.1.2.3:44210->10.96.0.10:53: i/o timeout',
          [],
        ),
      },
    }),
    cause: "dns-failure",
  },
  {
    name: "phoenix-nxdomain",
    software: "OpenTelemetry Erlang with Phoenix, Mint",
    onset: 27,
    ...byCall(app("feeds", "phoenix"), "/feeds/:id", {
      host: "ranking.internal",
      ms: 3,
      isCallers: true,
      trouble: { type: "Mint.TransportError", message: "non-existing domain" },
      bad: {
        thrown: thrown("Mint.TransportError", "non-existing domain", ["    (feeds 0.1.0) lib/feeds/ranking.ex:22: Feeds.Ranking.fetch!/1"]),
      },
    }),
    cause: "dns-failure",
  },
  {
    name: "java-no-route-to-host",
    software: "Java agent 2.20 with Spring Boot 3; the overlay network lost a node (coredns/coredns#3411)",
    onset: 26,
    share: 0.5,
    ...byCall(app("orders", "spring"), "/orders/:id", {
      host: "customers",
      ms: 3_066,
      trouble: { type: "java.net.NoRouteToHostException", message: "No route to host" },
      bad: {
        thrown: thrown(
          "org.springframework.web.client.ResourceAccessException",
          'I/O error on GET request for "http://customers:8080/customers/7": No route to host',
          [
            "\tat com.acme.orders.CustomerClient.load(CustomerClient.java:27)",
            "Caused by: java.net.NoRouteToHostException: No route to host",
          ],
        ),
      },
    }),
    cause: "connection-refused",
    also: ["no-healthy-upstream", "dependency-error"],
    creators: ["customers", "orders"],
    path: [hop("orders", "propagated", "remapped", "created"), { ...hop("customers", "created"), isOptional: true }],
  },
  {
    name: "go-no-ephemeral-port-left",
    software: "OpenTelemetry Go with gin; a client without keep-alive (public reports of port exhaustion)",
    onset: 30,
    share: 0.4,
    ...byCall(app("fanout", "gin"), "/bundles/:id", {
      host: "offers",
      ms: 1,
      isCallers: true,
      trouble: {
        type: "*url.Error",
        message: 'Get "http://offers:8080/offers/7": dial tcp 10.0.3.3:8080: connect: cannot assign requested address',
      },
      bad: {
        thrown: thrown(
          "*url.Error",
          'Get "http://offers:8080/offers/7": dial tcp 10.0.3.3:8080: connect: cannot assign requested address',
          [],
        ),
      },
    }),
    cause: "resource-exhausted",
  },
  {
    name: "requests-no-ephemeral-port-left",
    software: "OpenTelemetry Python with Flask, requests",
    onset: 28,
    share: 0.4,
    ...byCall(app("labels", "flask"), "/labels/:id", {
      host: "carriers",
      ms: 1,
      isCallers: true,
      trouble: {
        type: "requests.exceptions.ConnectionError",
        message:
          "HTTPConnectionPool(host='carriers', port=8080): Max retries exceeded with url: /rates (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f2c51b0>: Failed to establish a new connection: [Errno 99] Cannot assign requested address'))",
      },
      bad: {
        thrown: thrown(
          "requests.exceptions.ConnectionError",
          "HTTPConnectionPool(host='carriers', port=8080): Max retries exceeded with url: /rates (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f2c51b0>: Failed to establish a new connection: [Errno 99] Cannot assign requested address'))",
          [TRACEBACK, '  File "/srv/app/labels/rates.py", line 19, in rates', "    answer = requests.get(url, timeout=2)"],
        ),
      },
    }),
    cause: "resource-exhausted",
  },
  {
    name: "httpclient-one-usage-of-each-address",
    software: ".NET 9 HttpClient, a client a request (dotnet/corefx#38911)",
    onset: 27,
    share: 0.5,
    ...byCall(app("mobile", "aspnet"), "/feeds/:id", {
      host: "posts",
      ms: 2,
      isCallers: true,
      trouble: {
        type: "System.Net.Http.HttpRequestException",
        message: "Only one usage of each socket address (protocol/network address/port) is normally permitted. (posts:8080)",
      },
      bad: {
        thrown: thrown(
          "System.Net.Http.HttpRequestException",
          "Only one usage of each socket address (protocol/network address/port) is normally permitted. (posts:8080)",
          [
            " ---> System.Net.Sockets.SocketException (10048): Only one usage of each socket address (protocol/network address/port) is normally permitted.",
          ],
        ),
      },
    }),
    cause: "resource-exhausted",
  },
  {
    name: "aspnet-certificate-not-time-valid",
    software: ".NET 9 HttpClient",
    onset: 29,
    ...byCall(app("bookings", "aspnet"), "/bookings/:id", {
      host: "calendar.internal",
      ms: 18,
      trouble: {
        type: "System.Net.Http.HttpRequestException",
        message: "The SSL connection could not be established, see inner exception.",
      },
      bad: {
        thrown: thrown("System.Net.Http.HttpRequestException", "The SSL connection could not be established, see inner exception.", [
          " ---> System.Security.Authentication.AuthenticationException: The remote certificate is invalid because of errors in the certificate chain: NotTimeValid",
          "   at System.Net.Security.SslStream.SendAuthResetSignal(ReadOnlySpan`1 alert, ExceptionDispatchInfo exception)",
        ]),
      },
    }),
    cause: "tls-failure",
  },
  {
    name: "ruby-certificate-verify-failed",
    software: "OpenTelemetry Ruby with Rails 8, Net::HTTP",
    onset: 31,
    ...byCall(app("invoices", "rails"), "/invoices/:id", {
      host: "tax.partner.example",
      ms: 24,
      trouble: {
        type: "OpenSSL::SSL::SSLError",
        message:
          "SSL_connect returned=1 errno=0 peeraddr=198.51.100.20:443 state=error: certificate verify failed (certificate has expired)",
      },
      bad: {
        thrown: thrown(
          "OpenSSL::SSL::SSLError",
          "SSL_connect returned=1 errno=0 peeraddr=198.51.100.20:443 state=error: certificate verify failed (certificate has expired)",
          ["app/services/tax.rb:12:in 'Tax#rate'"],
        ),
      },
    }),
    cause: "tls-failure",
    also: ["third-party-failure"],
  },
  {
    name: "python-legacy-renegotiation",
    software: "OpenTelemetry Python with FastAPI, httpx on OpenSSL 3; a new base image",
    onset: 28,
    ...byCall(app("customs", "fastapi"), "/declarations/:id", {
      host: "gateway.customs.example",
      ms: 21,
      trouble: {
        type: "httpx.ConnectError",
        message: "[SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe legacy renegotiation disabled (_ssl.c:1000)",
      },
      bad: {
        app: app("customs", "fastapi", { version: "4.3.0" }),
        thrown: thrown(
          "httpx.ConnectError",
          "[SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe legacy renegotiation disabled (_ssl.c:1000)",
          [TRACEBACK, '  File "/srv/app/customs/client.py", line 30, in send', "    response = await client.post(url, content=body)"],
        ),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "customs", atMs: 28 * 400 - 900, version: "4.3.0", previousVersion: "4.2.0" }] },
    cause: "tls-failure",
    also: ["bad-deploy"],
    creators: ["gateway.customs.example", "customs"],
    path: [hop("customs", "propagated", "remapped", "created"), { ...hop("gateway.customs.example", "created"), isOptional: true }],
  },
  {
    name: "grpc-java-deadline",
    software: "Java agent 2.20 with Spring Boot 3 and grpc-java in front of OpenTelemetry Go; the callee is late",
    onset: 26,
    share: 0.8,
    visit: (turn) => {
      const message =
        "DEADLINE_EXCEEDED: deadline exceeded after 1.999870300s. Name resolution delay 0.000000000 seconds. [closed=[], open=[[remote_addr=pricing/10.0.3.4:9090]]]";
      const rpc = { service: "acme.pricing.v1.Pricing", method: "Quote", code: turn.isBad ? 4 : 0, message: turn.isBad ? message : "" };
      const pricing = visit(app("pricing", "gin"), "", { rpc: { ...rpc, code: 0, message: "" }, ms: turn.isBad ? 5_200 : 40 });
      return visit(app("quotes", "spring"), "/quotes/:id", {
        path: `/quotes/${4_100 + turn.index}`,
        steps: [
          call(
            turn.isBad ? { ...pricing, rpc } : pricing,
            turn.isBad ? { ms: 2_001, trouble: { type: "io.grpc.StatusRuntimeException", message } } : {},
          ),
        ],
        ...(turn.isBad
          ? {
              status: 504,
              thrown: thrown("io.grpc.StatusRuntimeException", message, [
                "\tat com.acme.quotes.PricingClient.quote(PricingClient.java:33)",
              ]),
            }
          : {}),
      });
    },
    seen: { service: "quotes", route: "/quotes/{id}" },
    cause: "dependency-timeout",
    creators: ["pricing"],
    path: [hop("quotes", "propagated"), hop("pricing", "created")],
  },
  {
    name: "grpc-unknown-method-after-release",
    software: "OpenTelemetry Go with gin and grpc-go; the client was released before the server",
    onset: 28,
    visit: (turn) => {
      const message = "unknown method QuoteAll for service acme.pricing.v1.Pricing";
      const rpc = {
        service: "acme.pricing.v1.Pricing",
        method: turn.isBad ? "QuoteAll" : "Quote",
        code: turn.isBad ? 12 : 0,
        ...(turn.isBad ? { message } : {}),
      };
      const version = turn.isBad ? { version: "4.3.0", instance: "basket-6b7c8d9e0-aaaaa" } : {};
      return visit(app("basket", "gin", version), "/baskets/:id", {
        path: `/baskets/${4_100 + turn.index}`,
        steps: [call(visit(app("pricing", "gin"), "", { rpc }))],
        ...(turn.isBad ? { status: 500, thrown: thrown("*status.Error", `rpc error: code = Unimplemented desc = ${message}`, []) } : {}),
      });
    },
    beside: { changes: [{ kind: "deploy", service: "basket", atMs: 28 * 400 - 800, version: "4.3.0", previousVersion: "4.2.0" }] },
    seen: { service: "basket", route: "/baskets/:id" },
    cause: "bad-deploy",
    also: ["gateway-mismatch"],
    creators: ["basket", "pricing"],
    path: [hop("basket", "created", "remapped", "propagated"), { ...hop("pricing", "clean", "created"), isOptional: true }],
  },
  {
    name: "hystrix-short-circuited",
    software: "Java agent 1.31 (old conventions) with Spring Boot 2, Hystrix",
    onset: 25,
    ...alone(app("reviews", "spring-old"), "/reviews/:id", {
      ms: 1,
      thrown: thrown("com.netflix.hystrix.exception.HystrixRuntimeException", "RatingCommand short-circuited and fallback disabled.", [
        "\tat com.netflix.hystrix.AbstractCommand$22.call(AbstractCommand.java:822)",
        "Caused by: java.lang.RuntimeException: Hystrix circuit short-circuited and is OPEN",
      ]),
    }),
    cause: "circuit-open",
  },
  {
    name: "resilience4j-does-not-permit",
    software: "Java agent 2.20 with Spring Boot 3, Resilience4j; logged as a text",
    onset: 23,
    ...alone(app("loans", "spring"), "/loans/:id", {
      ms: 1,
      thrown: thrown(
        "java.util.concurrent.CompletionException",
        "io.github.resilience4j.circuitbreaker.CallNotPermittedException: CircuitBreaker 'scoring' is OPEN and does not permit further calls",
        ["\tat com.acme.loans.ScoringClient.score(ScoringClient.java:38)"],
      ),
    }),
    cause: "circuit-open",
  },
  {
    name: "model-provider-overloaded",
    software: "OpenTelemetry Python with FastAPI, a hosted language model that answers 529",
    onset: 24,
    share: 0.5,
    ...byCall(app("assistant", "fastapi"), "/answers", {
      host: "api.models.example",
      to: "/v1/messages",
      method: "POST",
      answers: 529,
      bad: {
        thrown: thrown(
          "anthropic.InternalServerError",
          "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}}",
          [TRACEBACK, '  File "/srv/app/assistant/answer.py", line 44, in answer', "    message = client.messages.create(**request)"],
        ),
      },
    }),
    cause: "third-party-failure",
    also: ["rate-limited-as-5xx"],
  },
  {
    name: "s3-clock-too-skewed",
    software: "OpenTelemetry JS 2 with Express 5, AWS SDK 3; the machine's clock is a quarter of an hour off",
    onset: 22,
    ...byCall(app("uploads", "express"), "/uploads", {
      host: "s3.eu-west-1.amazonaws.com",
      to: "/shop-uploads",
      method: "PUT",
      answers: 403,
      isCallers: true,
      bad: {
        thrown: thrown("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", [
          "    at throwDefaultError (/srv/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:388:20)",
        ]),
      },
    }),
    cause: "bad-configuration",
  },
  {
    name: "stripe-rate-limit-as-500",
    software: "OpenTelemetry Ruby with Rails 8, stripe-ruby",
    onset: 26,
    share: 0.5,
    ...byCall(app("checkout", "rails"), "/payments", {
      host: "api.stripe.com",
      to: "/v1/payment_intents",
      method: "POST",
      answers: 429,
      isCallers: true,
      bad: {
        thrown: thrown(
          "Stripe::RateLimitError",
          "Testmode request rate limit exceeded, the rate limits in testmode are lower than livemode.",
          ["app/services/charge.rb:25:in 'Charge#create'"],
        ),
      },
    }),
    cause: "rate-limited-as-5xx",
  },
  {
    name: "polly-retries-six-times",
    software: ".NET 9 with Polly in front of OpenTelemetry Python with Django; every caller tries six times",
    onset: 28,
    everyMs: 600,
    visit: (turn) => {
      const attempt = () =>
        call(visit(app("ratings", "django"), "/ratings/:pk", turn.isBad ? { status: 503, ms: 240, lines: [] } : { ms: 30 }));
      const tries = turn.isBad ? Array.from({ length: 6 }, attempt) : [attempt()];
      return visit(app("web", "aspnet"), "/movies/:id", {
        path: `/movies/${4_100 + turn.index}`,
        steps: tries,
        ...(turn.isBad
          ? {
              status: 500,
              thrown: thrown(
                "System.Net.Http.HttpRequestException",
                "Response status code does not indicate success: 503 (Service Unavailable).",
                ["   at Web.RatingClient.GetAsync(Int32 id) in /src/Web/RatingClient.cs:line 21"],
              ),
            }
          : {}),
      });
    },
    seen: { service: "web", route: "movies/{id}" },
    cause: "retry-storm",
    also: ["dependency-error"],
    creators: ["ratings"],
    path: [hop("web", "remapped", "propagated"), hop("ratings", "created")],
  },
  {
    name: "nats-no-responders",
    software: "OpenTelemetry Go with gin, nats.go; no replica of the worker is subscribed",
    onset: 27,
    ...alone(app("resizer-api", "gin"), "/images/:id", {
      status: 503,
      ms: 2,
      thrown: thrown("*errors.errorString", "resize: nats: no responders available for request", []),
    }),
    cause: "no-healthy-upstream",
    also: ["dependency-error", "connection-refused"],
  },
];
