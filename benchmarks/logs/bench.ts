/**
 * How fast `faultline logs` reports on 500 MB of nginx combined with request time, beside mawk counting routes by status, GoAccess and a
 * native C counter, interleaved in one run. Wall time and CPU time (user and system) of whole processes, start-up included; on a busy
 * machine the CPU ratios are the ones to read. `LOGS_MB=2000` measures another size. The file is deterministic and deleted afterwards.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordResult, toSpread } from "../record.ts";
import { writeAccessLog } from "./access-log.ts";

const SIZE_MB = Number(process.env["LOGS_MB"] ?? 500);
const SMALL_MB = 20;
const ROUNDS = 3;
const CC = process.env["CC"] ?? "cc";
const MAWK = `{ path = $7; sub(/\\?.*/, "", path); gsub(/[0-9a-f]+-[0-9a-f]+-[0-9a-f-]+/, "#", path); gsub(/\\/[0-9]+/, "/#", path); count[path " " $9]++ } END { for (key in count) print count[key], key }`;

type Run = { readonly wallMs: number; readonly cpuMs: number; readonly rssBytes: number };

/** Runs a shell command under bash's clock and reads its wall time, CPU time and, of Node, its peak memory. */
function measure(command: string): Run {
  const result = spawnSync("bash", ["-c", `TIMEFORMAT='%R %U %S'; time ( ${command} ) > /dev/null`], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (result.status !== 0) throw new Error(`${command}: ${result.stderr}`);
  const [wall = 0, user = 0, system = 0] = (/([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(result.stderr)?.slice(1) ?? []).map(Number);
  const rss = Number(/maxRSS (\d+)/.exec(result.stderr)?.[1] ?? 0);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000, rssBytes: rss * 1024 };
}

function has(program: string): boolean {
  return spawnSync("bash", ["-c", `command -v ${program}`]).status === 0;
}

const folder = mkdtempSync(join(tmpdir(), "faultline-bench-logs-"));
const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "packages/cli/bin/faultline.js");
try {
  const large = join(folder, "large.log");
  const small = join(folder, "small.log");
  const lines = writeAccessLog(large, SIZE_MB * 1e6);
  writeAccessLog(small, SMALL_MB * 1e6);
  const hook = `data:text/javascript,process.on("exit",()=>process.stderr.write("maxRSS "+process.resourceUsage().maxRSS+"\\n"))`;
  const node = `'${process.execPath}' --import '${hook}'`;
  const peers: Record<string, { readonly command: string; readonly file: string }> = {
    faultline: { command: `${node} '${cli}' logs --workers 1 '${large}'`, file: large },
  };
  if (has("mawk")) peers["mawk, route x status"] = { command: `LC_ALL=C mawk '${MAWK}' '${large}'`, file: large };
  if (has(CC)) {
    execFileSync(CC, ["-O3", "-march=native", "-o", join(folder, "counter"), fileURLToPath(new URL("counter.c", import.meta.url))]);
    peers["native C, route x status"] = { command: `'${join(folder, "counter")}' '${large}'`, file: large };
  }
  if (has("goaccess"))
    peers["GoAccess"] = {
      command: `goaccess '${small}' --log-format='%h - %^ [%d:%t %^] "%r" %s %b "%R" "%u" %T' --date-format=%d/%b/%Y --time-format=%T -o json`,
      file: small,
    };
  const runs = new Map(Object.keys(peers).map((name) => [name, [] as Run[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, { command }] of Object.entries(peers)) runs.get(name)?.push(measure(command));
  }
  const figures = Object.fromEntries(
    [...runs].map(([name, list]) => {
      const bytes = statSync(peers[name]?.file ?? large).size;
      const wall = toSpread(list.map(({ wallMs }) => bytes / 1e3 / wallMs));
      const cpu = toSpread(list.map(({ cpuMs }) => bytes / 1e3 / cpuMs));
      return [
        name,
        {
          megabytes: Math.round(bytes / 1e6),
          wallMegabytesPerSecond: wall,
          cpuMegabytesPerSecond: cpu,
          peakRssBytes: Math.max(...list.map(({ rssBytes }) => rssBytes)),
        },
      ];
    }),
  );
  const own = figures["faultline"];
  const ratios = Object.fromEntries(
    Object.entries(figures).map(([name, figure]) => [
      name,
      {
        byWall: (own?.wallMegabytesPerSecond.median ?? 0) / figure.wallMegabytesPerSecond.median,
        byCpu: (own?.cpuMegabytesPerSecond.median ?? 0) / figure.cpuMegabytesPerSecond.median,
      },
    ]),
  );
  recordResult("logs", { lines, tools: figures, faultlineTimesAsFastAs: ratios });
  console.table(
    Object.fromEntries(
      Object.entries(figures).map(([name, figure]) => [
        name,
        {
          "MB/s wall": figure.wallMegabytesPerSecond.median.toFixed(1),
          "MB/s CPU": figure.cpuMegabytesPerSecond.median.toFixed(1),
          "faultline x (wall)": ratios[name]?.byWall.toFixed(2),
          "faultline x (CPU)": ratios[name]?.byCpu.toFixed(2),
          "RSS MiB": (figure.peakRssBytes / 2 ** 20).toFixed(0),
        },
      ]),
    ),
  );
} finally {
  if (existsSync(folder)) rmSync(folder, { recursive: true });
}
