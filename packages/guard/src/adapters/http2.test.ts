/** HTTP/2 through the compatibility layer of node:http2, whose request and response are node:http's but for a few things. */
import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer, type Http2Server } from "node:http2";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fastify from "fastify";
import Koa from "koa";
import { afterEach, describe, expect, it } from "vitest";
import { createGuard, type Guard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { guardFastify } from "./fastify.ts";
import { guardHandler } from "./http.ts";
import { guardKoa } from "./koa.ts";

type Pair = { readonly request: IncomingMessage; readonly response: ServerResponse };
type Work = (pair: Pair) => unknown;

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** The compatibility layer's pair, as the types of node:http have it. */
function toListener(listener: (request: IncomingMessage, response: ServerResponse) => unknown): Parameters<typeof createServer>[1] {
  return (request, response) => void listener(request as unknown as IncomingMessage, response as unknown as ServerResponse);
}

const SERVERS: Readonly<Record<string, (guard: Guard, work: Work) => Http2Server | Promise<Http2Server>>> = {
  "node:http2": (guard, work) => createServer({}, toListener(guardHandler(guard, (request, response) => work({ request, response })))),
  Koa(guard, work) {
    const app = new Koa();
    app.on("error", () => undefined);
    app.use(guardKoa(guard));
    app.use(async (context) => {
      context.status = 200;
      context.respond = false;
      await work({ request: context.req, response: context.res });
    });
    return createServer({}, toListener(app.callback()));
  },
  async Fastify(guard, work) {
    const app = fastify({ http2: true });
    await app.register(guardFastify(guard));
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));
    app.all("/*", async (request, reply) => {
      await work({ request: request.raw as unknown as IncomingMessage, response: reply.raw as unknown as ServerResponse });
      reply.hijack();
    });
    await app.ready();
    open.push(() => app.close());
    return app.server;
  },
};

async function start(name: string, work: Work) {
  const collected = createCollected();
  const guard = createGuard({ service: "h2", transport: collected, spool: false, announce: false, processHooks: false });
  const server = (await SERVERS[name]?.(guard, work)) as Http2Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  open.push(
    () => guard.close(),
    () => server.close(),
    () => session.destroy(),
  );
  return { collected, guard, session };
}

async function ask(session: ClientHttp2Session, headers: Record<string, string>, body?: string) {
  const stream = session.request(headers);
  stream.on("error", () => undefined);
  stream.end(body);
  const [answered] = (await once(stream, "response")) as [Record<string, string>];
  let text = "";
  for await (const piece of stream) text += String(piece);
  return { status: Number(answered[":status"]), headers: answered, text };
}

function readCount(collected: ReturnType<typeof createCollected>): number {
  const durations = collected.metrics.filter((each) => each["name"] === "http.server.request.duration");
  return [...JSON.stringify(durations).matchAll(/"count":"(\d+)"/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe.each(Object.keys(SERVERS))("HTTP/2 on %s under the guard", (name) => {
  it("counts what went well, HEAD and what the client broke off, and tells of nothing", async () => {
    const begun = Promise.withResolvers<void>();
    const works: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
      "/well": (response) => response.end("fine"),
      "/slow"(response) {
        response.write("half");
        begun.resolve();
        return once(response, "close");
      },
    };
    const { collected, guard, session } = await start(name, async ({ request, response }) => {
      await works[String(request.url)]?.(response);
    });
    expect(await ask(session, { ":path": "/well" })).toMatchObject({ status: 200, text: "fine" });
    expect(await ask(session, { ":path": "/well", ":method": "HEAD" })).toMatchObject({ status: 200, text: "" });
    const broken = session.request({ ":path": "/slow" });
    broken.on("error", () => undefined);
    await begun.promise;
    broken.close(8);
    await once(broken, "close");
    await ask(session, { ":path": "/well" });
    await expect.poll(() => guard.flush().then(() => readCount(collected)), { interval: 5 }).toBe(4);
    expect(guard.counts()).toMatchObject({ captured: 0, internalErrors: 0 });
  });

  it("answers and tells of a failure, with the body, and no pseudo-header for a header", async () => {
    const { collected, guard, session } = await start(name, async ({ request }) => {
      for await (const piece of request) void piece;
      throw new TypeError("no paper");
    });
    const answer = await ask(
      session,
      { ":path": "/print?token=hunter2-hunter2", ":method": "POST", "content-type": "application/json", "x-kept": "yes" },
      '{"pages":3}',
    );
    expect(answer.status).toBe(500);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 500, title: "Internal Server Error" });
    await expect.poll(() => guard.counts().captured, { interval: 5 }).toBe(1);
    await guard.flush();
    const [span] = collected.spans;
    expect(span?.attributes).toMatchObject({
      "http.request.method": "POST",
      "url.scheme": "http",
      "url.path": "/print",
      "network.protocol.version": "2.0",
      "client.address": "127.0.0.1",
      "http.request.body.content": '{"pages":3}',
      "http.request.header.x-kept": ["yes"],
    });
    expect(collected.text).not.toMatch(/header\.:|hunter2/);
    expect(guard.counts()).toMatchObject({ captured: 1, internalErrors: 0 });
  });

  it("tells of a failure after the client has taken the whole connection away, and of nothing else", async () => {
    const begun = Promise.withResolvers<void>();
    const { collected, guard, session } = await start(name, async ({ response }) => {
      response.on("error", () => undefined);
      begun.resolve();
      await once(response, "close");
      throw new Error("too late");
    });
    const stream = session.request({ ":path": "/gone" });
    stream.on("error", () => undefined);
    await begun.promise;
    session.destroy();
    await expect.poll(() => guard.flush().then(() => readCount(collected)), { interval: 5 }).toBe(1);
    expect(guard.counts()).toMatchObject({ internalErrors: 0, dropped: {} });
  });
});
