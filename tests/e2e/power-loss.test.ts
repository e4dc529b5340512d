/**
 * "Acknowledged means on disk" when the power goes, without a switch: the system calls of a store under load are recorded, and from them the
 * disk as it may look at any moment, with what was not synced gone, torn or out of order. Each such disk is opened and asked for every trace that
 * was acknowledged by then.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "@faultline/collector/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { spans, traceId } from "../conformance/payloads.ts";
import { writeCrashImage } from "./crash-image.ts";
import { type History, readFileCalls } from "./read-file-calls.ts";
import { send, startStore } from "./start-store.ts";
import { createRandom } from "../rig/seeded-random.ts";

const LOSSES = Number(process.env["FAULTLINE_POWER_LOSSES"] ?? 25);
const SEED = Number(process.env["FAULTLINE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** Enough for the log of changes to be moved into the database several times, also where the machine is quick. */
const TRACES = 1_800;
const CLIENTS = 4;
const SPANS_PER_TRACE = 3;
/** Everything that happens in minutes of load, in seconds: segments end and are used again, checkpoints are many. */
const OPTIONS = { checkpointEveryMs: 10, segmentBytes: 64 << 10, windowMs: 400, settleAfterMs: 50, maxJournalBytes: 512 << 10 };
const CALLS = "openat,close,pwrite64,pwritev,write,writev,sendto,sendmsg,fdatasync,fsync,ftruncate,rename,unlink,mkdir";
const hasStrace = spawnSync("strace", ["-V"]).status === 0;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "faultline-power-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Sends failing traces to a store until it is stopped, and reads what it did. */
async function record(): Promise<History> {
  const log = join(folder, "strace.log");
  const disk = join(folder, "disk");
  const wrapper = ["strace", "-f", "--seccomp-bpf", "-xx", "-s", "100000000", "-e", `trace=${CALLS}`, "-o", log];
  await mkdir(disk);
  const { child, port } = await startStore(join(disk, "data"), wrapper, OPTIONS);
  const exited = once(child, "exit");
  const agent = new Agent({ keepAlive: true });
  let next = 1;
  const client = async (): Promise<void> => {
    while (next <= TRACES) {
      const trace = next++;
      const at = { trace, atMs: Date.now() };
      const parts = [2, 3].map(
        (span) => ({ ...at, span, parent: span - 1, kind: "internal", attributes: { padding: "x".repeat(700) } }) as const,
      );
      const payload = spans({ ...at, span: 1, status: 500, exception: "TypeError" }, ...parts);
      expect(await send(port, { ...payload, name: String(trace) }, agent)).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await fetch(`http://127.0.0.1:${port}/stop`).catch(() => undefined);
  await exited;
  agent.destroy();
  return readFileCalls(await readFile(log, "latin1"), disk);
}

/** How often changes of a file in the data directory became durable. */
function countSyncs({ root }: History, name: string): number {
  const data = root.names.get("data");
  const changes = data?.kind === "directory" ? data.names.get(name)?.changes : undefined;
  return new Set(changes?.map(({ durableAt }) => durableAt)).size;
}

/** What is wrong with a disk, in words; nothing when all is well. */
async function findFaults(directory: string, acknowledged: readonly string[]): Promise<string[]> {
  const store = await openSqliteStore({ directory });
  await store.flush();
  const faults: string[] = [];
  for (const name of acknowledged) {
    const ids = (await store.findTrace(traceId(Number(name))))?.spans.map((span) => span.spanId) ?? [];
    if (ids.length !== SPANS_PER_TRACE || new Set(ids).size !== ids.length) faults.push(`trace ${name} has ${ids.length} spans`);
  }
  const { failing } = await store.listFailingSince(0, 1_000_000);
  if (new Set(failing.map((each) => each.traceId)).size !== failing.length) faults.push("a failure is listed twice");
  const counts = await store.count({ window: { fromMs: 0, toMs: Date.now() + 60_000 }, stepMs: 60_000, groupBy: [] });
  const counted = counts.reduce((sum, row) => sum + row.failing, 0);
  if (counted !== failing.length) faults.push(`${failing.length} failures are listed and ${counted} counted`);
  const { audit } = await store.health();
  // Records that were under way are reported, as the reader cannot know that nobody was told of them; nothing else may be.
  faults.push(...audit.filter((sentence) => !/ends inside a record|journal record/i.test(sentence)));
  await store.close();
  return faults;
}

describe.runIf(hasStrace)(`${LOSSES} losses of power (seed ${SEED})`, () => {
  it("take nothing that was acknowledged, and damage nothing", { timeout: 600_000 }, async () => {
    const history = await record();
    const random = createRandom(SEED);
    const begin = Number(history.root.changes[0]?.begunAt);
    const found: string[] = [];
    let asked = 0;
    for (let loss = 0; loss < LOSSES; loss++) {
      const at = begin + Math.floor(random() * (history.end - begin));
      const keeps = random();
      const image = join(folder, `image-${loss}`);
      writeCrashImage(history.root, image, { at, keeps, random });
      const acknowledged = history.answers.filter((answer) => answer.at < at).map((answer) => answer.name);
      asked += acknowledged.length;
      for (const fault of await findFaults(join(image, "data"), acknowledged))
        found.push(`loss ${loss} at line ${at} of ${history.end}: ${fault}`);
      await rm(image, { recursive: true });
    }
    const moves = countSyncs(history, "faultline.db");
    console.log(
      `seed ${SEED}: ${history.answers.length} answers, ${moves} syncs of the database, ${LOSSES} losses of power, ${asked} traces asked for, ${found.length} faults`,
    );
    expect(history.answers).toHaveLength(TRACES);
    // Three are of its creation and its end; the others follow a log that was moved.
    expect(moves).toBeGreaterThan(3);
    expect(found).toEqual([]);
  });
});

describe.runIf(!hasStrace)("strace", () => {
  it("is not on this machine, so that the loss of power goes untried here", () => {
    expect(hasStrace).toBe(false);
  });
});
