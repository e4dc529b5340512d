/** For tests of the guard: exchanges off the beaten track. */
import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createGzip } from "node:zlib";
import express from "express";
import type { FastifyInstance } from "fastify";
import type { Hono } from "hono";
import type Koa from "koa";
import type { Handler } from "../adapters/http.ts";

/** Makes a listener of a handler or an app, under the guard or not. */
export type Kit = {
  http(handler: Handler): RequestListener;
  express(build: (app: express.Express) => unknown): RequestListener;
  fastify(build: (app: FastifyInstance) => unknown): Promise<RequestListener>;
  hono(build: (app: Hono) => unknown): RequestListener;
  koa(build: (app: Koa) => unknown): RequestListener;
};

/**
 * `records` is what the guard has to tell; `isCaught` says that the guard catches what else ends the process. `send` is what the client sends, each piece when
 * there was an answer to the one before; then it waits for the end, or for the text at which it `hangsUp`.
 */
export type OddExchange = {
  readonly records: number;
  readonly isCaught?: true;
  readonly send?: readonly string[];
  readonly hangsUp?: string;
  serve(kit: Kit): RequestListener | Promise<RequestListener>;
};

/** What is sent where an exchange says nothing else. */
export const GET = "GET /a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
/** The same without asking for the body. */
export const HEAD = GET.replace("GET", "HEAD");
const KEPT = "GET /a HTTP/1.1\r\nhost: a\r\n\r\n";

/** Sends JSON. */
export function postJson(body: string): string {
  const head = "POST /a HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\n";
  return `${head}content-length: ${body.length}\r\n\r\n${body}`;
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text;
}

/** Fails. */
export function boom(): never {
  throw new Error("boom");
}

/** Half a body, and an error. */
export function createHalf(): ReadableStream<string> {
  const pieces = ["half"];
  return new ReadableStream(
    {
      async pull(controller) {
        await nextTurn();
        const piece = pieces.shift();
        if (piece === undefined) controller.error(new Error("boom"));
        else controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The same as a stream of Node's. */
export function createHalfOfNode(): Readable {
  return Readable.from(
    (async function* () {
      yield "half";
      await nextTurn();
      boom();
    })(),
  );
}

/** What a middleware that compresses does: it puts its own `write` and `end` in place of the response's. */
function compress(response: ServerResponse): void {
  const gzip = createGzip();
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  gzip.on("data", (piece) => write(piece));
  gzip.on("end", () => end());
  response.write = ((piece: Buffer) => gzip.write(piece)) as ServerResponse["write"];
  response.end = ((piece?: Buffer) => {
    response.removeHeader("content-length");
    response.setHeader("content-encoding", "gzip");
    gzip.end(piece);
    return response;
  }) as ServerResponse["end"];
}

/** Exchanges by name. */
export const ODD_EXCHANGES: Readonly<Record<string, OddExchange>> = {
  "a body that waits for 100 Continue": {
    records: 0,
    send: ["POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n", "hello"],
    serve: (kit) => kit.http(async (request, response) => response.end(await readAll(request))),
  },
  "trailers of a request": {
    records: 0,
    send: ["POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n"],
    serve: (kit) =>
      kit.http(async (request, response) =>
        response.end((await readAll(request)) + JSON.stringify([request.trailers, request.rawTrailers])),
      ),
  },
  "trailers of a response": {
    records: 0,
    serve: (kit) =>
      kit.http((_request, response) => {
        response.writeHead(200, { trailer: "X-Sum" }).write("a");
        response.addTrailers({ "X-Sum": "1" });
        response.end("b");
      }),
  },
  "more than was promised": {
    records: 0,
    serve: (kit) => kit.http((_request, response) => response.writeHead(200, { "content-length": "2" }).end("more")),
  },
  "early hints, and an answer": {
    records: 0,
    serve: (kit) =>
      kit.http(async (_request, response) => {
        response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
        response.writeProcessing();
        await nextTurn();
        response.end("hinted");
      }),
  },
  "early hints, and an error": {
    records: 1,
    serve: (kit) =>
      kit.express((app) =>
        app.get("/a", async (_request, response) => {
          response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
          await nextTurn();
          boom();
        }),
      ),
  },
  "next called twice": {
    records: 0,
    serve: (kit) =>
      kit.express((app) => {
        app.use((_request, _response, next) => {
          next();
          next();
        });
        app.get("/a", (_request, response) => void response.send("once"));
      }),
  },
  "next called with an error after the answer": {
    records: 1,
    serve: (kit) =>
      kit.express((app) =>
        app.get("/a", (_request, response, next) => {
          response.send("sent");
          next(new Error("later"));
        }),
      ),
  },
  "a throw in the callback of end": {
    records: 1,
    hangsUp: "ended",
    serve: (kit) => kit.http((_request, response) => response.end("ended", boom)),
  },
  "a throw in a listener for finish": {
    records: 1,
    hangsUp: "finished",
    serve: (kit) => kit.http((_request, response) => response.on("finish", boom).end("finished")),
  },
  "a throw in a listener for close": {
    records: 1,
    serve: (kit) => kit.http((_request, response) => response.on("close", boom).end("closed")),
  },
  "a throw in a listener for data": {
    records: 1,
    send: ["POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi"],
    hangsUp: "",
    serve: (kit) => kit.http((request) => request.on("data", boom)),
  },
  "a write after the end": {
    records: 1,
    serve: (kit) =>
      kit.http((_request, response) => {
        response.end("ended");
        response.write("more");
      }),
  },
  "a throw after the end": {
    records: 1,
    isCaught: true,
    serve: (kit) =>
      kit.http((_request, response) => {
        response.end("x".repeat(3 << 20));
        boom();
      }),
  },
  "a rejection after the end": {
    records: 1,
    isCaught: true,
    serve: (kit) =>
      kit.http(async (_request, response) => {
        response.end("x".repeat(3 << 20));
        await nextTurn();
        boom();
      }),
  },
  "a rejection of an Express handler after the end": {
    records: 1,
    serve: (kit) =>
      kit.express((app) =>
        app.get("/a", async (_request, response) => {
          response.end("whole");
          await nextTurn();
          boom();
        }),
      ),
  },
  "headers set after they are sent": {
    records: 1,
    serve: (kit) =>
      kit.express((app) =>
        app.get("/a", (_request, response) => {
          response.send("sent");
          response.setHeader("x-late", "1");
        }),
      ),
  },
  "a generator that throws half-way": {
    records: 1,
    serve: (kit) =>
      kit.express((app) =>
        app.get("/a", async (_request, response) => {
          async function* produce(): AsyncGenerator<string> {
            yield "half";
            await nextTurn();
            boom();
          }
          await pipeline(Readable.from(produce()), response);
        }),
      ),
  },
  "three requests in one piece, the second of which fails": {
    records: 1,
    send: [KEPT + KEPT.replace("/a", "/fail") + GET],
    serve: (kit) =>
      kit.express((app) => {
        app.get("/fail", async () => {
          await nextTurn();
          boom();
        });
        app.get("/a", (_request, response) => void setImmediate(() => response.send("fine")));
      }),
  },
  "an upload that breaks off": {
    records: 0,
    isCaught: true,
    send: ["POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\nhalf"],
    hangsUp: "",
    serve: (kit) => kit.http(async (request, response) => response.end(await readAll(request))),
  },
  "an upload that breaks off, read by Express": {
    records: 0,
    send: ["POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"],
    hangsUp: "",
    serve: (kit) =>
      kit.express((app) => {
        app.use(express.json());
        app.post("/", (request, response) => void response.json(request.body));
      }),
  },
  "an upload that breaks off, read as multer reads it": {
    records: 0,
    send: ["POST / HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 50\r\n\r\n--b"],
    hangsUp: "",
    serve: (kit) =>
      kit.express((app) => {
        app.post("/", (request, _response, next) => {
          request.on("aborted", () => next(new Error("Request aborted"))).resume();
        });
      }),
  },
  "an upload that breaks off, read by Fastify": {
    records: 0,
    send: ["POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"],
    hangsUp: "",
    serve: (kit) => kit.fastify((app) => app.post("/", (request) => request.body)),
  },
  "a client that hangs up before the answer": {
    records: 0,
    send: [KEPT],
    hangsUp: "",
    serve: (kit) => kit.http(async (_request, response) => once(response, "close")),
  },
  "HEAD, and an error": {
    records: 1,
    send: [HEAD],
    serve: (kit) => kit.express((app) => app.get("/a", boom)),
  },
  "HEAD on Fastify, and an error": {
    records: 1,
    send: [HEAD],
    serve: (kit) => kit.fastify((app) => app.get("/a", boom)),
  },
  "a body that is compressed by whoever stands behind the guard": {
    records: 0,
    serve: (kit) =>
      kit.express((app) => {
        app.use((_request, response, next) => {
          compress(response);
          next();
        });
        app.get("/a", (_request, response) => void response.send("compressed".repeat(100)));
      }),
  },
  "an error that is compressed by whoever stands behind the guard": {
    records: 1,
    serve: (kit) =>
      kit.express((app) => {
        app.use((_request, response, next) => {
          compress(response);
          next();
        });
        app.get("/a", boom);
      }),
  },
  "a head that the host writes its own way": {
    records: 1,
    serve: (kit) =>
      kit.express((app) => {
        app.use((_request, response, next) => {
          const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => express.Response;
          response.writeHead = ((status: number, ...rest: unknown[]) => {
            response.setHeader("x-status", status);
            return writeHead(status, ...rest);
          }) as express.Response["writeHead"];
          next();
        });
        app.get("/a", boom);
      }),
  },
  "a response that the host destroys without a reason": {
    records: 0,
    serve: (kit) => kit.http((_request, response) => response.destroy()),
  },
  "a response that the host destroys for a reason": {
    records: 1,
    serve: (kit) =>
      kit.http((_request, response) => {
        response.on("error", () => undefined);
        response.destroy(new Error("for a reason"));
      }),
  },
  "a request of HTTP/1.0": {
    records: 0,
    send: ["GET / HTTP/1.0\r\n\r\n"],
    serve: (kit) =>
      kit.http((_request, response) => {
        response.write("ten");
        response.end();
      }),
  },
  "an upgrade that nobody takes": {
    records: 0,
    send: ["GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"],
    serve: (kit) => kit.http((_request, response) => response.writeHead(426, { connection: "close" }).end()),
  },
  // Fastify writes it to its log and tells no hook of it.
  "a Fastify handler that rejects after its answer": {
    records: 0,
    serve: (kit) =>
      kit.fastify((app) =>
        app.get("/a", async (_request, reply) => {
          reply.send("sent");
          await nextTurn();
          boom();
        }),
      ),
  },
  "a Fastify hook that throws behind the answer": {
    records: 1,
    serve: (kit) =>
      kit.fastify((app) => {
        app.addHook("onSend", async () => boom());
        app.get("/a", async () => "never");
      }),
  },
};
