/** One failing line among many: found, shown, with its hop and cause, by the error log beside it. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runFaultline } from "../../packages/cli/src/main.ts";

const BLOCK_LINES = 10_000;
const BLOCKS = 100;
const GOOD = Array.from(
  { length: BLOCK_LINES },
  (_, index) =>
    `10.0.${index % 250}.1 - - [21/Nov/2026:10:${String(index % 60).padStart(2, "0")}:00 +0000] "GET /items/${index} HTTP/1.1" 200 5 "-" "c" 0.010\n`,
).join("");
const NEEDLE =
  '10.0.0.9 - - [21/Nov/2026:10:05:05 +0000] "POST /pay/42 HTTP/1.1" 502 157 "-" "c" rt=0.003 ua="10.0.0.2:80" us="502" uht="-"\n';
const REASON =
  '2026/11/21 10:05:05 [error] 1#1: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.9, server: a, request: "POST /pay/42 HTTP/1.1", upstream: "http://10.0.0.2:80/", host: "a"\n';

it("finds the one failing line in a million, says which hop made it and why", async () => {
  const folder = mkdtempSync(join(tmpdir(), "faultline-needle-"));
  try {
    const [access, errors] = [join(folder, "access.log"), join(folder, "error.log")];
    const fd = openSync(access, "w");
    for (let block = 0; block < BLOCKS; block += 1) writeSync(fd, GOOD);
    writeSync(fd, NEEDLE);
    writeSync(fd, GOOD);
    closeSync(fd);
    writeFileSync(errors, REASON);
    let out = "";
    const io = {
      stdout: { write: (text: string) => (out += text) },
      stderr: { write: () => true },
      stdin: (async function* () {})(),
      env: {},
    };
    expect(await runFaultline(["logs", "--json", access, errors], io)).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      requests: (BLOCKS + 1) * BLOCK_LINES + 1,
      errors: { count: 1 },
      routes: [{ route: "/pay/{id}", status: 502, count: 1, madeBy: { hop: "observer" }, causes: [{ cause: "connection-refused" }] }],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
