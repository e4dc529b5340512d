/** The habits of the runtimes that came with scenes/queues-and-functions. */
import type { RuntimeName } from "./plan.ts";
import { type Runtime, asIs, braces, exceptionOf, none, pathOf } from "./runtime.ts";

/** `@opentelemetry/instrumentation-nestjs-core` beside the one for HTTP, with the names used before 2023; the framework logs uncaught errors. */
const NEST: Runtime = {
  sdk: {
    "telemetry.sdk.language": "nodejs",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.30.1",
    "process.runtime.name": "nodejs",
  },
  isOld: true,
  scopes: {
    server: "@opentelemetry/instrumentation-http",
    client: "@opentelemetry/instrumentation-undici",
    rpc: "@opentelemetry/instrumentation-grpc",
    store: (system) => `@opentelemetry/instrumentation-${system === "redis" ? "redis-4" : system === "postgresql" ? "pg" : system}`,
  },
  route: asIs,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "log",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: true,
  logException: ({ message, stack }) => ({
    severity: 17,
    scope: "@opentelemetry/instrumentation-winston",
    body: message,
    attributes: { context: "ExceptionsHandler", stack },
  }),
};

const QUARKUS: Runtime = {
  sdk: {
    "telemetry.sdk.language": "java",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.49.0",
    "webengine.name": "Quarkus",
    "webengine.version": "3.28.1",
  },
  isOld: false,
  scopes: {
    server: "io.quarkus.opentelemetry",
    client: "io.quarkus.opentelemetry",
    rpc: "io.quarkus.opentelemetry",
    store: (system) => (system === "postgresql" || system === "mysql" ? "io.opentelemetry.jdbc" : "io.quarkus.opentelemetry"),
  },
  route: braces,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "both",
  serverStatusText: (thrown) => thrown?.message ?? "",
  clientStatusText: none,
  recordsClientErrors: true,
  logException: (thrown, visit) => ({
    severity: 17,
    scope: "io.quarkus.vertx.http.runtime.QuarkusErrorHandler",
    body: `HTTP Request to ${pathOf(visit)} failed, error id: 6f1d2f7e-13a4-4d0b-8a51-0c2e7d1b9a44-1`,
    attributes: exceptionOf(thrown),
  }),
  serverExtras: () => ({ "code.function.name": "com.acme.Resource.get" }),
};

const KTOR: Runtime = {
  sdk: { "telemetry.sdk.language": "java", "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.version": "1.54.1" },
  isOld: false,
  scopes: {
    server: "io.opentelemetry.ktor-3.0",
    client: "io.opentelemetry.ktor-3.0",
    rpc: "io.opentelemetry.grpc-1.6",
    store: (system) => (system === "redis" ? "io.opentelemetry.lettuce-5.1" : "io.opentelemetry.jdbc"),
  },
  route: braces,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "both",
  serverStatusText: none,
  clientStatusText: none,
  recordsClientErrors: true,
  logException: (thrown, visit) => ({
    severity: 17,
    scope: "io.ktor.server.Application",
    body: `500 Internal Server Error: ${visit.method ?? "GET"} - ${pathOf(visit)} in 14ms`,
    attributes: exceptionOf(thrown),
  }),
};

const SYMFONY: Runtime = {
  sdk: {
    "telemetry.sdk.language": "php",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.7.0",
    "process.runtime.name": "fpm-fcgi",
  },
  isOld: false,
  scopes: {
    server: "io.opentelemetry.contrib.php.symfony",
    client: "io.opentelemetry.contrib.php.symfony_http",
    rpc: "io.opentelemetry.contrib.php.grpc",
    store: (system) => (system === "redis" ? "io.opentelemetry.contrib.php.ext-redis" : "io.opentelemetry.contrib.php.doctrine"),
  },
  route: (route) => `app_${route.split("/")[1] ?? ""}_show`,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "both",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: true,
  logException: ({ type, message }) => ({
    severity: 21,
    scope: "monolog",
    body: `Uncaught PHP Exception ${type}: "${message}" at OrderController.php line 42`,
    attributes: {
      channel: "request",
      "context.exception": `[object] (${type}(code: 0): ${message} at /srv/app/src/Controller/OrderController.php:42)`,
    },
  }),
};

const ACTIX: Runtime = {
  sdk: { "telemetry.sdk.language": "rust", "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.version": "0.29.1" },
  isOld: true,
  scopes: { server: "actix-web-opentelemetry", client: "reqwest-tracing", rpc: "tonic", store: () => "sqlx" },
  route: braces,
  serverName: (method, route) => `HTTP ${method} ${route}`,
  clientName: (method) => `HTTP ${method}`,
  told: "text",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: false,
  logException: ({ message }) => ({
    severity: 17,
    scope: "tracing_actix_web",
    body: `Error encountered while processing the incoming HTTP request: ${message}`,
  }),
};

const PEKKO: Runtime = {
  sdk: {
    "telemetry.sdk.language": "java",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.54.1",
    "process.runtime.name": "OpenJDK Runtime Environment",
  },
  isOld: false,
  scopes: {
    server: "io.opentelemetry.pekko-http-1.0",
    client: "io.opentelemetry.pekko-http-1.0",
    rpc: "io.opentelemetry.grpc-1.6",
    store: () => "io.opentelemetry.jdbc",
  },
  route: (route) => route.replace(/:\w+/g, "*"),
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "log",
  serverStatusText: none,
  clientStatusText: none,
  recordsClientErrors: true,
  logException: (thrown) => ({
    severity: 17,
    scope: "org.apache.pekko.actor.ActorSystemImpl",
    body: `Error during processing of request: '${thrown.message}'. Completing with 500 Internal Server Error response. To change default exception handling behavior, provide a custom ExceptionHandler.`,
    attributes: exceptionOf(thrown),
  }),
};

/** A function in isolates at the edge: the platform logs how each invocation ended. */
const WORKER: Runtime = {
  sdk: {
    "telemetry.sdk.language": "javascript",
    "telemetry.sdk.name": "workers-observability",
    "cloud.provider": "cloudflare",
    "cloud.platform": "cloudflare.workers",
  },
  isOld: false,
  scopes: { server: "workers", client: "workers", rpc: "workers", store: () => "workers" },
  route: asIs,
  serverName: (method) => `fetchHandler ${method}`,
  clientName: (method) => `fetch ${method}`,
  told: "log",
  serverStatusText: none,
  clientStatusText: ({ message }) => message,
  recordsClientErrors: false,
  logException: (thrown) => ({
    severity: 17,
    scope: "workers",
    body: `${thrown.type}: ${thrown.message}`,
    attributes: exceptionOf(thrown),
  }),
  serverExtras: ({ status }) => ({ "faas.trigger": "http", "cloudflare.outcome": status >= 500 ? "exception" : "ok" }),
};

const AZURE: Runtime = {
  sdk: {
    "telemetry.sdk.language": "dotnet",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.12.0",
    "cloud.provider": "azure",
    "cloud.platform": "azure_functions",
  },
  isOld: false,
  scopes: {
    server: "Microsoft.Azure.Functions.Worker",
    client: "System.Net.Http",
    rpc: "OpenTelemetry.Instrumentation.GrpcNetClient",
    store: () => "OpenTelemetry.Instrumentation.SqlClient",
  },
  route: (route) => `api${braces(route)}`,
  serverName: (method, route) => `${method} ${route}`,
  clientName: (method) => method,
  told: "both",
  serverStatusText: (thrown) => thrown?.message ?? "",
  clientStatusText: ({ message }) => message,
  recordsClientErrors: false,
  logException: (thrown) => ({
    severity: 17,
    scope: "Function.Orders",
    body: `Executed 'Functions.Orders' (Failed, Id=8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77, Duration=31ms)`,
    attributes: exceptionOf(thrown),
  }),
  serverExtras: () => ({ "faas.trigger": "http", "faas.invocation_id": "8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77" }),
};

/** By name. */
export const NEWER_RUNTIMES: Readonly<
  Record<Extract<RuntimeName, "nest" | "quarkus" | "ktor" | "symfony" | "actix" | "pekko" | "worker" | "azure">, Runtime>
> = { nest: NEST, quarkus: QUARKUS, ktor: KTOR, symfony: SYMFONY, actix: ACTIX, pekko: PEKKO, worker: WORKER, azure: AZURE };
