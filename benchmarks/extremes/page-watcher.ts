/** Asks for the overview again and again, in a thread of its own, so that the making of loads does not count as waiting. */
import { parentPort, workerData } from "node:worker_threads";

const url = `http://127.0.0.1:${Number(workerData)}/api/overview`;
let [slowestMs, failed] = [0, 0];
const over = new AbortController();
parentPort?.once("message", () => over.abort());
while (!over.signal.aborted) {
  const begin = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (response.status !== 200) failed += 1;
  slowestMs = Math.max(slowestMs, Math.round(performance.now() - begin));
  await new Promise((resolve) => setTimeout(resolve, 300));
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of a browser's windows
parentPort?.postMessage({ slowestMs, failed });
