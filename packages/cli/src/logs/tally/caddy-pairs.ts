import type { ReadLine } from "@faultline/formats/access-log";
import type { Exchange } from "@faultline/model";

/** An exchange with the line and the file from which it was read. */
export type SeenExchange = { readonly read: ReadLine & { readonly kind: "exchange" }; readonly line: string; readonly file: string };

const MAX_HELD = 4096;

/**
 * If Caddy itself fails a request, it writes two lines: its error logger says why, and the access log, if there is one, says what was sent.
 * Both lines have the same duration, to the nanosecond. The request is counted once, with the reason of the one and the size of the other.
 * An error line that no access line follows stands for its request.
 */
export class CaddyPairs {
  private readonly held = new Map<string, SeenExchange>();
  private readonly counted = new Set<string>();
  private beforeTail: readonly string[] | undefined;

  /** True while an error line waits for its access line. */
  get isWaiting(): boolean {
    return this.held.size > 0;
  }

  /** True for an error line whose access line was counted before: it only tells why. */
  isRepeated({ read }: SeenExchange): boolean {
    return read.format === "caddy-error" && this.counted.has(toKey(read.exchange));
  }

  /** What is to be counted now. An error line that waits for its access line, or repeats it, is not counted. */
  take(seen: SeenExchange): readonly SeenExchange[] {
    const key = toKey(seen.read.exchange);
    if (seen.read.format === "caddy-error") {
      if (this.counted.has(key)) return [];
      this.held.set(key, seen);
      const [oldest] = this.held.keys();
      if (this.held.size <= MAX_HELD || oldest === undefined) return [];
      const released = this.held.get(oldest);
      this.held.delete(oldest);
      return released === undefined ? [] : [released];
    }
    if ((seen.read.exchange.status ?? 0) >= 500 && this.counted.size < MAX_HELD) this.counted.add(key);
    const error = this.held.get(key);
    if (error === undefined) return [seen];
    this.held.delete(key);
    const { madeBy, errorMessage } = error.read.exchange;
    const exchange: Exchange = {
      ...seen.read.exchange,
      ...(madeBy === undefined ? {} : { madeBy }),
      ...(errorMessage === undefined ? {} : { errorMessage }),
    };
    return [{ ...seen, read: { ...seen.read, exchange } }];
  }

  /** From here on, waiting error lines are left to the next part of the log, which reads these lines again. */
  startTail(): void {
    this.beforeTail = [...this.held.keys()];
  }

  /** The error lines that no access line followed; only those before the tail, if there is one. */
  release(): readonly SeenExchange[] {
    const keys = this.beforeTail ?? [...this.held.keys()];
    const rest = keys.map((key) => this.held.get(key)).filter((seen) => seen !== undefined);
    this.held.clear();
    return rest;
  }

  /** Takes in what waits in a later part of the same log, or in another log. */
  merge(later: CaddyPairs): void {
    for (const key of later.counted) {
      this.held.delete(key);
      if (this.counted.size < MAX_HELD) this.counted.add(key);
    }
    for (const [key, seen] of later.held) if (!this.counted.has(key)) this.held.set(key, seen);
  }
}

function toKey({ method, path, query, clientAddress, status, durationMs }: Exchange): string {
  return [method, path, query, clientAddress, status, durationMs].join(" ");
}
