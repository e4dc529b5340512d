/** The official OpenTelemetry SDK, with the instrumentations that these services need and no more: they begin by the hundred. */
import { createRequire } from "node:module";
import type { Instrumentation } from "@opentelemetry/instrumentation";

const require = createRequire(import.meta.url);
// The very copy that the SDK requires: each copy of the API keeps providers of its own.
const { context, logs, metrics, propagation, trace } = require("@opentelemetry/api") as typeof import("@opentelemetry/api");
/** The headers that tell who wrote a response; the SDK leaves every header out unless it is named. */
const RESPONSE_HEADERS = ["content-type", "server", "proxy-status"];

let instrumentations: Instrumentation[] | undefined;

/** Required, not imported: without its ESM loader the SDK sees only what is loaded by `require`, and that loader costs a second. */
function createInstrumentations(): Instrumentation[] {
  const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
  const { UndiciInstrumentation } = require("@opentelemetry/instrumentation-undici");
  const { ExpressInstrumentation } = require("@opentelemetry/instrumentation-express");
  const { PgInstrumentation } = require("@opentelemetry/instrumentation-pg");
  const { IORedisInstrumentation } = require("@opentelemetry/instrumentation-ioredis");
  const { PinoInstrumentation } = require("@opentelemetry/instrumentation-pino");
  const { RuntimeNodeInstrumentation } = require("@opentelemetry/instrumentation-runtime-node");
  const { FastifyOtelInstrumentation } = require("@fastify/otel");
  return [
    new HttpInstrumentation({
      headersToSpanAttributes: {
        server: { requestHeaders: ["content-length", "x-request-id"], responseHeaders: RESPONSE_HEADERS },
        client: { responseHeaders: RESPONSE_HEADERS },
      },
    }),
    new UndiciInstrumentation({ headersToSpanAttributes: { responseHeaders: RESPONSE_HEADERS } }),
    new ExpressInstrumentation({ ignoreLayersType: ["middleware"] }),
    new PgInstrumentation(),
    new IORedisInstrumentation(),
    new PinoInstrumentation(),
    new RuntimeNodeInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true, instrumentHooks: false }),
  ];
}

/** Starts the SDK; who is speaking, and where to, come from the standard OTEL_* variables. Returns what ends it. */
export function startTelemetry(): () => Promise<void> {
  const { NodeSDK } = require("@opentelemetry/sdk-node") as typeof import("@opentelemetry/sdk-node");
  instrumentations ??= createInstrumentations();
  const sdk = new NodeSDK({ instrumentations });
  sdk.start();
  return async () => {
    await sdk.shutdown();
    for (const api of [trace, metrics, logs, context, propagation]) api.disable();
  };
}
