/** Loaded before the app in the variant `otel`: the official SDK with all its instrumentations, as its documentation sets it up for ESM. */
import { register } from "node:module";
import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { NodeSDK } from "@opentelemetry/sdk-node";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
new NodeSDK({ serviceName: "overhead", instrumentations: [getNodeAutoInstrumentations()] }).start();
