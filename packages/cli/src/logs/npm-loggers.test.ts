/** What the loggers of npm really write, read back. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { Writable } from "node:stream";
import { createLineReader, type ReadLine } from "@faultline/formats/access-log";
import { beforeAll, describe, expect, it } from "vitest";

type Log = (fields: object, text?: string) => void;
type Logger = { readonly info: Log; readonly error: Log };
type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

// Loaded without their types: two of them have none, and only these few calls are needed.
const load = createRequire(import.meta.url);
const pino = load("pino") as ((options: object, sink: Writable) => Logger) & { readonly stdSerializers: object };
const bunyan = load("bunyan") as { readonly createLogger: (options: object) => Logger; readonly stdSerializers: object };
const morgan = load("morgan") as (format: string, options: object) => Middleware;
const winston = load("winston") as {
  readonly createLogger: (options: object) => Logger;
  readonly format: Readonly<Record<"timestamp" | "json", () => object>> & {
    readonly combine: (...formats: object[]) => object;
    readonly errors: (options: object) => object;
  };
  readonly transports: { readonly Stream: new (options: object) => object };
};

const MORGAN = ["combined", "common", "dev", "short", "tiny"] as const;
type Name = "pino" | "bunyan" | "winston" | (typeof MORGAN)[number];

function createSink(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk).trimEnd());
      done();
    },
  });
}

function createLoggers(written: ReadonlyMap<Name, string[]>) {
  const sink = (name: Name) => createSink(written.get(name) ?? []);
  const { combine, errors, json, timestamp } = winston.format;
  return {
    pino: pino({ serializers: pino.stdSerializers }, sink("pino")),
    bunyan: bunyan.createLogger({ name: "shop", stream: sink("bunyan"), serializers: bunyan.stdSerializers }),
    winston: winston.createLogger({
      format: combine(timestamp(), errors({ stack: true }), json()),
      transports: [new winston.transports.Stream({ stream: sink("winston") })],
    }),
  };
}

/** Serves one good and one failing request, logs both with every library, and then an exception by itself. */
async function writeAll(): Promise<ReadonlyMap<Name, string[]>> {
  const written = new Map<Name, string[]>(["pino" as const, "bunyan" as const, "winston" as const, ...MORGAN].map((name) => [name, []]));
  const loggers = createLoggers(written);
  const middlewares = MORGAN.map((format) =>
    morgan(format, { stream: { write: (text: string) => written.get(format)?.push(text.trimEnd()) } }),
  );
  const server = createServer((req, res) => {
    Object.assign(req, { id: "r-1" });
    res.statusCode = req.url?.startsWith("/ok") === true ? 200 : 500;
    res.setHeader("content-length", 2);
    for (const middleware of middlewares) middleware(req, res, () => {});
    res.on("finish", () => {
      const level = res.statusCode === 500 ? "error" : "info";
      const failure = res.statusCode === 500 ? { err: new TypeError("no price") } : {};
      loggers.pino[level]({ req, res, responseTime: 7, ...failure }, "request done");
      loggers.bunyan[level]({ req, res, latency: 7, ...failure }, "request done");
      loggers.winston[level]({ message: "request done", method: req.method, url: req.url, status: res.statusCode, responseTime: 7 });
    });
    setImmediate(() => res.end("ok"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server's address has a port
  for (const path of ["/ok?a=1", "/pay/1"]) {
    const outgoing = request({ port, host: "127.0.0.1", path, agent: false, headers: { "user-agent": "t/1" } }).end();
    const [response] = (await once(outgoing, "response")) as [IncomingMessage]; // the event's one argument
    response.resume();
    await once(response, "close");
  }
  server.close();
  await once(server, "close");
  for (const logger of Object.values(loggers)) logger.error(new TypeError("alone"));
  await new Promise((resolve) => setImmediate(resolve));
  return written;
}

describe("the loggers of npm", () => {
  const read = new Map<Name, readonly ReadLine[]>();
  beforeAll(async () => {
    const reader = createLineReader({ context: { nowMs: Date.now(), zoneOffsetMinutes: 0 } });
    for (const [name, lines] of await writeAll())
      read.set(
        name,
        lines.map((line) => reader.read(line)),
      );
  });

  it.each(["pino", "bunyan", "winston", ...MORGAN] as const)("%s: method, path, query and status of both requests", (name) => {
    expect(read.get(name)?.slice(0, 2)).toMatchObject([
      { kind: "exchange", exchange: { method: "GET", path: "/ok", query: "a=1", status: 200 } },
      { kind: "exchange", exchange: { method: "GET", path: "/pay/1", status: 500 } },
    ]);
  });

  it.each(["pino", "bunyan", ...MORGAN] as const)("%s: the size of the answer", (name) => {
    expect(read.get(name)?.[0]).toMatchObject({ exchange: { responseBytes: 2 } });
  });

  it.each(["pino", "bunyan", "winston"] as const)("%s: the duration in ms, and the application as the maker of its error", (name) => {
    expect(read.get(name)?.[1]).toMatchObject({
      format: name,
      exchange: { durationMs: 7, observer: { kind: "app" }, madeBy: { hop: "observer" } },
    });
  });

  it.each(["pino", "bunyan"] as const)("%s: client, user agent and the exception", (name) => {
    expect(read.get(name)?.[1]).toMatchObject({
      exchange: { clientAddress: "127.0.0.1", userAgent: "t/1", errorMessage: "TypeError: no price" },
    });
  });

  it.each(["pino", "bunyan", "winston"] as const)("%s: an exception by itself", (name) => {
    expect(read.get(name)?.[2]).toMatchObject({
      kind: "message",
      format: name,
      message: { severity: 17, text: "alone", exceptionType: "TypeError", exceptionStack: expect.stringContaining("TypeError: alone\n") },
    });
  });

  it("morgan's short formats carry a duration in ms", () => {
    const durations = (["dev", "short", "tiny"] as const).map((name) => read.get(name)?.[0]);
    expect(durations).toMatchObject(durations.map(() => ({ format: "morgan", exchange: { durationMs: expect.any(Number) } })));
  });
});
