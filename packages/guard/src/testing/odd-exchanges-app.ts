/**
 * `odd-exchanges-app.ts bare|guarded` has the exchanges of all-odd-exchanges.ts one after the other and posts what came of each: a process of its own,
 * because some end in an exception that nobody catches. The frameworks' guard hands errors on, so both have to give the same bytes.
 */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import * as forExpress from "../adapters/express.ts";
import { guardFastify } from "../adapters/fastify.ts";
import * as forHono from "../adapters/hono.ts";
import { guardHandler } from "../adapters/http.ts";
import { guardKoa } from "../adapters/koa.ts";
import { createGuard, type Guard } from "../guard.ts";
import { createCollected } from "./collected.ts";
import { ALL_ODD_EXCHANGES } from "./all-odd-exchanges.ts";
import { GET, type Kit, type OddExchange } from "./odd-exchanges.ts";

/** What came of an exchange: what the client received, what nobody caught, and how many records the guard made of it. */
export type OddOutcome = { readonly received: string; readonly uncaught: readonly string[]; readonly records: number };

/** All of them by name, and the errors of the guard's own. */
export type OddOutcomes = { readonly outcomes: Readonly<Record<string, OddOutcome>>; readonly internalErrors: number };

function createKit(guard: Guard | undefined): Kit {
  return {
    http: (handler) => (guard === undefined ? (request, response) => void handler(request, response) : guardHandler(guard, handler)),
    express(build) {
      const app = express().set("env", "production");
      if (guard !== undefined) app.use(forExpress.guardRequests(guard));
      build(app);
      if (guard !== undefined) app.use(forExpress.guardErrors(guard, { respond: false }));
      return app;
    },
    async fastify(build) {
      let listener: RequestListener = () => undefined;
      const app = fastify({
        serverFactory(handler) {
          listener = handler;
          return createServer();
        },
      });
      if (guard !== undefined) await app.register(guardFastify(guard, { respond: false }));
      await build(app);
      await app.ready();
      return (request, response) => listener(request, response);
    },
    hono(build) {
      const app = new Hono();
      if (guard !== undefined) app.use(forHono.guardRequests(guard, { respond: false }));
      build(app);
      return getRequestListener(app.fetch);
    },
    koa(build) {
      const app = new Koa();
      if (guard !== undefined) app.use(guardKoa(guard, { respond: false }));
      build(app);
      return app.callback();
    },
  };
}

const uncaught: string[] = [];

/** A server's side of an exchange, as far as a client waits for it. */
type Seen = { readonly begun: Promise<unknown>; readonly ended: Promise<unknown> };

/** Sends a piece, and the next when there was an answer to it. Gives what came back. */
async function ask(port: number, { send = [GET], hangsUp }: OddExchange, seen: Seen): Promise<string> {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  let received = "";
  socket.on("error", () => undefined).on("data", (piece) => (received += String(piece)));
  const closed = once(socket, "close");
  const [first, ...others] = send;
  socket.write(first ?? "");
  for (const piece of others) {
    await once(socket, "data");
    socket.write(piece);
  }
  await seen.begun;
  if (hangsUp !== undefined) {
    while (!received.endsWith(hangsUp)) await once(socket, "data");
    await settle();
    socket.destroy();
  }
  await Promise.all([closed, seen.ended]);
  return received.replaceAll(/(\r\ndate: )[^\r]*/gi, "$1-").replaceAll(/x{100,}/g, (run) => `(${run.length} x)`);
}

/** Whatever is on its way gets its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

/** No listener for errors of the response is added here: what nobody else listens for is to be nobody's. */
async function run(exchange: OddExchange, guard: Guard | undefined): Promise<OddOutcome> {
  const listener = await exchange.serve(createKit(guard));
  const begun = Promise.withResolvers<unknown>();
  const ended = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    begun.resolve(undefined);
    response.on("close", ended.resolve);
    listener(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const before = guard?.counts().captured ?? 0;
  const countRecords = (): number => (guard?.counts().captured ?? 0) - before;
  const received = await ask((server.address() as AddressInfo).port, exchange, { begun: begun.promise, ended: ended.promise });
  const expected = guard === undefined ? 0 : exchange.records;
  for (let turn = 0; turn < 100 && countRecords() < expected; turn++) await settle();
  await settle();
  server.close();
  server.closeAllConnections();
  return { received, uncaught: uncaught.splice(0), records: countRecords() };
}

async function main(variant: string): Promise<void> {
  process.on("uncaughtException", (thrown) => uncaught.push(thrown.message));
  const guard =
    variant === "bare" ? undefined : createGuard({ service: "odd", transport: createCollected(), spool: false, announce: false });
  const outcomes: Record<string, OddOutcome> = {};
  for (const [name, scenario] of Object.entries(ALL_ODD_EXCHANGES)) outcomes[name] = await run(scenario, guard);
  const told: OddOutcomes = { outcomes, internalErrors: guard?.counts().internalErrors ?? 0 };
  process.send?.(told, undefined, undefined, () => process.disconnect());
  await guard?.close();
}

await main(process.argv[2] ?? "bare");
