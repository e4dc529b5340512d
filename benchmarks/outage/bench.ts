/**
 * The collector is away while an app fails 50 times a second: what that costs the app beside a bare one under the same load, what arrives after
 * its return, and whether the balance is exact. `npm run bench -- outage [--minutes 60]`; default half a minute.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { recordResult } from "../record.ts";
import { startCollector } from "./collector.ts";

type Counts = {
  readonly captured: number;
  readonly delivered: number;
  readonly pending: number;
  readonly spooled: number;
  readonly dropped: Readonly<Record<string, number>>;
};
type Report = { readonly rss: number; readonly cpu: NodeJS.CpuUsage; readonly counts?: Counts };
type App = { readonly child: ChildProcess; readonly port: number; readonly agent: Agent; readonly latenciesMs: number[] };

const { values } = parseArgs({ args: process.argv.slice(3), options: { minutes: { type: "string", default: "0.5" } }, strict: false });
const AWAY_MS = Number(values.minutes) * 60_000;
const BEFORE_MS = 15_000;
/** Latencies are compared minute by minute, so that a burst of work elsewhere on the machine counts as one minute only. */
const SLICE_MS = 60_000;
const EVERY_MS = 20;
const DRAIN_MS = 600_000;
const MIB = 2 ** 20;

const folder = mkdtempSync(join(tmpdir(), "faultline-outage-"));
const collector = await startCollector();

async function start(variant: string): Promise<App> {
  const child = fork(fileURLToPath(new URL("app.ts", import.meta.url)), [variant, collector.endpoint, folder], {
    execArgv: ["--conditions=source"],
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, port, agent: new Agent({ keepAlive: true, maxSockets: 4 }), latenciesMs: [] };
}

async function report(app: App): Promise<Report> {
  const answer = once(app.child, "message") as Promise<[Report]>;
  app.child.send("report");
  return (await answer)[0];
}

function ask(app: App, path: string): void {
  const startMs = performance.now();
  get({ port: app.port, host: "127.0.0.1", path, agent: app.agent }, (response) => {
    response.resume().on("end", () => path === "/" && app.latenciesMs.push(performance.now() - startMs));
  }).on("error", () => undefined);
}

let serial = 0;
/** 50 failures and 50 successes a second on each app, for so long; peaks of memory on the way. */
async function drive(apps: readonly App[], forMs: number): Promise<number[]> {
  const peaks = apps.map(() => 0);
  const endMs = performance.now() + forMs;
  for (let nextMs = performance.now(); nextMs < endMs; nextMs += EVERY_MS) {
    serial += 1;
    for (const app of serial % 2 === 0 ? apps : apps.toReversed()) {
      ask(app, `/fail/${serial}`);
      ask(app, "/");
    }
    if (serial % 50 === 0) for (const [at, app] of apps.entries()) peaks[at] = Math.max(peaks[at] ?? 0, (await report(app)).rss);
    await setTimeout(Math.max(0, nextMs + EVERY_MS - performance.now()));
  }
  return peaks;
}

const takeMedian = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** How far the app's memory went beyond what it was, MiB, and how much of that was there after a quarter of the time already. */
function toGrowth(at: number): { readonly peak: number; readonly firstQuarter: number } {
  const beyond = slices.map(({ peaks }) => ((peaks[at] ?? 0) - (rssBefore[at] ?? 0)) / MIB);
  return { peak: Math.max(...beyond), firstQuarter: Math.max(...beyond.slice(0, Math.ceil(beyond.length / 4))) };
}

function takeP99(app: App): number {
  const sorted = app.latenciesMs.splice(0).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}

const [guarded, bare] = [await start("guarded"), await start("bare")];
const apps = [guarded, bare];
await drive(apps, 2_000);
for (const app of apps) takeP99(app);

const requestsAtStart = collector.requests;
await drive(apps, BEFORE_MS);
const requestsPerSecond = (collector.requests - requestsAtStart) / (BEFORE_MS / 1000);
const rssBefore = await Promise.all(apps.map(async (app) => (await report(app)).rss));
const p99Before = apps.map(takeP99);

await collector.goAway();
const requestsBefore = collector.requests;
const awayFromMs = performance.now();
const slices: { readonly peaks: readonly number[]; readonly p99: readonly number[] }[] = [];
while (performance.now() < awayFromMs + AWAY_MS) {
  const peaks = await drive(apps, Math.min(SLICE_MS, awayFromMs + AWAY_MS - performance.now()));
  slices.push({ peaks, p99: apps.map(takeP99) });
}
const atReturn = await report(guarded);
await collector.comeBack();
const backMs = performance.now();

let last = atReturn;
while (performance.now() < backMs + DRAIN_MS) {
  await setTimeout(250);
  last = await report(guarded);
  if (last.counts !== undefined && last.counts.spooled === 0 && last.counts.pending === 0) break;
}
const sent = collector.requests - requestsBefore + collector.attempts;
const drainedMs = performance.now() - backMs;
const { captured = 0, delivered = 0, dropped = {} } = last.counts ?? {};
const droppedSum = Object.values(dropped).reduce((sum, count) => sum + count, 0);
// What it would have sent in the same time without the outage.
const faultFree = (requestsPerSecond * (performance.now() - awayFromMs)) / 1000;
const figures = {
  minutes: AWAY_MS / 60_000,
  captured,
  stored: collector.stored.size,
  deduplicated: collector.duplicates,
  dropped,
  isBalanced: captured === collector.stored.size + droppedSum && delivered === collector.stored.size,
  drainedSeconds: drainedMs / 1000,
  rssGrowthMiB: { guarded: toGrowth(0), bare: toGrowth(1) },
  p99Ms: {
    before: { guarded: p99Before[0], bare: p99Before[1] },
    medianOfMinutes: { guarded: takeMedian(slices.map(({ p99 }) => p99[0] ?? 0)), bare: takeMedian(slices.map(({ p99 }) => p99[1] ?? 0)) },
    medianDifference: takeMedian(slices.map(({ p99 }) => (p99[0] ?? 0) - (p99[1] ?? 0))),
  },
  requestsToCollector: { sent, whileAway: collector.attempts, faultFree, ratio: sent / faultFree },
};
console.log(JSON.stringify(figures, null, 2));
for (const app of apps) app.child.kill("SIGKILL");
await collector.close();
rmSync(folder, { recursive: true, force: true });
recordResult("outage", figures);
