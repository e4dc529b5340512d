/**
 * Are the demo's faults diagnosed right? `npm run bench -- demo [--rounds 3] [--keep DIR]` plays each fault that often, judges every round from
 * its telemetry alone, and again with each hop's telemetry left out in turn. `--keep` writes the telemetry of
 * rounds that were judged wrong. Between the faults it judges rounds without one.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { diagnose } from "@faultline/playbook";
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

function judge(lines: readonly string[], expected: Expectation, without?: string) {
  const observations = readObservations(lines, without);
  const startedMs = performance.now();
  const diagnosis = diagnose(observations);
  diagnosisMs.push(performance.now() - startedMs);
  return markDiagnosis(diagnosis, expected, without);
}

const sink = await createTelemetrySink();
const shop = await startShop({ otlpEndpoint: sink.endpoint, otlpProtocol: "http/json", rate: 20, seed: SEED });
const board = new Switchboard(shop);
const rows: Row[] = [];
let falseAlarms = 0;
try {
  await sleep(WARM_UP_MS);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const quiet = diagnose(readObservations(await captureRound({ board, sink }, undefined, TIMES)));
    if (quiet.verdict === "diagnosed") falseAlarms += 1;
    console.log(`round ${round}, no fault on: ${quiet.verdict}, ${quiet.scope.failing} failing`);
    for (const expected of EXPECTATIONS) {
      const lines = await captureRound({ board, sink }, expected.fault, TIMES);
      const hops = WITH_TELEMETRY.filter((service) => expected.fates.some(([each]) => each === service));
      for (const without of [undefined, ...hops]) {
        const row = { fault: expected.fault, round, without: without ?? "", ...judge(lines, expected, without) };
        rows.push(row);
        if (row.mark === "wrong" && values.keep !== undefined)
          writeFileSync(`${values.keep}/${row.fault}-${round}.jsonl`, lines.join("\n"));
        if (without === undefined || row.mark === "wrong") {
          console.log(`${row.mark.padEnd(6)} ${row.fault}${without === undefined ? "" : ` without ${without}`}: ${row.said}`);
        }
      }
    }
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
  quietRounds: { diagnosed: falseAlarms, of: ROUNDS },
  oneHopLeftOut: { right: count("right", false), honest: count("honest", false), wrong: count("wrong", false) },
  diagnosisMs: toSpread(diagnosisMs),
  rows,
});
