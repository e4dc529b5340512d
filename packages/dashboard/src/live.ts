import type { FaultListing } from "@faultline/model";
import { createContext, useContext, useEffect, useRef } from "react";

/** Messages that the collector pushes to an open page. `reset`: some were missed, so everything must be requested again. */
export type LiveMessage =
  | { readonly kind: "fault"; readonly fault: FaultListing }
  | { readonly kind: "counts" }
  | { readonly kind: "reset" };

/** The connection that all parts of the page share. */
export type LiveConnection = {
  subscribe(listener: (message: LiveMessage) => void): () => void;
  /** Calls `listener` immediately, and whenever the stream opens or closes. */
  watch(listener: (isOpen: boolean) => void): () => void;
  close(): void;
};

/** Opens `/api/events`. The browser reconnects by itself and says where it stopped; after an interruption everything is requested again. */
export function openLive(): LiveConnection {
  const source = new EventSource("/api/events");
  const listeners = new Set<(message: LiveMessage) => void>();
  const watchers = new Set<(isOpen: boolean) => void>();
  let isOpen = false;
  let wasBroken = false;
  const tell = (message: LiveMessage): void => {
    for (const listener of listeners) listener(message);
  };
  const turn = (open: boolean): void => {
    isOpen = open;
    for (const watcher of watchers) watcher(open);
  };
  source.addEventListener("open", () => {
    turn(true);
    if (wasBroken) tell({ kind: "reset" });
    wasBroken = false;
  });
  source.addEventListener("error", () => {
    wasBroken = true;
    turn(false);
  });
  source.addEventListener("fault", (event: MessageEvent<string>) => {
    tell({ kind: "fault", fault: JSON.parse(event.data) as FaultListing }); // the collector's own event, of the same build
  });
  source.addEventListener("counts", () => tell({ kind: "counts" }));
  source.addEventListener("reset", () => tell({ kind: "reset" }));
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch(listener) {
      watchers.add(listener);
      listener(isOpen);
      return () => watchers.delete(listener);
    },
    close: () => source.close(),
  };
}

/** The page's connection; absent in tests that need none. */
export const LiveContext = createContext<LiveConnection | undefined>(undefined);

/** Calls the latest `listener` with every live message while the component is mounted. */
export function useLive(listener: (message: LiveMessage) => void): void {
  const live = useContext(LiveContext);
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => live?.subscribe((message) => newest.current(message)), [live]);
}
