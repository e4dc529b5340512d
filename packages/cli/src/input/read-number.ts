import { UsageError } from "../command.ts";

/** Reads the number that an option takes, both bounds allowed. Throws `UsageError` for what is none, or beyond them. */
export function readNumber(option: string, text: string, { from, to }: { readonly from: number; readonly to: number }): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= from && value <= to)) throw new UsageError(`--${option} takes a number from ${from} to ${to}; got "${text}"`);
  return value;
}
