/** Idempotency-Keys shared by processes: 1,000 keys, 50 simultaneous duplicates of each in each of 2 processes, exactly 1,000 executions. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPostgres, hasRedis, startPostgres, startRedis } from "../rig/real-databases.ts";
import type { Order, Report } from "./fixtures/idempotent-process.ts";

const PROCESS = fileURLToPath(new URL("fixtures/idempotent-process.ts", import.meta.url));
const KEYS = 1_000;
const DUPLICATES = 50;

type Started = { readonly where: string; close(): unknown };

function startSqlite(): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), "faultline-race-"));
  return Promise.resolve({ where: join(folder, "keys.db"), close: () => rmSync(folder, { recursive: true, force: true }) });
}

async function toStarted(server: ReturnType<typeof startRedis>): Promise<Started> {
  const running = await server;
  return { where: running.socket, close: () => running.close() };
}

const KINDS: readonly { readonly name: string; readonly start: () => Promise<Started> }[] = [
  { name: "sqlite", start: startSqlite },
  ...(hasRedis ? [{ name: "redis", start: () => toStarted(startRedis()) }] : []),
  ...(hasPostgres ? [{ name: "postgres", start: () => toStarted(startPostgres()) }] : []),
];

async function receive(child: ChildProcess): Promise<unknown> {
  return ((await once(child, "message")) as [unknown])[0];
}

async function tell(child: ChildProcess, order: Order): Promise<unknown> {
  const answer = receive(child);
  child.send(order);
  return answer;
}

describe.each(KINDS)("processes that share their keys in $name", ({ name, start }) => {
  const children: ChildProcess[] = [];
  let started: Started;

  async function startProcess(): Promise<ChildProcess> {
    const child = fork(PROCESS, [name, started.where], { execArgv: ["--conditions=source"], execPath: process.execPath });
    children.push(child);
    expect(await receive(child)).toBe("ready");
    return child;
  }

  beforeAll(async () => {
    started = await start();
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await started.close();
  });

  it("execute each of 1,000 keys exactly once, and replay the same bytes to all", async () => {
    const both = [await startProcess(), await startProcess()];
    const race: Order = { race: { keys: KEYS, duplicates: DUPLICATES, together: 20 } };
    const reports = (await Promise.all(both.map((child) => tell(child, race)))) as Report[];
    const executed = reports.flatMap((report) => report.executed);
    expect([executed.length, new Set(executed).size]).toEqual([KEYS, KEYS]);
    const sum = (kind: string): number => reports.map((report) => report.outcomes[kind] as number).reduce((total, each) => total + each, 0);
    expect(new Set(reports.flatMap((report) => Object.keys(report.outcomes)))).toEqual(new Set(["done", "replayed", "in-flight"]));
    expect([sum("done"), sum("done") + sum("replayed") + sum("in-flight")]).toEqual([KEYS, KEYS * DUPLICATES * both.length]);
    const hashes = Map.groupBy(
      reports.flatMap((report) => report.answers.flatMap(([key, each]) => each.map((hash) => ({ key, hash })))),
      ({ key }) => key,
    );
    expect([...hashes.values()].filter((each) => new Set(each.map(({ hash }) => hash)).size !== 1)).toEqual([]);
    // Afterwards, in a process that was not there: every key has its answer.
    const late = await startProcess();
    expect(await tell(late, { ask: "key-0", leaseMs: 1_000 })).toBe("replayed");
  }, 400_000);

  it("give the key of a process that was killed to another one after the lease, and not before", async () => {
    const [victim, heir] = [await startProcess(), await startProcess()];
    expect(await tell(victim, { hang: "killed", leaseMs: 3_000 })).toBe("claimed");
    // Longer than the lease: it is renewed while its owner lives.
    await setTimeout(4_500);
    expect(await tell(heir, { ask: "killed", leaseMs: 3_000 })).toBe("in-flight");
    victim.kill("SIGKILL");
    await once(victim, "exit");
    expect(await tell(heir, { ask: "killed", leaseMs: 3_000 })).toBe("in-flight");
    await setTimeout(3_500);
    expect(await tell(heir, { ask: "killed", leaseMs: 3_000 })).toBe("done");
  });
});
