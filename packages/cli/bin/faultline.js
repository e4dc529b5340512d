#!/usr/bin/env node
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";

const source = new URL("../src/main.ts", import.meta.url);
const isCheckout = existsSync(source);
if (isCheckout) {
  // From source, so that a checkout never speaks for a stale build.
  registerHooks({ resolve: (specifier, context, next) => next(specifier, { ...context, conditions: ["source", ...context.conditions] }) });
}
const { main } = await import(isCheckout ? source.href : "../dist/main.js");
await main();
