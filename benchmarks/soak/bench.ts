/**
 * Does memory grow with time? Guarded and bare apps run side by side under a steady mixture of requests (pages, bodies, calls to a dependency, paths
 * that do not exist, failures that are all reported), after a warm-up. Memory is read after a forced garbage collection, and its slope is given with
 * bounds. Two things would look like a leak (docs/decisions/0136): V8 keeps whatever its young generation needed once, so that starts at its full size; and
 * a burst of requests to catch up, so a late driver skips what it missed. `npm run bench -- soak [--minutes 60]`; the default of half a minute only shows
 * that it runs.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startCollector } from "../outage/collector.ts";
import { recordResult } from "../record.ts";
import { findTrend } from "./trend.ts";

type Memory = { readonly rss: number; readonly heapUsed: number; readonly external: number; readonly arrayBuffers: number };
type Report = Memory & { readonly counts?: object };
type App = { readonly name: string; readonly child: ChildProcess; readonly port: number; readonly agent: Agent };

const { values } = parseArgs({ args: process.argv.slice(3), options: { minutes: { type: "string", default: "0.5" } }, strict: false });
const SOAK_MS = Number(values.minutes) * 60_000;
const WARM_MS = SOAK_MS / 6;
const EVERY_MS = 25;
const SAMPLE_MS = Math.min(15_000, Math.max(2_000, SOAK_MS / 30));
/** When it is later than this, the driver skips what it missed. */
const LATE_MS = 200;
const MIB = 2 ** 20;
const YOUNG_GENERATION = ["--min-semi-space-size=16", "--max-semi-space-size=16"];

const folder = mkdtempSync(join(tmpdir(), "faultline-soak-"));
const collector = await startCollector();

async function start(framework: string, variant: string): Promise<App> {
  const child = fork(fileURLToPath(new URL("app.ts", import.meta.url)), [framework, variant, collector.endpoint, folder], {
    execArgv: ["--conditions=source", "--expose-gc", ...YOUNG_GENERATION],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { name: `${framework}, ${variant}`, child, port, agent: new Agent({ keepAlive: true, maxSockets: 4 }) };
}

/** Of 50 requests one fails, two miss, two call, five send a body and five ask for an item of their own. */
function choosePath(serial: number): string {
  const turn = serial % 50;
  if (turn === 0) return `/fail/${serial}`;
  if (turn <= 2) return `/missing/${serial}`;
  if (turn <= 4) return "/call";
  return turn <= 9 ? `/items/${serial}` : "/items/1";
}

function ask(app: App, serial: number): void {
  const hasBody = serial % 50 >= 45;
  const options = hasBody
    ? { method: "POST", path: "/items", headers: { "content-type": "application/json" } }
    : { path: choosePath(serial) };
  request({ port: app.port, host: "127.0.0.1", agent: app.agent, ...options }, (response) => response.resume())
    .on("error", () => undefined)
    .end(hasBody ? JSON.stringify({ serial, items: ["a", "b"] }) : undefined);
}

async function report(app: App): Promise<Report> {
  const answer = once(app.child, "message") as Promise<[Report]>;
  app.child.send("report");
  return (await answer)[0];
}

const apps: App[] = [];
for (const framework of ["http", "express"]) for (const variant of ["bare", "guarded"]) apps.push(await start(framework, variant));
const samples = new Map<App, (Report & { readonly atMs: number })[]>(apps.map((app) => [app, []]));

const startMs = performance.now();
let sampleAtMs = startMs + WARM_MS;
let serial = 1;
for (let dueMs = startMs; performance.now() < startMs + WARM_MS + SOAK_MS; serial++) {
  for (const app of apps) ask(app, serial);
  dueMs = Math.max(dueMs + EVERY_MS, performance.now() - LATE_MS);
  await setTimeout(Math.max(0, dueMs - performance.now()));
  if (performance.now() < sampleAtMs) continue;
  sampleAtMs += SAMPLE_MS;
  await Promise.all(apps.map(async (app) => samples.get(app)?.push({ ...(await report(app)), atMs: performance.now() })));
}

function describe(app: App): object {
  const all = samples.get(app) ?? [];
  const trendOf = (kind: keyof Memory): object =>
    findTrend(
      all.map((each) => ({ atMs: each.atMs, bytes: each[kind] })),
      Math.random,
    );
  return {
    rss: trendOf("rss"),
    heapUsed: trendOf("heapUsed"),
    external: trendOf("external"),
    rssMiB: { first: (all[0]?.rss ?? 0) / MIB, last: (all.at(-1)?.rss ?? 0) / MIB },
    rssByTenthMiB: Array.from(
      { length: 10 },
      (_, tenth) => Math.round(((all[Math.floor((tenth * all.length) / 10)]?.rss ?? 0) / MIB) * 10) / 10,
    ),
    counts: all.at(-1)?.counts,
  };
}

const figures = Object.fromEntries(apps.map((app) => [app.name, describe(app)]));
console.log(JSON.stringify(figures, null, 2));
for (const app of apps) app.child.kill("SIGKILL");
await collector.close();
rmSync(folder, { recursive: true, force: true });
recordResult("soak", {
  minutes: SOAK_MS / 60_000,
  warmUpMinutes: WARM_MS / 60_000,
  requestsEach: serial,
  slopesIn: "MiB an hour",
  figures,
});
