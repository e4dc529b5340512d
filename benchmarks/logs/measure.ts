import { spawnSync } from "node:child_process";

/** One run of a program; RSS is of Node only. */
export type Run = { readonly wallMs: number; readonly cpuMs: number; readonly rssBytes: number };

/** Runs a shell command under bash's clock and reads its wall time, CPU time and, of Node, its peak memory. */
export function measure(command: string): Run {
  const result = spawnSync("bash", ["-c", `TIMEFORMAT='%R %U %S'; time ( ${command} ) > /dev/null`], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (result.status !== 0) throw new Error(`${command}: ${result.stderr}`);
  const [wall = 0, user = 0, system = 0] = (/([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(result.stderr)?.slice(1) ?? []).map(Number);
  const rss = Number(/maxRSS (\d+)/.exec(result.stderr)?.[1] ?? 0);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000, rssBytes: rss * 1024 };
}
