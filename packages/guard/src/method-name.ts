/** The methods that a request may be told under. */
const KNOWN_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"]);

/** `http.request.method`: `_OTHER` for what is no known method, so that a client cannot make up dimensions. */
export function toMethodName(method: string): string {
  return KNOWN_METHODS.has(method) ? method : "_OTHER";
}
