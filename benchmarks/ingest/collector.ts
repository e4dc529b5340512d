/** A collector as it ships, or the server that it is compared with, in its own process on its own core. */
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
  /** Ends it as a crash would, starts it again on what that left, and tells how long that took until it listens, ms. */
  readonly crash: () => Promise<{ readonly readyAfterMs: number; readonly collector: BenchCollector }>;
  readonly stop: () => Promise<void>;
};

const CLI = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));
const TICKS_PER_SECOND = 100;

/**
 * Starts `faultline up` with an empty data directory. Where `taskset` is installed, it has `core` for all its threads, and this process,
 * which sends the load, keeps to the others: otherwise the system wakes the sender where the answer was written, on the collector's core.
 */
export function startBenchCollector(core: number): Promise<BenchCollector> {
  const directory = mkdtempSync(join(process.env["BENCH_DIRECTORY"] ?? tmpdir(), "faultline-bench-"));
  return start([CLI, "up", "--port", "0", "--data", directory], { core, directory });
}

/** Starts a server that reads the load and does nothing with it, but that it writes it to the disk when told so. */
export function startBareServer(core: number, writes: boolean): Promise<BenchCollector> {
  const directory = mkdtempSync(join(process.env["BENCH_DIRECTORY"] ?? tmpdir(), "faultline-bench-"));
  const words = writes ? [join(directory, "bodies")] : [];
  return start([fileURLToPath(new URL("bare-server.ts", import.meta.url)), ...words], { core, directory });
}

type Place = { readonly core: number; readonly directory: string };

async function start(script: readonly string[], { core, directory }: Place): Promise<BenchCollector> {
  const words = [process.execPath, ...script];
  const pinned = hasTaskset() ? ["taskset", "-c", String(core), ...words] : words;
  if (hasTaskset()) leaveCore(core);
  const child = spawn(pinned[0]!, pinned.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  const port = await readPort(child);
  const { pid } = child;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  };
  return {
    port,
    cpuMs: () => {
      // Fields 14 and 15 of proc(5)'s stat are user and system time; the name in field 2 may hold spaces, so count from behind it.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
    },
    peakBytes: () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1_024,
    diskBytes: () => Number(execFileSync("du", ["-sb", directory], { encoding: "utf8" }).split("\t")[0]),
    crash: async () => {
      await end("SIGKILL");
      const begin = performance.now();
      const collector = await start(script, { core, directory });
      return { readyAfterMs: performance.now() - begin, collector };
    },
    stop: async () => {
      await end("SIGTERM");
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
