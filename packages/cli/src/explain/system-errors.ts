import type { ErrorKnowledge } from "./error-knowledge.ts";

const POSIX = "POSIX.1-2024, errno.h";
const GAI = "RFC 3493, getaddrinfo";
const NODE = "Node.js, Errors and http";
const UNDICI = "undici, Errors";
const OPENSSL = "OpenSSL, X509_verify_cert_error_string";

/** Codes and messages of the operating system, of Node and of TLS that name what broke a call, whatever language wrote them. */
export const SYSTEM_ERRORS: readonly ErrorKnowledge[] = [
  { code: "ECONNREFUSED", meaning: "nobody listens at that address and port", cause: "connection-refused", source: POSIX },
  {
    code: "ECONNRESET",
    meaning: "the other side broke the connection off: it ended, or closed an idle connection just as it was used again",
    cause: "keepalive-race",
    source: POSIX,
  },
  { code: "EPIPE", meaning: "written to a connection that the other side had closed", cause: "keepalive-race", source: POSIX },
  { code: "ETIMEDOUT", meaning: "no answer to the connection, or none in time", cause: "dependency-timeout", source: POSIX },
  { code: "EHOSTUNREACH", meaning: "no way leads to that host", cause: "connection-refused", source: POSIX },
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
  { code: "UND_ERR_CONNECT_TIMEOUT", meaning: "no connection in time (10 s by default)", cause: "dependency-timeout", source: UNDICI },
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
];
