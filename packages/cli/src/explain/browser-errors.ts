import type { ErrorKnowledge } from "./error-knowledge.ts";

const CHROME = "Chromium, net_error_list.h";

type Known = readonly [code: string, alike: string, meaning: string, cause: ErrorKnowledge["cause"], nextCheck?: string];

/** A browser got no answer, or none that it could use: what Chrome, Edge and Firefox show in place of a status. */
const KNOWN: readonly Known[] = [
  ["ERR_CONNECTION_REFUSED", "NS_ERROR_CONNECTION_REFUSED", "nobody listens at that address and port", "connection-refused"],
  ["ERR_CONNECTION_RESET", "NS_ERROR_NET_RESET", "the connection was broken off in the middle", "keepalive-race"],
  ["ERR_CONNECTION_CLOSED", "", "the other side closed the connection before it answered", "keepalive-race"],
  ["ERR_EMPTY_RESPONSE", "NS_ERROR_NET_EMPTY_RESPONSE", "the server closed the connection without a byte of an answer", "keepalive-race"],
  ["ERR_CONNECTION_TIMED_OUT", "NS_ERROR_NET_TIMEOUT|ERR_TIMED_OUT", "no connection, or no answer, in time", "dependency-timeout"],
  ["ERR_NAME_NOT_RESOLVED", "NS_ERROR_UNKNOWN_HOST|DNS_PROBE_FINISHED_NXDOMAIN", "the name does not resolve", "dns-failure"],
  [
    "ERR_SSL_PROTOCOL_ERROR",
    "PR_END_OF_FILE_ERROR|SSL_ERROR_\\w+",
    "the other side does not speak TLS as it should, or not at all",
    "tls-failure",
  ],
  ["ERR_CERT_DATE_INVALID", "SEC_ERROR_EXPIRED_CERTIFICATE", "the certificate is past its date, or a clock is wrong", "tls-failure"],
  [
    "ERR_CERT_AUTHORITY_INVALID",
    "SEC_ERROR_UNKNOWN_ISSUER|MOZILLA_PKIX_ERROR_\\w+",
    "the certificate is signed by nobody that the browser trusts",
    "tls-failure",
  ],
  ["ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN", "the certificate is for other names", "tls-failure"],
  [
    "ERR_HTTP2_PROTOCOL_ERROR",
    "NS_ERROR_NET_INTERRUPT",
    "the HTTP/2 stream was broken off, or holds what it may not: mostly a header that HTTP/2 forbids, or a backend that died in the middle",
    "gateway-mismatch",
    "the same request with curl --http1.1: does it answer, and which header is odd?",
  ],
  [
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
    "ERR_CONTENT_LENGTH_MISMATCH|NS_ERROR_NET_PARTIAL_TRANSFER",
    "the answer ended before its end: the server failed after the headers were sent, so the status says 200",
    "masked-by-middleware",
    "the server's log at that time; the status in the access log is no help here",
  ],
  [
    "ERR_TOO_MANY_REDIRECTS",
    "NS_ERROR_REDIRECT_LOOP",
    "redirects lead in a circle: mostly a proxy that speaks HTTP to a server that wants HTTPS",
    "bad-configuration",
    "faultline triage URL shows each redirect; does the server hear X-Forwarded-Proto?",
  ],
  [
    "CORS error",
    "CORS|blocked by CORS policy|CORS Missing Allow Origin",
    "the browser keeps an answer from the page, as it lacks Access-Control-Allow-Origin; error pages of proxies mostly lack it",
    undefined,
    "the status behind it: faultline triage URL sees the answer that the browser hides. It is often a plain 502 or 500",
  ],
];

/** What browsers show where there is no answer. */
export const BROWSER_ERRORS: readonly ErrorKnowledge[] = KNOWN.map(([code, alike, meaning, cause, nextCheck]) => ({
  code,
  pattern: new RegExp(String.raw`(?<![\w-])(?:net::)?(?:${alike === "" ? code : `${code}|${alike}`})(?![\w-])`),
  meaning,
  madeBy: "the browser: there was no answer that it could show",
  ...(cause === undefined ? {} : { cause }),
  ...(nextCheck === undefined ? {} : { nextCheck }),
  source: CHROME,
}));
