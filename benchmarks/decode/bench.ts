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

/** Gathers the raw spans of failing traces and counts the exchanges of the others. */
function scanAndKeep(payload: Uint8Array): number {
  if (!scanTraces(payload, "protobuf", scan).ok) throw new Error("the payload must be readable");
  const { spanCount, trace, traceFlags, flags, start, end, route, bytes } = scan;
  let kept = 0;
  for (let row = 0; row < spanCount; row += 1) {
    if ((traceFlags[trace[row]!]! & SPAN_FAILS) !== 0) kept += bytes.slice(start[row], end[row]).length;
    else if ((flags[row]! & SPAN_IS_EXCHANGE) !== 0) counts.set(route[row]!, (counts.get(route[row]!) ?? 0) + 1);
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

/** Spans per second over at least `ROUND_MS`. */
function measure(read: (index: number) => unknown): number {
  const start = performance.now();
  let passes = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    for (let index = 0; index < PAYLOADS; index += 1) read(index);
    passes += 1;
    elapsed = performance.now() - start;
  }
  return (passes * PAYLOADS * SPANS * 1_000) / elapsed;
}

const rates: Record<string, number[]> = {};
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, read] of Object.entries(READERS)) {
    const rate = measure(read);
    // The first round warms up.
    if (round > 0) (rates[name] ??= []).push(rate);
  }
}

const peer = toSpread(rates["protobufjs"]!).median;
const figures = Object.fromEntries(
  Object.entries(rates).map(([name, values]) => {
    const spansPerSecond = toSpread(values.map(Math.round));
    const ratios = toSpread(values.map((value, round) => value / rates["protobufjs"]![round]!));
    return [name, { spansPerSecond, timesProtobufjs: ratios.median }];
  }),
);
console.table(
  Object.fromEntries(
    Object.entries(figures).map(([name, { spansPerSecond, timesProtobufjs }]) => [
      name,
      {
        "k spans/s": Math.round(spansPerSecond.median / 1_000),
        best: Math.round(spansPerSecond.max / 1_000),
        "× protobufjs": Number(timesProtobufjs.toFixed(1)),
      },
    ]),
  ),
);
const bytes = (payloads: readonly Uint8Array[]) => Math.round(payloads.reduce((sum, payload) => sum + payload.length, 0) / PAYLOADS);
recordResult("decode", {
  spansPerPayload: SPANS,
  payloadBytes: { protobuf: bytes(protobuf), json: bytes(json), gzip: bytes(zipped) },
  peer,
  readers: figures,
});
