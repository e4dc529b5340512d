/**
 * Fastify's own test suite, bare and with every instance guarded: `npm run bench -- framework-suites`. Which tests fail only with the guard?
 * Of the frameworks only Fastify ships its tests in its npm package; a file that needs a package which is not here fails to load in both runs.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordResult } from "../record.ts";

const PRELOAD = fileURLToPath(new URL("guard-every-fastify.ts", import.meta.url));
const root = dirname(createRequire(import.meta.url).resolve("fastify"));
const only = process.argv[3];

/** Files in one process at a time: starting one for each would cost more than the tests. */
const BATCH = 20;

/** What one run of some files said. */
type Run = { readonly passed: number; readonly failed: readonly string[] };

function runFiles(files: readonly string[], isGuarded: boolean): Run {
  const preload = isGuarded ? ["--conditions=source", `--import=${PRELOAD}`] : [];
  const paths = files.map((file) => join(root, "test", file));
  const args = [...preload, "--test", "--test-isolation=none", "--test-reporter=tap", ...paths];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: root, timeout: 120_000, maxBuffer: 1 << 28 });
  const results = [...stdout.matchAll(/^ *(ok|not ok) \d+ - (.*)$/gm)];
  const failed = results.filter(([, result]) => result === "not ok").map(([, , name = ""]) => name.replaceAll(root, "fastify"));
  return { passed: results.length - failed.length, failed };
}

const resolve = createRequire(join(root, "fastify.js")).resolve;

function findMissing(file: string): string | undefined {
  const source = readFileSync(join(root, "test", file), "utf8");
  const named = [...source.matchAll(/(?:require\(|from )'([^'.][^']*)'/g)].map(([, name = ""]) => name);
  return named.find((name) => {
    try {
      resolve(name);
      return false;
    } catch {
      return true;
    }
  });
}

const all = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => /\.test\.m?js$/.test(name) && !name.startsWith("bundler") && (only === undefined || name.includes(only)))
  .toSorted();
const notRun = all.flatMap((file) => (findMissing(file) === undefined ? [] : [`${file} needs ${String(findMissing(file))}`]));
const files = all.filter((file) => findMissing(file) === undefined);
const total = { bare: 0, guarded: 0 };
const failedBare: string[] = [];
const onlyGuarded: string[] = [];
for (let at = 0; at < files.length; at += BATCH) {
  const batch = files.slice(at, at + BATCH);
  const bare = runFiles(batch, false);
  const guarded = runFiles(batch, true);
  total.bare += bare.passed;
  total.guarded += guarded.passed;
  failedBare.push(...bare.failed);
  const known = new Set(bare.failed);
  onlyGuarded.push(...guarded.failed.filter((name) => !known.has(name)));
  console.log(`${at + batch.length} of ${files.length} files: ${total.bare} tests pass bare, ${total.guarded} guarded`);
}
console.log({
  files: files.length,
  notRun: notRun.length,
  passed: total,
  failedBare: failedBare.length,
  failedOnlyGuarded: onlyGuarded.length,
});
for (const name of onlyGuarded) console.log(name);
recordResult("framework-suites", { files: files.length, notRun, passed: total, failedBare, failedOnlyGuarded: onlyGuarded });
