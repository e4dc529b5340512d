import type { TriageRequest } from "./target.ts";

/** Where a request's connection goes: a host and port, or a socket in the file system. */
export type Address = { readonly url: URL } & ({ readonly path: string } | { readonly host: string; readonly port: number });

/** Where the connection for a request goes: to its URL's host, unless the request says to go elsewhere and to speak as if it were there. */
export function findAddress({ url: text, connection }: Pick<TriageRequest, "url" | "connection">): Address {
  const url = new URL(text);
  if (connection?.kind === "socket") return { url, path: connection.path };
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const own = url.hostname.replace(/^\[|\]$/g, "");
  // A redirect to another host goes to that host.
  if (connection === undefined || connection.ofHost !== url.hostname || connection.ofPort !== port) return { url, host: own, port };
  return { url, host: connection.host, port: connection.port };
}
