import type { ErrorKnowledge } from "./error-knowledge.ts";

const NODE = "Node.js, Errors";
const UNDICI = "undici, Errors";
const LLHTTP = "llhttp, error codes";
const AXIOS = "axios, Error handling";
const OPENSSL = "OpenSSL, X509_verify_cert_error_string";

type Known = readonly [code: string, meaning: string, cause: ErrorKnowledge["cause"], nextCheck?: string, mistakenFor?: string];

const TWICE = "which path answers twice: a missing return, an error after the answer began, a time-out's answer and the handler's?";
const STACK = "the innermost frame of the app in the stack, and the input that reaches it";
const BUILD = "is it in the image that runs: a dependency of development only, a path that differs in case, a build that was not made?";
const SESSION = "who ended the session: a deploy of the other side, its limit of requests or age, or an idle time-out?";

const OWN: readonly Known[] = [
  ["ERR_STREAM_WRITE_AFTER_END", "something is written to a response or stream that was ended already", "unhandled-exception", TWICE],
  [
    "ERR_STREAM_DESTROYED",
    "something is written to a stream that is destroyed: the other side left, or an error ended it",
    "unhandled-exception",
    "did the client leave before (499, ECONNRESET)? Then it is a consequence",
  ],
  [
    "ERR_HTTP_INVALID_STATUS_CODE",
    "a status that is no number from 100 to 999 was to be sent",
    "unhandled-exception",
    "res.status(error.code)? A code of a database or a system is no status",
  ],
  ["ERR_HTTP_INVALID_HEADER_VALUE", "a header was to be sent with undefined as its value", "unhandled-exception", STACK],
  [
    "ERR_INVALID_CHAR",
    "a header was to be sent with a sign that no header may have: a line break, a letter beyond Latin-1",
    "invalid-input-unguarded",
    "which value comes from the request: a file name, a redirect's address? Encode it",
  ],
  [
    "ERR_HTTP_REQUEST_TIMEOUT",
    "the client did not send its whole request within requestTimeout (300 s) or its headers within headersTimeout (60 s); it gets 408",
    undefined,
    "slow clients, or a proxy that opens connections before it has something to send?",
    "a slow handler: the request had not arrived yet",
  ],
  [
    "ERR_HTTP_CONTENT_LENGTH_MISMATCH",
    "the body has not as many bytes as Content-Length says",
    "unhandled-exception",
    "is the length counted in letters instead of bytes, or set before a change of the body?",
  ],
  [
    "ERR_SOCKET_CONNECTION_TIMEOUT",
    "none of the name's addresses took the connection in time (250 ms each by default)",
    "dependency-timeout",
    "is one of IPv4 and IPv6 a dead end, or is the way slow? --network-family-autoselection-attempt-timeout",
  ],
  ["ERR_SOCKET_CLOSED", "written to a socket that is closed already", "keepalive-race"],
  [
    "ERR_HTTP2_STREAM_ERROR",
    "the other side reset the stream; NGHTTP2_... behind it says why: REFUSED_STREAM may be tried again, ENHANCE_YOUR_CALM is a limit",
    "dependency-error",
    "the log of the other side and of every proxy in between, at that time",
  ],
  [
    "ERR_HTTP2_STREAM_CANCEL",
    "the stream was given up before its answer: its session ended, or somebody cancelled",
    "keepalive-race",
    SESSION,
  ],
  [
    "ERR_HTTP2_GOAWAY_SESSION",
    "the other side is closing this session and takes no new stream on it",
    "keepalive-race",
    SESSION,
    "a failure: GOAWAY is how HTTP/2 says goodbye, and the request may be sent again elsewhere",
  ],
  ["ERR_HTTP2_INVALID_SESSION", "a request is sent on a session that has ended", "keepalive-race", SESSION],
  ["ERR_HTTP2_SESSION_ERROR", "the session ended by an error of the protocol; all its streams end with it", "gateway-mismatch", SESSION],
  ["ERR_HTTP2_ERROR", "an error of the HTTP/2 library: the words behind it say which", "gateway-mismatch", SESSION],
  ["ERR_MODULE_NOT_FOUND", "a module is imported that is not there", "bad-deploy", BUILD],
  ["MODULE_NOT_FOUND", "a module is required that is not there", "bad-deploy", BUILD],
  [
    "ERR_REQUIRE_ESM",
    "an ECMAScript module is required where this Node cannot",
    "bad-deploy",
    "which version of Node and of the package runs there? Import it instead",
  ],
  [
    "ERR_PACKAGE_PATH_NOT_EXPORTED",
    "a path of a package is asked for that its exports do not have",
    "bad-deploy",
    "did the package's version change? (npm ls NAME where it runs)",
  ],
  [
    "ERR_DLOPEN_FAILED",
    "a native module cannot be loaded: built for another Node, libc or processor",
    "bad-deploy",
    "was npm ci run in the image itself? Alpine's musl and arm64 need builds of their own",
  ],
  [
    "ERR_UNHANDLED_REJECTION",
    "a promise was rejected and nobody caught it: Node ends the process",
    "unhandled-exception",
    "the reason behind it; which promise is neither awaited nor caught?",
    "a crash of Node: it is the default since version 15",
  ],
  [
    "ERR_UNHANDLED_ERROR",
    "an error event came and nobody listens for it: Node ends the process",
    "unhandled-exception",
    "on which emitter (socket, stream, pool) is .on('error') missing?",
  ],
  [
    "ERR_INVALID_ARG_TYPE",
    "a function of Node got an argument of another type, mostly undefined",
    "unhandled-exception",
    "the first frame of the app in the stack: a setting that is not there, or a field that the request leaves out?",
  ],
  ["ERR_INVALID_ARG_VALUE", "a function of Node got a value that it does not take", "unhandled-exception", STACK],
  ["ERR_OUT_OF_RANGE", "a number is out of the range that a function takes", "invalid-input-unguarded", STACK],
  [
    "ERR_INVALID_URL",
    "a text that is no absolute URL was given for one",
    "invalid-input-unguarded",
    "is a base address not set where it runs, or does the text come from the request?",
  ],
  [
    "ERR_INTERNAL_ASSERTION",
    "Node itself is in a state that it must not be in, or something reached into its internals",
    "unhandled-exception",
    "the Node version against its changelog; a package that replaces parts of Node?",
  ],
  ["ERR_WORKER_OUT_OF_MEMORY", "a worker thread used more memory than its limit and was ended", "resource-exhausted"],
  [
    "ERR_IPC_CHANNEL_CLOSED",
    "a message is sent to a process that has ended",
    "unhandled-exception",
    "why did the other process end: its exit code and last words?",
  ],
  [
    "ABORT_ERR",
    "somebody gave it up by an AbortSignal: a time-out of the app, or a client that left",
    undefined,
    "whose signal is it: AbortSignal.timeout, or the request's own?",
    "a failure of the callee: nobody waited for its answer any more",
  ],
  [
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "what answers does not speak TLS at this port",
    "tls-failure",
    "https asked of a port of plain http, or a proxy that was to end TLS?",
    "a wrong version of TLS",
  ],
  [
    "ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR",
    "the server ended the handshake by an alert of its own: mostly it has no certificate for this name",
    "tls-failure",
  ],
];

const CLIENTS: readonly Known[] = [
  [
    "UND_ERR_HEADERS_OVERFLOW",
    "the answer's headers are larger than 16 KiB (maxHeaderSize)",
    "gateway-mismatch",
    "which header grew: cookies, a policy?",
  ],
  [
    "UND_ERR_RESPONSE_STATUS_CODE",
    "the answer has a status of 400 or more, and the caller wanted that thrown",
    "dependency-error",
    "its status and body stand on the error",
  ],
  ["UND_ERR_INVALID_ARG", "the request is called with an argument that it does not take", "unhandled-exception", STACK],
  ["UND_ERR_INVALID_RETURN_VALUE", "a callback of the caller returned what it must not", "unhandled-exception", STACK],
  [
    "UND_ERR_ABORTED",
    "the caller gave the request up",
    undefined,
    "whose signal or time-out ended it?",
    "a failure of the callee: nobody waited for its answer any more",
  ],
  [
    "UND_ERR_DESTROYED",
    "the client was destroyed while the request waited in it",
    "unhandled-exception",
    "does something close the pool while it is used: a shutdown, a test's end, one client for all that one request closes?",
  ],
  ["UND_ERR_CLOSED", "the client is closed and takes no request", "unhandled-exception", "does something close the pool while it is used?"],
  [
    "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
    "the request's body has not as many bytes as its Content-Length says",
    "unhandled-exception",
    "is content-length passed on from another request whose body was changed?",
  ],
  [
    "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
    "the answer's body has not as many bytes as its Content-Length says",
    "gateway-mismatch",
    "who cut it off: the app in the midst of writing, or a proxy?",
  ],
  ["UND_ERR_RES_EXCEEDED_MAX_SIZE", "the answer is larger than maxResponseSize", "body-too-large"],
  ["UND_ERR_PRX_TLS", "TLS with the proxy failed", "tls-failure"],
  ["UND_ERR_INFO", "the connection was reset by the client itself, for its own housekeeping", "keepalive-race"],
  ["UND_ERR_REQ_RETRY", "the request was tried as often as it may and failed each time", "dependency-error"],
  ["ERR_CANCELED", "the caller gave the request up", undefined, "whose signal or time-out ended it?", "a failure of the callee"],
  [
    "ERR_BAD_RESPONSE",
    "the answer has a status of 500 or more, or cannot be read",
    "dependency-error",
    "error.response.status and .data say which",
  ],
  [
    "ERR_BAD_REQUEST",
    "the answer has a status of 400 to 499",
    "dependency-error",
    "error.response.status and .data: what does it refuse?",
    "a failure of the dependency: it refuses what it is sent",
  ],
];

const PARSER: readonly Known[] = [
  [
    "HPE_INVALID_CONSTANT",
    "what came does not begin with HTTP/: another protocol, or a longer body than was announced",
    "gateway-mismatch",
  ],
  ["HPE_INVALID_VERSION", "the answer's version of HTTP is none that is known", "gateway-mismatch"],
  ["HPE_INVALID_STATUS", "the answer's status is no number of three digits", "gateway-mismatch"],
  [
    "HPE_INVALID_METHOD",
    "what came as a request begins with no method: TLS sent to a port of plain http, or a scanner",
    undefined,
    "does somebody ask this port with https? The first bytes 16 03 are TLS",
    "a broken client of your own",
  ],
  ["HPE_INVALID_URL", "the request's path holds what no path may", "invalid-input-unguarded"],
  ["HPE_INVALID_CONTENT_LENGTH", "Content-Length is no number, or is too large", "gateway-mismatch"],
  ["HPE_UNEXPECTED_CONTENT_LENGTH", "Content-Length stands there twice, or beside Transfer-Encoding", "gateway-mismatch"],
  ["HPE_INVALID_TRANSFER_ENCODING", "Transfer-Encoding is not what may end a message", "gateway-mismatch"],
  ["HPE_INVALID_CHUNK_SIZE", "a chunk of the body has no valid length", "gateway-mismatch"],
  ["HPE_INVALID_EOF_STATE", "the connection ended in the middle of a message", "keepalive-race"],
  ["HPE_CLOSED_CONNECTION", "something came after the last message of a connection", "gateway-mismatch"],
  ["HPE_CR_EXPECTED", "a line of the headers does not end as it must", "gateway-mismatch"],
  ["HPE_LF_EXPECTED", "a line of the headers does not end as it must", "gateway-mismatch"],
];

const CERTIFICATES: readonly Known[] = [
  [
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "the certificate's issuer is not known here: a private authority, or a certificate between that is not sent",
    "tls-failure",
    "does the server send its whole chain? For an own authority: NODE_EXTRA_CA_CERTS",
  ],
  [
    "UNABLE_TO_GET_ISSUER_CERT",
    "the issuer of a certificate of the chain cannot be found",
    "tls-failure",
    "does the server send its whole chain (fullchain.pem)?",
  ],
  [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "the chain ends at an authority that is not known here: a private one, or a proxy that looks into TLS",
    "tls-failure",
    "whose is it (openssl s_client -showcerts)? For an own authority: NODE_EXTRA_CA_CERTS",
  ],
  [
    "CERT_NOT_YET_VALID",
    "the certificate is not valid yet",
    "tls-failure",
    "is the clock right, here and where it was made (timedatectl)?",
  ],
  ["CERT_REVOKED", "the certificate was revoked", "tls-failure"],
  ["CERT_UNTRUSTED", "the certificate's authority is not trusted for this", "tls-failure"],
  ["HOSTNAME_MISMATCH", "the certificate is for other names", "tls-failure"],
  ["CERT_SIGNATURE_FAILURE", "the certificate's signature does not hold", "tls-failure"],
  ["INVALID_CA", "a certificate of the chain may not sign others", "tls-failure"],
];

/** Prefixes of codes, for one that is not listed by itself. */
const FAMILIES: readonly (readonly [prefix: string, meaning: string, cause: ErrorKnowledge["cause"], source: string])[] = [
  ["ERR_HTTP2_", "an error of Node's HTTP/2: the message behind it says which", "gateway-mismatch", NODE],
  ["ERR_HTTP_", "Node's HTTP refuses what the app does with a request or an answer", "unhandled-exception", NODE],
  ["ERR_STREAM_", "a stream of Node is used in a way that its state does not allow", "unhandled-exception", NODE],
  ["ERR_SSL_", "TLS failed: the rest of the code is OpenSSL's own reason", "tls-failure", NODE],
  ["ERR_TLS_", "TLS failed, or is set up wrongly", "tls-failure", NODE],
  ["ERR_SOCKET_", "a socket is used in a way that its state does not allow", "unhandled-exception", NODE],
  ["ERR_CRYPTO_", "a key, a secret or an algorithm is not what the function takes", "bad-configuration", NODE],
  ["ERR_MODULE_", "a module cannot be loaded", "bad-deploy", NODE],
  ["ERR_PACKAGE_", "a package cannot be loaded as it is asked for", "bad-deploy", NODE],
  ["ERR_WORKER_", "a worker thread failed, or is used in a wrong way", "unhandled-exception", NODE],
  ["ERR_INVALID_", "a function of Node got what it does not take", "unhandled-exception", NODE],
  ["ERR_", "an error of Node, or in a browser's console one of Chrome: the message behind the code says which", undefined, NODE],
  ["UND_ERR_", "an error of undici, which is behind Node's fetch", "dependency-error", UNDICI],
  ["HPE_", "what came is no message of HTTP/1.1 as the standard has it", "gateway-mismatch", LLHTTP],
];

const MADE_BY = "Node, in the process that says so; the other side wrote nothing of it";

function toErrors(known: readonly Known[], source: string): readonly ErrorKnowledge[] {
  return known.map(([code, meaning, cause, nextCheck, mistakenFor]) => ({
    code,
    meaning,
    madeBy: MADE_BY,
    ...(cause === undefined ? {} : { cause }),
    ...(mistakenFor === undefined ? {} : { mistakenFor }),
    ...(nextCheck === undefined ? {} : { nextCheck }),
    source: code.startsWith("ERR_BAD") || code === "ERR_CANCELED" ? AXIOS : source,
  }));
}

/** Codes of Node, of its HTTP clients and of its parsers of HTTP and certificates. */
export const NODE_ERRORS: readonly ErrorKnowledge[] = [
  ...toErrors(OWN, NODE),
  ...toErrors(CLIENTS, UNDICI),
  ...toErrors(PARSER, LLHTTP),
  ...toErrors(CERTIFICATES, OPENSSL),
];

/** What is known of a code of Node by its beginning alone. */
export function findNodeFamily(text: string): ErrorKnowledge | undefined {
  const code = /^[A-Z][A-Z0-9_]{5,60}$/.test(text) ? text : (/\bcode: ['"]([A-Z][A-Z0-9_]{5,60})['"]/.exec(text)?.[1] ?? "");
  const known = FAMILIES.find(([prefix]) => code.startsWith(prefix));
  if (known === undefined) return undefined;
  const [, meaning, cause, source] = known;
  const open = {
    mistakenFor: "an error of the app's own: the code is a library's",
    nextCheck: "the message behind it, and the first frame of the app",
  };
  return { code, meaning, madeBy: MADE_BY, ...(cause === undefined ? open : { cause }), source };
}
