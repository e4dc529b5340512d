/** What `faultline diagnose` costs from a file to its verdict, as a whole process: a million spans of OTLP/JSON lines, 1 % of the traces failing. */
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createJsonPayload } from "../otlp-payloads.ts";

const SPANS = 1_000_000;
/** As a Collector's file exporter writes them after its batch processor. */
const SPANS_PER_LINE = 200;
const LINES_AT_ONCE = 50;

/** Seconds by the clock and of the processor, peak memory in bytes, and what was said. */
export type FileFigures = {
  readonly spans: number;
  readonly bytes: number;
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakBytes: number;
  readonly verdict: string;
};

/** Writes the file beside the system's temporary ones, diagnoses it, and removes it. */
export function benchFile(): FileFigures {
  const folder = mkdtempSync(join(tmpdir(), "faultline-bench-file-"));
  try {
    const file = join(folder, "traces.jsonl");
    writeSpans(file);
    return { spans: SPANS, bytes: statSync(file).size, ...run(file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeSpans(file: string): void {
  for (let line = 0; line < SPANS / SPANS_PER_LINE; line += LINES_AT_ONCE) {
    const lines = Array.from({ length: LINES_AT_ONCE }, (_, index) =>
      createJsonPayload({
        spans: SPANS_PER_LINE,
        spansPerTrace: 10,
        failingRatio: 0.01,
        seed: line + index + 1,
        startMs: 1_790_000_000_000 + (line + index) * SPANS_PER_LINE,
      }),
    );
    appendFileSync(file, `${lines.join("\n")}\n`);
  }
}

function run(file: string): Pick<FileFigures, "wallS" | "cpuS" | "peakBytes" | "verdict"> {
  const cli = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));
  const told = "process.on('exit',()=>process.stderr.write('used '+JSON.stringify(process.resourceUsage())+'\\n'))";
  const startedMs = performance.now();
  const result = spawnSync(process.execPath, ["--import", `data:text/javascript,${told}`, cli, "diagnose", file, "--json"], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  const wallS = (performance.now() - startedMs) / 1000;
  const used = /^used (\{.*\})$/m.exec(result.stderr)?.[1];
  if (used === undefined) throw new Error(result.stderr);
  // Node's own shapes: microseconds, and kibibytes.
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(used) as Readonly<Record<"userCPUTime" | "systemCPUTime" | "maxRSS", number>>;
  const { verdict, causes } = JSON.parse(result.stdout) as { readonly verdict: string; readonly causes: readonly { cause: string }[] };
  return { wallS, cpuS: (userCPUTime + systemCPUTime) / 1e6, peakBytes: maxRSS * 1024, verdict: `${verdict}: ${causes[0]?.cause ?? "-"}` };
}
