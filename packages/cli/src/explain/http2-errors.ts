import type { ErrorKnowledge } from "./error-knowledge.ts";

type Known = readonly [name: string, meaning: string, cause: ErrorKnowledge["cause"], nextCheck: string];

const WHO = "the log of the other side and of every proxy in between, at that time";

const KNOWN: readonly Known[] = [
  [
    "PROTOCOL_ERROR",
    "one side breaks the rules of HTTP/2: a header with capitals, Connection or a line break is the usual one",
    "gateway-mismatch",
    "curl --http1.1 shows the answer as it is; then its headers",
  ],
  [
    "INTERNAL_ERROR",
    "the other side failed in the midst of the stream: often the app behind a proxy broke its answer off",
    "unhandled-exception",
    WHO,
  ],
  ["FLOW_CONTROL_ERROR", "more was sent than the window allows", "gateway-mismatch", WHO],
  ["SETTINGS_TIMEOUT", "the other side never confirmed the settings", "gateway-mismatch", "does what answers speak HTTP/2 at all?"],
  ["STREAM_CLOSED", "something came for a stream that was closed already", "keepalive-race", WHO],
  [
    "FRAME_SIZE_ERROR",
    "a frame is larger than may be, or what came is no HTTP/2 (HTTP/1.1 at that port)",
    "gateway-mismatch",
    "does the port speak HTTP/1.1? curl --http1.1",
  ],
  [
    "REFUSED_STREAM",
    "the stream was not worked on at all: more at once than the other side takes; it may be sent again",
    "rate-limited-as-5xx",
    "its limit of streams at once (SETTINGS_MAX_CONCURRENT_STREAMS), and how many are open",
  ],
  [
    "CANCEL",
    "the stream is not wanted any more: somebody left, or a time-out passed",
    undefined,
    "whose time-out is it: the client's, or that of a proxy in between?",
  ],
  [
    "COMPRESSION_ERROR",
    "the table of compressed headers no longer agrees",
    "gateway-mismatch",
    "a proxy or a version that just changed in between?",
  ],
  ["CONNECT_ERROR", "the connection behind a CONNECT was reset", "connection-refused", "can the proxy reach the host?"],
  [
    "ENHANCE_YOUR_CALM",
    "the other side was sent too much: pings, resets or requests over its limit",
    "rate-limited-as-5xx",
    "keepalive pings of the client (gRPC: too_many_pings) against what the server allows; resets by a scanner?",
  ],
  [
    "INADEQUATE_SECURITY",
    "TLS is too old or weak for HTTP/2",
    "tls-failure",
    "the server's versions and ciphers: TLS 1.2 with ECDHE at least",
  ],
  [
    "HTTP_1_1_REQUIRED",
    "the other side wants HTTP/1.1 for this request",
    "gateway-mismatch",
    "NTLM, a client certificate for one path, or an upgrade? curl --http1.1",
  ],
];

/** Reasons of RST_STREAM and GOAWAY. Those whose words are used elsewhere too are known only with a library's prefix. */
export const HTTP2_ERRORS: readonly ErrorKnowledge[] = KNOWN.map(([name, meaning, cause, nextCheck]) => {
  const isOwn = !/^(?:PROTOCOL_ERROR|INTERNAL_ERROR|CANCEL|CONNECT_ERROR)$/.test(name);
  return {
    code: `HTTP/2 ${name}`,
    pattern: new RegExp(
      String.raw`\bNGHTTP2_${name}\b|\b(?:RST_STREAM|GOAWAY)\b.{0,60}\b${name}\b${isOwn ? String.raw`|(?<![\w-])${name}(?![\w-])` : ""}`,
    ),
    meaning,
    madeBy: "the other side of the connection, as far as its reset says so; a proxy in between sends its own",
    ...(cause === undefined ? {} : { cause }),
    ...(cause === undefined ? { mistakenFor: "a failure of the server: nobody waited for its answer any more" } : {}),
    nextCheck,
    source: "RFC 9113 section 7",
  };
});
