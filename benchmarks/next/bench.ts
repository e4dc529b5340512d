/**
 * Next.js under a real `next build` and `next start`: 200 route handlers, 17 kinds of request, bare and guarded, compared byte for byte; `redirect()`
 * and `notFound()` as well; then every failure must have been told, each once. `npm run build`, then `npm run bench -- next --in FOLDER`, where
 * FOLDER is any in which `next`, `react` and `react-dom` are installed: 342 MB, too heavy to be dependencies of this repository.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { compare, toCases } from "../../tests/transparency/compare.ts";
import { ROUTED_HOSTS } from "../../tests/transparency/hosts.ts";
import { startCollector } from "../outage/collector.ts";
import { recordResult } from "../record.ts";
import { writeApp } from "./write-app.ts";

const { values } = parseArgs({ args: process.argv.slice(3), options: { in: { type: "string" } } });
if (values.in === undefined) throw new Error("--in names a folder in which next, react and react-dom are installed");
const packages = join(resolve(values.in), "node_modules");
const app = join(resolve(values.in), "faultline-app");
const bin = join(packages, "next/dist/bin/next");
const { version } = JSON.parse(readFileSync(join(packages, "next/package.json"), "utf8")) as { version: string };

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

function runNext(args: readonly string[], collector: string): ChildProcess {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production", COLLECTOR: collector };
  return spawn(process.execPath, [bin, ...args], { cwd: app, env, stdio: ["ignore", "inherit", "ignore"] });
}

async function waitFor(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await setTimeout(100);
  }
  throw new Error(`no answer from ${url}`);
}

writeApp(app);
const collector = await startCollector();
const [code] = (await once(runNext(["build"], collector.endpoint), "exit")) as [number | null];
if (code !== 0) throw new Error(`next build ended with ${String(code)}`);
const port = await findFreePort();
const next = runNext(["start", "-H", "127.0.0.1", "-p", String(port)], collector.endpoint);
await waitFor(`http://127.0.0.1:${port}/bare/0/1`);

const routes = ROUTED_HOSTS.find((host) => host.name === "fetch")?.routes ?? [];
const steering = ["redirect", "not-found"].map((answer) => ({ path: `/steer/${answer}`, name: `steers, ${answer}`, throws: false }));
const cases = toCases([...routes, ...steering]);
const addresses = { bare: { port, prefix: "/bare" }, guarded: { port, prefix: "/guarded" }, handing: { port, prefix: "/handing" } };
const differences = await compare(cases, addresses);

const told = async (path: string, times: number): Promise<number> => {
  await setTimeout(1_000);
  const before = collector.stored.size;
  for (let time = 0; time < times; time++)
    await (await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined))?.text().catch(() => "");
  await setTimeout(2_000);
  return collector.stored.size - before;
};
const thrown = routes.find((route) => route.name === "never, thrown")?.path ?? "";
const figures = {
  version,
  exchanges: cases.length,
  differ: differences.length,
  differences: differences.slice(0, 5),
  toldOfTwentyThrown: await told(`/guarded${thrown}`, 20),
  toldOfTwentySteered: await told("/guarded/steer/redirect", 20),
};
console.log(figures);
next.kill();
await once(next, "exit");
await collector.close();
recordResult("next", figures);
