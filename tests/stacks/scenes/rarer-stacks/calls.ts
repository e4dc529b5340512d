/** Calls that end in ways that no earlier batch had: names, certificates, discovery, breakers, quotas. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall } from "../../shapes.ts";

const EXPIRED = 'Get "https://clearing.internal:8443/": remote error: tls: expired certificate';
const PROTOCOL = "No appropriate protocol (protocol is disabled or cipher suites are inappropriate)";
const UNRESOLVED = "Cannot connect to host search.internal:9200 ssl:default [Temporary failure in name resolution]";
const REFUSED = "14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.96.7.4:50051";
const NO_PROVIDER =
  "No provider available from registry nacos:8848 for service com.acme.api.Ledger on consumer 10.0.4.9 use dubbo version 3.3.0, please check status of providers(disabled, not registered or in blacklist).";

/** See the file's head. */
export const CALLS: readonly Scene[] = [
  {
    name: "certificate-of-the-caller-ended",
    software: "Go; the certificate that it shows to whom it calls is out of date",
    onset: 29,
    ...byCall(app("settlement", "gin"), "/settlements/:id", {
      host: "clearing.internal",
      isCallers: true,
      ms: 9,
      trouble: { type: "*url.Error", message: EXPIRED },
      bad: { status: 502, thrown: thrown("*url.Error", EXPIRED, []) },
    }),
    cause: "tls-failure",
    creators: ["settlement", "clearing.internal"],
    path: [hop("settlement", "created", "propagated", "remapped"), maybe("clearing.internal", "clean", "created")],
  },
  {
    name: "java-no-appropriate-protocol",
    software: "Spring Boot 2 on an old Java; the other side speaks only newer TLS",
    onset: 26,
    ...byCall(app("customs", "spring-old"), "/declarations/:id", {
      host: "gateway.customs.example",
      isCallers: true,
      ms: 6,
      trouble: { type: "javax.net.ssl.SSLHandshakeException", message: PROTOCOL },
      bad: {
        thrown: thrown("javax.net.ssl.SSLHandshakeException", PROTOCOL, [
          "\tat com.acme.customs.CustomsClient.send(CustomsClient.java:71)",
        ]),
      },
    }),
    cause: "tls-failure",
    creators: ["customs", "gateway.customs.example"],
    path: [hop("customs", "created", "propagated", "remapped"), maybe("gateway.customs.example", "clean", "created")],
  },
  {
    name: "aiohttp-name-does-not-resolve",
    software: "FastAPI with aiohttp; the cluster's name server is overloaded",
    onset: 25,
    share: 0.7,
    ...byCall(app("finder", "fastapi"), "/find/:id", {
      host: "search.internal",
      isCallers: true,
      ms: 5_010,
      trouble: { type: "aiohttp.client_exceptions.ClientConnectorDNSError", message: UNRESOLVED },
      bad: {
        thrown: thrown("aiohttp.client_exceptions.ClientConnectorDNSError", UNRESOLVED, [
          "Traceback (most recent call last):",
          '  File "/app/finder/search.py", line 22, in find',
        ]),
      },
    }),
    cause: "dns-failure",
    creators: ["finder", "search.internal"],
    path: [hop("finder", "created", "propagated", "remapped"), maybe("search.internal", "clean", "created")],
  },
  {
    name: "dotnet-no-such-host-is-known",
    software: "ASP.NET Core; a service's name was changed",
    onset: 27,
    ...byCall(app("payroll", "aspnet"), "/payslips/:id", {
      host: "ledger",
      isCallers: true,
      ms: 12,
      trouble: { type: "System.Net.Http.HttpRequestException", message: "No such host is known. (ledger:443)" },
      bad: {
        thrown: thrown(
          "System.Net.Http.HttpRequestException",
          "No such host is known. (ledger:443)\n ---> System.Net.Sockets.SocketException (11001): No such host is known.",
          ["   at Acme.Payroll.LedgerClient.Get(Int32 id) in /src/Payroll/LedgerClient.cs:line 18"],
        ),
      },
    }),
    cause: "dns-failure",
    creators: ["payroll", "ledger"],
    path: [hop("payroll", "created", "propagated", "remapped"), maybe("ledger", "clean", "created")],
  },
  {
    name: "grpc-js-refused",
    software: "NestJS over grpc-js; nobody listens there",
    onset: 28,
    ...byCall(app("tickets", "nest"), "/tickets/:id", {
      host: "seating",
      ms: 8,
      trouble: { type: "Error", message: REFUSED },
      bad: { thrown: thrown("Error", REFUSED, ["    at SeatingClient.hold (/app/dist/seating.client.js:19:11)"]) },
    }),
    cause: "connection-refused",
  },
  {
    name: "dubbo-has-no-provider",
    software: "Spring Boot with Dubbo; every provider left the registry",
    onset: 24,
    ...alone(app("statements", "spring"), "/statements/:id", {
      thrown: thrown("org.apache.dubbo.rpc.RpcException", NO_PROVIDER, ["\tat com.acme.statements.Statements.of(Statements.java:33)"]),
    }),
    cause: "no-healthy-upstream",
    creators: ["statements", "com.acme.api.Ledger", "Ledger", "ledger"],
  },
  {
    name: "sentinel-degrades",
    software: "Spring Cloud Alibaba; Sentinel keeps calls to a slow resource away",
    onset: 30,
    ...alone(app("feed", "spring"), "/feeds/:id", {
      status: 503,
      thrown: thrown("com.alibaba.csp.sentinel.slots.block.degrade.DegradeException", "null", [
        "\tat com.alibaba.csp.sentinel.slots.block.degrade.DegradeSlot.performChecking(DegradeSlot.java:71)",
      ]),
    }),
    cause: "circuit-open",
  },
  {
    name: "tower-sheds-load",
    software: "Axum with tower's load shedding; more requests than it may have in hand",
    onset: 26,
    share: 0.6,
    ...alone(app("render", "axum"), "/tiles/:id", {
      status: 503,
      ms: 1,
      thrown: thrown("tower::load_shed::error::Overloaded", "service overloaded", []),
    }),
    cause: "resource-exhausted",
    also: ["rate-limited-as-5xx", "circuit-open"],
  },
  {
    name: "temporal-limits-its-namespace",
    software: "Go with Temporal; workflows are started faster than the namespace may",
    onset: 25,
    share: 0.7,
    visit: (turn) => {
      const message = "namespace rate limit exceeded";
      const rpc = {
        service: "temporal.api.workflowservice.v1.WorkflowService",
        method: "StartWorkflowExecution",
        code: turn.isBad ? 8 : 0,
      };
      return visit(app("onboarding", "gin"), "/onboardings/:id", {
        path: numbered("/onboardings", turn),
        steps: [
          call(
            visit(outside("temporal"), "", { rpc: { ...rpc, ...(turn.isBad ? { message } : {}) } }),
            turn.isBad ? { trouble: { type: "*serviceerror.ResourceExhausted", message } } : {},
          ),
        ],
        ...(turn.isBad ? { status: 500, thrown: thrown("*serviceerror.ResourceExhausted", message, []) } : {}),
      });
    },
    seen: { service: "onboarding", route: "/onboardings/:id" },
    cause: "rate-limited-as-5xx",
    also: ["resource-exhausted"],
    creators: ["temporal", "onboarding", "temporal.api.workflowservice.v1.WorkflowService"],
    path: [
      hop("onboarding", "created", "propagated", "remapped"),
      maybe(["temporal", "temporal.api.workflowservice.v1.WorkflowService"], "created", "clean"),
    ],
  },
  {
    name: "python-remote-end-closed-now-and-then",
    software: "Django with requests; the other side ends idle connections a moment before they are used again",
    share: 0.1,
    requests: 120,
    ...byCall(app("letters", "django"), "/letters/:id", {
      host: "printing",
      method: "POST",
      ms: 2,
      trouble: {
        type: "requests.exceptions.ConnectionError",
        message: "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
      },
      bad: {
        thrown: thrown(
          "requests.exceptions.ConnectionError",
          "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
          ["Traceback (most recent call last):", '  File "/app/letters/printing.py", line 17, in submit'],
        ),
      },
    }),
    cause: "keepalive-race",
    also: ["connection-refused", "dependency-error"],
    creators: ["printing", "letters"],
    path: [hop("letters", "created", "propagated", "remapped"), maybe("printing", "created", "clean")],
  },
  {
    name: "carrier-answers-503",
    software: "Express with axios; a parcel carrier is down",
    onset: 27,
    ...byCall(app("shipping", "express"), "/labels/:id", {
      host: "api.carrier.example",
      to: "/v2/labels",
      method: "POST",
      answers: 503,
      bad: {
        status: 500,
        thrown: thrown("AxiosError", "Request failed with status code 503", ["    at label (/app/src/carrier.js:12:9)"]),
      },
    }),
    cause: "third-party-failure",
    also: ["dependency-error"],
  },
  {
    name: "partner-answer-breaks-off",
    software: "Phoenix with Jason; a partner's answer ends in its middle",
    share: 0.4,
    ...byCall(app("rates", "phoenix"), "/rates/:id", {
      host: "fx.partner.example",
      answers: 200,
      isCallers: true,
      bad: {
        thrown: thrown("Jason.DecodeError", "unexpected end of input at position 4096", [
          "    (acme 4.2.0) lib/acme/fx.ex:31: Acme.Fx.parse/1",
        ]),
      },
    }),
    cause: "parse-failure",
    also: ["third-party-failure", "gateway-mismatch"],
    creators: ["rates", "fx.partner.example"],
    path: [hop("rates", "created", "propagated", "remapped"), maybe("fx.partner.example", "clean", "created")],
  },
  {
    name: "upload-over-the-limit-of-plug",
    software: "Phoenix; an upload is larger than its parser takes, and the error page is a 500",
    share: 0.3,
    ...alone(app("albums", "phoenix"), "/photos", {
      method: "POST",
      thrown: thrown(
        "Plug.Parsers.RequestTooLargeError",
        "the request is too large. If you are willing to process larger requests, please give a :length to Plug.Parsers",
        ["    (plug 1.18.1) lib/plug/parsers.ex:358: Plug.Parsers.reduce/8"],
      ),
    }),
    cause: "body-too-large",
  },
  {
    name: "liveness-probe-ends-the-pods",
    software: "Kubernetes; a probe that is too strict restarts a callee again and again",
    onset: 24,
    share: 0.6,
    ...byCall(app("booking", "quarkus"), "/bookings/:id", {
      host: "calendar",
      ms: 3,
      trouble: {
        type: "io.netty.channel.AbstractChannel$AnnotatedConnectException",
        message: "Connection refused: calendar/10.96.3.8:8080",
      },
      bad: {
        status: 503,
        thrown: thrown("io.netty.channel.AbstractChannel$AnnotatedConnectException", "Connection refused: calendar/10.96.3.8:8080", [
          "\tat com.acme.booking.Calendar.free(Calendar.java:28)",
        ]),
      },
    }),
    beside: {
      changes: [24, 36, 48].map((index) => ({
        kind: "restart" as const,
        service: "calendar",
        atMs: index * 400 - 300,
        description: "Container calendar failed liveness probe, will be restarted",
      })),
      lines: [line(13, 'Liveness probe failed: Get "http://10.42.0.9:8080/live": context deadline exceeded')].map((each) => ({
        app: app("calendar", "quarkus"),
        atMs: 24 * 400 - 350,
        line: each,
      })),
    },
    cause: "connection-refused",
    also: ["resource-exhausted", "dependency-error"],
  },
];
