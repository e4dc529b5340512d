/**
 * Extracts OpenSSL's own message from a Node error, where it stands between colons: `…:SSL routines:ssl3_read_bytes:tlsv1 alert protocol
 * version:…`.
 */
export function readOpenssl(message: string): string | undefined {
  return /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1]?.trim();
}
