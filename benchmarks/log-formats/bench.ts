/**
 * How fast `faultline logs` reports on other logs than the combined format's: thirteen further formats, gzip, --route with --from, and paths
 * that are all new. CPU time (user and system) and peak memory of whole processes, one thread, start-up included; a run of nginx's combined
 * format is the peer that says how busy the machine was. `LOGS_MB=500` measures another size than 100 MB.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measure } from "../logs/measure.ts";
import { recordResult } from "../record.ts";
import { OTHER_LOGS, writeOtherLog } from "./other-logs.ts";

const SIZE_MB = Number(process.env["LOGS_MB"] ?? 100);
const ROUNDS = 3;

const folder = mkdtempSync(join(tmpdir(), "faultline-bench-log-formats-"));
const cli = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));
const hook = `data:text/javascript,process.on("exit",()=>process.stderr.write("maxRSS "+process.resourceUsage().maxRSS+"\\n"))`;

/** What other programs make of some of them: less than a report. */
const PEERS: Readonly<Record<string, readonly [program: string, words: string]>> = {
  "nginx in JSON": ["jq", ".status"],
  pino: ["jq", ".res.statusCode"],
  "nginx in a container (CRI)": [
    "mawk",
    `'{ path = $10; sub(/\\?.*/, "", path); gsub(/\\/[0-9]+/, "/#", path); count[path " " $12]++ } END { for (key in count) print count[key], key }'`,
  ],
};

/** MB a second of CPU time of a peer; undefined when there is none. */
function reportPeer(name: string, file: string, megabytes: number): number | undefined {
  const [program = "", words = ""] = PEERS[name] ?? [];
  if (program === "" || spawnSync("bash", ["-c", `command -v ${program}`]).status !== 0) return undefined;
  return Math.round((megabytes / measure(`LC_ALL=C ${program} ${words} '${file}'`).cpuMs) * 1e4) / 10;
}

/** The middle run of a command over a file, as MB of the text it holds a second of CPU time. */
function report(file: string, megabytes: number, options = "") {
  const command = `'${process.execPath}' --import '${hook}' '${cli}' logs --workers 1 ${options} '${file}'`;
  const runs = Array.from({ length: ROUNDS }, () => measure(command)).sort((a, b) => a.cpuMs - b.cpuMs);
  const middle = runs[Math.floor(ROUNDS / 2)];
  if (middle === undefined) throw new Error("nothing ran");
  return {
    megabytesPerCpuSecond: Math.round((megabytes / middle.cpuMs) * 1e4) / 10,
    peakRssMib: Math.round(Math.max(...runs.map(({ rssBytes }) => rssBytes)) / 2 ** 20),
  };
}

const figures: Record<string, ReturnType<typeof report> & { readonly peerMegabytesPerCpuSecond?: number }> = {};
try {
  for (const [name, write] of Object.entries(OTHER_LOGS)) {
    const file = join(folder, "a.log");
    writeOtherLog(file, write, SIZE_MB * 1e6);
    const megabytes = statSync(file).size / 1e6;
    const peerMegabytesPerCpuSecond = reportPeer(name, file, megabytes);
    figures[name] = { ...report(file, megabytes), ...(peerMegabytesPerCpuSecond === undefined ? {} : { peerMegabytesPerCpuSecond }) };
    if (name === "nginx with upstream times") {
      figures[`${name}, --route and --from`] = report(file, megabytes, "--route /orders --from 2026-11-20T00:05:00Z");
      execFileSync("gzip", ["-1", "-k", file]);
      figures[`${name}, gzip`] = report(`${file}.gz`, megabytes);
      rmSync(`${file}.gz`);
    }
    rmSync(file);
  }
} finally {
  rmSync(folder, { recursive: true });
}
recordResult("log-formats", { megabytes: SIZE_MB, logs: figures });
console.table(figures);
