import { UsageError } from "../command.ts";
import { readWholeNumber } from "./read-number.ts";

/** What a store keeps, in the form that `openSqliteStore` takes; absent members mean its defaults. */
export type KeptTelemetry = { readonly failingMs?: number; readonly countsMs?: number; readonly maxBytes?: number };

const DAY_MS = 86_400_000;
/** Counts are kept this long, and never shorter than the failing traces that they explain. */
const COUNTS_DAYS = 90;
const UNITS: Readonly<Record<string, number>> = { MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 };
/** The least size with which the database can hold anything at all. */
const LEAST_BYTES = 64 * 2 ** 20;

/** Reads `--keep-days` and `--max-size`. Throws `UsageError` for invalid values. */
export function readRetention(days: string | undefined, size: string | undefined): KeptTelemetry {
  const kept = days === undefined ? undefined : readWholeNumber("keep-days", days, { from: 1, to: 3650 });
  return {
    ...(kept === undefined ? {} : { failingMs: kept * DAY_MS, countsMs: Math.max(kept, COUNTS_DAYS) * DAY_MS }),
    ...(size === undefined ? {} : { maxBytes: readBytes(size) }),
  };
}

function readBytes(text: string): number {
  const [, number = "", unit = ""] = /^(\d{1,6}(?:\.\d+)?)\s*([MGT]iB)$/i.exec(text.trim()) ?? [];
  const bytes = Number(number) * (UNITS[unit.toUpperCase()] ?? Number.NaN);
  if (!(bytes >= LEAST_BYTES)) throw new UsageError(`--max-size takes a size of at least 64MiB, as 500MiB or 10GiB; got "${text}"`);
  return Math.round(bytes);
}
