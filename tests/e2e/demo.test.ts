/** Ten faults of real services, each judged from its telemetry alone, whole and with each hop's telemetry left out in turn. */
import { setTimeout as sleep } from "node:timers/promises";
import { diagnose } from "@faultline/playbook";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXPECTATIONS, markDiagnosis } from "../../demo/expected.ts";
import { readObservations } from "../../demo/src/capture/observations.ts";
import { captureRound } from "../../demo/src/capture/round.ts";
import { createTelemetrySink, type TelemetrySink } from "../../demo/src/capture/sink.ts";
import { type Shop, startShop } from "../../demo/src/shop/shop.ts";
import { DEMO_FAULTS } from "../../demo/src/switchboard/faults.ts";
import { Switchboard } from "../../demo/src/switchboard/switchboard.ts";

const TIMES = { quietMs: 4_000, onMs: 8_000, settleMs: 4_000 };
/** The first requests of a process are slow: they are not what is tested here. */
const WARM_UP_MS = 5_000;
const WITH_TELEMETRY = ["gateway", "storefront", "orders", "payments"];

describe("the demo shop", () => {
  let sink: TelemetrySink;
  let shop: Shop | undefined;
  let board: Switchboard;

  beforeAll(async () => {
    sink = await createTelemetrySink();
    shop = await startShop({ otlpEndpoint: sink.endpoint, otlpProtocol: "http/json", rate: 20, seed: 1 });
    board = new Switchboard(shop);
    await sleep(WARM_UP_MS);
  });
  afterAll(async () => {
    await shop?.close();
    await sink.close();
  });

  it("has an expected answer for every fault", () => {
    expect(EXPECTATIONS.map(({ fault }) => fault)).toEqual(DEMO_FAULTS.map(({ name }) => name));
  });

  it("gives no diagnosis while no fault is on", async () => {
    const lines = await captureRound({ board, sink }, undefined, TIMES);
    const diagnosis = diagnose(readObservations(lines));
    expect(diagnosis.scope.succeeding + readObservations(lines).spans.length).toBeGreaterThan(100);
    expect(diagnosis).toMatchObject({ verdict: "inconclusive", causes: [], scope: { failing: 0 } });
  });

  it("never says in its telemetry which fault is on", async () => {
    const lines = await captureRound({ board, sink }, "large-body", { quietMs: 0, onMs: 3_000, settleMs: 1_000 });
    const words = DEMO_FAULTS.map(({ name }) => name).filter((name) => lines.some((line) => line.includes(name)));
    expect(words).toEqual([]);
  });

  it.each(EXPECTATIONS)("is diagnosed right: $fault", async (expected) => {
    const lines = await captureRound({ board, sink }, expected.fault, TIMES);
    const whole = markDiagnosis(diagnose(readObservations(lines)), expected);
    expect(whole).toMatchObject({ mark: "right" });
    const marks = WITH_TELEMETRY.filter((service) => expected.fates.some(([each]) => each === service)).map((without) => ({
      without,
      ...markDiagnosis(diagnose(readObservations(lines, without)), expected, without),
    }));
    expect(marks.filter(({ mark }) => mark === "wrong")).toEqual([]);
  });
});
