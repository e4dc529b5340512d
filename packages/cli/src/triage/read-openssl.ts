/** OpenSSL's own words in an error of Node, between colons: `…:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:…`. */
export function readOpenssl(message: string): string | undefined {
  return /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1]?.trim();
}
