/**
 * Converts times as logs write them to Unix milliseconds (with a fraction if the log has one). It does not use the platform's clock; the
 * calendar is computed. Each function returns undefined for text that is not such a time.
 */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** A date and a time of day. `second` may have a fraction; months and days count from 1. */
type Calendar = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

/** Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
function countDays(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

function toUnixMs(calendar: Calendar, offsetMinutes: number): number | undefined {
  const { year, month, day, hour, minute, second } = calendar;
  const sane = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 61;
  if (!sane) return undefined;
  const whole = countDays(year, month, day) * DAY_MS + (hour * 60 + minute - offsetMinutes) * MINUTE_MS;
  return whole + Math.round(second * 1e6) / 1000;
}

function readMonth(name: string): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1;
}

/** Zone abbreviations that mean the same offset everywhere, in minutes. CST, IST and BST have several meanings, so they are missing. */
const ZONES: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  WET: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  JST: 540,
  KST: 540,
  AEST: 600,
  AEDT: 660,
};
const LETTERS = Object.keys(ZONES).join("|");

/** The offset in `Z`, `+02:00`, `+0200`, `+02`, ` UTC`, ` GMT` or ` CEST`; `fallback` if there is none. */
function readOffset(text: string | undefined, fallback: number): number {
  const letters = ZONES[text?.trim() ?? ""];
  if (letters !== undefined) return letters;
  const match = /^\s?([+-])(\d\d):?(\d\d)?$/.exec(text ?? "");
  if (match === null) return text === undefined || text === "" ? fallback : 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === "-" ? -minutes : minutes;
}

const CLF = new RegExp(
  String.raw`^(\d{1,2})[/-]([A-Za-z]{3})[/-](\d{4})[: ](\d\d):(\d\d):(\d\d(?:[.,]\d+)?)(\s?[+-]\d\d:?\d\d|\s(?:UTC|GMT|${LETTERS}))?$`,
);

/** `25/Oct/2016:14:49:33 +0200`, with or without a fraction and a zone (HAProxy, Django). */
export function parseClfTime(text: string, zoneOffsetMinutes: number): number | undefined {
  const match = CLF.exec(text);
  if (match === null) return undefined;
  const [, day, month, year, hour, minute, second, zone] = match;
  return toUnixMs(
    {
      year: Number(year),
      month: readMonth(month ?? ""),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second?.replace(",", ".")),
    },
    readOffset(zone, zoneOffsetMinutes),
  );
}

const ISO = /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d)(?::(\d\d(?:[.,]\d+)?))?(Z|\s?[+-]\d\d:?(?:\d\d)?|\sUTC|\sGMT)?$/i;

/** ISO 8601 and RFC 3339 with their usual variations: a space for the `T`, a comma for the point, slashes in the date, no zone. */
export function parseIsoTime(text: string, zoneOffsetMinutes: number): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, zone] = match;
  return toUnixMs(
    {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number((second ?? "0").replace(",", ".")),
    },
    readOffset(zone, zoneOffsetMinutes),
  );
}

const CTIME = /^(?:[A-Za-z]{3},? )?([A-Za-z]{3})\s+(\d{1,2}) (\d\d):(\d\d):(\d\d(?:\.\d+)?)(?: UTC| GMT)? (\d{4})$/;

/** C's `ctime`, as Apache's error log and uWSGI write it: `Mon Aug 31 09:30:48.958285 2015`. */
export function parseCTime(text: string, zoneOffsetMinutes: number): number | undefined {
  const match = CTIME.exec(text);
  if (match === null) return undefined;
  const [, month, day, hour, minute, second, year] = match;
  const calendar = { year: Number(year), month: readMonth(month ?? ""), day: Number(day), hour: Number(hour), minute: Number(minute) };
  const offset = / (?:UTC|GMT) /.test(text) ? 0 : zoneOffsetMinutes;
  return toUnixMs({ ...calendar, second: Number(second) }, offset);
}

const HTTP_DATE = /^[A-Za-z]{3}, (\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|\+0000)$/;

/** RFC 9110's IMF-fixdate: `Tue, 10 Jun 2023 15:36:28 GMT`. */
function parseHttpDate(text: string): number | undefined {
  const match = HTTP_DATE.exec(text);
  if (match === null) return undefined;
  const [, day, month, year, hour, minute, second] = match;
  return toUnixMs(
    {
      year: Number(year),
      month: readMonth(month ?? ""),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
    },
    0,
  );
}

const SYSLOG = /^([A-Za-z]{3})\s+(\d{1,2}) (\d\d):(\d\d):(\d\d(?:\.\d+)?)$/;

/** RFC 3164's date, which has no year. It is the latest year that does not place the date more than a day after `nowMs`. */
export function parseSyslogTime(text: string, context: { readonly nowMs: number; readonly zoneOffsetMinutes: number }): number | undefined {
  const match = SYSLOG.exec(text);
  if (match === null) return undefined;
  const [, month, day, hour, minute, second] = match;
  const calendar = { month: readMonth(month ?? ""), day: Number(day), hour: Number(hour), minute: Number(minute), second: Number(second) };
  const thisYear = 1970 + Math.floor(context.nowMs / (365.2425 * DAY_MS));
  for (const year of [thisYear + 1, thisYear, thisYear - 1]) {
    const timeMs = toUnixMs({ year, ...calendar }, context.zoneOffsetMinutes);
    if (timeMs === undefined || timeMs <= context.nowMs + DAY_MS) return timeMs;
  }
  return undefined;
}

/** A Unix time in seconds, ms, µs or ns, recognised by its size. In each unit it covers the years 1973 to 5138. */
function parseEpoch(value: number): number | undefined {
  if (!(value >= 1e8 && value < 1e20)) return undefined;
  if (value < 1e11) return Math.round(value * 1e6) / 1000;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1000 : value / 1e6;
}

/** A time in any of the forms above, as text or number. */
export function parseAnyTime(value: unknown, context: { readonly nowMs: number; readonly zoneOffsetMinutes: number }): number | undefined {
  if (typeof value === "number") return parseEpoch(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim().replace(/^\[(.*)\]$/, "$1");
  if (/^\d+(?:\.\d+)?$/.test(text)) return parseEpoch(Number(text));
  const zone = context.zoneOffsetMinutes;
  return (
    parseIsoTime(text, zone) ?? parseClfTime(text, zone) ?? parseCTime(text, zone) ?? parseHttpDate(text) ?? parseSyslogTime(text, context)
  );
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** RFC 3339 in UTC with milliseconds, or with microseconds if the time has a fraction of a millisecond. */
export function formatTime(timeMs: number): string {
  const micros = Math.round(timeMs * 1000);
  const days = Math.floor(micros / (DAY_MS * 1000));
  const inDay = micros - days * DAY_MS * 1000;
  const { year, month, day } = toDate(days);
  const seconds = Math.floor(inDay / 1e6);
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  const fraction = inDay % 1e6;
  const digits = fraction % 1000 === 0 ? pad(fraction / 1000, 3) : pad(fraction, 6);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}.${digits}Z`;
}

/** The inverse of `countDays`, from the same paper. */
function toDate(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
