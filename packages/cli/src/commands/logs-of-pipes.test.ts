/** A named pipe can be opened and read only once: whoever writes to it notices every time it is closed. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-pipes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LINES = [502, 200, 200].map(
  (status, second) => `10.0.0.1 - - [18/Nov/2026:09:30:0${second} +0000] "GET /orders HTTP/1.1" ${status} 157 "-" "curl"\n`,
);

async function report(...files: readonly string[]): Promise<{ readonly requests: number }> {
  let out = "";
  const stdin = (async function* () {})();
  await runFaultline(["logs", "--json", ...files], {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: () => true },
    stdin,
    env: {},
  });
  return JSON.parse(out);
}

/** A named pipe that another process writes the bytes to. */
function openPipe(name: string, bytes: Uint8Array): string {
  const [pipe, file] = [join(folder, name), join(folder, `${name}.bytes`)];
  writeFileSync(file, bytes);
  execFileSync("mkfifo", [pipe]);
  spawn("sh", ["-c", 'exec cat "$0" > "$1"', file, pipe], { stdio: "ignore" });
  return pipe;
}

describe("a named pipe", () => {
  it("is read to its end", async () => {
    expect(await report(openPipe("plain", Buffer.from(LINES.join(""))))).toMatchObject({ requests: 3, errors: { count: 1 } });
  });

  it("may hold compressed lines", async () => {
    expect(await report(openPipe("gzip", gzipSync(LINES.join(""))))).toMatchObject({ requests: 3 });
  });

  it("may stand beside others", async () => {
    const [first, second] = [openPipe("first", Buffer.from(LINES.join(""))), openPipe("second", Buffer.from(LINES.join("")))];
    expect(await report(first, second)).toMatchObject({ requests: 6 });
  });
});
