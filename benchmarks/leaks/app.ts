/**
 * One app for the leak benchmark: `app.ts FRAMEWORK guarded|bare`, with --expose-gc. Every request object is registered with a FinalizationRegistry;
 * any message collects garbage and says how many are gone.
 */
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { createGuard } from "@faultline/guard";
import { guardErrors, guardRequests } from "@faultline/guard/express";
import { guardHandler } from "@faultline/guard/http";
import express from "express";

const [framework = "http", variant = "bare"] = process.argv.slice(2);
const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const guard = variant === "guarded" ? createGuard({ service: "leaks", endpoint: false, announce: false }) : undefined;
const counts = { registered: 0, collected: 0 };
const registry = new FinalizationRegistry(() => (counts.collected += 1));

function watch(request: IncomingMessage): void {
  counts.registered += 1;
  registry.register(request, undefined);
}

const onHttp: RequestListener = (request, response) => {
  if (request.url === "/fail" && guard !== undefined) throw new Error("boom");
  response.statusCode = request.url === "/fail" ? 500 : 200;
  response.end("well");
};

function onExpress(): RequestListener {
  const app = express();
  if (guard !== undefined) app.use(guardRequests(guard));
  app.get("/", (_request, response) => void response.send("well"));
  app.get("/fail", () => {
    throw new Error("boom");
  });
  if (guard !== undefined) app.use(guardErrors(guard));
  // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
  app.use(((_thrown, _request, response, _next) => void response.status(500).send("bad")) as express.ErrorRequestHandler);
  return app;
}

const guardedHttp = guard === undefined ? onHttp : guardHandler(guard, onHttp);
const listener = framework === "express" ? onExpress() : guardedHttp;
const server = createServer((request, response) => {
  watch(request);
  listener(request, response);
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on("message", async () => {
  for (let round = 0; round < 10; round++) {
    collect();
    await setTimeout(50);
  }
  process.send?.(counts);
});
process.on("disconnect", () => process.exit(0));
