/** One step of the sequence. */
export type Step = {
  /** How the report calls the step when there was no time for it. */
  readonly name: string;
  /** The step is started only if this much time is left. */
  readonly needsMs?: number;
  /** Whether the step waits until all earlier ones have ended. */
  readonly isAlone?: boolean;
  readonly run: () => Promise<unknown>;
};

/** The time limit of the whole sequence. */
export type Deadline = {
  /** Never below 0. */
  readonly leftMs: () => number;
  /** How long a step may delay the next one; a third of that while an earlier one is still running. */
  readonly patienceMs: number;
  /** Aborts the sequence when its results are no longer wanted. */
  readonly signal: AbortSignal;
};

/** A limit that keeps us from overloading a hanging server: the request, its repetition, the direct one, a simple one and a handshake. */
const MOST_AT_ONCE = 5;
/** With less time than this a probe says nothing about a server. */
export const LEAST_MS = 300;

/**
 * Runs steps one after the other within a common time limit. A step that takes long does not hold up the next, which is then started beside
 * it, up to five at once. Steps that no time is left for are skipped. Resolves, when all started steps have ended, to the skipped ones' names.
 */
export async function takeTurns(steps: readonly Step[], { leftMs, patienceMs, signal }: Deadline): Promise<readonly string[]> {
  const undone: string[] = [];
  const running = new Set<Promise<unknown>>();
  for (const { name, needsMs = LEAST_MS, isAlone = false, run } of steps) {
    if (isAlone) await Promise.all(running);
    if (running.size >= MOST_AT_ONCE) await Promise.race(running);
    if (signal.aborted) break;
    if (leftMs() < needsMs) {
      undone.push(name);
      continue;
    }
    const holdMs = running.size === 0 ? patienceMs : patienceMs / 3;
    const turn: Promise<unknown> = run().finally(() => running.delete(turn));
    running.add(turn);
    await endWithin(turn, holdMs);
  }
  await Promise.all(running);
  return undone;
}

async function endWithin(turn: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const up = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([turn, up]);
  clearTimeout(timer);
}
