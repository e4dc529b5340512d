/** Segments of one file, counted by this thread or by workers, added up in the order of the file. */
import { getCompileCacheDir } from "node:module";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { UsageError } from "../command.ts";
import { analyzeSegment, type AnalyzeOptions } from "./analyze.ts";
import { reviveTally } from "./revive-tally.ts";
import type { Answer, WorkerInput } from "./segment-worker.ts";
import type { Cut, Segment } from "./segments.ts";
import type { Tally } from "./tally.ts";

/** Who counts, and who hears of it. */
export type CountOptions = AnalyzeOptions & {
  readonly tally: Tally;
  readonly cut: Cut;
  readonly onBytes: (bytes: number) => void;
  /** Threads; 1 is this one alone. */
  readonly workers: number;
  /** The command's words, out of which a worker makes the same options again, and the time that they were understood at, Unix ms. */
  readonly words: readonly string[];
  readonly nowMs: number;
};

/** Counts segments into the tally. */
export async function countSegments(segments: readonly Segment[], options: CountOptions): Promise<void> {
  const count = Math.min(options.workers, segments.length);
  if (count > 1) return await countInWorkers(segments, { ...options, workers: count });
  for (const segment of segments) options.tally.merge(await analyzeSegment(segment, { ...options, limits: options.tally.limits }));
}

/** A worker's memory for what is young is kept small: with V8's own choice each would take three times as much. */
const YOUNG_MEGABYTES = 4;

function startWorker({ words, nowMs, cut }: CountOptions): Worker {
  const extension = extname(new URL(import.meta.url).pathname);
  const workerData: WorkerInput = { words, nowMs, cut };
  const compiled = getCompileCacheDir();
  return new Worker(new URL(`./segment-worker${extension}`, import.meta.url), {
    workerData,
    // Workers do not inherit the cache of what was compiled before, but they read its place where a process would.
    env: compiled === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: compiled },
    execArgv: extension === ".ts" ? ["--conditions=source"] : [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
}

/** How far workers may run ahead of the oldest segment that is not finished: what they counted waits in memory. */
const AHEAD = 2;

async function countInWorkers(segments: readonly Segment[], options: CountOptions): Promise<void> {
  const { tally, workers: count, onBytes } = options;
  const workers = Array.from({ length: count }, () => startWorker(options));
  const idle = [...workers];
  const waiting = new Map<number, Tally>();
  let [given, added] = [0, 0];
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  const give = () => {
    while (given < segments.length && given < added + AHEAD * count) {
      const worker = idle.shift();
      if (worker === undefined) return;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of a browser's windows
      worker.postMessage({ index: given, segment: segments[given] });
      given += 1;
    }
  };
  const take = (worker: Worker, answer: Answer) => {
    if (answer.kind === "bytes") return onBytes(answer.bytes);
    if (answer.kind === "failed") return reject(new UsageError(answer.text));
    waiting.set(answer.index, answer.tally);
    idle.push(worker);
    for (let next = waiting.get(added); next !== undefined; next = waiting.get(added)) {
      tally.merge(reviveTally(next));
      waiting.delete(added);
      added += 1;
    }
    give();
    if (added === segments.length) resolve();
  };
  for (const worker of workers) {
    worker.on("message", (answer: Answer) => take(worker, answer));
    worker.on("error", reject);
  }
  give();
  await finished.finally(async () => await Promise.all(workers.map((worker) => worker.terminate())));
}
