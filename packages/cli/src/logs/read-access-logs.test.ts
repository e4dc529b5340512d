import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readAccessLogs } from "./read-access-logs.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-read-access-logs-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(content: string | Uint8Array) {
  const name = join(folder, "access.log");
  writeFileSync(name, content);
  const { exchanges } = await readAccessLogs([{ name, stdin: (async function* () {})() }], { windows: [] });
  return exchanges;
}

const SIZES = [302, 17_000, 18_001, 9_402];
const write = (index: number, rest: string) =>
  `10.0.0.1 - - [21/Nov/2026:10:00:${String(index % 60).padStart(2, "0")} +0000] "GET /a HTTP/1.1" ${rest}`;

describe("access logs for a diagnosis", () => {
  it("have whole durations in the unit that the file's lines show together", async () => {
    const lines = Array.from({ length: 64 }, (_, index) => write(index, `200 5 "-" "curl/8" ${(index % 8) ** 4}`));
    const durations = (await read(lines.join("\n"))).map(({ durationMs }) => durationMs);
    expect(durations.slice(0, 8)).toEqual([0, 1, 16, 81, 256, 625, 1296, 2401]);
  });

  it("have their status in the column that the file's lines show together, also if compressed and longer than the head", async () => {
    const lines = Array.from({ length: 2000 }, (_, index) => write(index, `${SIZES[index % 4]} 503 "-" "curl/8"`));
    const statuses = (await read(gzipSync(lines.join("\n")))).map(({ status }) => status);
    expect(statuses).toHaveLength(2000);
    expect(new Set(statuses)).toEqual(new Set([503]));
  });
});
