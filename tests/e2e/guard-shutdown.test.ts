/** SIGTERM under load: everybody who was let in is answered, every failure arrives or waits on disk, and the process ends with 0. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const APP = fileURLToPath(new URL("fixtures/shutdown-app.ts", import.meta.url));
const ROUNDS = Number(process.env["SHUTDOWNS"]) || 8;
const folder = mkdtempSync(join(tmpdir(), "faultline-shutdown-"));
const arrived: string[] = [];
let collector: Server;

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      arrived.push(gunzipSync(Buffer.concat(chunks)).toString());
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  collector.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What became of a request on a connection of its own: its status, or how it was turned away. */
function ask(port: number, path: string): Promise<number | string> {
  return new Promise((resolve) => {
    get({ port, host: "127.0.0.1", path, agent: false }, (response) => {
      response
        .resume()
        .on("end", () => resolve(response.statusCode ?? 0))
        .on("error", (error) => resolve(`cut off: ${error.message}`));
    }).on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

/** Everything that waits in a spool, in text. */
function readSpool(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".otlp"))
    .map((name) => {
      const bytes = readFileSync(join(directory, name));
      return gunzipSync(bytes.subarray(bytes.indexOf(10) + 1)).toString();
    })
    .join("\n");
}

type Ended = {
  readonly code: number | null;
  /** Paths that reached the handler. */
  readonly entered: readonly string[];
  /** What became of each request, by its path. */
  readonly outcomes: ReadonlyMap<string, number | string>;
  readonly directory: string;
};

/** A shutdown before so many requests have failed says little. */
const ENOUGH_FAILED = 5;

/** Requests whose client was told that they failed. */
function findFailed(outcomes: Ended["outcomes"]): string[] {
  return [...outcomes].filter(([, outcome]) => outcome === 500).map(([path]) => path);
}

/** Starts the app, loads it, and ends it at a random moment. */
async function play(endpoint: string, round: string): Promise<Ended> {
  const directory = join(folder, round);
  const child = fork(APP, [endpoint, directory], { execArgv: ["--conditions=source"] });
  const [port] = (await once(child, "message")) as [number];
  const outcomes = new Map<string, number | string>();
  const entered: string[] = [];
  child.on("message", (path: string) => entered.push(path));
  let serial = 0;
  const sendOne = async (): Promise<void> => {
    serial += 1;
    const path = `/${serial % 2 === 0 ? "fail" : "well"}/${round}-${serial}`;
    outcomes.set(path, await ask(port, path));
  };
  const asked: Promise<void>[] = [];
  const load = setInterval(() => asked.push(sendOne()), 4);
  // A busy machine takes its time until anything has failed.
  while (findFailed(outcomes).length <= ENOUGH_FAILED) await setTimeout(5);
  await setTimeout(Math.random() * 150);
  const ended = once(child, "exit") as Promise<[number | null]>;
  child.kill("SIGTERM");
  const [code] = await ended;
  clearInterval(load);
  await Promise.all(asked);
  return { code, entered, outcomes, directory };
}

/** Failures of which the client was told, and that are nowhere in `text`. */
function findLost({ outcomes }: Ended, text: string): string[] {
  const failed = findFailed(outcomes);
  expect(failed.length).toBeGreaterThan(ENOUGH_FAILED);
  return failed.filter((path) => !text.includes(`boom-${path.slice(6)}-end`));
}

function findUnanswered({ entered, outcomes }: Ended): string[] {
  return entered.filter((path) => outcomes.get(path) !== (path.startsWith("/fail/") ? 500 : 200));
}

describe("a graceful shutdown under load", () => {
  it(`answers everybody who was let in and tells of every failure, over ${ROUNDS} shutdowns`, async () => {
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    for (let round = 0; round < ROUNDS; round++) {
      const ended = await play(endpoint, `up${round}`);
      expect(ended.code).toBe(0);
      expect(findUnanswered(ended)).toEqual([]);
      expect(findLost(ended, arrived.join("\n"))).toEqual([]);
    }
  });

  it("ends with 0 and leaves the failures on disk when the collector is away", async () => {
    const ended = await play("http://127.0.0.1:1030", "away");
    expect(ended.code).toBe(0);
    expect(findUnanswered(ended)).toEqual([]);
    expect(findLost(ended, readSpool(ended.directory))).toEqual([]);
  });
});
