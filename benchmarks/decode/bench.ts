/**
 * How fast OTLP payloads are read on one core, beside protobufjs, JSON.parse and gunzip in the same run. Payloads of 100 spans with 10
 * to 12 attributes; 5 % of the spans carry an exception event. `scan and keep` is what the collector does: each trace's raw spans are
 * gathered, failing traces are copied out whole, the rest is counted by route. Pin it for steady figures: taskset -c 1 npm run bench -- decode
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { decodeTraces, readOtlpLine, scanTraces, SPAN_FAILS, SPAN_IS_EXCHANGE, TraceScan } from "@faultline/formats/otlp";
import { getMessageType } from "../../tests/oracle/otlp-schema.ts";
import { createJsonPayload, createProtobufPayload } from "../otlp-payloads.ts";
import { recordResult, toSpread } from "../record.ts";

const SPANS = 100;
const PAYLOADS = 64;
const ROUNDS = 7;
const ROUND_MS = 400;

const plans = Array.from({ length: PAYLOADS }, (_, seed) => ({
  spans: SPANS,
  spansPerTrace: 5,
  failingRatio: 0.25,
  seed,
  startMs: 1_700_000_000_000,
}));
const protobuf = plans.map(createProtobufPayload);
const json = plans.map((plan) => Buffer.from(createJsonPayload(plan)));
const zipped = protobuf.map((payload) => gzipSync(payload));
const type = getMessageType("TracesData");
const scan = new TraceScan();
const counts = new Map<string, number>();

/** Where kept bytes go: round and round, as a journal's buffer is filled and written. */
const arena = new Uint8Array(4 << 20);
let arenaAt = 0;

function keep(bytes: Uint8Array, start: number, end: number): number {
  if (arenaAt + end - start > arena.length) arenaAt = 0;
  arena.set(bytes.subarray(start, end), arenaAt);
  arenaAt += end - start;
  return end - start;
}

/** Gathers the raw spans of failing traces and counts the exchanges of the others. */
function scanAndKeep(payload: Uint8Array): number {
  if (!scanTraces(payload, "protobuf", scan).ok) throw new Error("the payload must be readable");
  const { spanCount, trace, traceFlags, flags, start, end, route, bytes } = scan;
  let kept = 0;
  for (let row = 0; row < spanCount; row += 1) {
    if ((traceFlags[trace[row]!]! & SPAN_FAILS) !== 0) {
      // Neighbours of one trace are copied at once, as the store does it.
      const first = row;
      while (row + 1 < spanCount && trace[row + 1] === trace[first] && start[row + 1] === end[row]) row += 1;
      kept += keep(bytes, start[first]!, end[row]!);
    } else if ((flags[row]! & SPAN_IS_EXCHANGE) !== 0) counts.set(route[row]!, (counts.get(route[row]!) ?? 0) + 1);
  }
  return kept;
}

/** Each takes the number of a payload and reads it. */
const READERS: Readonly<Record<string, (index: number) => unknown>> = {
  protobufjs: (index) => type.decode(protobuf[index]!),
  "JSON.parse": (index) => JSON.parse(json[index]!.toString("latin1")),
  gunzip: (index) => gunzipSync(zipped[index]!),
  "decode protobuf": (index) => decodeTraces(protobuf[index]!, "protobuf"),
  "decode JSON": (index) => readOtlpLine(json[index]!),
  scan: (index) => scanTraces(protobuf[index]!, "protobuf", scan),
  "scan and keep": (index) => scanAndKeep(protobuf[index]!),
  "gunzip, scan and keep": (index) => scanAndKeep(gunzipSync(zipped[index]!)),
};

/**
 * Spans per second, from the fastest pass over each payload in `ROUND_MS`: a pass lasts a tenth of a millisecond, so that what else the
 * machine does spoils some passes and not the figure. Garbage collection, which falls between passes, is told by `sustained`.
 */
function measure(read: (index: number) => unknown): { readonly fastest: number; readonly sustained: number } {
  const fastest = new Float64Array(PAYLOADS).fill(Number.POSITIVE_INFINITY);
  const begin = performance.now();
  const cpu = process.cpuUsage();
  let passes = 0;
  while (performance.now() - begin < ROUND_MS) {
    for (let index = 0; index < PAYLOADS; index += 1) {
      const start = performance.now();
      read(index);
      fastest[index] = Math.min(fastest[index]!, performance.now() - start);
    }
    passes += 1;
  }
  const { user, system } = process.cpuUsage(cpu);
  const total = PAYLOADS * SPANS;
  return { fastest: (total * 1_000) / fastest.reduce((sum, each) => sum + each, 0), sustained: (passes * total * 1e6) / (user + system) };
}

const rates: Record<string, { fastest: number[]; sustained: number[] }> = {};
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, read] of Object.entries(READERS)) {
    const { fastest, sustained } = measure(read);
    // The first round warms up.
    if (round === 0) continue;
    const entry = (rates[name] ??= { fastest: [], sustained: [] });
    entry.fastest.push(Math.round(fastest));
    entry.sustained.push(Math.round(sustained));
  }
}

const peer = rates["protobufjs"]!;
const toRatio = (values: readonly number[], peers: readonly number[]) =>
  toSpread(values.map((value, round) => Number((value / peers[round]!).toFixed(2))));
const figures = Object.fromEntries(
  Object.entries(rates).map(([name, { fastest, sustained }]) => [
    name,
    {
      fastest: toSpread(fastest),
      fastestTimesProtobufjs: toRatio(fastest, peer.fastest),
      sustained: toSpread(sustained),
      sustainedTimesProtobufjs: toRatio(sustained, peer.sustained),
    },
  ]),
);
console.log("Spans per second of one core, in thousands: medians of the rounds");
console.table(
  Object.fromEntries(
    Object.entries(figures).map(([name, { fastest, fastestTimesProtobufjs, sustained, sustainedTimesProtobufjs }]) => [
      name,
      {
        fastest: Math.round(fastest.median / 1_000),
        "× protobufjs": fastestTimesProtobufjs.median,
        "per processor time": Math.round(sustained.median / 1_000),
        "× protobufjs ": sustainedTimesProtobufjs.median,
      },
    ]),
  ),
);
const bytes = (payloads: readonly Uint8Array[]) => Math.round(payloads.reduce((sum, payload) => sum + payload.length, 0) / PAYLOADS);
recordResult("decode", {
  spansPerPayload: SPANS,
  payloadBytes: { protobuf: bytes(protobuf), json: bytes(json), gzip: bytes(zipped) },
  readers: figures,
});
