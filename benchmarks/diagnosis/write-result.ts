import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

/** Writes one result as dated JSON under `benchmarks/results`, with the machine and the commit it was measured on. */
export function writeResult(area: string, result: object): void {
  const directory = join(import.meta.dirname, "..", "results");
  mkdirSync(directory, { recursive: true });
  const date = new Date().toISOString();
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
  writeFileSync(
    join(directory, `${area}-${date.replace(/[:.]/g, "-")}.json`),
    `${JSON.stringify({ date, commit, machine, ...result }, undefined, 2)}\n`,
  );
}
