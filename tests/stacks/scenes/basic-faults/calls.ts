/** Calls to other services and to third parties. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

const TRACEBACK = "Traceback (most recent call last):";

/** See the file's head. */
export const CALLS: readonly Scene[] = [
  {
    name: "grpc-unavailable-to-503",
    software: "Java agent 2.20 with Spring Boot 3 and grpc-java; the callee is gone",
    onset: 25,
    visit: (turn) => {
      const rpc = { service: "acme.pricing.v1.Pricing", method: "Quote", code: turn.isBad ? 14 : 0 };
      const message = "UNAVAILABLE: io exception";
      const pricing = visit(app("pricing", "gin"), "", { rpc });
      const warning = line(
        13,
        "Quote failed: io.grpc.StatusRuntimeException: UNAVAILABLE: io exception; io.netty.channel.AbstractChannel$AnnotatedConnectException: finishConnect(..) failed: Connection refused: pricing/10.0.3.4:9090",
        { scope: "com.acme.quotes.QuoteController" },
      );
      return visit(app("quotes", "spring"), "/quotes/:id", {
        path: numbered("/quotes", turn),
        steps: [
          call(pricing, turn.isBad ? { isUnreached: true, ms: 4, trouble: { type: "io.grpc.StatusRuntimeException", message } } : {}),
        ],
        ...(turn.isBad ? { status: 503, lines: [warning] } : {}),
      });
    },
    seen: { service: "quotes", route: "/quotes/{id}" },
    cause: "connection-refused",
    creators: ["pricing", "acme.pricing.v1.Pricing"],
    path: [hop("quotes", "propagated", "remapped"), hop(["pricing", "acme.pricing.v1.Pricing"], "created")],
  },
  {
    name: "grpc-message-too-large",
    software: "OpenTelemetry Go with gin and grpc-go",
    share: 0.3,
    visit: (turn) => {
      const message = "grpc: received message larger than max (5242913 vs. 4194304)";
      const rpc = { service: "acme.documents.v1.Documents", method: "Upload", code: turn.isBad ? 8 : 0, message };
      const documents = visit(app("documents", "gin"), "", { rpc });
      const error = thrown("*status.Error", `rpc error: code = ResourceExhausted desc = ${message}`, []);
      return visit(app("uploads", "gin"), "/uploads", {
        method: "POST",
        attributes: { "http.request.body.size": turn.isBad ? 5_240_113 : 81_220 },
        steps: [call(documents)],
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 201 }),
      });
    },
    seen: { service: "uploads", route: "/uploads" },
    cause: "body-too-large",
    creators: ["uploads"],
    path: [hop("uploads", "created", "remapped"), maybe("documents", "clean", "created")],
  },
  {
    name: "flask-429-turned-into-500",
    software: "OpenTelemetry Python with Flask, requests",
    onset: 20,
    share: 0.6,
    visit: (turn) => {
      const error = thrown(
        "requests.exceptions.HTTPError",
        "429 Client Error: Too Many Requests for url: https://api.geocode.example/v1/search?q=Main",
        [TRACEBACK, '  File "/srv/app/places/geo.py", line 34, in find', "    response.raise_for_status()"],
      );
      const geocode = visit(outside("api.geocode.example"), "/v1/search", { status: turn.isBad ? 429 : 200 });
      return visit(app("places", "flask"), "/places/:name", {
        path: numbered("/places", turn),
        steps: [call(geocode)],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "places", route: "/places/<name>" },
    cause: "rate-limited-as-5xx",
    creators: ["places"],
    path: [hop("places", "created", "remapped"), maybe("api.geocode.example", "clean", "created")],
  },
  {
    name: "fastapi-certificate-expired",
    software: "OpenTelemetry Python with FastAPI, httpx",
    onset: 26,
    visit: (turn) => {
      const message = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1032)";
      const error = thrown("httpx.ConnectError", message, [
        TRACEBACK,
        '  File "/srv/app/vault/client.py", line 20, in read',
        "    response = await client.get(url)",
      ]);
      const vault = visit(outside("vault.internal"), "/v1/keys");
      return visit(app("signing", "fastapi"), "/signatures", {
        method: "POST",
        steps: [call(vault, turn.isBad ? { isUnreached: true, ms: 12, trouble: { type: "httpx.ConnectError", message } } : {})],
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 201 }),
      });
    },
    seen: { service: "signing", route: "/signatures" },
    cause: "tls-failure",
    creators: ["vault.internal"],
    path: [hop("signing", "propagated", "remapped"), hop("vault.internal", "created")],
  },
  {
    name: "java-pkix-path-failed",
    software: "Java agent 2.20 with Spring Boot 3",
    onset: 28,
    visit: (turn) => {
      const message = "PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed";
      const error = thrown(
        "org.springframework.web.client.ResourceAccessException",
        `I/O error on GET request for "https://partner.internal/stock": ${message}`,
        [
          "\tat com.acme.partners.PartnerClient.stock(PartnerClient.java:51)",
          `Caused by: javax.net.ssl.SSLHandshakeException: ${message}`,
          "Caused by: java.security.cert.CertificateExpiredException: NotAfter: Wed Nov 18 09:41:00 UTC 2026",
        ],
      );
      const partner = visit(outside("partner.internal"), "/stock");
      const partners = visit(app("partners", "spring"), "/partners/:id/stock", {
        steps: [
          call(partner, turn.isBad ? { isUnreached: true, ms: 22, trouble: { type: "javax.net.ssl.SSLHandshakeException", message } } : {}),
        ],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
      return visit(app("portal", "rails"), "/stock/:id", {
        path: numbered("/stock", turn),
        status: turn.isBad ? 503 : 200,
        steps: [call(partners)],
      });
    },
    seen: { service: "portal", route: "/stock/:id(.:format)" },
    cause: "tls-failure",
    creators: ["partner.internal"],
    path: [hop("portal", "remapped"), hop("partners", "propagated"), hop("partner.internal", "created")],
  },
  {
    name: "go-no-such-host",
    software: "OpenTelemetry Go with gin",
    onset: 27,
    visit: (turn) => {
      const message =
        'Get "http://inventory.shop.svc.cluster.local:8080/inventory/7": dial tcp: lookup inventory.shop.svc.cluster.local on 10.96.0.10:53: no such host';
      const inventory = visit(outside("inventory.shop.svc.cluster.local"), "/inventory/:sku");
      return visit(app("availability", "gin"), "/availability/:sku", {
        path: numbered("/availability", turn),
        steps: [call(inventory, turn.isBad ? { isUnreached: true, ms: 5, trouble: { type: "*url.Error", message } } : {})],
        ...(turn.isBad ? { status: 502, thrown: thrown("*url.Error", message, []) } : {}),
      });
    },
    seen: { service: "availability", route: "/availability/:sku" },
    cause: "dns-failure",
    creators: ["availability"],
    path: [hop("availability", "created"), maybe("inventory.shop.svc.cluster.local", "clean", "created")],
  },
  {
    name: "java-unknown-host",
    software: "Java agent 1.31 (old conventions) with Spring Boot 2",
    onset: 24,
    share: 0.8,
    visit: (turn) => {
      const error = thrown(
        "org.springframework.web.client.ResourceAccessException",
        'I/O error on GET request for "http://pricing:8080/prices/7": pricing; nested exception is java.net.UnknownHostException: pricing',
        ["\tat com.acme.cart.PriceClient.price(PriceClient.java:29)", "Caused by: java.net.UnknownHostException: pricing"],
      );
      const pricing = visit(outside("pricing"), "/prices/:sku");
      return visit(app("cart", "spring-old"), "/carts/:id", {
        path: numbered("/carts", turn),
        steps: [
          call(
            pricing,
            turn.isBad ? { isUnreached: true, ms: 3, trouble: { type: "java.net.UnknownHostException", message: "pricing" } } : {},
          ),
        ],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "cart", route: "/carts/{id}" },
    cause: "dns-failure",
    creators: ["cart"],
    path: [hop("cart", "created"), maybe("pricing", "clean", "created")],
  },
  {
    name: "go-client-timeout-awaiting-headers",
    software: "OpenTelemetry Go with gin in front of Rails",
    onset: 26,
    visit: (turn) => {
      const message =
        'Get "http://recommendations:8080/recommendations/7": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      const late = visit(app("recommendations", "rails"), "/recommendations/:id", { ms: turn.isBad ? 6_400 : 60 });
      return visit(app("storefront", "gin"), "/products/:id", {
        path: numbered("/products", turn),
        steps: [call(late, turn.isBad ? { ms: 2_001, trouble: { type: "*url.Error", message } } : {})],
        ...(turn.isBad ? { status: 504, thrown: thrown("*url.Error", message, []) } : {}),
      });
    },
    seen: { service: "storefront", route: "/products/:id" },
    cause: "dependency-timeout",
    creators: ["recommendations"],
    path: [hop("storefront", "propagated"), hop("recommendations", "created")],
  },
  {
    name: "httpclient-timeout-elapsed",
    software: ".NET 9 HttpClient in front of OpenTelemetry Python with Django",
    onset: 30,
    visit: (turn) => {
      const message = "The request was canceled due to the configured HttpClient.Timeout of 3 seconds elapsing.";
      const error = thrown("System.Threading.Tasks.TaskCanceledException", message, [
        " ---> System.TimeoutException: The operation was canceled.",
        "   at Web.ScoreClient.GetAsync(Int32 id) in /src/Web/ScoreClient.cs:line 33",
      ]);
      const late = visit(app("scores", "django"), "/scores/:pk", { ms: turn.isBad ? 9_100 : 90 });
      return visit(app("web", "aspnet"), "/customers/:id", {
        path: numbered("/customers", turn),
        steps: [call(late, turn.isBad ? { ms: 3_003, trouble: { type: "System.Threading.Tasks.TaskCanceledException", message } } : {})],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "web", route: "customers/{id}" },
    cause: "dependency-timeout",
    creators: ["scores"],
    path: [hop("web", "propagated", "remapped"), hop("scores", "created")],
  },
  {
    name: "polly-circuit-open",
    software: ".NET 9 with Polly",
    onset: 22,
    visit: (turn) => {
      const error = thrown("Polly.CircuitBreaker.BrokenCircuitException", "The circuit is now open and is not allowing calls.", [
        "   at Polly.CircuitBreaker.CircuitBreakerResilienceStrategy`1.ExecuteCore[TState](Func`3 callback, ResilienceContext context, TState state)",
        "   at Web.RateClient.GetAsync(String currency) in /src/Web/RateClient.cs:line 40",
      ]);
      const rates = visit(
        app("rates", "gin"),
        "/rates/:currency",
        turn.index < 26 && turn.isBad ? { status: 500, thrown: thrown("error", "load rates: table is being rebuilt", []) } : {},
      );
      return visit(app("web", "aspnet"), "/prices/:id", {
        path: numbered("/prices", turn),
        ...(turn.isBad
          ? { status: 500, ...(turn.index < 26 ? { steps: [call(rates)] } : { thrown: error, ms: 1 }) }
          : { steps: [call(rates)] }),
      });
    },
    seen: { service: "web", route: "prices/{id}" },
    cause: "circuit-open",
    creators: ["web"],
    path: [hop("web", "created")],
  },
  {
    name: "rails-third-party-read-timeout",
    software: "OpenTelemetry Ruby with Rails 8, Net::HTTP",
    onset: 26,
    share: 0.8,
    visit: (turn) => {
      const error = thrown("Net::ReadTimeout", "Net::ReadTimeout with #<TCPSocket:(closed)>", [
        "app/services/payments.rb:22:in 'Payments#charge'",
        "app/controllers/orders_controller.rb:31:in 'OrdersController#create'",
      ]);
      const payments = visit(outside("api.payco.example"), "/v1/charges", { method: "POST" });
      return visit(app("orders", "rails"), "/orders", {
        method: "POST",
        steps: [
          call(
            payments,
            turn.isBad
              ? {
                  isUnreached: true,
                  ms: 5_001,
                  trouble: { type: "Net::ReadTimeout", message: "Net::ReadTimeout with #<TCPSocket:(closed)>" },
                }
              : {},
          ),
        ],
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 201 }),
      });
    },
    seen: { service: "orders", route: "/orders(.:format)" },
    cause: "third-party-failure",
    also: ["dependency-timeout"],
    creators: ["api.payco.example"],
    path: [hop("orders", "propagated", "remapped"), hop("api.payco.example", "created")],
  },
  {
    name: "rails-html-for-json",
    software: "OpenTelemetry Ruby with Rails 8; the partner shows a maintenance page with status 200",
    onset: 26,
    visit: (turn) => {
      const error = thrown(
        "JSON::ParserError",
        "unexpected token at '<!DOCTYPE html>\n<html><head><title>We will be right back</title>' (line 1 column 1)",
        ["app/services/tracking.rb:17:in 'Tracking#fetch'", "app/controllers/parcels_controller.rb:12:in 'ParcelsController#show'"],
      );
      const partner = visit(outside("track.parcels.example"), "/parcels/:id", { ms: 40 });
      return visit(app("parcels", "rails"), "/parcels/:id", {
        path: numbered("/parcels", turn),
        steps: [call(partner)],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "parcels", route: "/parcels/:id(.:format)" },
    cause: "gateway-mismatch",
    also: ["parse-failure"],
    creators: ["parcels"],
    path: [hop("parcels", "created"), maybe("track.parcels.example", "clean", "created")],
  },
  {
    name: "go-reset-on-idle-connection",
    software: "OpenTelemetry Go with gin; the callee closes idle connections sooner than the client forgets them",
    share: 0.12,
    everyMs: 6_000,
    visit: (turn) => {
      const message = 'Post "http://audit:8080/audit": read tcp 10.0.1.12:43210->10.0.3.3:8080: read: connection reset by peer';
      const audit = visit(app("audit", "axum"), "/audit", { method: "POST", status: 201 });
      return visit(app("backoffice", "gin"), "/changes", {
        method: "POST",
        steps: [call(audit, turn.isBad ? { isUnreached: true, ms: 1, trouble: { type: "*url.Error", message } } : {})],
        ...(turn.isBad ? { status: 502, thrown: thrown("*url.Error", message, []) } : { status: 201 }),
      });
    },
    requests: 80,
    seen: { service: "backoffice", route: "/changes" },
    cause: "keepalive-race",
    also: ["dependency-error"],
    creators: ["audit", "backoffice"],
    path: [hop("backoffice", "propagated", "remapped", "created"), maybe("audit", "created")],
  },
  {
    name: "one-zone-has-no-route",
    software: "OpenTelemetry Go with gin; pods of one zone cannot reach a service",
    onset: 18,
    visit: (turn) => {
      const isBadZone = turn.dice.chance(0.33);
      const isBad = turn.isBad && isBadZone;
      const message = 'Get "http://loyalty:8080/points/7": dial tcp 10.2.1.7:8080: connect: no route to host';
      const loyalty = visit(app("loyalty", "aspnet"), "/points/:id");
      const zone = isBadZone ? { zone: "eu-west-1b", instance: "basket-5d8-bbbbb" } : { zone: "eu-west-1a", instance: "basket-5d8-aaaaa" };
      return visit(app("basket", "gin", zone), "/baskets/:id", {
        path: numbered("/baskets", turn),
        steps: [call(loyalty, isBad ? { isUnreached: true, ms: 3, trouble: { type: "*url.Error", message } } : {})],
        ...(isBad ? { status: 500, thrown: thrown("*url.Error", message, []) } : {}),
      });
    },
    seen: { service: "basket", route: "/baskets/:id" },
    cause: "connection-refused",
    also: ["no-healthy-upstream", "dependency-error"],
    creators: ["loyalty", "basket"],
    path: [hop("basket", "propagated", "remapped", "created"), maybe("loyalty", "created")],
  },
  {
    name: "spring-retry-storm",
    software: "Java agent 2.20 with Spring Retry in front of OpenTelemetry Go",
    onset: 24,
    everyMs: 250,
    visit: (turn) => {
      const isLate = turn.index >= 24;
      const attempt = () =>
        call(
          visit(app("offers", "gin"), "/offers/:id", { ms: isLate ? 2_600 : 40 }),
          isLate ? { ms: 1_001, trouble: { type: "java.net.SocketTimeoutException", message: "Read timed out" } } : {},
        );
      const error = thrown(
        "org.springframework.web.client.ResourceAccessException",
        'I/O error on GET request for "http://offers:8080/offers/7": Read timed out',
        [
          "\tat com.acme.shop.OfferClient.offer(OfferClient.java:44)",
          "\tat org.springframework.retry.support.RetryTemplate.doExecute(RetryTemplate.java:357)",
          "Caused by: java.net.SocketTimeoutException: Read timed out",
        ],
      );
      return visit(app("shop", "spring"), "/products/:id", {
        path: numbered("/products", turn),
        steps: isLate ? [attempt(), attempt(), attempt(), attempt()] : [attempt()],
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "shop", route: "/products/{id}" },
    cause: "retry-storm",
    also: ["dependency-timeout"],
    creators: ["offers"],
    path: [hop("shop", "propagated", "remapped"), hop("offers", "created")],
  },
];
