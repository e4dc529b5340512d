/** What a server may do on the wire that no framework would: broken answers, written on the request's own socket. */
import type { ServerResponse } from "node:http";

const JSON_TYPE = { "content-type": "application/json" };

/** By the name that a plan uses. The response is the server's own, so the instrumentation sees what it can. */
export const WIRE: Readonly<Record<string, (response: ServerResponse) => void>> = {
  reset: (response) => void response.socket?.resetAndDestroy(),
  close: (response) => void response.socket?.destroy(),
  hang: () => {},
  "hang-after-headers": (response) => {
    response.writeHead(200, { ...JSON_TYPE, "content-length": "4000" });
    response.write('{"items":[');
  },
  "cut-body": (response) => {
    response.writeHead(200, { ...JSON_TYPE, "content-length": "4000" });
    response.write('{"items":[', () => response.socket?.resetAndDestroy());
  },
  "bad-chunk": (response) =>
    void response.socket?.end(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    ),
  "bad-header": (response) =>
    void response.socket?.end("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX Trace Info: 1\r\nContent-Length: 2\r\n\r\n{}"),
  "two-lengths": (response) =>
    void response.socket?.end("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 7\r\n\r\n{}"),
  "huge-header": (response) =>
    void response.socket?.end(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Debug: ${"x".repeat(200_000)}\r\nContent-Length: 2\r\n\r\n{}`,
    ),
  /** Says that its body is compressed, and it is not: a cache in between kept the header of another answer. */
  "false-gzip": (response) => {
    response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" });
    response.end('{"items":[]}');
  },
  garbage: (response) => void response.socket?.end("-ERR unknown command\r\n"),
};
