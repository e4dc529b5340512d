/** Ways to read a request and to answer it with node:http's own objects; frameworks put theirs in place of some answers. */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";

/** Reads a body in some way and says what it read; every way says the same of the same body. */
export type NodeReader = (request: IncomingMessage) => Promise<string>;

/** Answers; `told` is what the reader said. What it throws is the framework's. */
export type NodeAnswer = (request: IncomingMessage, response: ServerResponse, told: string) => unknown;

/** Says what was read: its length and a hash. */
export function tell(pieces: readonly Uint8Array[]): string {
  const whole = Buffer.concat(pieces);
  return `${whole.byteLength}-${createHash("sha1").update(whole).digest("hex").slice(0, 12)}`;
}

function readEvents(request: IncomingMessage, onData: (piece: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    request.on("data", onData).on("end", resolve).on("error", reject);
  });
}

async function collect(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  await readEvents(request, (piece) => pieces.push(piece));
  return tell(pieces);
}

async function iterate(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return tell(pieces);
}

/** Ten of them: never, soon, late, twice, in part, in each of the ways that streams allow. */
export const NODE_READERS: Readonly<Record<string, NodeReader>> = {
  never: () => Promise.resolve("nothing"),
  events: collect,
  iterated: iterate,
  async late(request) {
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    return collect(request);
  },
  async readable(request) {
    const pieces: Buffer[] = [];
    request.on("readable", () => {
      for (let piece: unknown = request.read(); piece !== null; piece = request.read()) pieces.push(piece as Buffer);
    });
    await new Promise((resolve, reject) => request.on("end", resolve).on("error", reject));
    return tell(pieces);
  },
  async piped(request) {
    const pieces: Buffer[] = [];
    const write = (piece: Buffer, _encoding: string, done: () => void): void => {
      pieces.push(piece);
      done();
    };
    await pipeline(request, new Writable({ write }));
    return tell(pieces);
  },
  async twice(request) {
    const [first, second] = await Promise.all([collect(request), collect(request)]);
    return `${first}-${second}`;
  },
  async paused(request) {
    const pieces: Buffer[] = [];
    await readEvents(request, (piece) => {
      pieces.push(piece);
      request.pause();
      setImmediate(() => request.resume());
    });
    return tell(pieces);
  },
  async begun(request) {
    // The first piece is as long as the network made it: that there was one is all that can be told.
    for await (const piece of request.iterator({ destroyOnReturn: false })) return `begun-${String((piece as Buffer).byteLength > 0)}`;
    return "empty";
  },
  async decoded(request) {
    request.setEncoding("utf8");
    let text = "";
    for await (const piece of request) text += String(piece);
    return `${tell([Buffer.from(text)])}-${Object.keys(request.trailers).join()}`;
  },
};

/** The text and bytes that answers are made of. */
export const CONTENT = {
  text: "Grüße aus dem Laden\n",
  value: { id: 7, name: "Bücher", price: 12.5, tags: ["a", "b"], none: null },
  bytes: Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 256)),
  large: Buffer.alloc(300_000, "0123456789abcdef"),
  zipped: gzipSync("zipped ".repeat(100)),
  pieces: ["first ", "second ", "third\n"],
  events: ["event: a\ndata: 1\n\n", ": comment\n\n", "event: b\ndata: 2\ndata: 3\n\n"],
} as const;

/** A stream that gives its pieces one turn of the event loop apart, and then fails when it has something to fail with. */
export function createPacedStream(pieces: readonly string[], failure?: Error): Readable {
  async function* give(): AsyncGenerator<Buffer> {
    for (const piece of pieces) {
      await nextTurn();
      yield Buffer.from(piece);
    }
    if (failure !== undefined) throw failure;
  }
  return Readable.from(give());
}

async function writePaced(response: ServerResponse, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    response.write(piece);
    await nextTurn();
  }
}

/** Twenty of them. `thrown` throws before the headers, `torn` after them. */
export const NODE_ANSWERS: Readonly<Record<string, NodeAnswer>> = {
  json(_request, response) {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(CONTENT.value));
  },
  text(_request, response) {
    response.writeHead(200, { "content-type": "text/plain; charset=utf-8", "Content-Length": Buffer.byteLength(CONTENT.text) });
    response.end(CONTENT.text);
  },
  empty: (_request, response) => response.writeHead(204).end(),
  "not modified": (_request, response) => response.writeHead(304, { ETag: '"v1"', "Cache-Control": "max-age=60" }).end(),
  bytes: (_request, response) =>
    response.writeHead(200, ["Content-Type", "application/octet-stream", "X-Odd-CASE", "1"]).end(CONTENT.bytes),
  large: (_request, response) => response.end(CONTENT.large),
  streamed: (_request, response) => pipeline(Readable.from(CONTENT.pieces), response),
  async paced(_request, response) {
    await writePaced(response, CONTENT.pieces);
    response.end();
  },
  async "server-sent events"(_request, response) {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
    response.flushHeaders();
    await writePaced(response, CONTENT.events);
    response.end();
  },
  redirect: (_request, response) => response.writeHead(302, { Location: "/elsewhere?a=1&b=%20" }).end("Found"),
  cookies(_request, response) {
    response.setHeader("Set-Cookie", ["a=1; Path=/", "b=2; HttpOnly"]);
    response.appendHeader("X-Twice", "1").appendHeader("X-Twice", "2");
    response.setHeader("X-Latin", Buffer.from("é", "latin1").toString("latin1"));
    response.end("cookies");
  },
  "not found"(_request, response) {
    response.statusCode = 404;
    response.statusMessage = "Nothing Here";
    response.end("nothing here");
  },
  unavailable: (_request, response) => response.writeHead(503, { "Retry-After": "7" }).end('{"mine":true}'),
  async trailers(request, response) {
    // Node refuses the header where no trailers can follow.
    const isChunked = request.method !== "HEAD" && request.httpVersion !== "1.0";
    response.writeHead(200, isChunked ? { Trailer: "X-Sum" } : {});
    await writePaced(response, CONTENT.pieces);
    response.addTrailers({ "X-Sum": "42" });
    response.end();
  },
  "early hints"(_request, response) {
    response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
    response.end("after the hints");
  },
  zipped: (_request, response) => response.writeHead(200, { "Content-Encoding": "gzip", Vary: "Accept-Encoding" }).end(CONTENT.zipped),
  partial: (_request, response) => response.writeHead(206, { "Content-Range": "bytes 0-9/1024" }).end(CONTENT.bytes.subarray(0, 10)),
  async torn(_request, response) {
    response.writeHead(200, { "Content-Length": 1000 });
    await writePaced(response, CONTENT.pieces);
    throw new Error("torn");
  },
  thrown() {
    throw new Error("thrown");
  },
  "hung up": (_request, response) => response.destroy(),
};

/** Answers with what was read in a header, whatever else is answered. */
export function showTold(response: ServerResponse, told: string): void {
  response.setHeader("X-Told", told);
}
