/** Express's tests, which are for mocha, out of a folder with its sources. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Run, Suite } from "./suite.ts";

const PRELOAD = fileURLToPath(new URL("guard-every-express.ts", import.meta.url));

type MochaReport = { readonly passes: readonly object[]; readonly failures: readonly { readonly fullTitle: string }[] };

function runFiles(root: string, files: readonly string[], isGuarded: boolean): Run {
  const folder = mkdtempSync(join(tmpdir(), "faultline-suite-"));
  const output = join(folder, "report.json");
  const preload = isGuarded ? ["--conditions=source", `--import=${PRELOAD}`] : [];
  const mocha = createRequire(join(root, "index.js")).resolve("mocha/bin/_mocha");
  const options = ["--require", "test/support/env", "--check-leaks", "--reporter", "json", "--reporter-option", `output=${output}`];
  const env = { ...process.env, SUITE_ROOT: root };
  try {
    spawnSync(process.execPath, [...preload, mocha, ...options, ...files], { cwd: root, env, timeout: 240_000, stdio: "ignore" });
    if (!existsSync(output)) return runEach(root, files, isGuarded);
    const report = JSON.parse(readFileSync(output, "utf8")) as MochaReport;
    return { passed: report.passes.length, failed: report.failures.map(({ fullTitle }) => fullTitle) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that ends the process, as one of another version's may, must not take the others with it. */
function runEach(root: string, files: readonly string[], isGuarded: boolean): Run {
  if (files.length === 1) return { passed: 0, failed: files.map((file) => `${file} does not run to its end`) };
  const runs = files.map((file) => runFiles(root, [file], isGuarded));
  return { passed: runs.reduce((sum, run) => sum + run.passed, 0), failed: runs.flatMap((run) => run.failed) };
}

/** The suite in `folder`. `only` chooses files by a part of their name. */
export function createExpressSuite(folder: string | undefined, only: string): Suite {
  if (folder === undefined) throw new Error("Express's tests are not in its npm package: --in names a folder with them");
  const root = resolve(folder);
  const list = (under: string): string[] =>
    readdirSync(join(root, under))
      .filter((name) => name.endsWith(".js") && name.includes(only))
      .map((name) => `${under}/${name}`);
  const { version } = createRequire(join(root, "index.js"))("express/package.json") as { version: string };
  return {
    version,
    files: [...list("test"), ...list("test/acceptance")],
    notRun: [],
    run: (files, isGuarded) => runFiles(root, files, isGuarded),
  };
}
