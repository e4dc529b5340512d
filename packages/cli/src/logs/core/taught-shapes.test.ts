import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { analyzeSource } from "../analyze.ts";
import { Tally } from "../tally/tally.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-taught-shapes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PATHS = 100;
const UPSTREAMS = 100;

function toWord(index: number): string {
  return String.fromCharCode(97 + Math.floor(index / 26), 97 + (index % 26));
}

/** Every path from every upstream, as nginx writes them in JSON. */
function writeLine(index: number): string {
  const [path, upstream] = [index % PATHS, Math.floor(index / PATHS) % UPSTREAMS];
  return JSON.stringify({
    time_iso8601: "2026-11-20T10:00:00+00:00",
    request_method: "GET",
    request_uri: `/api/${toWord(path)}/list`,
    status: "200",
    request_time: "0.012",
    upstream_addr: `10.0.0.${upstream}:8080`,
    upstream_status: "200",
  });
}

describe("lines of shapes that the core reads", () => {
  it("are moved into the tally once, however many upstreams answered on each path", async () => {
    const name = join(folder, "access.log");
    const count = 2 * PATHS * UPSTREAMS;
    writeFileSync(name, Array.from({ length: count }, (_, index) => writeLine(index)).join("\n"));
    const tally = new Tally({ fromMs: undefined, toMs: undefined });
    const moves = vi.spyOn(tally, "addCombined");
    const reader = { context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } };
    await analyzeSource({ name, onBytes: () => undefined }, { tally, reader, isFastAllowed: true });
    expect(tally.exchanges).toBe(count);
    expect(moves).toHaveBeenCalledTimes(1);
    const routes = tally.getTrie("GET").learn();
    expect(routes).toHaveLength(PATHS);
    // Of 100 names 64 are kept, and the others counted together.
    const answered = routes.map(({ leaf }) => leaf.okUpstreams?.list().reduce((sum, [, times]) => sum + times, leaf.okUpstreams.others));
    expect(new Set(answered)).toEqual(new Set([2 * UPSTREAMS]));
  });
});
