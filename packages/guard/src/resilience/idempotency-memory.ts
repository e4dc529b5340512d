/** Idempotency keys in memory: for one process, and for tests. */
import { randomUUID } from "node:crypto";
import type { IdempotencyStore, StoredAnswer } from "./idempotency.ts";

type Entry = { readonly fingerprint: string; readonly token: string; untilMs: number; answer: StoredAnswer | undefined };

/** A store of at most `maxKeys` keys; the oldest goes first. */
export function createMemoryIdempotencyStore(maxKeys = 100_000): IdempotencyStore {
  const entries = new Map<string, Entry>();
  const findOwn = (scope: string, token: string): Entry | undefined => {
    const entry = entries.get(scope);
    return entry?.token === token ? entry : undefined;
  };
  return {
    claim(scope, fingerprint, { nowMs, leaseMs }) {
      const entry = entries.get(scope);
      if (entry !== undefined && entry.untilMs > nowMs) {
        if (entry.fingerprint !== fingerprint) return { kind: "mismatch" };
        return entry.answer === undefined ? { kind: "in-flight" } : { kind: "answered", answer: entry.answer };
      }
      const token = randomUUID();
      entries.delete(scope);
      entries.set(scope, { fingerprint, token, untilMs: nowMs + leaseMs, answer: undefined });
      const [oldest] = entries.keys();
      if (entries.size > maxKeys && oldest !== undefined) entries.delete(oldest);
      return { kind: "claimed", token };
    },
    complete(scope, token, { answer, expiresAtMs }) {
      const entry = findOwn(scope, token);
      if (entry === undefined) return;
      entry.answer = answer;
      entry.untilMs = expiresAtMs;
    },
    release(scope, token) {
      if (findOwn(scope, token) !== undefined) entries.delete(scope);
    },
  };
}
