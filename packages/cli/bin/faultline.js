#!/usr/bin/env node
// By its default, as an older Node has not all of it, and would only name the first thing that it misses.
import module from "node:module";

async function run() {
  // Keeps what was compiled (and stripped of types) for the next start, in the system's folder for temporary files.
  module.enableCompileCache();
  const source = new URL("../src/main.ts", import.meta.url);
  const isCheckout = process.getBuiltinModule("node:fs").existsSync(source);
  // Our own files name each other exactly: found without Node's search, the hundred of a command take a third of the start less.
  const [ours, format] = isCheckout ? [/^\.{1,2}\/.*\.ts$/, "module-typescript"] : [/^\.{1,2}\/.*\.js$/, "module"];
  const ownParent = isCheckout ? /\.ts$/ : /\/(?:@faultline\/[\w-]+|faultline|packages\/[\w-]+)\/dist\/.*\.js$/;
  // From source in a checkout, so that it never speaks for a stale build.
  const conditions = isCheckout ? ["source"] : [];
  const resolve = (specifier, context, next) =>
    ours.test(specifier) && ownParent.test(context.parentURL)
      ? { url: new URL(specifier, context.parentURL).href, format, shortCircuit: true }
      : next(specifier, { ...context, conditions: [...conditions, ...context.conditions] });
  module.registerHooks({ resolve });
  const { main } = await import(isCheckout ? source.href : "../dist/main.js");
  await main();
}

if (Number.parseInt(process.versions.node) >= 24) await run();
else {
  console.error(`faultline needs Node.js 24 or newer; this is ${process.versions.node}. The guard itself runs on 20.`);
  process.exitCode = 2;
}
