import type { FaultListing } from "@faultline/model";
import { createContext, useContext, useEffect, useRef } from "react";

/** What the collector tells while a page is open. `reset`: something was missed, ask again. */
export type LiveMessage =
  | { readonly kind: "fault"; readonly fault: FaultListing }
  | { readonly kind: "counts" }
  | { readonly kind: "reset" };

/** One connection for all parts of the page. */
export type LiveConnection = {
  subscribe(listener: (message: LiveMessage) => void): () => void;
  /** Calls at once and at every change with whether the stream is open. */
  watch(listener: (isOpen: boolean) => void): () => void;
  close(): void;
};

/** Opens `/api/events`. The browser reconnects by itself and says where it stopped; after a break everything is asked again. */
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

/** The connection of the page; absent in tests that need none. */
export const LiveContext = createContext<LiveConnection | undefined>(undefined);

/** Calls the newest `listener` with every live message while the component stands. */
export function useLive(listener: (message: LiveMessage) => void): void {
  const live = useContext(LiveContext);
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => live?.subscribe((message) => newest.current(message)), [live]);
}
