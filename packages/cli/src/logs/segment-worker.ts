/** The thread that counts segments: the entry of a worker of `count-segments.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import { UsageError } from "../command.ts";
import { analyzeSegment } from "./analyze.ts";
import { parseLogsOptions } from "./options.ts";
import type { Cut, Segment } from "./segments.ts";
import type { Tally } from "./tally.ts";

/** What a worker is started with. */
export type WorkerInput = { readonly words: readonly string[]; readonly nowMs: number; readonly cut: Cut };

/** What it is asked for. */
type Task = { readonly index: number; readonly segment: Segment };

/** What it says: bytes that it read meanwhile, the counts of one segment (as plain objects), or why there are none. */
export type Answer =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "counted"; readonly index: number; readonly tally: Tally }
  | { readonly kind: "failed"; readonly text: string };

/** Bytes after which it says how far it is. */
const REPORT_BYTES = 8 << 20;

// The thread that started this one passes these along.
const { words, nowMs, cut } = workerData as WorkerInput;
const options = parseLogsOptions(words, nowMs);

function answer(said: Answer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of a browser's windows
  parentPort?.postMessage(said);
}

async function count({ index, segment }: Task): Promise<Answer> {
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
  const tally = await analyzeSegment(segment, { ...options, cut, onBytes });
  say(1);
  return { kind: "counted", index, tally };
}

parentPort?.on("message", (task: Task) => {
  count(task).then(answer, (error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    answer({ kind: "failed", text: error.message });
  });
});
