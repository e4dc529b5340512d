import type { Window } from "@faultline/model";

/** The time that a page shows: the last minutes, which move with the clock, or a fixed time, so that a link shows everybody the same. */
export type TimeRange =
  | { readonly kind: "last"; readonly minutes: number }
  /** As written in the address, which the collector validates: RFC 3339 or Unix time; an empty `to` means now. */
  | { readonly kind: "between"; readonly from: string; readonly to: string };

/** The lengths, in minutes, of the windows up to now that the overview offers. */
export const WINDOWS = [15, 60, 360, 1440] as const;

const MINUTE_MS = 60_000;
const LATEST_MS = 8.64e15;
/** A window that ends within a tenth of its length of the present is taken to end now. */
const NEAR_PARTS = 10;

/** Reads a range from an address; without one it is the last quarter of an hour. */
export function parseRange(params: URLSearchParams): TimeRange {
  const [from, to] = [params.get("from") ?? "", params.get("to") ?? ""];
  if (from !== "" || to !== "") return { kind: "between", from, to };
  const minutes = Number(params.get("minutes"));
  return { kind: "last", minutes: WINDOWS.find((each) => each === minutes) ?? WINDOWS[0] };
}

/** The query parameters for a range; empty for the default one. */
export function toRangeQuery(range: TimeRange): URLSearchParams {
  if (range.kind === "last") return new URLSearchParams(range.minutes === WINDOWS[0] ? {} : { minutes: String(range.minutes) });
  return new URLSearchParams(Object.entries({ from: range.from, to: range.to }).filter(([, text]) => text !== ""));
}

/** A range between two times in Unix ms, truncated to whole seconds. */
export function toBetween(fromMs: number, toMs: number): TimeRange {
  return { kind: "between", from: toInstant(fromMs), to: toInstant(toMs) };
}

/**
 * The range of the same length directly before or after a window. One that would nearly reach the present becomes the last minutes up to
 * now.
 */
export function moveRange({ fromMs, toMs }: Window, by: -1 | 1, nowMs: number): TimeRange {
  const lengthMs = toMs - fromMs;
  // A window of whole minutes that ended now is aligned to the minute, since nobody chose its seconds.
  const endMs = lengthMs % MINUTE_MS === 0 ? Math.floor(toMs / MINUTE_MS) * MINUTE_MS : toMs;
  const movedMs = endMs + by * lengthMs;
  if (movedMs < nowMs - lengthMs / NEAR_PARTS) return toBetween(movedMs - lengthMs, movedMs);
  return { kind: "last", minutes: WINDOWS.find((minutes) => minutes * MINUTE_MS >= lengthMs) ?? WINDOWS[WINDOWS.length - 1] ?? WINDOWS[0] };
}

/** A time as addresses have it: RFC 3339 in UTC, whole seconds. */
export function toInstant(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

/** Parses a time from an address to Unix ms; NaN if it is not a time. */
function parseInstant(text: string): number {
  return /^\d{9,13}(?:\.\d+)?$/.test(text) ? Number(text) * (Number(text) < 1e11 ? 1000 : 1) : Date.parse(text);
}

/** The window of a range; undefined if its times cannot be read. */
export function toWindow(range: TimeRange, nowMs: number): Window | undefined {
  if (range.kind === "last") return { fromMs: nowMs - range.minutes * MINUTE_MS, toMs: nowMs };
  const toMs = range.to === "" ? nowMs : parseInstant(range.to);
  const fromMs = range.from === "" ? toMs - WINDOWS[0] * MINUTE_MS : parseInstant(range.from);
  return fromMs < toMs ? { fromMs, toMs } : undefined;
}

/** Converts a time from an address for a form's field, in the viewer's zone; empty if it is not a time. */
export function toFieldValue(text: string): string {
  const timeMs = parseInstant(text);
  if (!(Math.abs(timeMs) <= LATEST_MS)) return "";
  const local = new Date(timeMs - new Date(timeMs).getTimezoneOffset() * MINUTE_MS).toISOString();
  return local.slice(0, local.startsWith(":00.", 16) ? 16 : 19);
}

/** Converts a form's field, read in the viewer's zone, to a time for an address; undefined if it is not a time. */
export function fromFieldValue(value: string): string | undefined {
  const timeMs = Date.parse(value);
  return Number.isNaN(timeMs) ? undefined : toInstant(timeMs);
}
