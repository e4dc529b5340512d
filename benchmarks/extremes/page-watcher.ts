/**
 * Asks for the overview again and again, in a thread of its own, so that the making of loads does not count as waiting; nor does the start of
 * the thread, of its client and of its connection: it says `ready` after a first answer.
 */
import { parentPort, workerData } from "node:worker_threads";

const url = `http://127.0.0.1:${Number(workerData)}/api/overview`;
const tookMs: number[] = [];
let failed = 0;

async function ask(): Promise<void> {
  const begin = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (response.status !== 200) failed += 1;
  tookMs.push(Math.round(performance.now() - begin));
}

function tell(message: unknown): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of a browser's windows
  parentPort?.postMessage(message);
}

await ask();
tookMs.length = 0;
const over = new AbortController();
parentPort?.once("message", () => over.abort());
tell("ready");
while (!over.signal.aborted) {
  await ask();
  await new Promise((resolve) => setTimeout(resolve, 300));
}
const sorted = tookMs.toSorted((a, b) => a - b);
tell({ slowestMs: sorted.at(-1), medianMs: sorted[Math.floor(sorted.length / 2)], asked: sorted.length, failed });
