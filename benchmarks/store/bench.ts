/**
 * What the store costs when traffic is mostly good: `npm run bench -- store`. Requests over six hours of the store's own clock, two
 * spans each, one in a thousand failing, on 50 routes; then the size on disk and how long the queries of a page take.
 * `FAULTLINE_BENCH_REQUESTS` says how many (default 1,000,000; the figure we hold ourselves to is measured with 10,000,000).
 * The peer is a row per span in the same SQLite with the indexes that the same questions need, over the first requests of the run.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore, type Store } from "@faultline/collector/store";
import { decodeTraces } from "@faultline/formats/otlp";
import { recordResult, toSpread } from "../record.ts";
import { MovingPayload } from "./moving-payloads.ts";

const REQUESTS = Number(process.env["FAULTLINE_BENCH_REQUESTS"] ?? 1_000_000);
const FAILING_RATIO = Number(process.env["FAULTLINE_BENCH_FAILING"] ?? 0.001);
const SPANS_PER_REQUEST = Number(process.env["FAULTLINE_BENCH_SPANS"] ?? 2);
const PAYLOAD_SPANS = 400;
const TEMPLATES = 64;
const CLIENTS = 8;
const PEER_PAYLOADS = 50;
const HOUR_MS = 3_600_000;
const BEGIN_MS = Date.UTC(2026, 10, 20, 6);
const SPREAD_OVER_MS = 6 * HOUR_MS;

function measureSize(directory: string): number {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Wall time of the first time and of the warm ones, and the processor time that is left of it when nothing else runs on the machine. */
async function time(rounds: number, question: () => Promise<unknown>): Promise<Record<"firstMs" | "medianMs" | "p95Ms" | "cpuMs", number>> {
  const took: number[] = [];
  const begun = performance.now();
  await question();
  const firstMs = performance.now() - begun;
  const cpu = process.cpuUsage();
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    await question();
    took.push(performance.now() - begin);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1_000 / rounds;
  return { firstMs, medianMs: toSpread(took).median, p95Ms: sorted[Math.floor(rounds * 0.95)] ?? Number.NaN, cpuMs };
}

/** A row per span, indexed by trace, by time and by route and duration: bytes a span. */
function measurePeer(directory: string, payloads: readonly MovingPayload[]): number {
  const db = new DatabaseSync(join(directory, "peer.db"));
  db.exec("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  db.exec(
    "CREATE TABLE span (trace TEXT, span TEXT, parent TEXT, name TEXT, service TEXT, route TEXT, status INT, start REAL, ms REAL, json TEXT)",
  );
  db.exec("CREATE INDEX a ON span (trace); CREATE INDEX b ON span (start, route, status); CREATE INDEX c ON span (route, status, ms)");
  const insert = db.prepare("INSERT INTO span VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  let count = 0;
  for (let round = 0; round < PEER_PAYLOADS; round++) {
    const decoded = decodeTraces(payloads[round % payloads.length]?.at(round, BEGIN_MS + round * 1_000) ?? new Uint8Array(), "protobuf");
    db.exec("BEGIN");
    for (const span of decoded.ok ? decoded.value.items : []) {
      const { traceId, spanId, parentSpanId, name, startMs, endMs, attributes, resource } = span;
      const route = String(attributes["http.route"] ?? "");
      const status = Number(attributes["http.response.status_code"] ?? 0);
      const json = JSON.stringify({ attributes, events: span.events });
      insert.run(traceId, spanId, parentSpanId ?? null, name, resource.service, route, status, startMs, endMs - startMs, json);
      count += 1;
    }
    db.exec("COMMIT");
  }
  db.close();
  return measureSize(directory) / count;
}

/** Asks what the pages ask, with the newest hour as "the last hour". */
async function measureQuestions(store: Store, nowMs: number): Promise<object> {
  const window = { fromMs: nowMs - HOUR_MS, toMs: nowMs };
  const whole = { fromMs: BEGIN_MS, toMs: nowMs };
  // The slowest lie all over the six hours; the newest would be those that the store still holds decoded.
  const failing = await store.listFailing({ window: whole, order: "slowest", limit: 500 });
  const at = (round: number) => failing[round % failing.length];
  let round = 0;
  return {
    traceById: await time(500, () => store.findTrace(at(round++)?.traceId ?? "")),
    slowestOfRoute: await time(500, () =>
      store.listFailing({ window: whole, route: at(round++)?.route ?? "", order: "slowest", limit: 20 }),
    ),
    serverErrorsPerRouteAndMinute: await time(50, () => store.count({ window, stepMs: 60_000, groupBy: ["route"] })),
    overview: await time(20, async () => {
      await store.count({ window: whole, stepMs: 5 * 60_000, groupBy: ["service", "route", "version", "region"] });
      await store.listFailing({ window: whole, order: "newest", limit: 50 });
      await store.listFaults({ limit: 50 });
      await store.listChanges(whole);
    }),
  };
}

type Clock = { nowMs: number };

/** Sends every request and says what that took; making the payloads is not counted. */
async function load(store: Store, payloads: readonly MovingPayload[], clock: Clock) {
  const rounds = Math.ceil((REQUESTS * SPANS_PER_REQUEST) / PAYLOAD_SPANS);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const sums = { spans: 0, failingTraces: 0, preparingMs: 0, preparingCpuUs: 0, peakRssBytes: 0 };
  let round = 0;
  const client = async (): Promise<void> => {
    while (round < rounds) {
      const number = round++;
      const payload = payloads[number % payloads.length];
      if (payload === undefined) return;
      clock.nowMs = BEGIN_MS + (SPREAD_OVER_MS * number) / rounds;
      const [prepare, prepareCpu] = [performance.now(), process.threadCpuUsage()];
      const bytes = payload.at(number, clock.nowMs);
      const preparedCpu = process.threadCpuUsage(prepareCpu);
      sums.preparingMs += performance.now() - prepare;
      sums.preparingCpuUs += preparedCpu.user + preparedCpu.system;
      const receipt = await store.append({ signal: "traces", encoding: "protobuf", bytes });
      if (receipt.kind !== "accepted") throw new Error(JSON.stringify(receipt));
      sums.spans += receipt.items;
      sums.failingTraces += payload.failingTraces;
      if (number % 200 === 0) sums.peakRssBytes = Math.max(sums.peakRssBytes, process.memoryUsage.rss());
    }
  };
  delay.enable();
  await Promise.all(Array.from({ length: CLIENTS }, client));
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  const { spans, failingTraces, preparingMs, preparingCpuUs, peakRssBytes } = sums;
  return {
    requests: spans / SPANS_PER_REQUEST,
    failingTraces,
    spans,
    spansPerSecond: Math.round((spans / (performance.now() - begin - preparingMs)) * 1_000),
    cpuMicrosecondsPerSpan: (user + system - preparingCpuUs) / spans,
    eventLoopDelayMs: { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 },
    peakRssBytes,
  };
}

const directory = mkdtempSync(join(tmpdir(), "faultline-bench-store-"));
const plan = { spans: PAYLOAD_SPANS, spansPerTrace: SPANS_PER_REQUEST, failingRatio: FAILING_RATIO, startMs: BEGIN_MS };
const payloads = Array.from({ length: TEMPLATES }, (_, seed) => new MovingPayload({ ...plan, seed: seed + 1 }));
const clock: Clock = { nowMs: BEGIN_MS };
const store = await openSqliteStore({ directory: join(directory, "data"), now: () => clock.nowMs });
const loaded = await load(store, payloads, clock);
// The window passes: what is left on disk is what stays there.
clock.nowMs += 10 * 60_000;
await store.flush();
const questions = await measureQuestions(store, BEGIN_MS + SPREAD_OVER_MS);
const health = await store.health();
await store.close();
const sizeBytes = measureSize(join(directory, "data"));
const peerDirectory = mkdtempSync(join(tmpdir(), "faultline-bench-peer-"));
const peerBytesPerSpan = measurePeer(peerDirectory, payloads);
const peer = {
  what: "a row per span, three indexes",
  bytesPerSpan: peerBytesPerSpan,
  ratio: (peerBytesPerSpan * loaded.spans) / sizeBytes,
};
const figures = { ...loaded, sizeBytes, bytesPerSpan: sizeBytes / loaded.spans, peer, questions, health };
console.log(JSON.stringify(figures, null, 2));
recordResult("store", figures);
for (const each of [directory, peerDirectory]) rmSync(each, { recursive: true, force: true });
