/**
 * Does the guard keep requests alive? 100,000 requests over 16 kept-alive connections, 1 % of them failing, then a garbage collection: the share of
 * request objects that are gone, guarded and bare; then a soak at a steady rate and the slope of memory after collections.
 * `npm run bench -- leaks [--requests 100000] [--minutes 60]`; the soak's default is half a minute.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { recordResult } from "../record.ts";

type App = { readonly child: ChildProcess; readonly port: number };
type Memory = { readonly rss: number; readonly heapUsed: number };

const options = { requests: { type: "string", default: "100000" }, minutes: { type: "string", default: "0.5" } } as const;
const { values } = parseArgs({ args: process.argv.slice(3), options, strict: false });
const REQUESTS = Number(values.requests);
const SOAK_MS = Number(values.minutes) * 60_000;
const CONNECTIONS = 16;
const MIB = 2 ** 20;

async function start(framework: string, variant: string): Promise<App> {
  const child = fork(fileURLToPath(new URL("app.ts", import.meta.url)), [framework, variant], {
    execArgv: ["--conditions=source", "--expose-gc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, port };
}

async function ask<T>(app: App, what: string): Promise<T> {
  const answer = once(app.child, "message") as Promise<[T]>;
  app.child.send(what);
  return (await answer)[0];
}

/** `count` requests over one connection, one after the other; every hundredth fails. Waits `pauseMs` between two. */
async function drive(app: App, count: number, pauseMs = 0): Promise<void> {
  const socket = connect(app.port, "127.0.0.1").setEncoding("latin1");
  await once(socket, "connect");
  for (let serial = 0; serial < count; serial++) {
    socket.write(`GET ${serial % 100 === 99 ? "/fail" : "/"} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await readResponse(socket);
    if (pauseMs > 0) await setTimeout(pauseMs);
  }
  socket.end();
}

async function readResponse(socket: ReturnType<typeof connect>): Promise<void> {
  for (let text = ""; ;) {
    text += ((await once(socket, "data")) as [string])[0];
    const end = text.indexOf("\r\n\r\n");
    const length = /content-length: (\d+)/i.exec(text)?.[1];
    if (end < 0) continue;
    if (length === undefined ? text.endsWith("0\r\n\r\n") : text.length >= end + 4 + Number(length)) return;
  }
}

/** Least squares; MiB an hour. */
function toSlope(samples: readonly { readonly atMs: number; readonly bytes: number }[]): number {
  const mean = (read: (sample: (typeof samples)[number]) => number): number =>
    samples.reduce((sum, each) => sum + read(each), 0) / samples.length;
  const [x, y] = [mean((each) => each.atMs), mean((each) => each.bytes)];
  const over = samples.reduce((sum, each) => sum + (each.atMs - x) * (each.bytes - y), 0);
  const under = samples.reduce((sum, each) => sum + (each.atMs - x) ** 2, 0);
  return ((over / under) * 3_600_000) / MIB;
}

async function soak(app: App): Promise<{ readonly heapMiBPerHour: number; readonly rssMiBPerHour: number }> {
  const samples: (Memory & { readonly atMs: number })[] = [];
  const endMs = performance.now() + SOAK_MS;
  while (performance.now() < endMs) {
    await Promise.all([drive(app, 100, 5), drive(app, 100, 5)]);
    samples.push({ ...(await ask<Memory>(app, "report")), atMs: performance.now() });
  }
  const late = samples.slice(Math.floor(samples.length / 4));
  return {
    heapMiBPerHour: toSlope(late.map(({ atMs, heapUsed }) => ({ atMs, bytes: heapUsed }))),
    rssMiBPerHour: toSlope(late.map(({ atMs, rss }) => ({ atMs, bytes: rss }))),
  };
}

const figures: Record<string, object> = {};
for (const framework of ["http", "express"]) {
  for (const variant of ["bare", "guarded"]) {
    const app = await start(framework, variant);
    await Promise.all(Array.from({ length: CONNECTIONS }, () => drive(app, Math.ceil(REQUESTS / CONNECTIONS))));
    const { registered, collected } = await ask<{ registered: number; collected: number }>(app, "collect");
    figures[`${framework}, ${variant}`] = {
      registered,
      collected,
      ratio: collected / registered,
      ...(framework === "http" ? await soak(app) : {}),
    };
    app.child.kill("SIGKILL");
  }
}
console.table(figures);
recordResult("leaks", { requests: REQUESTS, soakMinutes: SOAK_MS / 60_000, figures });
