/** Idempotency keys in memory: for one process, and for tests. */
import { randomUUID } from "node:crypto";
import type { IdempotencyStore, StoredAnswer } from "./idempotency.ts";

type Entry = { readonly fingerprint: string; readonly token: string; untilMs: number; answer: StoredAnswer | undefined };

/**
 * How much is kept, and by which clock (ms; only differences count). Default: 100,000 keys and 64 MiB of answers, the oldest goes first; the
 * machine's monotonic clock.
 */
export type MemoryStoreOptions = { readonly maxKeys?: number; readonly maxBytes?: number; readonly nowMs?: () => number };

function sizeOf(entry: Entry | undefined): number {
  return entry?.answer?.bodyBase64.length ?? 0;
}

/** A store in this process. */
export function createMemoryIdempotencyStore(options: MemoryStoreOptions = {}): IdempotencyStore {
  const { maxKeys = 100_000, maxBytes = 64 << 20, nowMs = () => performance.now() } = options;
  const entries = new Map<string, Entry>();
  let sizeBytes = 0;
  const forget = (scope: string): void => {
    sizeBytes -= sizeOf(entries.get(scope));
    entries.delete(scope);
  };
  const findOwn = (scope: string, token: string): Entry | undefined => {
    const entry = entries.get(scope);
    return entry?.token === token ? entry : undefined;
  };
  return {
    claim(scope, fingerprint, leaseMs) {
      const entry = entries.get(scope);
      if (entry !== undefined && entry.untilMs > nowMs()) {
        if (entry.fingerprint !== fingerprint) return { kind: "mismatch" };
        return entry.answer === undefined ? { kind: "in-flight" } : { kind: "answered", answer: entry.answer };
      }
      const token = randomUUID();
      forget(scope);
      entries.set(scope, { fingerprint, token, untilMs: nowMs() + leaseMs, answer: undefined });
      const [oldest] = entries.keys();
      if (entries.size > maxKeys && oldest !== undefined) forget(oldest);
      return { kind: "claimed", token };
    },
    renew(scope, token, leaseMs) {
      const entry = findOwn(scope, token);
      if (entry?.answer === undefined && entry !== undefined) entry.untilMs = nowMs() + leaseMs;
      return entry !== undefined;
    },
    complete(scope, token, { answer, keepMs }) {
      const entry = findOwn(scope, token);
      if (entry === undefined) return false;
      // Behind those that were kept before it, however long ago it was claimed.
      forget(scope);
      entry.answer = answer;
      entry.untilMs = nowMs() + keepMs;
      entries.set(scope, entry);
      sizeBytes += sizeOf(entry);
      for (const [oldest, { answer: kept }] of entries) {
        if (sizeBytes <= maxBytes) break;
        if (kept !== undefined && oldest !== scope) forget(oldest);
      }
      return true;
    },
    release(scope, token) {
      if (findOwn(scope, token) !== undefined) forget(scope);
    },
  };
}
