/** Writes `Proxy-Status` (RFC 9209): the one standard way to tell a client that a dependency, and not this service, failed. */

/** The RFC 9209 error types that a service can honestly report about its dependency. */
export type ProxyError =
  | "dns_timeout"
  | "dns_error"
  | "destination_unavailable"
  | "destination_ip_unroutable"
  | "connection_refused"
  | "connection_terminated"
  | "connection_timeout"
  | "connection_read_timeout"
  | "connection_limit_reached"
  | "tls_protocol_error"
  | "tls_certificate_error"
  | "http_response_incomplete"
  | "http_response_timeout"
  | "http_protocol_error";

/** What is told of the dependency: an error of its own making, or the status it answered. Its address is nobody's business. */
export type ProxyStatus = { readonly error?: ProxyError | undefined; readonly receivedStatus?: number | undefined };

/** The field's value, with the service's name as the intermediary (RFC 8941: a token where it is one, else a string). */
export function formatProxyStatus(service: string, status: ProxyStatus): string {
  const isToken = /^[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*$/.test(service);
  const name = isToken ? service : `"${service.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
  const error = status.error === undefined ? "" : `; error=${status.error}`;
  const received = status.receivedStatus === undefined ? "" : `; received-status=${status.receivedStatus}`;
  return `${name}${error}${received}`;
}
