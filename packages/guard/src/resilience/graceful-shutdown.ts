/** Graceful shutdown in the one order that loses nothing: stop accepting, let what is under way end, flush what was captured, exit. */
import type { Server } from "node:http";

/** What is shut down, and how long it may take. */
export type ShutdownOptions = {
  readonly server: Pick<Server, "close" | "closeIdleConnections" | "closeAllConnections">;
  /** Longest time for requests under way, ms. Default 10,000. */
  readonly drainMs?: number;
  /** Longest time for each of `afterwards`, ms. Default 5,000. */
  readonly flushMs?: number;
  /** Run after the requests, in order: pools, and the guard last (`() => guard.close()`). */
  readonly afterwards?: readonly (() => unknown)[];
  /** Signals that start it. Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[];
  /** Ends the process; for tests. */
  readonly exit?: (code: number) => void;
};

function within(ms: number, work: Promise<unknown>): Promise<"done" | "failed" | "late"> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("late"), ms);
    const settle = (how: "done" | "failed"): void => {
      clearTimeout(timer);
      resolve(how);
    };
    work.then(
      () => settle("done"),
      () => settle("failed"),
    );
  });
}

/** Shuts down once, however often it is asked to: code 0 when everything ended in time, 1 when something did not. */
export function createShutdown(options: ShutdownOptions): () => Promise<number> {
  const { server, drainMs = 10_000, flushMs = 5_000 } = options;
  let running: Promise<number> | undefined;

  async function run(): Promise<number> {
    const closed = new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
    });
    server.closeIdleConnections();
    const drained = await within(drainMs, closed);
    if (drained === "late") server.closeAllConnections();
    let code = drained === "late" ? 1 : 0;
    for (const step of options.afterwards ?? []) {
      const how = await within(
        flushMs,
        new Promise((resolve) => {
          resolve(step());
        }),
      );
      if (how !== "done") code = 1;
    }
    return code;
  }

  return () => (running ??= run());
}

/** Shuts down on a signal and exits. The second signal ends the process at once, as the person who sends it wants. */
export function shutdownOnSignals(options: ShutdownOptions): void {
  const shutdown = createShutdown(options);
  const exit = options.exit ?? ((code: number) => process.exit(code));
  let asked = 0;
  for (const signal of options.signals ?? (["SIGTERM", "SIGINT"] as const)) {
    process.on(signal, () => {
      asked += 1;
      if (asked > 1) return exit(1);
      void shutdown().then(exit);
    });
  }
}
