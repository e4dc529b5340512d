/** How each software writes times and escapes texts, by its documentation or source; nothing here is shared with the readers. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function clock(date: Date): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** `04/Mar/2026:07:06:07 +0200`, two hours east. */
export function toClfTime(atMs: number): string {
  const date = new Date(atMs + 7_200_000);
  return `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock(date)} +0200`;
}

/** `04/Mar/2026:05:06:07.089`, in UTC and without a zone, as HAProxy writes it. */
export function toHaproxyTime(atMs: number): string {
  const date = new Date(atMs);
  const ms = String(date.getUTCMilliseconds()).padStart(3, "0");
  return `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock(date)}.${ms}`;
}

/** `Wed Mar  4 05:06:07 2026`, C's ctime. */
export function toCTime(atMs: number): string {
  const date = new Date(atMs);
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock(date)} ${date.getUTCFullYear()}`;
}

/** `Mar  4 05:06:07`, as syslog of old. */
export function toSyslogTime(atMs: number): string {
  return toCTime(atMs).slice(4, 19);
}

/** `2026-03-04T05:06:07.089Z`. */
export function toIsoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** The time without what is smaller than a second. */
export function toWholeSeconds(atMs: number): string {
  return toIsoTime(Math.floor(atMs / 1000) * 1000);
}

function toHex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** Byte by byte: what `escape` gives for one, or its character. */
function escapeBytes(text: string, escape: (byte: number) => string | undefined): string {
  return [...Buffer.from(text)].map((byte) => escape(byte) ?? String.fromCharCode(byte)).join("");
}

/** nginx's default: quote, backslash, control bytes and all beyond 126 as `\xHH` in capitals (ngx_http_log_escape). */
export function escapeAsNginx(text: string): string {
  return escapeBytes(text, (byte) =>
    byte < 32 || byte > 126 || byte === 34 || byte === 92 ? `\\x${toHex(byte).toUpperCase()}` : undefined,
  );
}

const C_ESCAPES: Readonly<Record<number, string>> = { 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 13: "\\r", 34: '\\"', 92: "\\\\" };

/** httpd's ap_escape_logitem: C's escapes, all else that is not printable as `\xhh` in small letters. */
export function escapeAsApache(text: string): string {
  return escapeBytes(text, (byte) => C_ESCAPES[byte] ?? (byte < 32 || byte > 126 ? `\\x${toHex(byte)}` : undefined));
}

/** HAProxy's `#HH` for control bytes, quotes, braces, pipes, and all beyond 126 (lf_encode_string, http_encode_map and url_encode_map). */
export function escapeAsHaproxy(text: string): string {
  return escapeBytes(text, (byte) => (byte < 32 || byte > 126 || byte === 34 || byte === 35 ? `#${toHex(byte).toUpperCase()}` : undefined));
}

/** Percent escapes of spaces, quotes and all beyond ASCII, as clouds' logs have them. */
export function escapeAsUrl(text: string): string {
  return escapeBytes(text, (byte) =>
    byte <= 32 || byte > 126 || byte === 34 || byte === 92 ? `%${toHex(byte).toUpperCase()}` : undefined,
  );
}
