import type { FaultListing } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { playFaults, type Stage } from "./play-faults.ts";

const fault = (fingerprint: string, change: Partial<FaultListing> = {}): FaultListing => ({
  fingerprint,
  title: "TypeError in /cart",
  service: "storefront",
  route: "/cart",
  firstSeenMs: 1_000,
  lastSeenMs: 1_000,
  count: 1,
  state: "open",
  verdict: "diagnosed",
  sentence: `storefront fails: ${fingerprint}`,
  diagnosedAtMs: 1_000,
  ...change,
});

/** A stage whose clock moves by a second at each look. */
function createStage(answers: (nowMs: number) => readonly FaultListing[], controller = new AbortController()) {
  const said: string[] = [];
  const turned: string[] = [];
  let nowMs = 10_000;
  const stage: Stage = {
    turn: (id, on) => Promise.resolve(turned.push(`${id} ${on ? "on" : "off"}`)),
    listFaults: () => Promise.resolve(answers((nowMs += 1_000))),
    say: (line) => void said.push(line),
    linkTo: (fingerprint) => `http://127.0.0.1/faults/${fingerprint}`,
    signal: controller.signal,
    now: () => nowMs,
    pace: { quietMs: 0, leastOnMs: 0, mostOnMs: 5_000, onlyNewMs: 2_500, pollMs: 0 },
  };
  return { stage, said, turned };
}

const SWITCHES = [
  { id: "one", title: "Customers pay in yen.", on: false },
  { id: "two", title: "A secret is forgotten.", on: false },
];

describe("playing the demo's faults", () => {
  it("turns each on and off again and tells what was found", async () => {
    const { stage, said, turned } = createStage((nowMs) => [fault("f1", { lastSeenMs: nowMs, diagnosedAtMs: nowMs, count: nowMs })]);
    await playFaults(SWITCHES, stage);
    expect(turned).toEqual(["one on", "one off", "two on", "two off"]);
    expect(said.join("\n")).toContain("Customers pay in yen.");
    expect(said.join("\n")).toContain("storefront fails: f1");
    expect(said.join("\n")).toContain("http://127.0.0.1/faults/f1");
  });

  it("does not take an old fault, or one without a verdict, for the new one", async () => {
    const { stage, said } = createStage((nowMs) => [
      fault("old"),
      fault("undecided", { verdict: "inconclusive", lastSeenMs: nowMs, diagnosedAtMs: nowMs, count: nowMs }),
    ]);
    await playFaults(SWITCHES.slice(0, 1), stage);
    expect(said.join("\n")).toContain("no verdict yet");
    expect(said.join("\n")).not.toContain("storefront fails");
  });

  it("prefers a fault that was never seen to one that still goes on", async () => {
    const { stage, said } = createStage((nowMs) => [
      fault("goes-on", { lastSeenMs: nowMs, diagnosedAtMs: nowMs, count: nowMs, confidence: 0.9 }),
      ...[fault("new", { lastSeenMs: nowMs, diagnosedAtMs: nowMs, confidence: 0.6 })].slice(0, Math.max(0, nowMs - 12_000)),
    ]);
    await playFaults(SWITCHES.slice(0, 1), stage);
    expect(said.join("\n")).toContain("storefront fails: new");
    expect(said.join("\n")).not.toContain("storefront fails: goes-on");
  });

  it("does not tell the fault before as the next one, however long it goes on", async () => {
    const { stage, said } = createStage((nowMs) => [fault("goes-on", { lastSeenMs: nowMs, diagnosedAtMs: nowMs, count: nowMs })]);
    await playFaults(SWITCHES, stage);
    expect(said.filter((line) => line.includes("storefront fails: goes-on"))).toHaveLength(1);
    expect(said.at(-1)).toContain("no verdict yet");
  });

  it("stops at once when it is told to", async () => {
    const controller = new AbortController();
    controller.abort();
    const { stage, turned } = createStage(() => [], controller);
    await playFaults(SWITCHES, stage);
    expect(turned).toEqual([]);
  });
});
