import type { ErrorKnowledge } from "./error-knowledge.ts";

const PHP = "PHP manual, errors";
const JAVA = "Java SE API and HikariCP";
const PYTHON = "Python, built-in exceptions";
const GO = "Go, packages context and net";
const DOTNET = ".NET API";
const NODE = "Node.js, Errors";
const CURL = "curl, libcurl error codes";
const OPENSSL = "OpenSSL, error strings";

const PHP_ERRORS: readonly ErrorKnowledge[] = [
  {
    code: "PHP memory exhausted",
    pattern: /\bAllowed memory size of \d+ bytes exhausted/i,
    meaning: "the script asked for more than memory_limit and was ended; the answer is an empty 500",
    cause: "resource-exhausted",
    nextCheck: "which input makes it so large? A whole result set or file read at once",
    source: PHP,
  },
  {
    code: "PHP time exceeded",
    pattern: /\bMaximum execution time of \d+ seconds? exceeded/i,
    meaning: "the script ran longer than max_execution_time; waiting for a database or a call does not count on Linux",
    cause: "resource-exhausted",
    nextCheck: "the line that the message names: a loop over too much",
    source: PHP,
  },
  {
    code: "PHP missing class or function",
    pattern: /\bUncaught Error: (?:Class|Interface|Trait) .* not found|\bCall to undefined (?:function|method)/i,
    meaning: "code is asked for that is not there",
    cause: "bad-deploy",
    mistakenFor: "a mistake of the code: mostly an extension or composer install is missing where it runs",
    nextCheck: "php -m and the autoloader of the running version",
    source: PHP,
  },
  {
    code: "PHP fatal error",
    pattern: /\bPHP (?:Fatal|Parse) error\b|\bFatal error: Uncaught\b|^PHP fatal/i,
    meaning: "the script ended where the message says; what was not sent yet becomes a 500, often with an empty body",
    cause: "unhandled-exception",
    nextCheck: "the first line with a path of your own; with display_errors off it stands in the error log alone",
    source: PHP,
  },
];

const JAVA_ERRORS: readonly ErrorKnowledge[] = [
  {
    code: "java.lang.OutOfMemoryError",
    pattern: /\bOutOfMemoryError\b/,
    meaning: "the heap, the metaspace or the threads are used up; what fails is whoever asked next, not who took it",
    cause: "resource-exhausted",
    nextCheck: "a heap dump (-XX:+HeapDumpOnOutOfMemoryError); did it grow over days or with one request?",
    source: JAVA,
  },
  {
    code: "HikariPool time-out",
    pattern: /\bConnection is not available, request timed out after\b|\bSQLTransientConnectionException\b/,
    meaning: "no connection of the pool became free in time (connectionTimeout, 30 s)",
    cause: "pool-exhausted",
    source: JAVA,
  },
  {
    code: "java.net.SocketTimeoutException",
    pattern: /\bSocketTimeoutException\b/,
    meaning: "no connection, or no answer, within the client's time-out: the message says which",
    cause: "dependency-timeout",
    source: JAVA,
  },
  {
    code: "java.net.UnknownHostException",
    pattern: /\bUnknownHostException\b/,
    meaning: "the name does not resolve",
    cause: "dns-failure",
    source: JAVA,
  },
  {
    code: "NullPointerException",
    meaning: "something is used that is null; since Java 14 the message names it",
    cause: "unhandled-exception",
    source: JAVA,
  },
  {
    code: "PKIX path building failed",
    pattern: /PKIX path building failed|SSLHandshakeException/i,
    meaning: "the server's certificate does not lead to one that this Java trusts",
    cause: "tls-failure",
    nextCheck: "does the server send its intermediate certificates, and is a private authority in the trust store?",
    source: JAVA,
  },
];

const PYTHON_ERRORS: readonly ErrorKnowledge[] = [
  {
    code: "ModuleNotFoundError",
    pattern: /\b(?:ModuleNotFoundError|ImportError)\b/,
    meaning: "a module is not installed where this version runs",
    cause: "bad-deploy",
    source: PYTHON,
  },
  { code: "MemoryError", meaning: "the process may not have more memory", cause: "resource-exhausted", source: PYTHON },
  {
    code: "RecursionError",
    pattern: /\bRecursionError\b|\bmaximum recursion depth exceeded\b/,
    meaning: "functions call each other without an end",
    cause: "unhandled-exception",
    source: PYTHON,
  },
  {
    code: "QueuePool limit",
    pattern: /\bQueuePool limit of size \d+/,
    meaning: "no connection of SQLAlchemy's pool became free in time (pool_timeout, 30 s)",
    cause: "pool-exhausted",
    source: "SQLAlchemy, error messages",
  },
  {
    code: "WORKER TIMEOUT",
    pattern: /\bWORKER TIMEOUT\b/,
    meaning:
      "gunicorn ended a worker that had not answered for --timeout (30 s); its requests get an empty answer, which the proxy calls 502",
    cause: "resource-exhausted",
    mistakenFor: "a crash: the worker was busy or waited",
    nextCheck: "what did the request at that time wait for? A synchronous worker does one thing at a time",
    source: "gunicorn, settings",
  },
];

const GO_ERRORS: readonly ErrorKnowledge[] = [
  {
    code: "context deadline exceeded",
    pattern: /\bcontext deadline exceeded\b/i,
    meaning: "the time that was given to the call is over: its own, or its caller's",
    cause: "dependency-timeout",
    source: GO,
  },
  {
    code: "context canceled",
    pattern: /\bcontext cancell?ed\b/i,
    meaning: "the caller gave up, mostly because its own client went away",
    mistakenFor: "a failure of the callee: nobody waited for its answer any more",
    nextCheck: "how long had it taken, and who further out has a shorter time-out?",
    source: GO,
  },
  {
    code: "i/o timeout",
    pattern: /\bi\/o timeout\b/i,
    meaning: "no connection, or nothing to read, in time",
    cause: "dependency-timeout",
    source: GO,
  },
  { code: "no such host", pattern: /\bno such host\b/i, meaning: "the name does not resolve", cause: "dns-failure", source: GO },
  {
    code: "connection refused",
    pattern: /\bconnection refused\b/i,
    meaning: "nobody listens at that address and port",
    cause: "connection-refused",
    source: GO,
  },
  {
    code: "connection reset by peer",
    pattern: /\bconnection reset by peer\b/i,
    meaning: "the other side broke the connection off: it ended, or closed an idle connection just as it was used again",
    cause: "keepalive-race",
    source: GO,
  },
  {
    code: "broken pipe",
    pattern: /\bbroken pipe\b/i,
    meaning: "written to a connection that the other side had closed",
    cause: "keepalive-race",
    source: GO,
  },
  {
    code: "too many open files",
    pattern: /\btoo many open files\b/i,
    meaning: "the process has no more file handles: open files and connections count",
    cause: "resource-exhausted",
    source: GO,
  },
  {
    code: "panic: runtime error",
    pattern: /\bpanic: \S/,
    meaning: "the goroutine ended the whole process, or net/http caught it and closed the connection without an answer",
    cause: "unhandled-exception",
    nextCheck: "the first frame of your own below 'goroutine ... [running]'",
    source: GO,
  },
];

const OTHER_ERRORS: readonly ErrorKnowledge[] = [
  { code: "NullReferenceException", meaning: "something is used that is null", cause: "unhandled-exception", source: DOTNET },
  {
    code: "TaskCanceledException",
    meaning: "HttpClient's time-out (100 s) is over, or somebody cancelled the call; with TimeoutException inside it is the time-out",
    cause: "dependency-timeout",
    source: DOTNET,
  },
  {
    code: "JavaScript heap out of memory",
    pattern: /\bJavaScript heap out of memory\b/i,
    meaning: "the process used its whole heap (--max-old-space-size) and ended; its requests in flight were cut off",
    cause: "resource-exhausted",
    nextCheck: "did memory grow slowly (a leak) or with one request? node --heapsnapshot-near-heap-limit=1",
    source: NODE,
  },
  {
    code: "ERR_HTTP_HEADERS_SENT",
    meaning: "an answer is sent twice: a handler went on after it had answered",
    cause: "unhandled-exception",
    nextCheck: "the line that the stack names: is a return missing after the first answer?",
    source: NODE,
  },
  {
    code: "ERR_STREAM_PREMATURE_CLOSE",
    meaning: "a stream ended before its end: the other side went away",
    cause: "keepalive-race",
    source: NODE,
  },
  {
    code: "EADDRINUSE",
    meaning: "another process listens at that address and port",
    cause: "bad-configuration",
    nextCheck: "ss -ltnp says which",
    source: "POSIX.1-2024, errno.h",
  },
  {
    code: "wrong version number",
    pattern: /\bwrong version number\b/i,
    meaning: "the other side does not speak TLS at this port",
    cause: "tls-failure",
    mistakenFor: "an old version of TLS: mostly plain HTTP answers there, or a proxy's error page",
    nextCheck: "curl http://HOST:PORT: does plain HTTP answer?",
    source: OPENSSL,
  },
  {
    code: "certificate verify failed",
    pattern: /\bcertificate verify failed\b|\bunable to get local issuer certificate\b/i,
    meaning: "the certificate does not lead to one that is trusted here",
    cause: "tls-failure",
    nextCheck: "does the server send its intermediate certificates? openssl s_client -connect HOST:443 -showcerts",
    source: OPENSSL,
  },
  {
    code: "self-signed certificate",
    pattern: /\bself[- ]signed certificate\b/i,
    meaning: "the certificate is signed by itself, or by one that is not trusted here",
    cause: "tls-failure",
    source: OPENSSL,
  },
];

const CURL_ERRORS: readonly (readonly [number, string, NonNullable<ErrorKnowledge["cause"]>])[] = [
  [6, "the name does not resolve", "dns-failure"],
  [7, "nobody answers at that address and port, or it refuses", "connection-refused"],
  [28, "the time that curl was given is over", "dependency-timeout"],
  [35, "the TLS handshake failed", "tls-failure"],
  [52, "the server closed the connection without a byte of an answer", "keepalive-race"],
  [56, "the connection broke while the answer was read", "keepalive-race"],
  [60, "the certificate is not trusted", "tls-failure"],
  [92, "the HTTP/2 stream was broken off by the other side", "gateway-mismatch"],
];

/** What languages, their libraries and curl say. The more telling comes first. */
export const LANGUAGE_ERRORS: readonly ErrorKnowledge[] = [
  ...PHP_ERRORS,
  ...JAVA_ERRORS,
  ...PYTHON_ERRORS,
  ...OTHER_ERRORS,
  ...CURL_ERRORS.map(([number, meaning, cause]) => ({
    code: `curl: (${number})`,
    pattern: new RegExp(String.raw`\bcurl\W{1,3}(?:error )?\(?${number}\b`, "i"),
    meaning,
    cause,
    source: CURL,
  })),
  ...GO_ERRORS,
];
