import { UsageError } from "../command.ts";

/** Reads the number that an option takes. Throws `UsageError` for anything else, and for a number outside the bounds, which are inclusive. */
export function readNumber(option: string, text: string, { from, to }: { readonly from: number; readonly to: number }): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= from && value <= to)) throw new UsageError(`--${option} takes a number from ${from} to ${to}; got "${text}"`);
  return value;
}
