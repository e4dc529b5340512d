/** Logs that hold nothing of what was asked for, and what holds no log. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-untold-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

async function run(...words: string[]) {
  const said = { code: 0, out: "", err: "" };
  const stdin = (async function* () {})();
  const io = {
    stdout: { write: (text: string) => (said.out += text) },
    stderr: { write: (text: string) => (said.err += text) },
    stdin,
    env: {},
  };
  said.code = await runFaultline(["logs", ...words], io);
  return said;
}

const LOG = write(
  "access.log",
  ["10:00:00", "11:30:01"].map((time) => `10.0.0.1 - - [21/Nov/2026:${time} +0000] "GET /a HTTP/1.1" 200 5 "-" "curl"\n`).join(""),
);
const EMPTY = write("empty.log", "");
const PROGRAM = write("program", Buffer.concat([Buffer.from("7f454c46020101000a03003e000a", "hex"), Buffer.from("@\n\n")]));

it("takes no program for a log of an unknown layout", async () => {
  const { code, out } = await run(PROGRAM);
  expect(code).toBe(1);
  expect(out).toContain("not like a log");
  expect(out).not.toContain("--log-format");
});

it.each([
  ["--from", "2030-01-01"],
  ["--to", "1999-01-01"],
  ["--from", "2030-01-01", "--json"],
])("says which times there are where none lies within what was asked for: %s %s", async (...words) => {
  expect(await run(...words, LOG)).toMatchObject({
    code: 1,
    err: "faultline logs: the times that there are: 2026-11-21 10:00:00 to 2026-11-21 11:30:01 UTC\n",
  });
});

it("says nothing of times where none were asked for, or there are none", async () => {
  expect((await run("--route", "/nowhere", LOG)).err).toBe("");
  expect((await run("--from", "2030-01-01", EMPTY)).err).toBe("");
});
