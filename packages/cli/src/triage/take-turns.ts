/** One thing to do in its turn. */
export type Step = {
  /** What is said of it where there was no time for it. */
  readonly name: string;
  /** Without this much time left it is not begun. */
  readonly needsMs?: number;
  /** Waits until everything before it has ended. */
  readonly isAlone?: boolean;
  readonly run: () => Promise<unknown>;
};

/** The time that everything together may take. */
export type Deadline = {
  /** Never below 0. */
  readonly leftMs: () => number;
  /** So long a step holds up the next one; a third of that where another one is still waited for. */
  readonly patienceMs: number;
  /** Ends the turns, for whatever is no longer of use. */
  readonly signal: AbortSignal;
};

/** A server that hangs is not to be filled by whoever asks why: the request, the same again, straight to the backend, a simple one, a handshake. */
const MOST_AT_ONCE = 5;
/** Less time than this tells nothing of a server. */
export const LEAST_MS = 300;

/**
 * Does one thing after the other within a time for all of them. What takes long does not hold up the next, which then begins beside it, up to
 * five at once; what there is no time left for is not begun. Resolves, when everything that was begun has ended, to the names of what was not.
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
