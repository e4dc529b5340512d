import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import express from "express";
import { afterAll, describe, expect, it } from "vitest";
import { createMemoryIdempotencyStore } from "../resilience/idempotency-memory.ts";
import type { IdempotencyStore } from "../resilience/idempotency.ts";
import { idempotent } from "./idempotency.ts";

const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function ask(url: string, key: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, method: "POST", headers: { "idempotency-key": key } });
}

/** A store that takes its time to keep an answer: for so long it is held back. */
function createSlowStore(): IdempotencyStore {
  const inner = createMemoryIdempotencyStore();
  const complete: IdempotencyStore["complete"] = async (...given) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return inner.complete(...given);
  };
  return { ...inner, complete };
}

type Handler = (response: ServerResponse, next: (error?: unknown) => void) => void | Promise<void>;

/** What breaks the connection off, or tries to, once there is an answer. */
const BEHIND_THE_ANSWER: readonly (readonly [name: string, handler: Handler])[] = [
  ["an error is passed on", (_response, next) => next(new Error("late"))],
  ["the response is destroyed", (response) => void response.destroy()],
  ["the request is destroyed", (response) => void response.req.destroy()],
  ["its socket is destroyed", (response) => void response.req.socket.destroy(new Error("late"))],
];

const HOSTS: readonly (readonly [name: string, create: typeof express])[] = [
  ["Express 5", express],
  ["Express 4", createRequire(import.meta.url)("express4") as typeof express],
];

describe.each(HOSTS)("an answer that is held back, on %s", (name, create) => {
  const store = createSlowStore();
  const mount = async (handler: Handler): Promise<string> => {
    const app = create().set("env", "test");
    app.use(idempotent({ store, caller: () => "one" }));
    app.post("/", (_request, response, next) => {
      response.json({ ok: 1 });
      return handler(response, next);
    });
    return listen(app);
  };

  it.each(BEHIND_THE_ANSWER)("arrives where behind it %s", async (what, handler) => {
    const base = await mount(handler);
    for (const _try of ["first", "replay"]) {
      const response = await ask(base, what.replaceAll(" ", "-"));
      expect([response.status, await response.json()]).toEqual([200, { ok: 1 }]);
    }
  });

  it.runIf(name === "Express 5")("arrives where its handler rejects behind it", async () => {
    const base = await mount(() => Promise.reject(new Error("late")));
    expect((await ask(base, "rejects")).status).toBe(200);
  });

  it("calls back whoever writes or ends behind it", async () => {
    const called: string[] = [];
    const note = (what: string) => (error?: Error | null) => {
      called.push(`${what} ${String((error as { code?: string } | undefined)?.code)}`);
    };
    const base = await mount((response) => {
      response.write("more", note("write"));
      response.end("more", note("end with more"));
      response.end(note("end"));
    });
    expect(await (await ask(base, "late-writes")).json()).toEqual({ ok: 1 });
    const all = ["write ERR_STREAM_WRITE_AFTER_END", "end with more ERR_STREAM_WRITE_AFTER_END", "end undefined"];
    await expect.poll(() => called).toEqual(all);
  });
});

/** A route that never answers by itself, asked by clients who leave at once. */
async function createSilent(leaseMs: number) {
  const responses: ServerResponse[] = [];
  const keyed = idempotent({ store: createMemoryIdempotencyStore(), caller: () => "one", leaseMs });
  let onRequest = (): void => undefined;
  const base = await listen((request, response) =>
    keyed(request, response, (error) => {
      if (error !== undefined) return void response.writeHead(409).end();
      responses.push(response);
      onRequest();
    }),
  );
  const leave = async (key: string): Promise<void> => {
    const begun = new Promise<void>((resolve) => {
      onRequest = resolve;
    });
    const leaving = new AbortController();
    const left = ask(base, key, { signal: leaving.signal }).catch(() => undefined);
    await begun;
    const closed = once(responses.at(-1) as ServerResponse, "close");
    leaving.abort();
    await Promise.all([left, closed]);
    await nextTurn();
  };
  return { base, responses, leave };
}

describe("a handler whose client has left", () => {
  it("has its key for two leases, and then it is another's", async () => {
    const { base, responses, leave } = await createSilent(400);
    await leave("k");
    expect((await ask(base, "k")).status).toBe(409);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await leave("k");
    expect(responses).toHaveLength(2);
    for (const response of responses) response.end();
  });

  it("is waited for with ninety-nine others; what comes beyond gives its key back at once", async () => {
    const { base, responses, leave } = await createSilent(60_000);
    for (let at = 0; at < 101; at += 1) await leave(`k${at}`);
    expect((await ask(base, "k99")).status).toBe(409);
    await leave("k100");
    expect(responses).toHaveLength(102);
    for (const response of responses) response.end();
    await nextTurn();
    await leave("later");
    expect((await ask(base, "later")).status).toBe(409);
    responses.at(-1)?.end();
  });
});

describe("a body that nobody has read", () => {
  it("is the same with no bytes, whether that is announced or not", async () => {
    const keyed = idempotent({ store: createMemoryIdempotencyStore(), caller: () => "one" });
    const base = await listen((request, response) => keyed(request, response, (error) => response.end(`it says ${String(error)}`)));
    const send = async (announced: string): Promise<string> => {
      const socket = connect(Number(new URL(base).port), "127.0.0.1").setEncoding("latin1");
      socket.end(`POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nidempotency-key: k\r\n${announced}\r\n`);
      return text(socket);
    };
    expect(await send("")).toContain("it says undefined");
    expect(await send("content-length: 0\r\n")).toContain("it says undefined");
    expect(await send("content-length: 1\r\n")).toContain("it says IdempotencyError");
  });
});
