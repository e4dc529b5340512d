/**
 * Are the demo's faults diagnosed right? `npm run bench -- demo [--rounds 3] [--keep DIR]` plays each fault that often, judges every round from
 * its telemetry alone, and again with each hop's telemetry left out in turn. `--keep` writes the telemetry of
 * rounds that were judged wrong. Between the rounds it judges a time without a fault: whatever a fault still breaks after it was switched off
 * (a queue that drains) belongs to that fault; any other failure there is a false alarm.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { assembleTraces, diagnose, fingerprintFailure, isolateEach } from "@faultline/playbook";
import { EXPECTATIONS, type Expectation, type Mark, markDiagnosis } from "../../demo/expected.ts";
import { readObservations } from "../../demo/src/capture/observations.ts";
import { captureRound } from "../../demo/src/capture/round.ts";
import { createTelemetrySink } from "../../demo/src/capture/sink.ts";
import { startShop } from "../../demo/src/shop/shop.ts";
import { Switchboard } from "../../demo/src/switchboard/switchboard.ts";
import { recordResult, toSpread } from "../record.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== "demo"),
  options: { rounds: { type: "string", default: "3" }, seed: { type: "string", default: "1" }, keep: { type: "string" } },
});
const ROUNDS = Number(values.rounds);
const SEED = Number(values.seed);
const TIMES = { quietMs: 4_000, onMs: 8_000, settleMs: 4_000 };
const WARM_UP_MS = 5_000;
const WITH_TELEMETRY = ["gateway", "storefront", "orders", "payments"];

type Row = { readonly fault: string; readonly round: number; readonly without: string; readonly mark: Mark; readonly said: string };

const diagnosisMs: number[] = [];

function judge({ lines, fromMs }: { lines: readonly string[]; fromMs: number }, expected: Expectation, without?: string) {
  const observations = readObservations(lines, without, fromMs);
  const startedMs = performance.now();
  const diagnosis = diagnose(observations);
  diagnosisMs.push(performance.now() - startedMs);
  return markDiagnosis(diagnosis, expected, without);
}

/** The faults, by their fingerprints, that requests of the telemetry failed for; of those alone that began from `fromMs` on. */
function listFaults(lines: readonly string[], fromMs = 0): ReadonlySet<string> {
  const { spans, logs, metrics } = readObservations(lines);
  const paths = assembleTraces(spans, logs);
  const faults = isolateEach(paths, metrics).flatMap((domain, index) => {
    const path = paths[index];
    if (path === undefined || domain.suspects.length === 0 || !path.roots.some(({ span }) => span.startMs >= fromMs)) return [];
    return [fingerprintFailure(path, domain).fingerprint];
  });
  return new Set(faults);
}

/** A time without a fault, judged with the telemetry of what came before: late spans complete older traces instead of standing alone. */
async function judgeQuiet(before: readonly string[]) {
  const fromMs = Date.now();
  const lines = [...before, ...(await captureRound({ board, sink }, undefined, TIMES))];
  const { verdict, scope, causes } = diagnose(readObservations(lines), { window: { fromMs, toMs: Date.now() } });
  const known = listFaults(before);
  const others = [...listFaults(lines, fromMs)].filter((fault) => !known.has(fault)).length;
  return { failing: scope.failing, said: verdict === "diagnosed" ? (causes[0]?.cause ?? verdict) : verdict, others, lines };
}

const sink = await createTelemetrySink();
const shop = await startShop({ otlpEndpoint: sink.endpoint, otlpProtocol: "http/json", rate: 20, seed: SEED });
const board = new Switchboard(shop);
const rows: Row[] = [];
const quiet = { rounds: 0, outlived: 0, falseAlarms: 0 };
let last: readonly string[] = [];

async function rest(): Promise<void> {
  const { failing, said, others, lines } = await judgeQuiet(last);
  quiet.rounds += 1;
  if (others > 0) quiet.falseAlarms += 1;
  else if (failing > 0) quiet.outlived += 1;
  console.log(`no fault on: ${said}, ${failing} failing, ${others} faults that were not there before`);
  if (others > 0 && values.keep !== undefined) writeFileSync(`${values.keep}/quiet-${quiet.rounds}.jsonl`, lines.join("\n"));
}

try {
  await sleep(WARM_UP_MS);
  await rest();
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const expected of EXPECTATIONS) {
      const fromMs = Date.now();
      const lines = await captureRound({ board, sink }, expected.fault, TIMES);
      last = lines;
      const hops = WITH_TELEMETRY.filter((service) => expected.fates.some(([each]) => each === service));
      for (const without of [undefined, ...hops]) {
        const row = { fault: expected.fault, round, without: without ?? "", ...judge({ lines, fromMs }, expected, without) };
        rows.push(row);
        if (row.mark === "wrong" && values.keep !== undefined)
          writeFileSync(`${values.keep}/${row.fault}-${round}.jsonl`, lines.join("\n"));
        if (without === undefined || row.mark === "wrong") {
          console.log(`${row.mark.padEnd(6)} ${row.fault}${without === undefined ? "" : ` without ${without}`}: ${row.said}`);
        }
      }
    }
    await rest();
  }
} finally {
  await shop.close();
  await sink.close();
}

const count = (mark: Mark, isWhole: boolean): number => rows.filter((row) => row.mark === mark && (row.without === "") === isWhole).length;
const table = EXPECTATIONS.map(({ fault }) => {
  const mine = rows.filter((row) => row.fault === fault);
  const marks = (mark: Mark, isWhole: boolean) => mine.filter((row) => row.mark === mark && (row.without === "") === isWhole).length;
  return {
    fault,
    right: `${marks("right", true)} of ${ROUNDS}`,
    "a hop left out: right": marks("right", false),
    honest: marks("honest", false),
    wrong: marks("wrong", false),
  };
});
console.table(table);
recordResult("demo", {
  rounds: ROUNDS,
  seed: SEED,
  times: TIMES,
  whole: { right: count("right", true), of: ROUNDS * EXPECTATIONS.length },
  quietRounds: quiet,
  oneHopLeftOut: { right: count("right", false), honest: count("honest", false), wrong: count("wrong", false) },
  diagnosisMs: toSpread(diagnosisMs),
  rows,
});
