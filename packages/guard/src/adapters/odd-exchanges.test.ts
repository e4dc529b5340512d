import { fork } from "node:child_process";
import { once } from "node:events";
import { beforeAll, describe, expect, it } from "vitest";
import type { OddOutcomes } from "../testing/odd-exchanges-app.ts";
import { ALL_ODD_EXCHANGES } from "../testing/all-odd-exchanges.ts";

const APP = new URL("../testing/odd-exchanges-app.ts", import.meta.url);

async function runAll(variant: "bare" | "guarded"): Promise<OddOutcomes> {
  const child = fork(APP, [variant], {
    execArgv: ["--conditions=source"],
    env: { ...process.env, NODE_ENV: "test" },
    // Express prints what its last handler gets.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const [outcomes] = (await once(child, "message")) as [OddOutcomes];
  return outcomes;
}

const names = Object.keys(ALL_ODD_EXCHANGES);
const uncaughtBare = names.filter((name) => ALL_ODD_EXCHANGES[name]?.isCaught === undefined);

describe("an exchange off the beaten track", () => {
  let bare: OddOutcomes;
  let guarded: OddOutcomes;
  beforeAll(async () => {
    [bare, guarded] = await Promise.all([runAll("bare"), runAll("guarded")]);
  }, 120_000);

  it.each(names)("%s: the client receives the same under the guard", (name) => {
    expect(guarded.outcomes[name]?.received).toBe(bare.outcomes[name]?.received);
  });

  it.each(names)("%s: is told as often as it failed", (name) => {
    expect(guarded.outcomes[name]?.records).toBe(ALL_ODD_EXCHANGES[name]?.records);
  });

  it.each(uncaughtBare)("%s: whatever nobody catches is nobody's under the guard either", (name) => {
    expect(guarded.outcomes[name]?.uncaught).toEqual(bare.outcomes[name]?.uncaught);
  });

  it("is no error of the guard's own", () => {
    expect(guarded.internalErrors).toBe(0);
  });
});
