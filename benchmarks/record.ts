/** Writes the figures of a benchmark to `benchmarks/results/<area>-<date>.json`, with everything that a reader needs to judge them. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";

/** The median and the extremes of some rounds. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** The spread of the rounds' values; there must be at least one. */
export function toSpread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}

function readCommit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  return (
    git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : " and uncommitted changes")
  );
}

/** Records `figures` and prints where. `loadAverage` shows how busy the machine was with other things. */
export function recordResult(area: string, figures: object): void {
  const date = new Date().toISOString();
  const processors = cpus();
  const machine = {
    processor: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    loadAverage: loadavg(),
  };
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = `${area}-${date.slice(0, 19).replaceAll(":", "")}.json`;
  writeFileSync(
    new URL(file, folder),
    `${JSON.stringify({ area, date, commit: readCommit(), node: process.version, machine, figures }, null, 2)}\n`,
  );
  console.log(`written to benchmarks/results/${file}`);
}
