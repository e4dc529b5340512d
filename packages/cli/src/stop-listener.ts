/** Tells a command that runs until it is stopped that its user, or whatever started it, wants it to end. */
import type { CommandIo } from "./command.ts";

/** `signal` aborts at the first request to stop; a second one ends the process at once. */
export type StopListener = { readonly signal: AbortSignal; release(): void };

const PARENT_CHECK_MS = 500;

/**
 * Listens for SIGINT and SIGTERM. npm starts a command in a shell and passes SIGTERM to that shell alone, which ends without passing it on: under npm
 * the end of the parent process counts as well, or else `npm start`, once killed, would leave its servers behind.
 */
export function listenForStop(env: CommandIo["env"]): StopListener {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const parent = process.ppid;
  const stopWithoutParent = (): void => {
    if (process.ppid !== parent) stop();
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const timer = env["npm_command"] === undefined ? undefined : setInterval(stopWithoutParent, PARENT_CHECK_MS).unref();
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      clearInterval(timer);
    },
  };
}
