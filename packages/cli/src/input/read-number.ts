import { UsageError } from "../command.ts";

/** The least and the greatest number that an option takes. */
type Bounds = { readonly from: number; readonly to: number };

/** Reads the number that an option takes. Throws `UsageError` for anything else, and for a number outside the bounds, which are inclusive. */
export function readNumber(option: string, text: string, { from, to }: Bounds): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= from && value <= to)) throw new UsageError(`--${option} takes a number from ${from} to ${to}; got "${text}"`);
  return value;
}

/** Like `readNumber`, for an option that takes nothing but decimal digits. */
export function readWholeNumber(option: string, text: string, { from, to }: Bounds): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= from && value <= to)) throw new UsageError(`--${option} takes a whole number from ${from} to ${to}; got "${text}"`);
  return value;
}
