/** Idempotency keys in memory: for one process, and for tests. */
import { randomUUID } from "node:crypto";
import type { IdempotencyStore, StoredAnswer } from "./idempotency.ts";

type Entry = { readonly fingerprint: string; readonly token: string; untilMs: number; answer: StoredAnswer | undefined };

/** How much is kept, and by which clock (ms; only differences count). Default: 100,000 keys, the oldest goes first; the machine's monotonic clock. */
export type MemoryStoreOptions = { readonly maxKeys?: number; readonly nowMs?: () => number };

/** A store in this process. */
export function createMemoryIdempotencyStore(options: MemoryStoreOptions = {}): IdempotencyStore {
  const { maxKeys = 100_000, nowMs = () => performance.now() } = options;
  const entries = new Map<string, Entry>();
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
      entries.delete(scope);
      entries.set(scope, { fingerprint, token, untilMs: nowMs() + leaseMs, answer: undefined });
      const [oldest] = entries.keys();
      if (entries.size > maxKeys && oldest !== undefined) entries.delete(oldest);
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
      entry.answer = answer;
      entry.untilMs = nowMs() + keepMs;
      return true;
    },
    release(scope, token) {
      if (findOwn(scope, token) !== undefined) entries.delete(scope);
    },
  };
}
