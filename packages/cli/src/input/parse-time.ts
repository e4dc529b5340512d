import { UsageError } from "../command.ts";

/**
 * Reads a point in time as Unix ms: RFC 3339 (`2026-05-01T10:00:00Z`), or a Unix time whose number of digits says its unit
 * (10 seconds, 13 ms, 16 µs, 19 ns).
 */
export function parseTime(text: string, option: string): number {
  if (/^\d{1,20}(?:\.\d+)?$/.test(text)) {
    const digits = text.replace(/\..*$/, "").length;
    return Number(text) * (digits <= 11 ? 1000 : digits <= 14 ? 1 : digits <= 17 ? 1e-3 : 1e-6);
  }
  const isRfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text);
  const timeMs = isRfc3339 ? Date.parse(text.replace(" ", "T")) : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new UsageError(`${option} "${text}" is no time: write 2026-05-01T10:00:00Z, or a Unix time in s, ms or ns`);
  }
  return timeMs;
}
