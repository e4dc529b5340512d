/**
 * End to end: OTLP/HTTP in, acknowledged after the disk's sync, into the store that ships; the collector alone on one core. Traces of
 * five spans, one in a hundred failing, 300 spans a request, plain and gzip. While it runs, a page asks for the overview twice a
 * second. Afterwards failing traces are requested by their ids: each must be there whole. The upper limits, measured in the same run with the same load, are
 * `node:http` alone, and `node:http` that writes each body to the disk before it answers. At the end the collector is killed under that load and started again.
 *
 * npm run bench -- ingest [seconds]
 */
import { gzipSync } from "node:zlib";
import { scanTraces, SPAN_FAILS, TraceScan } from "@faultline/formats/otlp";
import { createProtobufPayload } from "../otlp-payloads.ts";
import { recordResult } from "../record.ts";
import { startBareServer, startBenchCollector } from "./collector.ts";
import { sendLoad } from "./load.ts";

const SPANS = 300;
const SPANS_PER_TRACE = 5;
const BASE_PAYLOADS = 64;
const CONNECTIONS = 16;
const CHECKED_TRACES = 300;
/** The warm-up: the service is measured, not its start. After it the code is compiled, and the first good traces of each route are written. */
const WARM_UP_MS = 6_000;
const BARE_MS = 4_000;
const CRASHES = 3;
const BEFORE_CRASH_MS = 6_000;
const durationMs = Number(process.argv[3] ?? 10) * 1_000;

/** A payload whose trace ids can be changed in place, so that no trace is ever sent twice. */
type Template = { readonly bytes: Uint8Array; readonly idOffsets: readonly number[]; readonly failing: readonly string[] };

function createTemplate(seed: number): Template {
  const plan = { spans: SPANS, spansPerTrace: SPANS_PER_TRACE, failingRatio: 0.01, seed, startMs: Date.now() - 1_000 };
  const bytes = createProtobufPayload(plan);
  const scan = new TraceScan();
  if (!scanTraces(bytes, "protobuf", scan).ok) throw new Error("the payload must be readable");
  // Our encoder writes the trace id first: a tag, a length, sixteen bytes.
  const idOffsets = Array.from(scan.body.subarray(0, scan.spanCount), (body) => body + 2);
  const failing = Array.from({ length: scan.traceCount }, (_, trace) => trace).filter(
    (trace) => (scan.traceFlags[trace]! & SPAN_FAILS) !== 0,
  );
  return { bytes, idOffsets, failing: failing.map((trace) => scan.traceId(trace)) };
}

const templates = Array.from({ length: BASE_PAYLOADS }, (_, seed) => createTemplate(seed));
let sequence = 0;

/** Copies the next template into `into` under new trace ids; tells the ids of its failing traces. */
function stamp(into: Uint8Array): { readonly body: Uint8Array; readonly failing: string[] } {
  sequence += 1;
  const { bytes, idOffsets, failing } = templates[sequence % BASE_PAYLOADS]!;
  into.set(bytes);
  const view = new DataView(into.buffer);
  for (const offset of idOffsets) view.setUint32(offset, sequence);
  const prefix = sequence.toString(16).padStart(8, "0");
  return { body: into.subarray(0, bytes.length), failing: failing.map((id) => prefix + id.slice(8)) };
}

const largest = Math.max(...templates.map(({ bytes }) => bytes.length));

/** Spans that the scan alone reads in a second of processor time: tells how fast the machine is just now, with all that runs beside. */
function measureScan(): number {
  const scan = new TraceScan();
  const before = process.cpuUsage();
  let spans = 0;
  for (const end = performance.now() + 1_000; performance.now() < end;) {
    for (const { bytes } of templates) {
      scanTraces(bytes, "protobuf", scan);
      spans += scan.spanCount;
    }
  }
  const { user, system } = process.cpuUsage(before);
  return Math.round((spans * 1_000_000) / (user + system));
}

/** Asks for a page over and over; returns how long each answer took. */
function watchPage(port: number): { readonly stop: () => Promise<number[]> } {
  const latencies: number[] = [];
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const start = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}/api/overview`);
      await response.arrayBuffer();
      latencies.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  return { stop: () => (stopping.abort(), loop.then(() => latencies)) };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1));
}

/** Failing traces whose spans are not all there. */
async function countIncomplete(port: number, ids: readonly string[]): Promise<number> {
  const step = Math.max(1, Math.floor(ids.length / CHECKED_TRACES));
  let incomplete = 0;
  for (let index = 0; index < ids.length; index += step) {
    const response = await fetch(`http://127.0.0.1:${port}/api/traces/${ids[index]}`);
    const text = await response.text();
    const spans = new Set(text.match(/"spanId":"[0-9a-f]{16}"/g));
    if (response.status !== 200 || spans.size < SPANS_PER_TRACE) incomplete += 1;
  }
  return incomplete;
}

const buffers = Array.from({ length: CONNECTIONS }, () => new Uint8Array(largest));

/** The load on a server that does nothing with it, but that it may write it down. */
async function runBare(writes: boolean): Promise<object> {
  const server = await startBareServer(0, writes);
  const cpuBefore = server.cpuMs();
  const nextBody = (connection: number): Uint8Array => stamp(buffers[connection]!).body;
  const result = await sendLoad({ port: server.port, connections: CONNECTIONS, durationMs: BARE_MS, isGzip: false, nextBody });
  const cpuMs = server.cpuMs() - cpuBefore;
  await server.stop();
  const spans = result.requests * SPANS;
  return {
    spansPerSecond: Math.round((spans * 1_000) / result.elapsedMs),
    spansPerProcessorSecond: Math.round((spans * 1_000) / cpuMs),
  };
}

/** How long starts take on what a kill under full load leaves, ms. */
async function measureRestarts(): Promise<number[]> {
  let collector = await startBenchCollector(0);
  const readyAfterMs: number[] = [];
  for (let crash = 0; crash < CRASHES; crash++) {
    const nextBody = (connection: number): Uint8Array => stamp(buffers[connection]!).body;
    const load = { port: collector.port, connections: CONNECTIONS, durationMs: 2 * BEFORE_CRASH_MS, isGzip: false, nextBody };
    // Its connections end with the collector.
    const loading = sendLoad(load).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, BEFORE_CRASH_MS));
    const crashed = await collector.crash();
    await loading;
    readyAfterMs.push(Math.round(crashed.readyAfterMs));
    ({ collector } = crashed);
  }
  await collector.stop();
  return readyAfterMs;
}

async function runOnce(isGzip: boolean): Promise<object> {
  const failingSent: string[] = [];
  const pool: { readonly body: Uint8Array; readonly failing: string[] }[] = [];
  if (isGzip) {
    const poolSize = Math.ceil((durationMs / 1_000) * 700);
    const scratch = new Uint8Array(largest);
    while (pool.length < poolSize) {
      const { body, failing } = stamp(scratch);
      pool.push({ body: gzipSync(body), failing });
    }
  }
  const send = (next: { readonly body: Uint8Array; readonly failing: string[] } | undefined): Uint8Array | undefined => {
    failingSent.push(...(next?.failing ?? []));
    return next?.body;
  };
  const sendPlain = (connection: number): Uint8Array | undefined => send(stamp(buffers[connection]!));
  const collector = await startBenchCollector(0);
  const load = { port: collector.port, connections: CONNECTIONS, isGzip, nextBody: isGzip ? () => send(pool.pop()) : sendPlain };
  await sendLoad({ ...load, isGzip: false, nextBody: sendPlain, durationMs: WARM_UP_MS });
  const scanBefore = measureScan();
  const page = watchPage(collector.port);
  const cpuBefore = collector.cpuMs();
  const result = await sendLoad({ ...load, durationMs });
  const cpuMs = collector.cpuMs() - cpuBefore;
  const pageMs = await page.stop();
  const scanSpeed = (scanBefore + measureScan()) / 2;
  const peakMiB = Math.round(collector.peakBytes() / 2 ** 20);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const incomplete = await countIncomplete(collector.port, failingSent);
  const diskBytes = collector.diskBytes();
  await collector.stop();
  const spans = (result.requests - result.refused) * SPANS;
  return {
    spansPerSecond: Math.round((spans * 1_000) / result.elapsedMs),
    spansPerProcessorSecond: Math.round((spans * 1_000) / cpuMs),
    /** How many times its scan a span costs: holds on a busy machine, too. */
    timesScan: Number(((scanSpeed * cpuMs) / (spans * 1_000)).toFixed(2)),
    scanPerProcessorSecond: Math.round(scanSpeed),
    processorShare: Number((cpuMs / result.elapsedMs).toFixed(2)),
    requests: result.requests,
    refused: result.refused,
    requestMs: { p50: quantile(result.latenciesMs, 0.5), p99: quantile(result.latenciesMs, 0.99) },
    overviewMs: { p50: quantile(pageMs, 0.5), p95: quantile(pageMs, 0.95), max: quantile(pageMs, 1) },
    peakMiB,
    diskMiB: Math.round(diskBytes / 2 ** 20),
    failingTraces: failingSent.length,
    incompleteFailingTraces: incomplete,
  };
}

const bare = await runBare(false);
console.log("node:http alone", bare);
const written = await runBare(true);
console.log("node:http that writes", written);
const plain = await runOnce(false);
console.log("plain", plain);
const gzip = await runOnce(true);
console.log("gzip", gzip);
const readyAfterKillMs = await measureRestarts();
console.log("ready after a kill, ms", readyAfterKillMs);
recordResult("ingest", {
  spansPerRequest: SPANS,
  spansPerTrace: SPANS_PER_TRACE,
  failingTraces: 0.01,
  connections: CONNECTIONS,
  bare,
  written,
  plain,
  gzip,
  readyAfterKillMs,
});
