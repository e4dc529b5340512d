/** Loaded before Express's tests: every app that they make is guarded from its first request on, and answers its errors itself. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createGuard } from "@faultline/guard";
import { guardErrors, guardRequests } from "@faultline/guard/express";

type Handle = (request: IncomingMessage, response: ServerResponse, callback?: (thrown?: unknown) => void) => void;
type App = { handle: Handle; use(middleware: unknown): unknown };
type Factory = (...given: readonly unknown[]) => App;

const require = createRequire(join(process.env["SUITE_ROOT"] ?? "", "index.js"));
const path = require.resolve("express");
const original = require(path) as Factory;
const guard = createGuard({ service: "express-suite", endpoint: false, announce: false, processHooks: false });
const first = guardRequests(guard);

function createGuarded(...given: readonly unknown[]): App {
  const app = original(...given);
  const { handle } = app;
  let isReady = false;
  // Not before the first request: a test may still change settings that Express reads when a middleware is added.
  app.handle = (request, response, callback) => {
    if (!isReady) app.use(guardErrors(guard, { respond: false }));
    isReady = true;
    first(request, response, () => handle.call(app, request, response, callback));
  };
  return app;
}

const loaded = require.cache[path];
if (loaded === undefined) throw new Error("Express is not in the cache that its tests will look into");
loaded.exports = Object.defineProperties(createGuarded, Object.getOwnPropertyDescriptors(original));
