/** The parsed input of a request, kept beside its exchange, so that a failure shows the very values that the handler was given. */
import type { Exchange } from "../exchange.ts";
import { findCurrentExchange } from "./context.ts";

const parsed = new WeakMap<Exchange, object>();

/** Keeps the parsed parts of the request that runs now; the last one counts. */
export function keepParsedInput(parts: object): void {
  const exchange = findCurrentExchange();
  if (exchange !== undefined) parsed.set(exchange, parts);
}

/** The parsed parts as JSON; undefined when nothing was validated, or when the values cannot be written as JSON. */
export function writeParsedInput(exchange: Exchange): string | undefined {
  const parts = parsed.get(exchange);
  if (parts === undefined) return undefined;
  try {
    return JSON.stringify(parts, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  } catch {
    return undefined;
  }
}
