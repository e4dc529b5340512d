/** Several guards that know nothing of each other: two copies in a process, threads, processes of a cluster. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const FIXTURES = new URL("fixtures/", import.meta.url);
const GUARD = fileURLToPath(new URL("../../packages/guard/src", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "faultline-copies-"));
const copy = join(folder, "copy");

beforeAll(() => {
  cpSync(GUARD, copy, { recursive: true });
  writeFileSync(join(copy, "package.json"), '{"type":"module"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(app: string, words: readonly string[]): { code: number | null; signal: string | null } {
  const args = ["--conditions=source", fileURLToPath(new URL(app, FIXTURES)), ...words];
  // Whoever swallows a signal would have it run for ever.
  const options = { encoding: "utf8", env: { ...process.env, NODE_ENV: "test" }, timeout: 300_000, killSignal: "SIGKILL" } as const;
  const { status, signal } = spawnSync(process.execPath, args, options);
  return { code: status, signal };
}

/** What is told of in the spools of a place, each as often as it is. */
function readSpools(directory: string, told: RegExp): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".otlp"))
    .flatMap((name) => {
      const bytes = readFileSync(join(directory, name));
      const { parts } = JSON.parse(bytes.toString("utf8", 0, bytes.indexOf(10))) as { parts: [string, number][] };
      let offset = bytes.indexOf(10) + 1;
      return parts.map(([, length]) => gunzipSync(bytes.subarray(offset, (offset += length))).toString());
    })
    .flatMap((text) => [...text.matchAll(told)].map(([, found = ""]) => found))
    .toSorted();
}

describe("two copies of the guard in one process", () => {
  it("tell each failure once, and let a signal end the process", () => {
    const directory = join(folder, "signal");
    const guarded = run("two-copies-app.ts", ["signal", "guarded", directory, copy]);
    expect(guarded).toEqual(run("two-copies-app.ts", ["signal", "bare", directory, copy]));
    expect(guarded.signal).toBe("SIGTERM");
    expect(readSpools(directory, /"url\.path","value":\{"stringValue":"\/(\w+)"/g)).toEqual(["0", "1"]);
  });

  it("tell once what nobody catches", () => {
    const directory = join(folder, "throw");
    const guarded = run("two-copies-app.ts", ["throw", "guarded", directory, copy]);
    expect(guarded).toEqual(run("two-copies-app.ts", ["throw", "bare", directory, copy]));
    expect(readSpools(directory, /"exception\.message","value":\{"stringValue":"(boom-\w+)"/g)).toEqual(["boom-thrown"]);
  });
});

describe.each(["thread", "cluster"])("guards that share a place on disk, each in a %s of its own", (kind) => {
  it("tell each failure once, and take nothing from the living", () => {
    const directory = join(folder, kind);
    expect(run("thread-app.ts", [kind, directory])).toEqual({ code: 0, signal: null });
    const told = readSpools(directory, /"exception\.message","value":\{"stringValue":"(boom-[\w-]+)"/g);
    expect(told).toEqual(["boom-beside-1", "boom-beside-2", "boom-first", "boom-last", "boom-uncaught-1", "boom-uncaught-2"]);
  });
});
