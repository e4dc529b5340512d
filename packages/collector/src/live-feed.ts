import type { StoredFault } from "./store/contract.ts";

/** What the watcher tells whoever listens: a fault appeared or changed, or new counts are visible. */
export type LiveEvent = { readonly kind: "fault"; readonly fault: StoredFault } | { readonly kind: "counts"; readonly atMs: number };

/** Carries events from the part that watches to the part that serves. Delivery is synchronous and in order, and never throws at the publisher. */
export type LiveFeed = {
  /** Calls `listener` with every later event until the returned function is called. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
  publish(event: LiveEvent): void;
};

/** A feed inside one process. A listener that throws is a bug of that listener: it is dropped and `onError` hears of it. */
export function createLiveFeed(onError: (error: unknown) => void = () => {}): LiveFeed {
  const listeners = new Set<(event: LiveEvent) => void>();
  return {
    subscribe(listener) {
      const own = (event: LiveEvent): void => listener(event);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    publish(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          listeners.delete(listener);
          onError(error);
        }
      }
    },
  };
}
