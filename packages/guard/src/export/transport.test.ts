import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createTransport, type SendOutcome, type Transport } from "./transport.ts";

const open: (() => unknown)[] = [];
afterEach(() => {
  for (const close of open.splice(0).toReversed()) close();
});

const BODY = gzipSync("telemetry");

function createFor(port: number, headers: Readonly<Record<string, string>> = {}, base = ""): Transport {
  const transport = createTransport(new URL(`http://127.0.0.1:${port}${base}`), headers);
  open.push(() => transport.close());
  return transport;
}

/** A collector that writes `answers` to one request after the other, each in the pieces given, and what it was sent. */
async function listenRaw(...answers: readonly (readonly string[])[]): Promise<{ port: number; connections: Socket[] }> {
  const connections: Socket[] = [];
  const left = [...answers];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on("error", () => undefined);
    let received = "";
    socket.on("data", (piece) => {
      received += piece.toString("latin1");
      if (!received.endsWith(BODY.toString("latin1"))) return;
      received = "";
      void writeAll(socket, left.shift() ?? []);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    server.close();
    for (const socket of connections) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, connections };
}

/** The piece after which a server hangs up. */
const HANG_UP = "";

async function writeAll(socket: Socket, pieces: readonly string[]): Promise<void> {
  socket.setNoDelay(true);
  for (const piece of pieces) {
    if (piece === HANG_UP) socket.end();
    else socket.write(piece, "latin1");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
const ACCEPTED: SendOutcome = { kind: "accepted" };

describe("what a transport makes of an answer", () => {
  it.each<[string, readonly string[], SendOutcome]>([
    ["in one piece", [OK], ACCEPTED],
    ["byte by byte", OK.split(""), ACCEPTED],
    ["after others that are none yet", ["HTTP/1.1 100 Continue\r\n\r\n", `HTTP/1.1 102 Processing\r\na: b\r\n\r\n${OK}`], ACCEPTED],
    ["without a body", ["HTTP/1.1 204 No Content\r\n\r\n"], ACCEPTED],
    ["without a reason", ["HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n"], ACCEPTED],
    ["in chunks", ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n"], ACCEPTED],
    ["of HTTP/1.0", ["HTTP/1.0 200 OK\r\n\r\n{}", HANG_UP], ACCEPTED],
    ["that breaks off", ["HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\nhalf", HANG_UP], ACCEPTED],
    ["of 400", ["HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"], { kind: "refused", because: "the collector answered 400" }],
    ["of 500", ["HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"], { kind: "refused", because: "the collector answered 500" }],
    ["of 302", ["HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n"], { kind: "refused", because: "the collector answered 302" }],
    [
      "of 503",
      ["HTTP/1.1 503 Busy\r\nRETRY-AFTER:  7 \r\ncontent-length: 0\r\n\r\n"],
      { kind: "unavailable", because: "the collector answered 503", retryAfterMs: 7_000 },
    ],
    ["that is none", [HANG_UP], { kind: "unavailable", because: "the collector closed the connection" }],
    ["in another language", ["SSH-2.0-OpenSSH_9.9\r\n\r\n"], { kind: "unavailable", because: "no answer in HTTP/1.1" }],
    [
      "whose head never ends",
      [`HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(4_000)}`],
      { kind: "unavailable", because: "no answer in HTTP/1.1" },
    ],
  ])("%s", async (_name, pieces, outcome) => {
    const { port } = await listenRaw(pieces);
    expect(await createFor(port).send("/v1/logs", BODY)).toEqual(outcome);
  });

  it("is that there is none where nobody listens, and where a header could not be sent", async () => {
    const { port } = await listenRaw([OK]);
    expect(await createFor(1).send("/v1/logs", BODY)).toMatchObject({
      kind: "unavailable",
      because: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(await createFor(port, { "x-key": "a\r\nx: y" }).send("/v1/logs", BODY)).toMatchObject({ kind: "unavailable" });
  });
});

describe("a transport's connection", () => {
  it("is used again, and after one whose end is not known a new one is opened", async () => {
    const chunked = ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"];
    const long = ["HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\n"];
    const closing = ["HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 0\r\n\r\n"];
    const { port, connections } = await listenRaw([OK], ["HTTP/1.1 204 No Content\r\n\r\n"], chunked, long, closing, [OK], [OK]);
    const transport = createFor(port);
    const counts: number[] = [];
    for (let sent = 0; sent < 7; sent++) {
      expect(await transport.send("/v1/logs", BODY)).toEqual(ACCEPTED);
      counts.push(connections.length);
    }
    expect(counts).toEqual([1, 1, 1, 2, 3, 4, 4]);
  });

  it("is replaced when the collector has closed it, or has said more than it was asked", async () => {
    const { port, connections } = await listenRaw([OK], [`${OK}HTTP/1.1 500 No\r\n\r\n`], [OK]);
    const transport = createFor(port);
    expect(await transport.send("/v1/logs", BODY)).toEqual(ACCEPTED);
    connections[0]?.end();
    await once(connections[0] as Socket, "close");
    expect(await transport.send("/v1/logs", BODY)).toEqual(ACCEPTED);
    expect(await transport.send("/v1/logs", BODY)).toEqual(ACCEPTED);
    expect(connections).toHaveLength(3);
  });

  it("carries a request that node:http understands, with the user's headers and credentials", async () => {
    const seen: { readonly message: IncomingMessage; readonly body: string }[] = [];
    const server = createHttpServer((message, response) => {
      const chunks: Buffer[] = [];
      message.on("data", (chunk: Buffer) => chunks.push(chunk));
      message.on("end", () => {
        seen.push({ message, body: gunzipSync(Buffer.concat(chunks)).toString() });
        response.end("{}");
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    open.push(() => server.close().closeAllConnections());
    const { port } = server.address() as AddressInfo;
    const endpoint = new URL(`http://us%40er:pass@127.0.0.1:${port}/otlp/?ignored=1`);
    const transport = createTransport(endpoint, { "X-Key": "k", "Content-Type": "text/plain", "content-length": "1" });
    open.push(() => transport.close());
    expect([await transport.send("/v1/traces", BODY), await transport.send("/v1/logs", BODY)]).toEqual([ACCEPTED, ACCEPTED]);
    expect(seen.map(({ message, body }) => [message.method, message.url, body])).toEqual([
      ["POST", "/otlp/v1/traces", "telemetry"],
      ["POST", "/otlp/v1/logs", "telemetry"],
    ]);
    expect(seen[0]?.message.headers).toEqual({
      host: `127.0.0.1:${port}`,
      authorization: `Basic ${Buffer.from("us@er:pass").toString("base64")}`,
      "x-key": "k",
      "content-type": "application/json",
      "content-encoding": "gzip",
      "content-length": String(BODY.byteLength),
    });
    expect(new Set(seen.map(({ message }) => message.socket)).size).toBe(1);
  });
});
