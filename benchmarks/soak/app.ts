/**
 * One app for the soak: `app.ts FRAMEWORK guarded|bare COLLECTOR FOLDER`, with --expose-gc. It answers pages, reads bodies, calls a dependency,
 * logs, misses and fails. `report` collects garbage and says what memory is used then.
 */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createGuard, type Guard } from "@faultline/guard";
import { guardErrors, guardRequests } from "@faultline/guard/express";
import { guardHandler } from "@faultline/guard/http";
import { keepJournal } from "@faultline/guard/journal";
import express from "express";

const [framework = "http", variant = "bare", endpoint = "", folder = ""] = process.argv.slice(2);
const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const guard =
  variant === "guarded"
    ? createGuard({
        service: `soak-${framework}`,
        endpoint,
        spool: { directory: join(folder, framework) },
        journal: keepJournal({ directory: join(folder, `${framework}-journal`) }),
        announce: false,
      })
    : undefined;

async function callDependency(): Promise<string> {
  const response = await fetch(endpoint, { method: "POST", body: "{}" });
  return response.text();
}

function onHttp(by: Guard | undefined): RequestListener {
  const answer = (path: string): Promise<string> | string => (path === "/call" ? callDependency() : path);
  return async (request, response) => {
    const path = request.url ?? "/";
    by?.note(5, `asked for ${path}`);
    let length = 0;
    for await (const chunk of request) length += (chunk as Buffer).byteLength;
    if (path.startsWith("/fail/") && by !== undefined) throw new Error(`boom ${path} after ${length} bytes`);
    response.statusCode = path.startsWith("/fail/") ? 500 : path.startsWith("/missing/") ? 404 : 200;
    response.end(await answer(path));
  };
}

function onExpress(by: Guard | undefined): RequestListener {
  const app = express();
  if (by !== undefined) app.use(guardRequests(by));
  app.use(express.json());
  app.use((request, _response, next) => {
    by?.note(5, `asked for ${request.url}`);
    next();
  });
  app.get("/items/:id", (request, response) => void response.json({ id: request.params.id }));
  app.post("/items", (request, response) => void response.status(201).json(request.body));
  app.get("/call", async (_request, response) => void response.send(await callDependency()));
  app.get("/fail/:id", (request) => {
    throw new Error(`boom ${request.params.id}`);
  });
  if (by !== undefined) app.use(guardErrors(by));
  // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
  app.use(((_thrown, _request, response, _next) => void response.status(500).send("bad")) as express.ErrorRequestHandler);
  return app;
}

const onHttpGuarded = guard === undefined ? onHttp(undefined) : guardHandler(guard, onHttp(guard));
const server = createServer(framework === "express" ? onExpress(guard) : onHttpGuarded);
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on("message", async () => {
  for (let round = 0; round < 3; round++) {
    collect();
    await setTimeout(20);
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  process.send?.({ rss, heapUsed, external, arrayBuffers, counts: guard?.counts() });
});
process.on("disconnect", () => process.exit(0));
