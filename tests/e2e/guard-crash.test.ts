import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";

const APP = fileURLToPath(new URL("fixtures/crash-app.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "faultline-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ended = { readonly code: number | null; readonly signal: string | null; readonly stderr: string };

function run(way: { how: string; handlers: number }, guarded: "guarded" | "bare", directory: string): Ended {
  const args = ["--conditions=source", "--max-old-space-size=40", APP, way.how, String(way.handlers), guarded, directory];
  const { status, signal, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, NODE_ENV: "test" } });
  // A stack names the lines of the app, the same for both; what differs by itself is the process id in a warning, and the account of the
  // last collections, the words V8 finds for it and the machine's own stack when memory is out.
  const told = stderr
    .replaceAll(/\(node:\d+\)/g, "(node)")
    .replace(/\n<--- Last few GCs --->[^]*FATAL ERROR: [^\n]*(JavaScript heap out of memory)[^]*/, "$1");
  return { code: status, signal, stderr: told };
}

/** Everything that waits in a spool, in text. */
function readSpool(directory: string): string {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".otlp"));
  return files
    .map((name) => {
      const bytes = readFileSync(join(directory, name));
      return gunzipSync(bytes.subarray(bytes.indexOf(10) + 1)).toString();
    })
    .join("\n");
}

const TOLD = ["throw", "reject", "overflow", "exit", "signal", "interrupt"].flatMap((how) =>
  [0, 1, 2].map((handlers) => ({ how, handlers })),
);
const ANSWERED = ["throw", "exit", "signal"].flatMap((how) => [0, 1].map((handlers) => ({ how: `answered, ${how}`, handlers })));
const UNTOLD = ["out of memory", "kill"].flatMap((how) => [0, 1, 2].map((handlers) => ({ how, handlers })));

describe("a process that ends", () => {
  it.each(TOLD)("by $how with $handlers handlers of its own ends as it would unguarded, and leaves its record", ({ how, handlers }) => {
    const directory = join(folder, `${how}-${handlers}`);
    const guarded = run({ how, handlers }, "guarded", directory);
    const bare = run({ how, handlers }, "bare", directory);
    expect(guarded).toEqual(bare);
    expect(readSpool(directory)).toContain("boom-");
  });

  it.each(ANSWERED)("by $how with $handlers handlers of its own leaves each failure that it has answered", ({ how, handlers }) => {
    const directory = join(folder, `${how}-${handlers}`);
    const guarded = run({ how, handlers }, "guarded", directory);
    expect(guarded).toEqual(run({ how, handlers }, "bare", directory));
    const paths = [...readSpool(directory).matchAll(/"url\.path","value":\{"stringValue":"\/answered-(\d+)"/g)];
    const serials = paths.map(([, serial]) => Number(serial)).toSorted((a, b) => a - b);
    expect(serials).toEqual(Array.from({ length: 15 }, (_, at) => at));
  });

  // Nothing can be written any more then; guard-journal.test.ts is about what the next process tells.
  it.each(UNTOLD)("by $how with $handlers handlers of its own ends as it would unguarded", ({ how, handlers }) => {
    const guarded = run({ how, handlers }, "guarded", join(folder, `${how}-${handlers}`));
    expect(guarded).toEqual(run({ how, handlers }, "bare", ""));
    expect(guarded.signal).toMatch(/^SIG(ABRT|KILL)$/);
  });
});
