/** What keeps a collector from writing, on a real process: a sentence with what to do, nothing lost, nothing written over. */
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { spans, traceId } from "../conformance/payloads.ts";
import { createOtlpClient, type OtlpClient } from "../rig/otlp-client.ts";
import { canMount, onOwnDisk, runUp, startUp } from "./collector-process.ts";

const SIZE = 32 << 20;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "faultline-disk-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function sendTrace(client: OtlpClient, trace: number) {
  const { bytes } = spans({ trace, atMs: Date.now(), status: 500, exception: "TypeError", attributes: { noise: "x".repeat(20_000) } });
  return client.send({ path: "/v1/traces", headers: { "content-type": "application/json" }, body: bytes });
}

/** Sends traces from a number on until an answer has the status; tells the numbers that were acknowledged. */
async function sendUntil(client: OtlpClient, status: number, first: number) {
  const acknowledged: number[] = [];
  for (let trace = first; trace < first + 2_000; trace++) {
    const answer = await sendTrace(client, trace);
    if (answer.status === 200) acknowledged.push(trace);
    if (answer.status === status) return { answer, acknowledged, next: trace + 1 };
    if (answer.status !== 200) await sleep(50);
  }
  throw new Error(`no answer had status ${status}`);
}

async function fill(path: string): Promise<void> {
  const file = await open(path, "w");
  const block = Buffer.alloc(64 << 10, 1);
  try {
    for (;;) await file.write(block);
  } catch {
    await file.close();
  }
}

async function findLost(url: string, traces: readonly number[]): Promise<number[]> {
  const lost: number[] = [];
  for (const trace of traces) {
    const response = await fetch(`${url}/api/traces/${traceId(trace)}`);
    if (response.status !== 200) lost.push(trace);
    await response.arrayBuffer();
  }
  return lost;
}

describe.runIf(canMount)("a collector on a disk of its own", () => {
  it("answers 503 with Retry-After while the disk is full, goes on when there is room, and keeps what it acknowledged", async () => {
    const collector = await startUp(["--port", "0", "--data", directory], onOwnDisk(directory, `size=${SIZE}`));
    const client = createOtlpClient(collector.port);
    const filler = join("/proc", String(collector.pid), "root", directory, "filler");
    const before = await sendUntil(client, 200, 1);
    await fill(filler);
    const refused = await sendUntil(client, 503, before.next);
    expect(Number(refused.answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.answer.body.toString()).toContain("The disk is full: free some space, and the store goes on by itself.");
    await rm(filler);
    const after = await sendUntil(client, 200, refused.next);
    const acknowledged = [...before.acknowledged, ...refused.acknowledged, ...after.acknowledged];
    await sleep(1_500);
    expect(await findLost(collector.url, acknowledged)).toEqual([]);
    expect(await (await fetch(`${collector.url}/api/health`)).json()).toMatchObject({ ready: true });
    client.close();
    await collector.stop();
  });

  it("does not start on a full disk, nor on a read-only one", async () => {
    const full = await runUp(["--port", "0", "--data", directory], onOwnDisk(directory, "size=16384"));
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/^faultline up: .*is full: free some space\.\n$/m);
    const readOnly = await runUp(["--port", "0", "--data", directory], onOwnDisk(directory, `size=${SIZE},ro`));
    expect(readOnly.code).toBe(1);
    expect(readOnly.stderr).toMatch(/^faultline up: .* read-only disk: name a directory that can be written to\.\n$/m);
  });
});

describe.runIf(!canMount)("a disk of its own", () => {
  it("is not to be had here, so that a full one goes unproven", () => {
    expect(canMount).toBe(false);
  });
});

/** Rights say nothing to root. */
const AS_NOBODY = process.getuid?.() === 0 ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : [];

/** Makes what stands where the data directory should be; returns the path to name. */
const PLACES: readonly (readonly [what: string, says: RegExp, make: () => Promise<string>])[] = [
  ["a path below /proc", /is no place where a directory can be made: name another one\./, async () => "/proc/faultline-data"],
  ["a path deep below /proc", /is no place where a directory can be made: name another one\./, async () => "/proc/a/b/c"],
  ["a device", /is a file, or lies below one: name a directory/, async () => "/dev/null"],
  [
    "a FIFO",
    /is a file, or lies below one: name a directory/,
    async () => (spawnSync("mkfifo", [join(directory, "fifo")]), join(directory, "fifo")),
  ],
  [
    "a FIFO in the place of the database",
    /is no file: move it away, or name another data directory\./,
    async () => (spawnSync("mkfifo", [join(directory, "faultline.db")]), directory),
  ],
  [
    "a link that leads nowhere",
    /is no place where a directory can be made: name another one\./,
    async () => (await symlink(join(directory, "nowhere"), join(directory, "link")), join(directory, "link")),
  ],
  [
    "a link that leads to itself",
    /is no place where a directory can be made: name another one\./,
    async () => (await symlink(join(directory, "link"), join(directory, "link")), join(directory, "link")),
  ],
  [
    "a name that is too long",
    /is no place where a directory can be made: name another one\./,
    async () => join(directory, "x".repeat(300)),
  ],
];

describe("a collector that cannot start", () => {
  it.each(PLACES)("says of %s that it is none for data, and ends", async (_, says, make) => {
    const { code, stderr } = await runUp(["--port", "0", "--data", await make()]);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
  });

  it("says that it may not write to a directory of somebody else", async () => {
    const theirs = join(directory, "theirs");
    await mkdir(theirs);
    await chmod(theirs, 0o555);
    await chmod(directory, 0o755);
    const { code, stderr } = await runUp(["--port", "0", "--data", join(theirs, "data")], AS_NOBODY);
    expect(stderr).toMatch(/may not be written to by this user: change its owner, or name another one\.\n$/);
    expect(code).toBe(1);
  });

  it("makes the directories that are missing, for its user alone", async () => {
    const data = join(directory, "a", "b", "data");
    const collector = await startUp(["--port", "0", "--data", data]);
    await collector.stop();
    expect((await stat(data)).mode & 0o777).toBe(0o700);
  });

  it("takes no empty name for the directory that it was started in", async () => {
    const { code, stderr } = await runUp(["--port", "0", "--data", ""]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--data takes the name of a directory")]);
  });

  it("leaves a database of a newer version as it is", async () => {
    const path = join(directory, "faultline.db");
    const db = new DatabaseSync(path);
    db.exec("CREATE TABLE future (x); PRAGMA user_version = 99;");
    db.close();
    const bytes = await readFile(path);
    const { code, stderr } = await runUp(["--port", "0", "--data", directory]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^faultline up: .*was written by a newer Faultline.*start that version, or name another data directory.*\n$/m);
    expect(await readdir(directory)).toEqual(["faultline.db"]);
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  it("says whose the port or the directory is, and writes over neither", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address() as { readonly port: number }; // a server that listens on TCP has an address of this shape
    const taken = await runUp(["--port", String(address.port), "--data", directory]);
    other.close();
    expect([taken.code, taken.stderr]).toEqual([
      1,
      expect.stringContaining(`port ${address.port} on 127.0.0.1 is in use; stop the program`),
    ]);
    const collector = await startUp(["--port", "0", "--data", directory]);
    const second = await runUp(["--port", "0", "--data", directory]);
    await collector.stop();
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining("is in use by another process: stop it")]);
    const file = join(directory, "a-file");
    await writeFile(file, "mine");
    const isFile = await runUp(["--port", "0", "--data", file]);
    expect([isFile.code, isFile.stderr]).toEqual([1, expect.stringContaining("is a file, or lies below one: name a directory")]);
    expect(await readFile(file, "utf8")).toBe("mine");
  });
});
