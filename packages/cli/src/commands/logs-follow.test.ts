import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-logs-follow-"));
afterAll(() => rmSync(folder, { recursive: true }));

const line = (path: string) => `10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET ${path} HTTP/1.1" 500 12 "-" "curl" 0.012`;

/** The command that follows a file, and what it has written so far. */
function follow(...words: readonly string[]) {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text), columns: 140 },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  return { printed, ended: runFaultline(["logs", "--follow", ...words], io) };
}

/** Waits until it holds, at most ten seconds. */
async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 1000 && !holds(); round += 1) await setTimeout(10);
}

/** Follows a file of two lines, of which the second comes in two pieces, one before and one after the first report, and a third. */
async function followPieces(name: string, ...words: readonly string[]) {
  const [first, second] = [line("/first"), line("/second")];
  writeFileSync(name, `${first}\n${second.slice(0, -20)}`);
  const { printed, ended } = follow(...words, name);
  await until(() => process.listenerCount("SIGINT") > 0 && printed.out.includes("/first"));
  appendFileSync(name, `${second.slice(-20)}\n${line("/third")}\n`);
  await until(() => printed.out.includes("/third"));
  process.emit("SIGINT");
  await ended;
  return printed.out;
}

/** Follows a file whose last line nobody finishes, as where the program crashed, until Ctrl-C. */
async function followCrash(name: string, ...words: readonly string[]) {
  writeFileSync(name, `${line("/first")}\n${line("/last")}`);
  const { printed, ended } = follow(...words, name);
  await until(() => process.listenerCount("SIGINT") > 0 && printed.out.includes("/first"));
  process.emit("SIGINT");
  await ended;
  return printed.out;
}

describe("faultline logs --follow", () => {
  it("counts the last line that nobody finished when following ends", async () => {
    const out = await followCrash(join(folder, "crash.log"));
    expect([...out.matchAll(/^(\d+) server errors? in (\d+) requests?:/gm)].map(([, errors]) => errors)).toEqual(["1", "2"]);
  });

  it("writes the record of such a line", async () => {
    const out = await followCrash(join(folder, "crash-records.log"), "--records");
    const records = out.trimEnd().split("\n");
    expect(records.map((record) => JSON.parse(record)["url.path"])).toEqual(["/first", "/last"]);
  });

  it("counts a line once that was unfinished when the first report was made", async () => {
    const out = await followPieces(join(folder, "pieces.log"));
    expect([...out.matchAll(/^(\d+) server errors? in (\d+) requests?:/gm)].map(([, errors, requests]) => [errors, requests])).toEqual([
      ["1", "1"],
      ["3", "3"],
    ]);
  });

  it("writes the record of such a line once", async () => {
    const out = await followPieces(join(folder, "records.log"), "--records");
    const records = out.trimEnd().split("\n");
    expect(records.map((record) => JSON.parse(record)["url.path"])).toEqual(["/first", "/second", "/third"]);
  });
});
