/**
 * Watches everything that ends a process: uncaught exceptions, signals, `process.exit`. The hooks change nothing: the exit code, the text on
 * stderr and the order of handlers are the same as without the guard. One set of listeners serves all guards of the process.
 */
import { shareInProcess } from "./share-in-process.ts";

/** What a guard wants to know. Neither method may throw. */
type ProcessWatcher = {
  onUncaught(thrown: unknown, origin: string): void;
  /** Called when the process ends; only synchronous work gets done. */
  onEnd(): void;
};

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

type Watch = (watcher: ProcessWatcher) => () => void;

function createWatch(): Watch {
  const watchers = new Set<ProcessWatcher>();

  function onEnd(): void {
    for (const watcher of watchers) watcher.onEnd();
  }

  /** Saves what is pending and, when nobody else listens, lets the signal end the process as it would have. */
  function onSignal(signal: NodeJS.Signals): void {
    onEnd();
    if (process.listenerCount(signal) > 1) return;
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  }

  /** The monitor event sees an uncaught exception without counting as its handler; a rejection reaches it as the exception that it becomes. */
  function onUncaught(thrown: unknown, origin: string): void {
    for (const watcher of watchers) watcher.onUncaught(thrown, origin);
  }

  function listen(how: "on" | "off"): void {
    process[how]("uncaughtExceptionMonitor", onUncaught);
    process[how]("exit", onEnd);
    for (const signal of SIGNALS) process[how](signal, onSignal);
  }

  return (watcher) => {
    if (watchers.size === 0) listen("on");
    watchers.add(watcher);
    return () => {
      if (watchers.delete(watcher) && watchers.size === 0) listen("off");
    };
  };
}

/** Watches until the returned function is called. Shared by all copies of this module, since two copies would mistake each other's signal listeners for the host's. */
export const watchProcess: Watch = shareInProcess("process.1", createWatch);
