/**
 * How fast `faultline logs` reports on 500 MB of nginx combined with request time, beside mawk counting routes by status, GoAccess and a
 * native C counter, interleaved in one run. Wall time and CPU time (user and system) of whole processes, start-up included; on a busy
 * machine, read the CPU ratios. For the native counter, read those of the pairs that take turns, both on the same single core where there is
 * `taskset`: the goal is defined for one core, and V8's own threads suffer more from neighbours on the others. Pairs run without the hook that reports memory,
 * which takes 3 ms. `LOGS_MB=2000` measures another size.
 * The file is deterministic and deleted afterwards.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordResult, toSpread } from "../record.ts";
import { writeAccessLog } from "./access-log.ts";
import { measure, type Run } from "./measure.ts";

const SIZE_MB = Number(process.env["LOGS_MB"] ?? 500);
const SMALL_MB = 20;
const ROUNDS = 3;
/** Pairs of ours and the native counter, which take turns, so that disturbances favour neither. */
const PAIRS = 9;
const CC = process.env["CC"] ?? "cc";
const NATIVE = "native C, route x status";
const MAWK = `{ path = $7; sub(/\\?.*/, "", path); gsub(/[0-9a-f]+-[0-9a-f]+-[0-9a-f-]+/, "#", path); gsub(/\\/[0-9]+/, "/#", path); count[path " " $9]++ } END { for (key in count) print count[key], key }`;

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
    peers[NATIVE] = { command: `'${join(folder, "counter")}' '${large}'`, file: large };
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
  const comparePairs = (pin: string) => {
    const pairs = Array.from({ length: PAIRS }, () => {
      const ours = measure(`${pin}'${process.execPath}' '${cli}' logs --workers 1 '${large}'`);
      const native = measure(`${pin}${peers[NATIVE]?.command ?? ""}`);
      return { byWall: native.wallMs / ours.wallMs, byCpu: native.cpuMs / ours.cpuMs, oursMs: ours.cpuMs, nativeMs: native.cpuMs };
    });
    return {
      pairs: pairs.length,
      byWall: toSpread(pairs.map(({ byWall }) => byWall)),
      byCpu: toSpread(pairs.map(({ byCpu }) => byCpu)),
      oursCpuMs: toSpread(pairs.map(({ oursMs }) => oursMs)),
      nativeCpuMs: toSpread(pairs.map(({ nativeMs }) => nativeMs)),
    };
  };
  const besideNative = has(CC)
    ? { ...(has("taskset") ? { onOneCore: comparePairs("taskset -c 0 ") } : {}), onAllCores: comparePairs("") }
    : undefined;
  recordResult("logs", { lines, tools: figures, faultlineTimesAsFastAs: ratios, besideNative });
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
  for (const [where, { byWall, byCpu, oursCpuMs, nativeCpuMs }] of Object.entries(besideNative ?? {}))
    console.table({
      [`of native C's speed, ${where}, wall`]: byWall,
      [`of native C's speed, ${where}, CPU`]: byCpu,
      "ours, ms of CPU": oursCpuMs,
      "native, ms of CPU": nativeCpuMs,
    });
} finally {
  if (existsSync(folder)) rmSync(folder, { recursive: true });
}
