/** The thread that counts segments: the entry of a worker of `count-segments.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import { UsageError } from "../../command.ts";
import { analyzeSegment } from "../analyze.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { parseLogsOptions } from "../options.ts";
import type { Cut, Segment } from "../segments.ts";
import type { Tally } from "../tally/tally.ts";

/** What a worker is started with. */
export type WorkerInput = { readonly segmentWorker: true; readonly words: readonly string[]; readonly nowMs: number; readonly cut: Cut };

/** What it is asked for. */
type Task = { readonly index: number; readonly segment: Segment };

/** What it says: bytes that it read meanwhile, the counts of one segment (as plain objects), or why there are none. */
export type Answer =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "counted"; readonly index: number; readonly tally: Tally }
  | { readonly kind: "failed"; readonly text: string };

/** Bytes after which it says how far it is. */
const REPORT_BYTES = 8 << 20;

/** Where a worker of this kind starts. That the thread which starts it loads this file too spares the worker the compiling of it. */
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

// The thread that started this one passes its input along; whoever else loads this file has none.
if (typeof workerData === "object" && workerData !== null && "segmentWorker" in workerData) serve(workerData as WorkerInput);
