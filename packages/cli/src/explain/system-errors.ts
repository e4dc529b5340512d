import { getSystemErrorMap } from "node:util";
import type { ErrorKnowledge } from "./error-knowledge.ts";

const POSIX = "POSIX.1-2024, errno.h";
const GAI = "RFC 3493, getaddrinfo";
const NODE = "Node.js, Errors and http";
const UNDICI = "undici, Errors";
const OPENSSL = "OpenSSL, X509_verify_cert_error_string";

const MADE_BY = "the process that called, or its system: the other side wrote nothing of it";

const NOT_CONNECTED = {
  cause: "dependency-timeout",
  mistakenFor: "a slow query or handler: with 'connect' before it, nothing was asked yet",
  nextCheck: "nc -vz HOST PORT where it runs: a firewall or security group that drops, a wrong address, or a host too busy to accept?",
} as const;

const KNOWN: readonly ErrorKnowledge[] = [
  { code: "ECONNREFUSED", meaning: "nobody listens at that address and port", cause: "connection-refused", source: POSIX },
  {
    code: "ECONNRESET",
    meaning: "the other side broke the connection off: it ended, or closed an idle connection just as it was used again",
    cause: "keepalive-race",
    source: POSIX,
  },
  { code: "EPIPE", meaning: "written to a connection that the other side had closed", cause: "keepalive-race", source: POSIX },
  { code: "ETIMEDOUT", meaning: "no answer to the connection, or none in time", ...NOT_CONNECTED, source: POSIX },
  {
    code: "EHOSTUNREACH",
    meaning: "no way leads to that host: it is off, or a firewall or route refuses it",
    cause: "connection-refused",
    mistakenFor: "a process that does not listen: the host itself was not reached",
    nextCheck: "ip route get ADDRESS where it runs; is it the host's address still, and does a firewall reject?",
    source: POSIX,
  },
  {
    code: "EMFILE",
    meaning: "the process has no more file handles: open files and connections count",
    cause: "resource-exhausted",
    source: POSIX,
  },
  { code: "ENOMEM", meaning: "the system has no memory left for it", cause: "resource-exhausted", source: POSIX },
  { code: "ENOSPC", meaning: "the disk is full, or out of inodes or watches", cause: "resource-exhausted", source: POSIX },
  { code: "EADDRNOTAVAIL", meaning: "no local port is left for another connection", cause: "resource-exhausted", source: POSIX },
  { code: "ENOTFOUND", meaning: "the name does not resolve", cause: "dns-failure", source: GAI },
  { code: "EAI_AGAIN", meaning: "the resolver does not answer: the name may well exist", cause: "dns-failure", source: GAI },
  {
    code: "socket hang up",
    meaning: "the connection ended before there was a whole answer: the other side ended, or closed an idle connection",
    cause: "keepalive-race",
    source: NODE,
  },
  { code: "ESOCKETTIMEDOUT", meaning: "no answer within the client's own time-out", cause: "dependency-timeout", source: NODE },
  { code: "HPE_INVALID_HEADER_TOKEN", meaning: "a header of the answer holds what no header may", cause: "gateway-mismatch", source: NODE },
  { code: "HPE_HEADER_OVERFLOW", meaning: "the headers are larger than the reader takes", cause: "gateway-mismatch", source: NODE },
  { code: "UND_ERR_CONNECT_TIMEOUT", meaning: "no connection in time (10 s by default)", ...NOT_CONNECTED, source: UNDICI },
  { code: "UND_ERR_HEADERS_TIMEOUT", meaning: "no headers in time (300 s by default)", cause: "dependency-timeout", source: UNDICI },
  {
    code: "UND_ERR_BODY_TIMEOUT",
    meaning: "the body stood still for too long (300 s by default)",
    cause: "dependency-timeout",
    source: UNDICI,
  },
  { code: "UND_ERR_SOCKET", meaning: "the other side closed the connection", cause: "keepalive-race", source: UNDICI },
  { code: "CERT_HAS_EXPIRED", meaning: "the certificate is past its date", cause: "tls-failure", source: OPENSSL },
  {
    code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    meaning: "the certificate is signed by itself and not trusted here",
    cause: "tls-failure",
    source: OPENSSL,
  },
  {
    code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    meaning: "the server does not send the certificates between its own and the root",
    cause: "tls-failure",
    source: OPENSSL,
  },
  { code: "ERR_TLS_CERT_ALTNAME_INVALID", meaning: "the certificate is for other names", cause: "tls-failure", source: NODE },
  {
    code: "ENETUNREACH",
    meaning: "no way leads to that network: no route, or no IPv6 where the address is one",
    cause: "connection-refused",
    mistakenFor: "a host that is down: nothing was sent",
    nextCheck: "ip route get ADDRESS where it runs; is the address IPv6, and has the container any?",
    source: POSIX,
  },
  {
    code: "ECONNABORTED",
    meaning: "the connection was given up on this side; axios calls its own time-out so too",
    cause: "dependency-timeout",
    mistakenFor: "an abort by the server",
    nextCheck: "with axios: 'timeout of N ms exceeded' is its own limit; else who closed the socket here?",
    source: POSIX,
  },
  {
    code: "EACCES",
    meaning: "the process may not do this: open a file, or listen on a port below 1024",
    cause: "bad-configuration",
    nextCheck: "as which user does it run (id), and who may: ls -l of the path, or the port's number?",
    source: POSIX,
  },
  { code: "EPERM", meaning: "the process has not the right for this", cause: "bad-configuration", source: POSIX },
  {
    code: "ENOENT",
    meaning: "there is no such file or program",
    cause: "bad-configuration",
    nextCheck: "the path in the message: relative to which folder does it run, and is it in the image?",
    source: POSIX,
  },
  { code: "EROFS", meaning: "written to a file system that may only be read", cause: "bad-configuration", source: POSIX },
  {
    code: "EIO",
    meaning: "the disk or network file system failed",
    cause: "resource-exhausted",
    nextCheck: "dmesg | tail on that machine",
    source: POSIX,
  },
  { code: "EDQUOT", meaning: "the quota of the disk is used up", cause: "resource-exhausted", source: POSIX },
  { code: "ENFILE", meaning: "the whole system has no more file handles", cause: "resource-exhausted", source: POSIX },
  { code: "ENOBUFS", meaning: "the system has no buffer left for the socket", cause: "resource-exhausted", source: POSIX },
  {
    code: "EAGAIN",
    meaning: "it cannot be had at once: a process or thread over a limit, or a socket that would wait",
    cause: "resource-exhausted",
    nextCheck: "with fork or spawn: ulimit -u and the pids limit of the container",
    source: POSIX,
  },
  { code: "ENOTCONN", meaning: "the socket is not, or no longer, connected", cause: "keepalive-race", source: POSIX },
  { code: "EHOSTDOWN", meaning: "the host does not answer on its own network", cause: "connection-refused", source: POSIX },
  {
    code: "EPROTO",
    // OpenSSL's reasons say more than the system's code before them.
    pattern: /\bEPROTO\b(?!.*(?:wrong version number|certificate verify failed|self.signed))/,
    meaning: "the handshake or the protocol failed; with TLS the reason of OpenSSL stands behind it",
    cause: "tls-failure",
    nextCheck: "the words behind it: 'wrong version number' is no TLS at that port, 'alert' is the server's refusal",
    source: POSIX,
  },
  { code: "EAI_FAIL", meaning: "the resolver failed for good: the name server refuses or is broken", cause: "dns-failure", source: GAI },
  { code: "EAI_NONAME", meaning: "the name does not resolve", cause: "dns-failure", source: GAI },
  {
    code: "ESERVFAIL",
    meaning: "the name server itself failed: its own upstream, or DNSSEC",
    cause: "dns-failure",
    source: "Node.js, DNS",
  },
  { code: "ETIMEOUT", meaning: "the name server did not answer in time", cause: "dns-failure", source: "Node.js, DNS" },
];

/** Codes and messages of the operating system, of Node and of TLS that name what broke a call, whatever language wrote them. */
export const SYSTEM_ERRORS: readonly ErrorKnowledge[] = KNOWN.map((known) => ({ madeBy: MADE_BY, ...known }));

/** What the system itself says of an errno that is not listed. */
export function findErrno(text: string): ErrorKnowledge | undefined {
  const [, message] = [...getSystemErrorMap().values()].find(([name]) => name === text) ?? [];
  if (message === undefined) return undefined;
  const nextCheck = "which call of the program got it: the line before, the path or address in the message?";
  return { code: text, meaning: message, madeBy: MADE_BY, mistakenFor: "a failure of the other side", nextCheck, source: POSIX };
}
