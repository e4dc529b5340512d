/** Counts the segments of one file in this thread and in workers, and adds the counts in file order. */
import { flushCompileCache, getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { UsageError } from "../../command.ts";
import { analyzeSegment, type AnalyzeOptions } from "../analyze.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { reviveTally } from "./revive-tally.ts";
import { type Answer, SEGMENT_WORKER, type WorkerInput } from "./segment-worker.ts";
import type { Cut, Segment } from "../segments.ts";
import type { Tally } from "../tally/tally.ts";

/** How segments are counted, and who is told about it. */
export type CountOptions = AnalyzeOptions & {
  readonly tally: Tally;
  readonly cut: Cut;
  readonly onBytes: (bytes: number) => void;
  /** The number of threads, of which this is the first. `countInTurn` needs no other. */
  readonly workers: number;
  /** The command's arguments, from which a worker makes the same options again, and the time at which they were parsed, Unix ms. */
  readonly words: readonly string[];
  readonly nowMs: number;
  /** Threads that are kept from one file to the next; the caller closes them. Without it, each file starts its own. */
  readonly crew?: Crew;
};

/** Counts segments into the tally. */
export async function countSegments(segments: readonly Segment[], options: CountOptions): Promise<void> {
  const workers = Math.min(options.workers, segments.length);
  const crew = options.crew ?? new Crew();
  await countInThreads(segments, { ...options, workers, crew }).finally(async () =>
    crew === options.crew ? undefined : await crew.close(),
  );
}

/**
 * A worker's young generation is kept small: with V8's own choice each worker would take three times as much memory. The bound on the old
 * generation is far above what a segment's counts can take; because it is below V8's own, the heap grows in smaller steps.
 */
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 512 };

function startWorker({ words, nowMs, cut }: CountOptions): Worker {
  const workerData: WorkerInput = { segmentWorker: true, words, nowMs, cut };
  const compiled = getCompileCacheDir();
  return new Worker(SEGMENT_WORKER, {
    workerData,
    // Workers do not inherit the compile cache. They read its place from the environment: the folder above the one for this version of
    // Node.
    env: compiled === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(compiled) },
    execArgv: SEGMENT_WORKER.pathname.endsWith(".ts") ? ["--conditions=source"] : [],
    resourceLimits: LIMITS,
  });
}

/**
 * The threads besides this one, started when they are first needed. They are reused because an ended thread leaves memory behind that the
 * process does not use again completely.
 */
export class Crew {
  private readonly workers: Worker[] = [];

  /** The first `count` threads, without listeners. */
  gather(count: number, options: CountOptions): readonly Worker[] {
    // Workers load the same modules as this thread. They can use what it compiled once that is on disk.
    if (this.workers.length < count) flushCompileCache();
    while (this.workers.length < count) this.workers.push(startWorker(options));
    const gathered = this.workers.slice(0, count);
    for (const worker of gathered) worker.removeAllListeners("message").removeAllListeners("error");
    return gathered;
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.terminate()));
  }
}

/** How many rounds the threads may be ahead of the oldest unfinished segment. Their counts wait in memory until then. */
const AHEAD = 2;

/** A thread that counts a segment on request. */
type Hand = { readonly start: (index: number) => void };

/** Counts in this thread and in others. */
async function countInThreads(segments: readonly Segment[], options: CountOptions & { readonly crew: Crew }): Promise<void> {
  const { tally, workers: count, onBytes, crew } = options;
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  const waiting = new Map<number, Tally>();
  const idle: Hand[] = [];
  let [given, added] = [0, 0];
  const give = () => {
    for (; given < segments.length && given < added + AHEAD * count; given += 1) {
      const hand = idle.shift();
      if (hand === undefined) return;
      hand.start(given);
    }
  };
  const take = (hand: Hand, index: number, counted: Tally) => {
    waiting.set(index, counted);
    idle.push(hand);
    for (let next = waiting.get(added); next !== undefined; next = waiting.get(added)) {
      tally.merge(next);
      waiting.delete(added);
      added += 1;
      if (added % count === 0) collectGarbage();
    }
    give();
    if (added === segments.length) resolve();
  };
  for (const worker of crew.gather(count - 1, options)) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of a browser's windows
    const hand: Hand = { start: (index) => worker.postMessage({ index, segment: segments[index] }) };
    worker.on("message", (answer: Answer) => {
      if (answer.kind === "bytes") onBytes(answer.bytes);
      else if (answer.kind === "failed") reject(new UsageError(answer.text));
      else take(hand, answer.index, reviveTally(answer.tally));
    });
    worker.on("error", reject);
    idle.push(hand);
  }
  const own: Hand = { start: (index) => void countHere(segments[index], options).then((counted) => take(own, index, counted), reject) };
  idle.push(own);
  give();
  await finished;
}

async function countHere(segment: Segment | undefined, options: CountOptions): Promise<Tally> {
  if (segment === undefined) throw new RangeError("there is no such segment");
  return await analyzeSegment(segment, { ...options, limits: options.tally.limits });
}
