/**
 * What the guard costs: bursts in turn on a bare app, a second bare app as control, a bare app that wastes 3 µs per request, a floor, the
 * guarded app and its peers. CPU is what the app's own process used, including its threads for garbage collection and compression. The machine is
 * hardly ever quiet, and no two processes of one program are equally fast, so:
 * - the apps have one core and the client has another, on which it never sleeps; how much the wasted 3 µs cost shows how far to trust this machine;
 * - idle apps are stopped, because work that V8 saves for idle times would otherwise be counted in another app's burst;
 * - each burst has a lead-in that does not count, which refills caches and branch predictors;
 * - neighbours can only add to a figure, so a block's `cpuUs` is the lower quartile of its many short bursts;
 * - every block starts all apps afresh and warms them up (code that is not compiled yet costs several times as much), and
 *   `addedCpuUs` is the median over the blocks of the difference to bare, recorded together with all of these differences. How far bare-again is from 0
 *   shows how far to trust the others.
 * `npm run bench -- overhead [express|fastify|hono]... [success|failure]... [BLOCKS] [ROUNDS] [BURST]`; `VARIANTS=bare,guard` chooses,
 * `PEERS=FOLDER` adds @sentry/node.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { recordResult } from "../record.ts";
import { type App, ask, pauseApp, pin, readPeakRss, resumeApp, startApp, stopApp } from "./apps.ts";

type Sample = { readonly cpuUs: number; readonly wallMs: number; readonly p99Ms: number };

const words = process.argv.slice(3);
const numbers = words.map(Number).filter(Number.isFinite);
const BLOCKS = numbers[0] ?? 5;
const ROUNDS = numbers[1] ?? 30;
const BURST = numbers[2] ?? 320;
const LEAD_IN = 96;
const CONNECTIONS = 16;
const PATHS = { success: "/hello/7", failure: "/fail/" } as const;
type Kind = keyof typeof PATHS;

function choose<T extends string>(all: readonly T[]): readonly T[] {
  const chosen = all.filter((each) => words.includes(each));
  return chosen.length === 0 ? all : chosen;
}

const FRAMEWORKS = choose(["express", "fastify", "hono"]);
const KINDS = choose<Kind>(["success", "failure"]);
const ALL_VARIANTS = [
  "bare",
  "bare-again",
  "bare-and-3us",
  "floor",
  "floor-with-context",
  "context-only",
  "guard",
  "guard-without-context",
  "otel",
  ...(process.env["PEERS"] === undefined ? [] : ["sentry"]),
];
const VARIANTS = process.env["VARIANTS"]?.split(",") ?? ALL_VARIANTS;
/** Requests before the first that counts. The peers cost so much more that an incomplete warm-up does not show. */
const WARM = 20_000;
const WARM_PEERS = 4_000;

const received = { bytes: 0, boom: new Set<string>() };
const sink = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    received.bytes += body.byteLength;
    const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(body).toString() : body.toString("latin1");
    for (const [found] of text.matchAll(/boom-b\d+/g)) received.boom.add(found);
    // As our collector does. After an answer whose length is not told the guard opens a connection anew, and each failure would pay for that.
    response.writeHead(200, { "content-type": "application/json", "content-length": 2 }).end("{}");
  });
});
// Apps are stopped while others are measured: to find its connection closed is not what an app that runs finds.
sink.keepAliveTimeout = 0;

function start(framework: string, variant: string): Promise<App> {
  const endpoint = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  return startApp(framework, variant, { endpoint, connections: CONNECTIONS });
}

let serial = 0;

/** Targets of a burst; failures are all distinct. */
function toTargets(kind: Kind, count: number, mark = ""): readonly string[] {
  return Array.from({ length: count }, () => (kind === "failure" ? `${PATHS.failure}${mark}${serial++}` : PATHS.success));
}

function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * at)] ?? Number.NaN;
}

/** One burst. Of failures the sending is part of the cost; successes are sent every ten seconds, which a burst may or may not meet. */
async function burst(app: App, kind: Kind): Promise<Sample> {
  resumeApp(app);
  await app.load.send(toTargets(kind, LEAD_IN));
  const before = await ask(app, kind === "failure" ? "settle" : "cpu");
  const startMs = performance.now();
  const latencies = await app.load.send(toTargets(kind, BURST));
  const wallMs = performance.now() - startMs;
  const after = await ask(app, kind === "failure" ? "settle" : "cpu");
  pauseApp(app);
  return { cpuUs: (after.cpuUs - before.cpuUs) / BURST, wallMs, p99Ms: quantile(latencies, 0.99) };
}

async function warm(app: App, kind: Kind): Promise<void> {
  const isPeer = app.variant === "otel" || app.variant === "sentry";
  const count = isPeer ? WARM_PEERS : WARM;
  for (let sent = 0; sent < count; sent += 1_000) {
    // In the middle, because what is sent for the first time has V8 compile some things anew.
    if (sent === count / 2) await ask(app, "settle");
    await app.load.send(toTargets(kind, 1_000));
  }
  await ask(app, "settle");
}

/** What one app used in a block. */
type BlockRow = { readonly cpuUs: number; readonly rateOverBare: number; readonly p99Ms: number; readonly rssMB: number };

function readCpu(samples: readonly Sample[]): number {
  const each = samples.map((sample) => sample.cpuUs);
  return quantile(each, 0.25);
}

function compare(own: readonly Sample[], bare: readonly Sample[], rss: number): BlockRow {
  const rates = own.flatMap(({ wallMs }, round) => (bare[round] === undefined ? [] : [bare[round].wallMs / wallMs]));
  const p99s = own.map((sample) => sample.p99Ms);
  return { cpuUs: readCpu(own), rateOverBare: quantile(rates, 0.5), p99Ms: quantile(p99s, 0.5), rssMB: rss / 1e6 };
}

function print(title: string, rows: Readonly<Record<string, object>>): void {
  const round = (row: object): object =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === "number" ? Number(value.toFixed(3)) : value]));
  console.log(`\n${title}`);
  console.table(Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, round(row)])));
}

async function measureBlock(framework: string, kind: Kind): Promise<ReadonlyMap<string, BlockRow>> {
  const apps: App[] = [];
  for (const variant of VARIANTS) {
    const app = await start(framework, variant);
    await warm(app, kind);
    pauseApp(app);
    apps.push(app);
  }
  const samples = new Map<string, Sample[]>(VARIANTS.map((variant) => [variant, []]));
  for (let round = 0; round < ROUNDS; round++) {
    // Every other round backwards: what comes first in a round must not be always the same.
    for (const app of round % 2 === 0 ? apps : apps.toReversed()) samples.get(app.variant)?.push(await burst(app, kind));
  }
  const rows = new Map<string, BlockRow>();
  for (const app of apps) {
    resumeApp(app);
    const { rss } = await ask(app, "report");
    rows.set(app.variant, compare(samples.get(app.variant) ?? [], samples.get("bare") ?? [], rss));
    stopApp(app);
  }
  return rows;
}

type Row = {
  readonly cpuUs: number;
  readonly addedCpuUs: number;
  readonly bareCpuOverOwn: number;
  readonly rateOverBare: number;
  readonly p99Ms: number;
  readonly rssMB: number;
  /** `addedCpuUs` of each block. */
  readonly added: string;
};

function summarize(blocks: readonly ReadonlyMap<string, BlockRow>[], variant: string): Row {
  const pairs = blocks.flatMap((block) => {
    const [own, bare] = [block.get(variant), block.get("bare")];
    return own === undefined || bare === undefined ? [] : [{ own, bare }];
  });
  const medianOf = (read: (pair: (typeof pairs)[number]) => number): number => quantile(pairs.map(read), 0.5);
  return {
    cpuUs: medianOf(({ own }) => own.cpuUs),
    addedCpuUs: medianOf(({ own, bare }) => own.cpuUs - bare.cpuUs),
    bareCpuOverOwn: medianOf(({ own, bare }) => bare.cpuUs / own.cpuUs),
    rateOverBare: medianOf(({ own }) => own.rateOverBare),
    p99Ms: medianOf(({ own }) => own.p99Ms),
    rssMB: medianOf(({ own }) => own.rssMB),
    added: pairs.map(({ own, bare }) => (own.cpuUs - bare.cpuUs).toFixed(1)).join(" "),
  };
}

async function measure(framework: string, kind: Kind): Promise<Record<string, Row>> {
  const blocks: ReadonlyMap<string, BlockRow>[] = [];
  for (let block = 0; block < BLOCKS; block++) blocks.push(await measureBlock(framework, kind));
  const rows = Object.fromEntries(VARIANTS.map((variant) => [variant, summarize(blocks, variant)]));
  print(`${framework}, ${kind}`, rows);
  return rows;
}

const DISTINCT = 5_000;

/** One burst of distinct failures on an app that has just started: what is delivered, at how many bytes each, and what memory it takes. */
async function deliver(variant: string): Promise<Record<string, number>> {
  const app = await start("express", variant);
  received.bytes = 0;
  received.boom.clear();
  await app.load.send(toTargets("failure", DISTINCT, "b"));
  await ask(app, "settle");
  const { rss, heapUsed } = await ask(app, "report");
  const peak = readPeakRss(app) ?? Number.NaN;
  stopApp(app);
  const delivered = received.boom.size;
  return { sent: DISTINCT, delivered, bytesEach: received.bytes / DISTINCT, rssMB: rss / 1e6, peakMB: peak / 1e6, heapMB: heapUsed / 1e6 };
}

pin(process.pid, 0);
sink.listen(0, "127.0.0.1");
await once(sink, "listening");
const results: Record<string, unknown> = {};
for (const framework of FRAMEWORKS) for (const kind of KINDS) results[`${framework} ${kind}`] = await measure(framework, kind);
const delivery: Record<string, Record<string, number>> = {};
for (const variant of ["bare", "bare-again", "guard"]) delivery[variant] = await deliver(variant);
print("5,000 distinct failures in one burst", delivery);
recordResult("overhead", { blocks: BLOCKS, rounds: ROUNDS, burst: BURST, leadIn: LEAD_IN, warm: WARM, results, delivery });
sink.close();
sink.closeAllConnections();
