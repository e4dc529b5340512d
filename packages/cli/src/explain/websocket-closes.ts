import type { ErrorKnowledge } from "./error-knowledge.ts";

const RFC = "RFC 6455 section 7.4.1";
const IANA = "IANA WebSocket Close Code Number Registry";

type Close = Pick<ErrorKnowledge, "meaning" | "cause" | "nextCheck" | "mistakenFor" | "source">;

/** Close codes that tell of trouble; 1000 is the good end. */
const CLOSES: readonly (readonly [number, Close])[] = [
  [
    1001,
    {
      meaning: "the endpoint goes away: a server that shuts down, or a page that was left",
      mistakenFor: "a failure: of a page that was left it is the usual end",
      nextCheck: "did the server restart then? Do clients connect again, each after a time of its own?",
      source: RFC,
    },
  ],
  [
    1002,
    {
      meaning: "the other side broke the WebSocket protocol",
      cause: "gateway-mismatch",
      nextCheck: "is there a proxy between that does not speak it, or changes frames? Which library on each side?",
      source: RFC,
    },
  ],
  [
    1006,
    {
      meaning: "the connection ended without a close frame; no endpoint sends this code, a client notes it",
      mistakenFor: "an error that the server reported: it reported nothing, or nothing arrived",
      nextCheck: "after a steady time it is a proxy's idle time-out (nginx proxy_read_timeout 60 s, AWS ALB 60 s): send pings",
      source: RFC,
    },
  ],
  [
    1007,
    {
      meaning: "a text message was not valid UTF-8",
      cause: "invalid-input-unguarded",
      nextCheck: "are bytes sent as text?",
      source: RFC,
    },
  ],
  [
    1008,
    {
      meaning: "the message breaks a rule of the endpoint, mostly that of who may do it",
      mistakenFor: "a failure of the server: it refused",
      nextCheck: "has the token expired while the connection was open?",
      source: RFC,
    },
  ],
  [
    1009,
    {
      meaning: "the message is larger than the endpoint takes",
      cause: "body-too-large",
      nextCheck: "maxPayload of the server (ws: 100 MiB), of the gateway (API Gateway: 128 KiB)",
      source: RFC,
    },
  ],
  [
    1011,
    {
      meaning: "the server met what kept it from going on: what 500 is to a request",
      cause: "unhandled-exception",
      nextCheck: "the server's log at that moment; in some libraries also a ping that was not answered in time",
      source: RFC,
    },
  ],
  [
    1012,
    {
      meaning: "the server restarts",
      mistakenFor: "a failure: a server that is restarted with care says so as well",
      nextCheck: "a deploy? Do clients connect again, each after 5 to 30 s?",
      source: IANA,
    },
  ],
  [
    1013,
    {
      meaning: "the server has too much to do: try again later",
      cause: "resource-exhausted",
      nextCheck: "connections and memory of the server, and who connects so often",
      source: IANA,
    },
  ],
  [
    1014,
    {
      meaning: "a gateway got no valid answer from the server behind it: what 502 is to a request",
      cause: "no-healthy-upstream",
      nextCheck: "the gateway's error log at that time",
      source: IANA,
    },
  ],
  [
    1015,
    {
      meaning: "TLS failed; no endpoint sends this code, a client notes it",
      cause: "tls-failure",
      nextCheck: "openssl s_client -connect HOST:443",
      source: RFC,
    },
  ],
];

/** Why a WebSocket was closed: `1011` alone, `close code 1011`, `WebSocket closed (1011)`. */
export const WEBSOCKET_CLOSES: readonly ErrorKnowledge[] = CLOSES.map(([number, known]) => ({
  code: `WebSocket ${number}`,
  pattern: new RegExp(
    String.raw`^${number}$|\bwebsocket\b\D{0,40}\b${number}\b|\bclose(?:d)?(?: with)? (?:status )?code\W{0,3}${number}\b`,
    "i",
  ),
  madeBy: "the endpoint of the WebSocket that closed it",
  ...known,
}));
