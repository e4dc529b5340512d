const NUMBER = new Intl.NumberFormat("en-GB");

/** A count in full: 12,044. */
export function formatCount(count: number): string {
  return NUMBER.format(count);
}

/** A short form of a count: 9,999, 12.3k, 3.4M. */
export function formatCompact(count: number): string {
  if (count < 10_000) return NUMBER.format(count);
  const [size, unit] = count < 1e6 ? [1e3, "k"] : count < 1e9 ? [1e6, "M"] : [1e9, "G"];
  const value = count / size;
  return `${value.toFixed(value < 100 ? 1 : 0).replace(/\.0$/, "")}${unit}`;
}

/** A ratio as a percentage with a sensible number of digits: 0.03 %, 1.2 %, 48 %. */
export function formatRatio(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.01) return "< 0.01 %";
  const digits = percent < 1 ? 2 : percent < 10 ? 1 : 0;
  return `${percent.toFixed(digits)} %`;
}

/** A duration: 340 µs, 12 ms, 1.24 s, 3 min 5 s, 2 h 10 min. */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min${toRest(Math.round((ms % 60_000) / 1000), "s")}`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h${toRest(minutes % 60, "min")}` : `${Math.floor(hours / 24)} d${toRest(hours % 24, "h")}`;
}

function toRest(count: number, unit: string): string {
  return count === 0 ? "" : ` ${count} ${unit}`;
}

/** A rough statement of how long ago something was: now, 12 s ago, 3 min ago, 2 h ago, 4 d ago. */
export function formatAgo(timeMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - timeMs) / 1000);
  if (seconds < 5) return "now";
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DATED = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** A time of day, 12:03:20, in the viewer's zone. */
export function formatClock(timeMs: number): string {
  return CLOCK.format(timeMs);
}

/** A date and time, 21 Nov, 12:03:20, in the viewer's zone. */
export function formatTime(timeMs: number): string {
  return DATED.format(timeMs);
}

/** A size: 812 B, 14.2 kB, 3.1 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  const value = bytes / 1000 ** power;
  return `${value.toFixed(value < 100 ? 1 : 0)} ${units[power - 1] ?? "kB"}`;
}

/** Invisible characters that change how text reads: C0 except tab and line feed, DEL, C1, zero width, and bidi overrides. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Makes captured text safe to show: every invisible control becomes a visible sign, so that no text can pass for another. */
export function toVisibleText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(UNSEEN, (sign) =>
      sign < "\u0020" ? String.fromCodePoint(0x2400 + (sign.codePointAt(0) ?? 0)) : `‹${sign.codePointAt(0)?.toString(16) ?? ""}›`,
    );
}

/** Shortens a text to `most` characters by leaving out its middle. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const tail = Math.floor(most / 3);
  return `${text.slice(0, most - tail - 1)}…${text.slice(-tail)}`;
}

/** Makes a reason a sentence: with a capital letter, and with a full stop unless it ends with a mark already. */
export function toSentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}
