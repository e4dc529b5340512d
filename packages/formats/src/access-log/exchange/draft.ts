import type { Exchange, HopKind, MadeBy } from "@faultline/model";
import type { JsonObject } from "../line.ts";

/** An exchange while its line is being read. */
export type Draft = { -readonly [Member in keyof Exchange]: Exchange[Member] };

/** The members of an exchange that hold text. */
type TextMember = {
  [Member in keyof Exchange]-?: Exclude<Exchange[Member], undefined> extends string ? Member : never;
}[keyof Exchange];

/** The members of an exchange that hold a number. */
type NumberMember = {
  [Member in keyof Exchange]-?: Exclude<Exchange[Member], undefined> extends number ? Member : never;
}[keyof Exchange];

/** An empty exchange, as seen by one kind of observer. */
export function startDraft(kind: HopKind, name: string): Draft {
  return { observer: { kind, name } };
}

/** True for the ways in which logs write "nothing": empty, `-`, `""`. */
export function isAbsent(text: string | null | undefined): boolean {
  return text === undefined || text === null || text === "" || text === "-" || text === '"-"' || text === '""';
}

/** Sets a text member unless the log says "nothing". Numbers count as text, other kinds of value as nothing. */
export function putText(draft: Draft, member: TextMember, value: unknown): void {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text === "string" && !isAbsent(text)) draft[member] = text;
}

/** A finite number from a number or a decimal text. */
export function readDecimal(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || !/^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Sets a number that cannot be negative; `-1`, which many logs write for "unknown", sets nothing. */
export function putNumber(draft: Draft, member: Exclude<NumberMember, "status" | "timeMs">, value: unknown): void {
  const number = readDecimal(value);
  if (number !== undefined && number >= 0) draft[member] = number;
}

/** Converts a value in another unit to milliseconds and rounds it to nanoseconds, which removes binary rounding errors. */
export function scaleDuration(value: unknown, unitMs: number): number | undefined {
  const number = readDecimal(value);
  return number === undefined || number < 0 ? undefined : Math.round(number * unitMs * 1e6) / 1e6;
}

/** Sets the duration from a value whose unit is `unitMs` milliseconds long. */
export function putDuration(draft: Draft, value: unknown, unitMs: number): void {
  const durationMs = scaleDuration(value, unitMs);
  if (durationMs !== undefined) draft.durationMs = durationMs;
}

/** An HTTP status code, 100 to 999, from a number or exactly three digits. 0, 000, -1 and - mean that there was no response. */
export function readStatus(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) && value >= 100 && value <= 999 ? value : undefined;
  return typeof value === "string" && /^[1-9]\d\d$/.test(value) ? Number(value) : undefined;
}

/** The note about an answer that began without a status line. */
export const NO_STATUS_LINE = "the upstream answered without a status line";

/** Sets the status, if there was one. nginx takes an answer without a status line for HTTP/0.9, passes it on and writes 009. */
export function putStatus(draft: Draft, value: unknown): void {
  const status = readStatus(value);
  if (status !== undefined) draft.status = status;
  else if (value === "009") draft.errorMessage = NO_STATUS_LINE;
}

/** Sets the time, if it could be read. */
export function putTime(draft: Draft, timeMs: number | undefined): void {
  if (timeMs !== undefined) draft.timeMs = timeMs;
}

/** The two halves of a request target, in any of its four forms (RFC 9112 section 3.2); the fragment is dropped. */
export function splitTarget(target: string): { readonly path?: string; readonly query?: string; readonly host?: string } {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/is.exec(target);
  const rest = absolute === null ? target : absolute[2] === "" ? "/" : (absolute[2] ?? "");
  const bare = rest.split("#", 1)[0] ?? "";
  const mark = bare.indexOf("?");
  const path = mark === -1 ? bare : bare.slice(0, mark);
  const query = mark === -1 ? "" : bare.slice(mark + 1);
  return {
    ...(path === "" ? (absolute === null ? {} : { path: "/" }) : { path }),
    ...(query === "" ? {} : { query }),
    ...(absolute === null || isAbsent(absolute[1]) ? {} : { host: absolute[1] ?? "" }),
  };
}

/** Sets path, query and, for an absolute target, host. */
export function putTarget(draft: Draft, target: unknown): void {
  if (typeof target !== "string" || isAbsent(target)) return;
  const { path, query, host } = splitTarget(target);
  if (path !== undefined) draft.path = path;
  if (query !== undefined) draft.query = query;
  if (host !== undefined && draft.host === undefined) draft.host = host;
}

const REQUEST_LINE = /^([A-Za-z][A-Za-z0-9_-]{0,31}) (.*?) (?:(?:HTTP|HTTPS|SHTTP|SPDY|RTSP|ICY|ICE|SIP)\/[\d.]+|-)$/s;
const BARE_REQUEST = /^([A-Z][A-Z_-]{1,31}) ((?:\/|\*$|https?:\/\/).*)$/s;

/**
 * Sets method and target from a request line such as `GET /a?b HTTP/1.1`, or `GET /a?b` if the log leaves the protocol out. Anything else
 * (`-`, a TLS hello) sets nothing.
 */
export function putRequestLine(draft: Draft, line: unknown): void {
  if (typeof line !== "string" || isAbsent(line)) return;
  const match = REQUEST_LINE.exec(line) ?? BARE_REQUEST.exec(line);
  if (match === null) return;
  draft.method = match[1] ?? "";
  putTarget(draft, match[2]?.trim());
}

/** An address without its port: `10.0.0.1:80`, `[::1]:80`, `::ffff:10.0.0.1`, `2001:db8::1`. */
export function stripPort(address: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(address);
  if (bracketed !== null) return bracketed[1] ?? address;
  return /^[^:]+:\d+$/.test(address) ? address.slice(0, address.lastIndexOf(":")) : address;
}

/** Sets the client's address without its port. In a list, as in X-Forwarded-For, the client is the first. */
export function putClient(draft: Draft, value: unknown): void {
  if (typeof value !== "string") return;
  const first = (value.split(",", 1)[0] ?? "").trim();
  if (!isAbsent(first)) draft.clientAddress = stripPort(first);
}

/** Marks who wrote the response. */
export function putMadeBy(draft: Draft, hop: MadeBy["hop"], judgement: Omit<MadeBy, "hop">): void {
  draft.madeBy = { hop, ...judgement };
}

/** A member of a JSON object that is itself an object. */
export function readObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** A member of a JSON object as text: the text itself, or the digits of a number. */
export function readJsonText(value: unknown): string | undefined {
  if (typeof value === "string") return isAbsent(value) ? undefined : value;
  return typeof value === "number" ? String(value) : undefined;
}

/** A header's value in a JSON object, whatever the case of its name; the first if there are several. */
export function readHeader(headers: unknown, name: string): string | undefined {
  const object = readObject(headers);
  if (object === undefined) return undefined;
  for (const [key, value] of Object.entries(object)) {
    if (key.toLowerCase() === name) return readJsonText(Array.isArray(value) ? value[0] : value);
  }
  return undefined;
}
