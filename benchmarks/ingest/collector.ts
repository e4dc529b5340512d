/** A collector as it ships, in its own process on its own core. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A running collector and what it costs. */
export type BenchCollector = {
  readonly port: number;
  /** Processor time of all its threads, ms. */
  readonly cpuMs: () => number;
  /** The most memory it ever held, bytes. */
  readonly peakBytes: () => number;
  readonly diskBytes: () => number;
  readonly stop: () => Promise<void>;
};

const CLI = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));
const TICKS_PER_SECOND = 100;

/**
 * Starts `faultline up` with an empty data directory. Where `taskset` is installed, it has `core` for all its threads, and this process,
 * which sends the load, keeps to the others: otherwise the system wakes the sender where the answer was written, on the collector's core.
 */
export async function startBenchCollector(core: number): Promise<BenchCollector> {
  const directory = mkdtempSync(join(process.env["BENCH_DIRECTORY"] ?? tmpdir(), "faultline-bench-"));
  const words = [process.execPath, CLI, "up", "--port", "0", "--data", directory];
  const pinned = hasTaskset() ? ["taskset", "-c", String(core), ...words] : words;
  if (hasTaskset()) leaveCore(core);
  const child = spawn(pinned[0]!, pinned.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  const port = await readPort(child);
  const { pid } = child;
  return {
    port,
    cpuMs: () => {
      // Fields 14 and 15 of proc(5)'s stat are user and system time; the name in field 2 may hold spaces, so count from behind it.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
    },
    peakBytes: () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1_024,
    diskBytes: () => Number(execFileSync("du", ["-sb", directory], { encoding: "utf8" }).split("\t")[0]),
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Moves all threads of this process to the other cores. */
function leaveCore(core: number): void {
  const others = cpus().flatMap((_, index) => (index === core ? [] : [index]));
  if (others.length > 0) execFileSync("taskset", ["-acp", others.join(","), String(process.pid)], { stdio: "ignore" });
}

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function readPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`the collector ended with ${code} before it was up: ${text}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const port = /http:\/\/[^:]+:(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
