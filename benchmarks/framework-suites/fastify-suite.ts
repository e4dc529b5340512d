/** Fastify's tests, which are for node:test, out of its npm package. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Run, Suite } from "./suite.ts";

const PRELOAD = fileURLToPath(new URL("guard-every-fastify.ts", import.meta.url));

/** A busy machine takes minutes for what takes seconds. */
const PATIENCE_MS = 1_200_000;

function findMissing(root: string, file: string): string | undefined {
  const { resolve: find } = createRequire(join(root, "fastify.js"));
  const source = readFileSync(join(root, "test", file), "utf8");
  const named = [...source.matchAll(/(?:require\(|from )'([^'.][^']*)'/g)].map(([, name = ""]) => name);
  return named.find((name) => {
    try {
      find(name);
      return false;
    } catch {
      return true;
    }
  });
}

function runFiles(root: string, files: readonly string[], isGuarded: boolean): Run {
  const preload = isGuarded ? ["--conditions=source", `--import=${PRELOAD}`] : [];
  const paths = files.map((file) => join(root, "test", file));
  const args = [...preload, "--test", "--test-concurrency=2", "--test-reporter=tap", ...paths];
  const env = { ...process.env, SUITE_ROOT: root };
  const { stdout, signal } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    cwd: root,
    env,
    timeout: PATIENCE_MS,
    maxBuffer: 1 << 28,
  });
  // What was cut off says nothing of what it had not come to.
  if (signal !== null) throw new Error(`${String(files[0])} and the files behind it were not done after ${PATIENCE_MS} ms`);
  const results = [...stdout.matchAll(/^ *(ok|not ok) \d+ - (.*)$/gm)];
  const failed = results.filter(([, result]) => result === "not ok").map(([, , name = ""]) => name.replaceAll(root, "fastify"));
  return { passed: results.length - failed.length, failed };
}

/** The suite of the Fastify that `folder` finds; of this repository's without one. `only` chooses files by a part of their name. */
export function createFastifySuite(folder: string | undefined, only: string): Suite {
  const from = folder === undefined ? import.meta.url : join(resolve(folder), "index.js");
  const root = dirname(createRequire(from).resolve("fastify"));
  const all = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.test\.m?js$/.test(name) && !name.startsWith("bundler") && name.includes(only))
    .toSorted();
  const missing = new Map(all.map((file) => [file, findMissing(root, file)]));
  return {
    version: (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version,
    files: all.filter((file) => missing.get(file) === undefined),
    notRun: all.filter((file) => missing.get(file) !== undefined).map((file) => `${file} needs ${String(missing.get(file))}`),
    run: (files, isGuarded) => runFiles(root, files, isGuarded),
  };
}
