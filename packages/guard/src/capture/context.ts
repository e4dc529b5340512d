/** The current exchange: one AsyncLocalStorage for the process, however many guards there are. */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { Exchange } from "../exchange.ts";
import { shareInProcess } from "./share-in-process.ts";

const storage = shareInProcess("context.1", () => new AsyncLocalStorage<Exchange | undefined>());

/** The exchange in whose context this code runs. */
export function findCurrentExchange(): Exchange | undefined {
  return storage.getStore();
}

/** Runs `work` in the context of an exchange, or with undefined outside of any. */
export function runInExchange<T>(exchange: Exchange | undefined, work: () => T): T {
  return storage.run(exchange, work);
}

/**
 * True when a context that was entered ends with the callback that entered it. That is so since Node 24, where each callback has a frame of its own. Before,
 * an entered store stays with the asynchronous resource, such as a connection, and leaks into whatever runs next.
 */
function endsWithCallback(): boolean {
  const probe = new AsyncLocalStorage<true>();
  const resource = new AsyncResource("faultline.probe");
  resource.runInAsyncScope(() => probe.enterWith(true));
  const isOver = resource.runInAsyncScope(() => probe.getStore()) === undefined;
  probe.disable();
  return isOver;
}

/** Whether `enterExchange` may be used. */
export const canEnter = endsWithCallback();

/** Puts the rest of this callback into the context of an exchange. This costs a quarter of `runInExchange`, which enters two frames and leaves one. */
export function enterExchange(exchange: Exchange): void {
  storage.enterWith(exchange);
}
