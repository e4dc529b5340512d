/** Which exchange runs now: one AsyncLocalStorage for the process, however many guards there are. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Exchange } from "../exchange.ts";

const storage = new AsyncLocalStorage<Exchange | undefined>();

/** The exchange in whose context this code runs. */
export function findCurrentExchange(): Exchange | undefined {
  return storage.getStore();
}

/** Runs `work` in the context of an exchange, or with undefined outside of any. */
export function runInExchange<T>(exchange: Exchange | undefined, work: () => T): T {
  return storage.run(exchange, work);
}
