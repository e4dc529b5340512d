/**
 * Memory, pages and answers under pathological loads: how much memory `faultline up`, alone on one core, takes at most, and how long a page waits,
 * while a sender does for some seconds what no sender should. Each load gets a collector of its own.
 *
 * npm run bench -- extremes [seconds of each] [words of the loads' names]
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { startBenchCollector } from "../ingest/collector.ts";
import { sendLoad } from "../ingest/load.ts";
import { recordResult } from "../record.ts";
import { type Load, LOADS } from "./loads.ts";

const CONNECTIONS = 8;
const durationMs = Number(process.argv[3] ?? 10) * 1_000;
const words = process.argv.slice(4).join(" ");

/** Asks for a page meanwhile; tells how long answers took, ms, and how many were no 200. */
async function watchPage(port: number): Promise<{ readonly stop: () => Promise<unknown> }> {
  const worker = new Worker(new URL("page-watcher.ts", import.meta.url), { workerData: port });
  await once(worker, "message");
  return {
    stop: async () => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of a browser's windows
      worker.postMessage("over");
      const [answer] = await once(worker, "message");
      return answer;
    },
  };
}

async function readBooks(port: number): Promise<object> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/health`);
  // Whatever it is, it is only shown.
  const { accepted, stored, deduplicated, dropped, audit } = (await answer.json()) as Record<string, unknown>;
  return { accepted, stored, deduplicated, dropped, audit };
}

async function run({ name, path, next }: Load): Promise<object> {
  const collector = await startBenchCollector(0);
  const { port } = collector;
  const page = await watchPage(port);
  const cpuBefore = collector.cpuMs();
  let round = 0;
  const result = await sendLoad({ port, path, connections: CONNECTIONS, durationMs, isGzip: false, nextBody: () => next(round++) });
  const cpuMs = collector.cpuMs() - cpuBefore;
  const pages = await page.stop();
  const figures = {
    name,
    peakMiB: Math.round(collector.peakBytes() / 2 ** 20),
    pages,
    requests: result.requests,
    refused: result.refused,
    slowestRequestMs: Math.round(result.latenciesMs.reduce((most, each) => Math.max(most, each), 0)),
    processorShare: Number((cpuMs / result.elapsedMs).toFixed(2)),
    diskMiB: Math.round(collector.diskBytes() / 2 ** 20),
    books: await readBooks(port),
  };
  await collector.stop();
  console.log(figures);
  return figures;
}

const figures: object[] = [];
for (const load of LOADS) if (load.name.includes(words)) figures.push(await run(load));
recordResult("extremes", { secondsOfEach: durationMs / 1_000, connections: CONNECTIONS, loads: figures });
