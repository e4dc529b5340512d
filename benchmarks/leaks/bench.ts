/**
 * Does the guard keep requests alive? 100,000 requests over 16 kept-alive connections, 1 % of them failing, then a garbage collection: the share of
 * request objects that are gone, guarded and bare. `npm run bench -- leaks [--requests 100000]`; memory over an hour is `npm run bench -- soak`.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { recordResult } from "../record.ts";

type App = { readonly child: ChildProcess; readonly port: number };
type Counts = { readonly registered: number; readonly collected: number };

const options = { requests: { type: "string", default: "100000" } } as const;
const { values } = parseArgs({ args: process.argv.slice(3), options, strict: false });
const REQUESTS = Number(values.requests);
const CONNECTIONS = 16;

async function start(framework: string, variant: string): Promise<App> {
  const child = fork(fileURLToPath(new URL("app.ts", import.meta.url)), [framework, variant], {
    execArgv: ["--conditions=source", "--expose-gc"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, port };
}

async function countCollected(app: App): Promise<Counts> {
  const answer = once(app.child, "message") as Promise<[Counts]>;
  app.child.send("collect");
  return (await answer)[0];
}

/** `count` requests over one connection, one after the other; every hundredth fails. */
async function drive(app: App, count: number): Promise<void> {
  const socket = connect(app.port, "127.0.0.1").setEncoding("latin1");
  await once(socket, "connect");
  for (let serial = 0; serial < count; serial++) {
    socket.write(`GET ${serial % 100 === 99 ? "/fail" : "/"} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await readResponse(socket);
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

const figures: Record<string, object> = {};
for (const framework of ["http", "express"]) {
  for (const variant of ["bare", "guarded"]) {
    const app = await start(framework, variant);
    await Promise.all(Array.from({ length: CONNECTIONS }, () => drive(app, Math.ceil(REQUESTS / CONNECTIONS))));
    const { registered, collected } = await countCollected(app);
    figures[`${framework}, ${variant}`] = {
      registered,
      collected,
      ratio: collected / registered,
    };
    app.child.kill("SIGKILL");
  }
}
console.table(figures);
recordResult("leaks", { requests: REQUESTS, figures });
