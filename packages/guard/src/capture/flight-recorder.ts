/** The flight recorder: a small ring of the request's own log lines, sent only when the request fails and thrown away otherwise. */

/** One line. `severity` is OpenTelemetry's number: 5 DEBUG, 9 INFO, 13 WARN, 17 ERROR. */
export type LogLine = { readonly timeMs: number; readonly severity: number; readonly text: string };

const MAX_LINES = 64;
const MAX_LINE_LENGTH = 2048;

/** Adds a line to a ring; the oldest makes room. Returns the ring, made on the first line. */
export function recordLine(ring: LogLine[] | undefined, severity: number, text: string): LogLine[] {
  const lines = ring ?? [];
  if (lines.length >= MAX_LINES) lines.shift();
  lines.push({ timeMs: Date.now(), severity, text: text.length > MAX_LINE_LENGTH ? text.slice(0, MAX_LINE_LENGTH) : text });
  return lines;
}
