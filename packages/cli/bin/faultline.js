#!/usr/bin/env node
import { existsSync } from "node:fs";
import { enableCompileCache, registerHooks } from "node:module";

// Keeps what was compiled (and stripped of types) for the next start, in the system's folder for temporary files.
enableCompileCache();
const source = new URL("../src/main.ts", import.meta.url);
const isCheckout = existsSync(source);
if (isCheckout) {
  // From source, so that a checkout never speaks for a stale build.
  registerHooks({ resolve: (specifier, context, next) => next(specifier, { ...context, conditions: ["source", ...context.conditions] }) });
}
const { main } = await import(isCheckout ? source.href : "../dist/main.js");
await main();
