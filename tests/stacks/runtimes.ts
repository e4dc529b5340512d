/**
 * How the OpenTelemetry SDKs and agents of other runtimes differ from what a Node service writes: scope names, span names, the generation
 * of the semantic conventions, where an exception is recorded, what a status message says.
 */
import { NEWER_RUNTIMES } from "./newer-runtimes.ts";
import type { RuntimeName } from "./plan.ts";
import { type Runtime, asIs, braces, exceptionOf, nameOf, none, pathOf } from "./runtime.ts";

const SPRING: Runtime = {
  sdk: {
    "telemetry.sdk.language": "java",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.54.1",
    "telemetry.distro.name": "opentelemetry-java-instrumentation",
    "telemetry.distro.version": "2.20.1",
    "process.runtime.name": "OpenJDK Runtime Environment",
    "process.runtime.version": "21.0.8+9-LTS",
  },
  isOld: false,
  scopes: {
    server: "io.opentelemetry.tomcat-10.0",
    client: "io.opentelemetry.http-url-connection",
    rpc: "io.opentelemetry.grpc-1.6",
    store: (system) =>
      system === "redis"
        ? "io.opentelemetry.lettuce-5.1"
        : system === "kafka"
          ? "io.opentelemetry.kafka-clients-0.11"
          : "io.opentelemetry.jdbc",
  },
  route: braces,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "both",
  serverStatusText: none,
  clientStatusText: none,
  recordsClientErrors: true,
  logException: (thrown) => ({
    severity: 17,
    scope: "org.apache.catalina.core.ContainerBase.[Tomcat].[localhost].[/].[dispatcherServlet]",
    body: `Servlet.service() for servlet [dispatcherServlet] in context with path [] threw exception [Request processing failed: ${thrown.type}: ${thrown.message}] with root cause`,
    attributes: exceptionOf(thrown),
  }),
  serverExtras: ({ app }) => ({ "thread.id": 42, "thread.name": `http-nio-8080-exec-${app.service.length % 9}` }),
};

const python = (framework: string, log: Runtime["logException"], over: Partial<Runtime> = {}): Runtime => ({
  sdk: {
    "telemetry.sdk.language": "python",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.37.0",
    "telemetry.auto.version": "0.58b0",
  },
  isOld: true,
  scopes: {
    server: `opentelemetry.instrumentation.${framework}`,
    client: "opentelemetry.instrumentation.requests",
    rpc: "opentelemetry.instrumentation.grpc",
    store: (system) => `opentelemetry.instrumentation.${system === "redis" ? "redis" : system === "rabbitmq" ? "pika" : "psycopg2"}`,
  },
  route: braces,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "both",
  serverStatusText: (thrown) => (thrown === undefined ? "" : `${thrown.type.split(".").at(-1)}: ${thrown.message}`),
  clientStatusText: ({ type, message }) => `${type.split(".").at(-1)}: ${message}`,
  recordsClientErrors: true,
  logException: log,
  ...over,
});

const GIN: Runtime = {
  sdk: { "telemetry.sdk.language": "go", "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.version": "1.38.0" },
  isOld: false,
  scopes: {
    server: "go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin",
    client: "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
    rpc: "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc",
    store: (system) => (system === "redis" ? "github.com/redis/go-redis/extra/redisotel" : "github.com/exaring/otelpgx"),
  },
  route: asIs,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => `HTTP ${method}`,
  told: "text",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: true,
  logException: (thrown, { app, method, route }) => ({
    severity: 17,
    scope: `github.com/acme/${nameOf(app)}`,
    body: "request failed",
    attributes: { error: thrown.message, method: method ?? "GET", route, "code.function.name": "main.(*server).fail" },
  }),
};

const ASPNET: Runtime = {
  sdk: { "telemetry.sdk.language": "dotnet", "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.version": "1.12.0" },
  isOld: false,
  scopes: {
    server: "Microsoft.AspNetCore",
    client: "System.Net.Http",
    rpc: "OpenTelemetry.Instrumentation.GrpcNetClient",
    store: (system) =>
      system === "postgresql"
        ? "Npgsql"
        : system === "redis"
          ? "OpenTelemetry.Instrumentation.StackExchangeRedis"
          : "OpenTelemetry.Instrumentation.SqlClient",
  },
  route: (route) => braces(route).slice(1),
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "log",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: false,
  logException: (thrown) => ({
    severity: 17,
    scope: "Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware",
    body: "An unhandled exception has occurred while executing the request.",
    attributes: { ...exceptionOf(thrown), "exception.type": thrown.type.split(".").at(-1) ?? thrown.type },
  }),
  serverExtras: ({ thrown }) => (thrown === undefined ? {} : { "error.type": thrown.type }),
};

const RAILS: Runtime = {
  sdk: {
    "telemetry.sdk.language": "ruby",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.8.0",
    "process.runtime.name": "ruby",
  },
  isOld: true,
  scopes: {
    server: "OpenTelemetry::Instrumentation::Rack",
    client: "OpenTelemetry::Instrumentation::Net::HTTP",
    rpc: "OpenTelemetry::Instrumentation::Gruf",
    store: (system) => (system === "redis" ? "OpenTelemetry::Instrumentation::Redis" : "OpenTelemetry::Instrumentation::PG"),
  },
  route: (route) => `${route}(.:format)`,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => `HTTP ${method}`,
  told: "span",
  serverStatusText: (thrown) => (thrown === undefined ? "" : `Unhandled exception of type: ${thrown.type}`),
  clientStatusText: ({ type }) => `Unhandled exception of type: ${type}`,
  recordsClientErrors: true,
  logException: (thrown) => ({
    severity: 21,
    scope: "opentelemetry-instrumentation-logger",
    body: `\n${thrown.type} (${thrown.message}):\n\n${thrown.stack.split("\n").slice(1).join("\n")}`,
  }),
  serverExtras: () => ({ "code.namespace": "OrdersController", "code.function": "show" }),
};

const LARAVEL: Runtime = {
  sdk: {
    "telemetry.sdk.language": "php",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.7.0",
    "process.runtime.name": "fpm-fcgi",
  },
  isOld: false,
  scopes: {
    server: "io.opentelemetry.contrib.php.laravel",
    client: "io.opentelemetry.contrib.php.guzzle",
    rpc: "io.opentelemetry.contrib.php.grpc",
    store: () => "io.opentelemetry.contrib.php.pdo",
  },
  route: (route) => braces(route).slice(1),
  serverName: (method, route) => `${method} /${route}`,
  clientName: (method) => method,
  told: "both",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: true,
  logException: (thrown) => ({
    severity: 17,
    scope: "monolog",
    body: thrown.message,
    attributes: {
      "context.exception": `[object] (${thrown.type}(code: 0): ${thrown.message} at /var/www/html/app/Services/Orders.php:58)`,
      channel: "production",
    },
  }),
};

const AXUM: Runtime = {
  sdk: { "telemetry.sdk.language": "rust", "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.version": "0.30.0" },
  isOld: false,
  scopes: { server: "axum-tracing-opentelemetry", client: "reqwest-tracing", rpc: "tonic", store: () => "sqlx" },
  route: braces,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => `HTTP ${method}`,
  told: "text",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: false,
  logException: (thrown) => ({
    severity: 17,
    scope: "opentelemetry-appender-tracing",
    body: thrown.message,
    attributes: { target: "orders::routes" },
  }),
  serverExtras: () => ({
    busy_ns: 381_224,
    idle_ns: 12_004_118,
    "code.namespace": "orders::routes",
    "thread.name": "tokio-runtime-worker",
  }),
};

const PHOENIX: Runtime = {
  sdk: { "telemetry.sdk.language": "erlang", "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.version": "1.5.0" },
  isOld: false,
  scopes: { server: "opentelemetry_bandit", client: "opentelemetry_req", rpc: "", store: () => "opentelemetry_ecto" },
  route: asIs,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "both",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: false,
  logException: (thrown, visit) => ({
    severity: 17,
    scope: "bandit",
    body: `** (${thrown.type}) ${thrown.message}\n${thrown.stack.split("\n").slice(1).join("\n")}`,
    attributes: { domain: "elixir.bandit", request: `${visit.method ?? "GET"} ${pathOf(visit)}` },
  }),
  serverExtras: () => ({ "phoenix.action": "show" }),
};

const EXPRESS: Runtime = {
  sdk: {
    "telemetry.sdk.language": "nodejs",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "2.2.0",
    "process.runtime.name": "nodejs",
  },
  isOld: false,
  scopes: {
    server: "@opentelemetry/instrumentation-http",
    client: "@opentelemetry/instrumentation-http",
    rpc: "@opentelemetry/instrumentation-grpc",
    store: (system) => `@opentelemetry/instrumentation-${system === "redis" ? "ioredis" : system === "postgresql" ? "pg" : system}`,
  },
  route: asIs,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "log",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: true,
  logException: (thrown) => ({
    severity: 17,
    scope: "@opentelemetry/instrumentation-pino",
    body: thrown.message,
    attributes: { "err.type": thrown.type, "err.message": thrown.message, "err.stack": thrown.stack },
  }),
};

const ENVOY: Runtime = {
  sdk: { "telemetry.sdk.language": "cpp", "telemetry.sdk.name": "envoy", "telemetry.sdk.version": "1.35.3" },
  isOld: true,
  scopes: { server: "", client: "", rpc: "", store: none },
  route: asIs,
  serverName: () => "ingress",
  clientName: () => "router egress",
  told: "text",
  serverStatusText: none,
  clientStatusText: none,
  recordsClientErrors: false,
  logException: ({ message }) => ({ severity: 9, body: message }),
};

const LAMBDA: Runtime = {
  ...python("aws_lambda", (thrown) => ({
    severity: 17,
    scope: "root",
    body: `[ERROR] ${thrown.type}: ${thrown.message}\nTraceback (most recent call last):\n${thrown.stack}`,
  })),
  serverName: (_, route) => `orders-${route.split("/")[1] ?? "fn"}`,
  serverExtras: () => ({
    "faas.trigger": "http",
    "faas.invocation_id": "8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77",
    "cloud.resource_id": "arn:aws:lambda:eu-west-1:123456789012:function:orders",
  }),
};

/** By name. */
export const RUNTIMES: Readonly<Record<RuntimeName, Runtime>> = {
  spring: SPRING,
  "spring-old": { ...SPRING, isOld: true, sdk: { ...SPRING.sdk, "telemetry.sdk.version": "1.31.0", "telemetry.distro.version": "1.31.0" } },
  fastapi: python("fastapi", (thrown) => ({
    severity: 17,
    scope: "uvicorn.error",
    body: "Exception in ASGI application\n",
    attributes: exceptionOf(thrown),
  })),
  flask: python(
    "flask",
    (thrown, visit) => ({
      severity: 17,
      scope: visit.app.service,
      body: `Exception on ${pathOf(visit)} [${visit.method ?? "GET"}]`,
      attributes: exceptionOf(thrown),
    }),
    {
      route: (route) => route.replace(/:(\w+)/g, "<$1>"),
    },
  ),
  django: python(
    "django",
    (thrown, visit) => ({
      severity: 17,
      scope: "django.request",
      body: `Internal Server Error: ${pathOf(visit)}`,
      attributes: exceptionOf(thrown),
    }),
    {
      route: (route) => route.replace(/:(\w+)/g, "<int:$1>").slice(1),
    },
  ),
  gin: GIN,
  aspnet: ASPNET,
  rails: RAILS,
  laravel: LARAVEL,
  axum: AXUM,
  phoenix: PHOENIX,
  express: EXPRESS,
  envoy: ENVOY,
  lambda: LAMBDA,
  ...NEWER_RUNTIMES,
};
