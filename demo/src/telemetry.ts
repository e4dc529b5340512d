/**
 * Loaded before a service by `node --import`: the official OpenTelemetry SDK with its auto-instrumentation, as most teams run it.
 * Where to send, how often, and who is speaking come from the standard OTEL_* environment variables.
 */
import { register } from "node:module";
import { FastifyOtelInstrumentation } from "@fastify/otel";
import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { flushBeforeExit } from "./lifecycle.ts";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);

/** The headers that tell who wrote a response; the SDK leaves every header out unless it is named. */
const RESPONSE_HEADERS = ["content-type", "server", "proxy-status"];

const sdk = new NodeSDK({
  instrumentations: [
    getNodeAutoInstrumentations({
      "@opentelemetry/instrumentation-http": {
        headersToSpanAttributes: {
          server: { requestHeaders: ["content-length"], responseHeaders: RESPONSE_HEADERS },
          client: { responseHeaders: RESPONSE_HEADERS },
        },
      },
      "@opentelemetry/instrumentation-undici": { headersToSpanAttributes: { responseHeaders: RESPONSE_HEADERS } },
    }),
    new FastifyOtelInstrumentation({ registerOnInitialization: true, instrumentHooks: false }),
  ],
});
sdk.start();
flushBeforeExit(() => sdk.shutdown());
