import type { TriageRequest } from "./target.ts";

/** The other end of a request's connection: a host and port, or a Unix socket. */
export type Address = { readonly url: URL } & ({ readonly path: string } | { readonly host: string; readonly port: number });

/** Finds where to connect for a request: the URL's host, unless the request overrides it, as curl's --connect-to and --unix-socket do. */
export function findAddress({ url: text, connection }: Pick<TriageRequest, "url" | "connection">): Address {
  const url = new URL(text);
  if (connection?.kind === "socket") return { url, path: connection.path };
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const own = url.hostname.replace(/^\[|\]$/g, "");
  // The override holds for the original host only: a redirect to another host connects to that host.
  if (connection === undefined || connection.ofHost !== url.hostname || connection.ofPort !== port) return { url, host: own, port };
  return { url, host: connection.host, port: connection.port };
}
