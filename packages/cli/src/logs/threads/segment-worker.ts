/** The thread that counts segments: the entry of a worker of `count-segments.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import { UsageError } from "../../command.ts";
import { analyzeSegment } from "../analyze.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { parseLogsOptions } from "../options.ts";
import type { Cut, Segment } from "../segments.ts";
import type { Tally } from "../tally/tally.ts";

/** The data with which a worker starts. */
export type WorkerInput = { readonly segmentWorker: true; readonly words: readonly string[]; readonly nowMs: number; readonly cut: Cut };

/** A request to a worker. */
type Task = { readonly index: number; readonly segment: Segment };

/** A worker's answer: the bytes that it read meanwhile, the counts of one segment (as plain objects), or why there are none. */
export type Answer =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "counted"; readonly index: number; readonly tally: Tally }
  | { readonly kind: "failed"; readonly text: string };

/** A worker reports its progress after this many bytes. */
const REPORT_BYTES = 8 << 20;

/** The worker's entry point. The starting thread loads this file too, and so spares the worker compiling it. */
export const SEGMENT_WORKER = new URL(import.meta.url);

function answer(said: Answer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of a browser's windows
  parentPort?.postMessage(said);
}

async function count({ index, segment }: Task, { words, nowMs, cut }: WorkerInput): Promise<Answer> {
  let unsaid = 0;
  const say = (least: number) => {
    if (unsaid < least) return;
    answer({ kind: "bytes", bytes: unsaid });
    unsaid = 0;
  };
  const onBytes = (bytes: number) => {
    unsaid += bytes;
    say(REPORT_BYTES);
  };
  const tally = await analyzeSegment(segment, { ...(await parseLogsOptions(words, nowMs)), cut, onBytes });
  say(1);
  return { kind: "counted", index, tally };
}

function serve(input: WorkerInput): void {
  parentPort?.on("message", (task: Task) => {
    const say = (said: Answer) => {
      answer(said);
      collectGarbage();
    };
    count(task, input).then(say, (error: unknown) => {
      if (!(error instanceof UsageError)) throw error;
      answer({ kind: "failed", text: error.message });
    });
  });
}

// A thread that counts segments starts this file with its input. Anyone else who loads it has none.
if (typeof workerData === "object" && workerData !== null && "segmentWorker" in workerData) serve(workerData as WorkerInput);
