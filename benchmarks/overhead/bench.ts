/**
 * What the guard costs: bursts in turn on a bare app, a second bare app as control, the guarded app and OpenTelemetry's
 * auto-instrumentation. CPU is what the app's process used for the burst; ratios are of pairs in the same round.
 * `npm run bench -- overhead` [rounds] [burst]
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

type Report = { readonly cpu: NodeJS.CpuUsage; readonly rss: number };
type App = { readonly variant: string; readonly port: number; readonly child: ChildProcess };
type Sample = { readonly cpuUs: number; readonly wallMs: number };

const numbers = process.argv.slice(2).map(Number).filter(Number.isFinite);
const ROUNDS = numbers[0] ?? 15;
const BURST = numbers[1] ?? 1000;
const CONNECTIONS = 16;
const VARIANTS = ["bare", "bare-again", "guard", "guard-without-context", "otel"];
const PATHS = { success: "/hello/7", failure: "/fail/" };

const received = { bytes: 0, boom: new Set<string>() };
const sink = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    received.bytes += body.byteLength;
    const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(body).toString() : body.toString("latin1");
    for (const [found] of text.matchAll(/boom-b\d+/g)) received.boom.add(found);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});

async function start(framework: string, variant: string): Promise<App> {
  const endpoint = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const child = fork(fileURLToPath(new URL("app.ts", import.meta.url)), [framework, variant, endpoint], {
    execArgv: ["--conditions=source", ...(variant === "otel" ? ["--import", new URL("otel.ts", import.meta.url).href] : [])],
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" },
  });
  const [message] = (await once(child, "message")) as [{ port: number }];
  return { variant, port: message.port, child };
}

async function ask(app: App): Promise<Report> {
  const answer = once(app.child, "message") as Promise<[Report]>;
  app.child.send("report");
  return (await answer)[0];
}

/** Sends `count` requests over one connection, one after the other. */
function drive(port: number, paths: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let sent = 0;
    const send = (): void => {
      if (sent === paths.length) {
        socket.end();
        resolve();
      } else socket.write(`GET ${paths[sent++]} HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\nuser-agent: bench\r\n\r\n`);
    };
    let buffered = "";
    socket.setEncoding("latin1");
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      buffered += String(chunk);
      const end = buffered.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(buffered)?.[1] ?? Number.NaN);
      if (end < 0 || buffered.length < end + 4 + length) return;
      buffered = "";
      send();
    });
  });
}

let serial = 0;

async function burst(app: App, path: string): Promise<Sample> {
  const before = await ask(app);
  const startMs = performance.now();
  const each = Math.ceil(BURST / CONNECTIONS);
  const drives = Array.from({ length: CONNECTIONS }, () =>
    drive(
      app.port,
      Array.from({ length: each }, () => (path.endsWith("/") ? `${path}${serial++}` : path)),
    ),
  );
  await Promise.all(drives);
  const wallMs = performance.now() - startMs;
  const after = await ask(app);
  const usedUs = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return { cpuUs: usedUs / (each * CONNECTIONS), wallMs };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function measure(framework: string, kind: keyof typeof PATHS): Promise<Record<string, unknown>> {
  const apps: App[] = [];
  for (const variant of VARIANTS) apps.push(await start(framework, variant));
  const samples = new Map<string, Sample[]>(VARIANTS.map((variant) => [variant, []]));
  for (const app of apps) for (let warm = 0; warm < 5; warm++) await burst(app, PATHS[kind]);
  for (let round = 0; round < ROUNDS; round++) {
    // Every other round backwards: what comes first in a round must not be always the same.
    for (const app of round % 2 === 0 ? apps : apps.toReversed()) samples.get(app.variant)?.push(await burst(app, PATHS[kind]));
  }
  const rss = Object.fromEntries(
    await Promise.all(apps.map(async (app) => [app.variant, Math.round((await ask(app)).rss / 1e6)] as const)),
  );
  for (const app of apps) app.child.disconnect();
  const bare = samples.get("bare") ?? [];
  const rows = VARIANTS.map((variant) => {
    const own = samples.get(variant) ?? [];
    const added = median(own.map((sample, round) => sample.cpuUs - (bare[round]?.cpuUs ?? Number.NaN)));
    const cpuRatio = median(own.map((sample, round) => (bare[round]?.cpuUs ?? Number.NaN) / sample.cpuUs));
    const rateRatio = median(own.map((sample, round) => (bare[round]?.wallMs ?? Number.NaN) / sample.wallMs));
    return [
      variant,
      {
        cpuUs: median(own.map((each) => each.cpuUs)),
        addedCpuUs: added,
        bareCpuOverOwn: cpuRatio,
        rateOverBare: rateRatio,
        rssMB: rss[variant],
      },
    ] as const;
  });
  console.log(`\n${framework}, ${kind}`);
  console.table(
    Object.fromEntries(
      rows.map(([variant, row]) => [
        variant,
        {
          ...row,
          cpuUs: row.cpuUs.toFixed(1),
          addedCpuUs: row.addedCpuUs.toFixed(1),
          bareCpuOverOwn: row.bareCpuOverOwn.toFixed(3),
          rateOverBare: row.rateOverBare.toFixed(3),
        },
      ]),
    ),
  );
  return Object.fromEntries(rows);
}

/** 5,000 distinct failures in one burst: are all delivered, and at how many bytes each? */
async function deliver(): Promise<Record<string, number>> {
  const app = await start("express", "guard");
  received.bytes = 0;
  const each = Math.ceil(5000 / CONNECTIONS);
  const paths = Array.from({ length: CONNECTIONS }, (_, lane) => Array.from({ length: each }, (__, at) => `/fail/b${lane * each + at}`));
  await Promise.all(paths.map((lane) => drive(app.port, lane)));
  for (let before = -1; before !== received.boom.size; await new Promise((resolve) => setTimeout(resolve, 1500)))
    before = received.boom.size;
  app.child.disconnect();
  return { sent: each * CONNECTIONS, delivered: received.boom.size, bytesEach: received.bytes / (each * CONNECTIONS) };
}

sink.listen(0, "127.0.0.1");
await once(sink, "listening");
const results: Record<string, unknown> = {};
for (const framework of ["express", "fastify", "hono"]) {
  for (const kind of ["success", "failure"] as const) results[`${framework} ${kind}`] = await measure(framework, kind);
}
const delivery = await deliver();
console.log("\nburst of distinct failures", delivery);
const date = new Date().toISOString();
mkdirSync(new URL("../results/", import.meta.url), { recursive: true });
writeFileSync(
  new URL(`../results/overhead-${date.slice(0, 10)}.json`, import.meta.url),
  `${JSON.stringify({ date, node: process.version, cpu: cpus()[0]?.model, cores: availableParallelism(), rounds: ROUNDS, burst: BURST, results, delivery }, null, 2)}\n`,
);
sink.close();
sink.closeAllConnections();
