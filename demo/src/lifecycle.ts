/** How every process of the shop starts, reports where it listens, and ends. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

const flushes: (() => Promise<unknown>)[] = [];

/** Runs `flush` when the process is asked to end, before it ends. */
export function flushBeforeExit(flush: () => Promise<unknown>): void {
  flushes.push(flush);
}

/**
 * Reports the port to the process that started this one and ends on SIGTERM, or when that process is gone: first no new
 * connections, then the requests in flight, then the telemetry.
 */
export function reportReady(port: number, drain: () => Promise<unknown>): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(0), 3_000).unref();
    void drain()
      .catch(() => undefined)
      .then(() => Promise.allSettled(flushes.map((flush) => flush())))
      .finally(() => process.exit(0));
  };
  process.once("SIGTERM", end);
  process.once("disconnect", end);
  // Ctrl-C reaches the whole process group; the parent decides the order in which the shop closes.
  process.on("SIGINT", () => undefined);
  process.send?.({ ready: port });
}

/** Longer than any caller keeps an idle connection, so that the server never closes one on which a request is just arriving. */
const KEEP_ALIVE_MS = 75_000;

/** Listens on a free loopback port and reports it. */
export function serveUntilStopped(server: Server): void {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    reportReady(port, () => new Promise((resolve) => server.close(() => resolve(undefined))));
  });
}

/** Calls `take` with each message from the process that started this one. */
export function onSwitch(take: (message: object) => void): void {
  process.on("message", (message) => {
    if (typeof message === "object" && message !== null) take(message);
  });
}
