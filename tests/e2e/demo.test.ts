/**
 * Ten faults of real services, each judged from its telemetry alone, whole and with each hop's telemetry left out in turn; and from outside,
 * by the probes of `faultline triage`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Diagnosis } from "@faultline/model";
import { diagnose } from "@faultline/playbook";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { EXPECTATIONS, markDiagnosis } from "../../demo/expected.ts";
import { readObservations } from "../../demo/src/capture/observations.ts";
import { captureRound } from "../../demo/src/capture/round.ts";
import { createTelemetrySink, type TelemetrySink } from "../../demo/src/capture/sink.ts";
import { type Shop, startShop } from "../../demo/src/shop/shop.ts";
import { DEMO_FAULTS } from "../../demo/src/switchboard/faults.ts";
import { Switchboard } from "../../demo/src/switchboard/switchboard.ts";
import { createRandom } from "../rig/seeded-random.ts";
import { OUTSIDE_VIEWS, toCurl } from "../../demo/outside.ts";
import { runFaultline } from "../../packages/cli/src/main.ts";
import { type CountingRelay, startCountingRelay } from "../rig/counting-relay.ts";

const TIMES = { quietMs: 4_000, onMs: 8_000, settleMs: 4_000 };
/** The first requests of a process are slow: they are not what is tested here. */
const WARM_UP_MS = 5_000;
/** A machine may be slow. */
const PATIENCE = { timeout: 90_000, interval: 500 };
/** Longer than everything that is waited for inside; a process of the shop may take three minutes to start. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const WITH_TELEMETRY = ["gateway", "storefront", "orders", "payments"];

let sink: TelemetrySink;
let shop: Shop;
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

describe("the demo shop", () => {
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

type Report = {
  readonly triage: {
    readonly maker: { readonly maker: string };
    readonly diagnosis: Pick<Diagnosis, "causes" | "scope">;
  };
  readonly probes: readonly { readonly purpose: string; readonly method: string; readonly response?: { readonly status: number } }[];
};

async function triage(curl: string): Promise<Report> {
  let text = "";
  const stdout = { write: (more: string) => (text += more) };
  await runFaultline(["triage", "--json", curl], { stdout, stderr: stdout, stdin: (async function* () {})(), env: {} });
  return JSON.parse(text) as Report; // the command's own output
}

function nameMaker({ maker, diagnosis }: Report["triage"]): string {
  return diagnosis.scope.failing === 0 ? "nobody" : maker.maker;
}

describe("the demo shop from outside", () => {
  let relay: CountingRelay;
  beforeAll(async () => {
    relay = await startCountingRelay(shop.gatewayUrl);
  });
  afterAll(() => relay.close());

  it("has a view of every fault", () => {
    expect(OUTSIDE_VIEWS.map(({ fault }) => fault)).toEqual(DEMO_FAULTS.map(({ name }) => name));
  });

  it.each(OUTSIDE_VIEWS)(
    "triage of $fault blames nobody wrongly, and sends nothing that it does not show",
    async ({ fault, kind, statuses, maker, causes }) => {
      const before = relay.requests.length;
      const announced: string[] = [];
      await board.turn(fault, true);
      // The first requests may still be good: half of them meet the good release, a pool takes a while to run dry.
      const { triage: found } = await vi.waitFor(async () => {
        const report = await triage(toCurl(kind, relay.url, createRandom(1)));
        announced.push(...report.probes.map(({ method }) => method));
        expect(statuses).toContain(report.probes[0]?.response?.status);
        return report;
      }, PATIENCE);
      await board.turn(fault, false);
      const believed = found.diagnosis.causes.filter(({ confidence }) => confidence >= 0.5).map(({ cause }) => cause);
      expect(causes).toEqual(expect.arrayContaining(believed));
      expect([maker, "unknown"]).toContain(nameMaker(found));
      expect(relay.requests.slice(before).map((line) => line.split(" ", 1)[0])).toEqual(announced);
    },
  );
});
