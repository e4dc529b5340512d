/** "Acknowledged means on disk", proven on a real process: by killing it under load, and by watching its system calls. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { spans } from "../conformance/payloads.ts";
import { killUnderLoad } from "./kill-under-load.ts";
import { countUnsyncedAnswers } from "./read-strace.ts";
import { send, startStore } from "./start-store.ts";

const KILLS = Number(process.env["FAULTLINE_CRASHES"] ?? 10);
const TRACED_REQUESTS = Number(process.env["FAULTLINE_TRACED_REQUESTS"] ?? 1_000);
const CLIENTS = 4;
const hasStrace = spawnSync("strace", ["-V"]).status === 0;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "faultline-crash-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function quantile(values: readonly number[], ratio: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${Math.round(Number(sorted[Math.ceil(values.length * ratio) - 1]))} ms`;
}

describe("a store under kill -9", () => {
  it(
    `loses nothing that was acknowledged and shows nothing twice, over ${KILLS} kills`,
    { timeout: 300_000 + KILLS * 15_000 },
    async () => {
      const { acknowledged, lost, doubled, listed, listedOnce, readyAfterMs, health } = await killUnderLoad(directory, KILLS);
      console.log(
        `${KILLS} kills, ${acknowledged} acknowledged traces, ${lost.length} lost, ${doubled.length} doubled; ` +
          `ready again after ${quantile(readyAfterMs, 0.5)} (median), ${quantile(readyAfterMs, 0.99)} (p99)`,
      );
      expect(acknowledged).toBeGreaterThan(KILLS);
      expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
      expect(listed).toBe(listedOnce);
      const { accepted, stored, deduplicated, dropped } = health;
      expect(stored + deduplicated + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(accepted);
    },
  );
});

describe.runIf(hasStrace)(`every answer of ${TRACED_REQUESTS} (under strace)`, () => {
  it("is written after the synced write of its record has returned", { timeout: 300_000 }, async () => {
    const log = join(directory, "strace.log");
    const calls = "trace=openat,pwritev,pwrite64,fdatasync,write,writev,sendto,sendmsg";
    const { child, port } = await startStore(directory, ["strace", "-f", "--seccomp-bpf", "-s", "16", "-e", calls, "-o", log]);
    const exited = once(child, "exit");
    const agent = new Agent({ keepAlive: true });
    let left = TRACED_REQUESTS;
    const client = async (): Promise<void> => {
      while (left-- > 0) expect(await send(port, spans({ trace: left + 1, status: 500 }), agent)).toBe(200);
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    await fetch(`http://127.0.0.1:${port}/stop`).catch(() => undefined);
    await exited;
    agent.destroy();
    const outcome = countUnsyncedAnswers(await readFile(log, "utf8"));
    console.log(`strace: ${outcome.answers} answers, ${outcome.syncs} journal syncs, ${outcome.violations} answers before their sync`);
    expect(outcome).toMatchObject({ answers: TRACED_REQUESTS, violations: 0 });
  });
});

describe.runIf(!hasStrace)("strace", () => {
  it("is not on this machine, so that the order of system calls goes unproven here", () => {
    expect(hasStrace).toBe(false);
  });
});
