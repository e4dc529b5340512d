/**
 * How long `faultline explain 502` takes beside `node -e 0`, interleaved in one run: with what earlier starts left in the compile cache, and
 * the first time, with an empty one. Wall time of whole processes; CPU time is what to read on a busy machine.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordResult, toSpread } from "../record.ts";

const ROUNDS = 20;
const cli = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));

type Run = { readonly wallMs: number; readonly cpuMs: number };

/** Runs a program under bash's clock. */
function measure(args: readonly string[], cache: string): Run {
  const words = [process.execPath, ...args].map((word) => `'${word}'`).join(" ");
  const result = spawnSync("bash", ["-c", `TIMEFORMAT='%R %U %S'; time ${words} >/dev/null`], {
    encoding: "utf8",
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  if (result.status !== 0) throw new Error(result.stderr);
  const [wall = 0, user = 0, system = 0] = (/([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(result.stderr)?.slice(1) ?? []).map(Number);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
}

const runs: Record<string, Run[]> = { "node -e 0": [], "faultline explain 502": [], "faultline explain 502, first start": [] };
const kept = mkdtempSync(join(tmpdir(), "faultline-bench-startup-"));
try {
  measure([cli, "explain", "502"], kept);
  for (let round = 0; round < ROUNDS; round += 1) {
    runs["node -e 0"]?.push(measure(["-e", "0"], kept));
    runs["faultline explain 502"]?.push(measure([cli, "explain", "502"], kept));
    const empty = mkdtempSync(join(tmpdir(), "faultline-bench-startup-"));
    runs["faultline explain 502, first start"]?.push(measure([cli, "explain", "502"], empty));
    rmSync(empty, { recursive: true });
  }
} finally {
  rmSync(kept, { recursive: true });
}
const figures = Object.fromEntries(
  Object.entries(runs).map(([name, list]) => [
    name,
    { wallMs: toSpread(list.map(({ wallMs }) => wallMs)), cpuMs: toSpread(list.map(({ cpuMs }) => cpuMs)) },
  ]),
);
recordResult("startup", figures);
console.table(
  Object.fromEntries(
    Object.entries(figures).map(([name, { wallMs, cpuMs }]) => [
      name,
      { "wall ms": wallMs.median.toFixed(0), "CPU ms": cpuMs.median.toFixed(0) },
    ]),
  ),
);
