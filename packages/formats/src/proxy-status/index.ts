import { fail, type Result, succeed } from "@faultline/model";

/** What one intermediary says in `Proxy-Status`. Source: RFC 9209, section 2. */
export type ProxyStatusEntry = {
  /** The intermediary's own name: a token or a string. */
  readonly proxy: string;
  /** An error type of RFC 9209, section 2.3. Present: this intermediary generated the response. */
  readonly error?: string;
  /** The status it got from behind. Present without `error`: it passed the response on, perhaps with another status. */
  readonly receivedStatus?: number;
  readonly nextHop?: string;
  readonly nextProtocol?: string;
  readonly details?: string;
};

const HEADER_CHARACTERS = 8192;
const MOST_ENTRIES = 32;

/**
 * Parses a `Proxy-Status` field (several fields joined by commas): an RFC 8941 list whose members are tokens or strings with parameters.
 * First member: the intermediary closest to the origin. RFC 8941 has the whole field ignored when any of it is malformed.
 */
export function parseProxyStatus(field: string): Result<readonly ProxyStatusEntry[]> {
  if (field.length > HEADER_CHARACTERS) return fail(`Proxy-Status is longer than ${HEADER_CHARACTERS} characters`);
  const cursor = { text: field, at: 0 };
  const entries: ProxyStatusEntry[] = [];
  skipSpace(cursor);
  while (cursor.at < field.length) {
    const proxy = readItem(cursor);
    if (typeof proxy !== "string") return malformed(cursor);
    const parameters = readParameters(cursor);
    if (parameters === undefined) return malformed(cursor);
    entries.push(toEntry(proxy, parameters));
    if (entries.length > MOST_ENTRIES) return fail(`Proxy-Status has more than ${MOST_ENTRIES} members`);
    skipSpace(cursor);
    if (cursor.at === field.length) break;
    if (field[cursor.at] !== ",") return malformed(cursor);
    cursor.at += 1;
    skipSpace(cursor);
    if (cursor.at === field.length) return malformed(cursor);
  }
  return succeed(entries);
}

type Cursor = { readonly text: string; at: number };
type Item = string | number | boolean;

function malformed({ at }: Cursor): Result<never> {
  return fail(`Proxy-Status is malformed at character ${at + 1}`);
}

function toEntry(proxy: string, parameters: ReadonlyMap<string, Item>): ProxyStatusEntry {
  const text = (name: string): string | undefined => {
    const value = parameters.get(name);
    return typeof value === "string" ? value : undefined;
  };
  const [error, nextHop, nextProtocol, details] = ["error", "next-hop", "next-protocol", "details"].map(text);
  const received = parameters.get("received-status");
  return {
    proxy,
    ...(error === undefined ? {} : { error }),
    ...(typeof received === "number" && Number.isInteger(received) ? { receivedStatus: received } : {}),
    ...(nextHop === undefined ? {} : { nextHop }),
    ...(nextProtocol === undefined ? {} : { nextProtocol }),
    ...(details === undefined ? {} : { details }),
  };
}

function skipSpace(cursor: Cursor): void {
  while (cursor.text[cursor.at] === " " || cursor.text[cursor.at] === "\t") cursor.at += 1;
}

/** Parameters `;key=value` after an item; undefined when malformed. The last of equal keys counts. */
function readParameters(cursor: Cursor): ReadonlyMap<string, Item> | undefined {
  const parameters = new Map<string, Item>();
  while (cursor.text[cursor.at] === ";") {
    cursor.at += 1;
    skipSpace(cursor);
    const key = take(cursor, /[a-z*][a-z0-9_.*-]*/y);
    if (key === undefined) return undefined;
    if (cursor.text[cursor.at] !== "=") {
      parameters.set(key, true);
      continue;
    }
    cursor.at += 1;
    const value = readItem(cursor);
    if (value === undefined) return undefined;
    parameters.set(key, value);
  }
  return parameters;
}

/** A bare item: string, token, number, boolean or byte sequence (kept as its base64 text). Source: RFC 8941, section 3.3. */
function readItem(cursor: Cursor): Item | undefined {
  const first = cursor.text[cursor.at] ?? "";
  if (first === '"')
    return take(cursor, /"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y)
      ?.slice(1, -1)
      .replaceAll(/\\(.)/g, "$1");
  if (first === ":") return take(cursor, /:[A-Za-z0-9+/=]*:/y)?.slice(1, -1);
  if (first === "?") {
    const flag = take(cursor, /\?[01]/y);
    return flag === undefined ? undefined : flag === "?1";
  }
  if (first === "-" || (first >= "0" && first <= "9")) {
    const number = take(cursor, /-?\d{1,15}(?:\.\d{1,3})?/y);
    return number === undefined ? undefined : Number(number);
  }
  return take(cursor, /[A-Za-z*][!#$%&'*+\-.^_`|~A-Za-z0-9:/]*/y);
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text)?.[0];
  if (match !== undefined) cursor.at += match.length;
  return match;
}
