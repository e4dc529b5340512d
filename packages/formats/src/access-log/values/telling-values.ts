/** Recognises values by their look alone, for layouts that do not name them. */

const REQUEST_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;
/** A product and its version. Protocols look the same and are excluded. */
const AGENT = /^(?!(?:HTTP|TLS|SSL)v?\/|https?:)[A-Za-z][\w.-]{0,60}\/v?\d/;

/** nginx's `$request_id` or a UUID. If several differ, none is known to be the request's. */
export function findRequestId(values: readonly string[]): string | undefined {
  const ids = new Set(values.filter((value) => REQUEST_ID.test(value)));
  return ids.size === 1 ? [...ids][0] : undefined;
}

/** The user agent among the values. */
export function findAgent(values: readonly string[]): string | undefined {
  return values.find(isAgent);
}

/** True for a number, an address or an id, which is never a user agent. */
export function isNoAgent(value: string): boolean {
  return /^[\d.:,/ -]*$/.test(value) || REQUEST_ID.test(value);
}

/** True for text that looks like a user agent. */
export function isAgent(value: string): boolean {
  return AGENT.test(value);
}
