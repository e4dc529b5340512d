/** Loaded before the app in the variant `otel`: the official SDK with all its instrumentations, as its documentation sets it up for ESM. */
import { register } from "node:module";
import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter() });
new NodeSDK({ serviceName: "overhead", spanProcessors: [processor], instrumentations: [getNodeAutoInstrumentations()] }).start();
Object.assign(globalThis, { sendCollected: () => processor.forceFlush() });
