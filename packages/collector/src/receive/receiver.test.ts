import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { encodeTraces, encodeTracesJson } from "@faultline/formats/otlp-encode";
import type { Span } from "@faultline/model";
import { readMessage } from "../../../../tests/oracle/otlp-schema.ts";
import { type Answer, createOtlpClient, type Sending } from "../../../../tests/rig/otlp-client.ts";
import type { Payload, Receipt } from "../store/contract.ts";
import { createReceiver, type Receiver, type ReceiverLimits } from "./receiver.ts";

const PROTOBUF = { "content-type": "application/x-protobuf" };
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
const span: Span = {
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  name: "GET /cart",
  kind: "server",
  startMs: 1_700_000_000_000,
  endMs: 1_700_000_000_050,
  status: "unset",
  attributes: {},
  events: [],
  links: [],
  resource: { service: "shop", attributes: { "service.name": "shop" } },
};
const protobuf = encodeTraces([span]);
const traces = (rest: Partial<Sending> = {}): Sending => ({ path: "/v1/traces", headers: PROTOBUF, body: protobuf, ...rest });

/** A store of which only `append` matters here: it answers as the test says. */
class ScriptedStore {
  readonly payloads: Payload[] = [];
  respond: () => Promise<Receipt> = () => Promise.resolve({ kind: "accepted", items: 1, rejected: 0 });

  append(payload: Payload): Promise<Receipt> {
    this.payloads.push(payload);
    return this.respond();
  }
}

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

type Running = { store: ScriptedStore; receiver: Receiver; port: number; readonly send: (sending: Sending) => Promise<Answer> };

async function run(limits: Partial<ReceiverLimits> = {}, report?: (error: unknown) => void): Promise<Running> {
  const store = new ScriptedStore();
  const receiver = createReceiver({ store, limits, ...(report === undefined ? {} : { report }) });
  const server = createServer((request, response) => {
    const handled = receiver.receive(request, response);
    response.statusCode = 299;
    [() => response.end("elsewhere"), () => undefined][Number(handled)]!();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = createOtlpClient(port);
  closers.push(() => (client.close(), server.close(), server.closeAllConnections()));
  return { store, receiver, port, send: client.send };
}

describe("taking OTLP over HTTP", () => {
  it("answers in the request's encoding once the store has answered", async () => {
    const { store, send } = await run();
    const binary = await send(traces());
    expect([binary.status, binary.headers["content-type"], binary.body.length]).toEqual([200, "application/x-protobuf", 0]);
    const text = await send(traces({ headers: JSON_TYPE, body: Buffer.from(encodeTracesJson([span])) }));
    expect([text.status, text.headers["content-type"], text.body.toString()]).toEqual([200, "application/json", "{}"]);
    expect(store.payloads.map(({ signal, encoding }) => [signal, encoding])).toEqual([
      ["traces", "protobuf"],
      ["traces", "json"],
    ]);
    expect(Buffer.compare(store.payloads[0]!.bytes, protobuf)).toBe(0);
  });

  it("does not answer before the store did", async () => {
    const { store, send } = await run();
    let acknowledge: (receipt: Receipt) => void = () => {};
    store.respond = () => new Promise((resolve) => (acknowledge = resolve));
    const answered: number[] = [];
    const sent = send(traces()).then(({ status }) => answered.push(status));
    while (store.payloads.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toEqual([]);
    acknowledge({ kind: "accepted", items: 1, rejected: 0 });
    await sent;
    expect(answered).toEqual([200]);
  });

  it.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["deflate", deflateSync],
    ["zstd", zstdCompressSync],
  ] as const)("decompresses %s, small at once and large as a stream", async (coding, compress) => {
    const { store, send } = await run();
    const large = Buffer.alloc(1_500_000, "abc");
    for (const body of [Buffer.from(protobuf), large]) {
      const answer = await send(traces({ headers: { ...PROTOBUF, "content-encoding": coding }, body: compress(body) }));
      expect(answer.status).toBe(200);
      expect(Buffer.compare(store.payloads.pop()!.bytes, body)).toBe(0);
    }
  });

  it("says in a partial success what was rejected", async () => {
    const { store, send, receiver } = await run();
    store.respond = () => Promise.resolve({ kind: "accepted", items: 7, rejected: 2, rejectedBecause: "bad ids" });
    const text = await send(traces({ headers: JSON_TYPE, body: Buffer.from("{}") }));
    expect(JSON.parse(text.body.toString())).toEqual({ partialSuccess: { rejectedSpans: "2", errorMessage: "bad ids" } });
    const binary = await send(traces());
    expect(readMessage("ExportTraceServiceResponse", binary.body)).toEqual({
      partialSuccess: { rejectedSpans: "2", errorMessage: "bad ids" },
    });
    expect(receiver.counts()).toMatchObject({ acceptedItems: 14, rejectedItems: 4 });
  });

  it("answers malformed data with 400 and a Status in the request's encoding", async () => {
    const { store, send } = await run();
    store.respond = () => Promise.resolve({ kind: "malformed", because: "truncated number at byte 3" });
    const binary = await send(traces());
    expect([binary.status, binary.headers["content-type"]]).toEqual([400, "application/x-protobuf"]);
    expect(readMessage("RpcStatus", binary.body)).toEqual({ code: 3, message: "truncated number at byte 3" });
    const text = await send(traces({ headers: JSON_TYPE }));
    expect(JSON.parse(text.body.toString())).toEqual({ code: 3, message: "truncated number at byte 3" });
  });

  it("sends overload back with 503 and when to come again, and a throwing store too", async () => {
    const errors: unknown[] = [];
    const { store, send } = await run({}, (error) => errors.push(error));
    store.respond = () => Promise.resolve({ kind: "overloaded", because: "the disk is full", retryAfterMs: 2_500 });
    const full = await send(traces());
    expect([full.status, full.headers["retry-after"]]).toEqual([503, "3"]);
    expect(readMessage("RpcStatus", full.body)).toEqual({ code: 14, message: "the disk is full" });
    store.respond = () => Promise.reject(new Error("I/O error"));
    const broken = await send(traces());
    expect([broken.status, errors.length]).toEqual([503, 1]);
    expect(broken.body.toString()).not.toContain("I/O error");
  });

  it("leaves other paths alone and names what is wrong with its own", async () => {
    const { send } = await run();
    expect((await send(traces({ path: "/api/faults" }))).status).toBe(299);
    expect((await send(traces({ path: "/v1/traces?tenant=a" }))).status).toBe(200);
    const profiles = await send(traces({ path: "/v1development/profiles" }));
    expect([profiles.status, readMessage("RpcStatus", profiles.body)["code"]]).toEqual([404, 5]);
    const got = await send(traces({ method: "GET" }));
    expect([got.status, got.headers["allow"]]).toEqual([405, "POST"]);
    const text = await send(traces({ headers: { "content-type": "text/plain" } }));
    expect([text.status, JSON.parse(text.body.toString())]).toEqual([415, expect.objectContaining({ code: 3 })]);
    const brotli = await send(traces({ headers: { ...PROTOBUF, "content-encoding": "br" } }));
    expect([brotli.status, brotli.headers["accept-encoding"]]).toEqual([415, "gzip, deflate, zstd"]);
  });
});

describe("bodies in pieces", () => {
  it.each([1, 63, 1_000, 65_536, 65_537, 300_000, 1_048_577, 2_500_000])(
    "come whole: %i bytes, of a told length or not",
    async (length) => {
      const { store, port } = await run();
      const body = Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251);
      const seen: Uint8Array[] = [];
      // Looked at before the answer: afterwards its memory belongs to others.
      store.respond = () => {
        seen.push(Uint8Array.from(store.payloads.at(-1)!.bytes));
        return Promise.resolve({ kind: "accepted", items: 1, rejected: 0 });
      };
      const url = `http://127.0.0.1:${port}/v1/traces`;
      const streamed = new ReadableStream({
        start(controller) {
          for (let at = 0; at < length; at += 40_000) controller.enqueue(body.subarray(at, at + 40_000));
          controller.close();
        },
      });
      const rest = { method: "POST", headers: PROTOBUF };
      const answers = [
        await fetch(url, { ...rest, body }),
        await fetch(url, { ...rest, body: streamed, duplex: "half" } as RequestInit), // the DOM's types lack `duplex`, which a stream needs
        await fetch(url, { ...rest, body }),
      ];
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
      expect(seen.map((bytes) => Buffer.compare(bytes, body))).toEqual([0, 0, 0]);
    },
  );
});

describe("limits on what comes in", () => {
  it("refuses bodies over the limit, said or streamed, plain or compressed", async () => {
    const { store, send, port } = await run({ maxBodyBytes: 100_000 });
    expect((await send(traces({ body: Buffer.alloc(100_001) }))).status).toBe(413);
    expect(await sendChunked(port, Buffer.alloc(200_000))).toBe(413);
    for (const [coding, compress] of Object.entries({ gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync })) {
      const bomb = traces({ headers: { ...PROTOBUF, "content-encoding": coding }, body: compress(Buffer.alloc(5_000_000)) });
      expect([coding, (await send(bomb)).status]).toEqual([coding, 413]);
    }
    const lying = gzipSync(Buffer.alloc(5_000_000));
    lying.writeUInt32LE(10, lying.length - 4);
    expect((await send(traces({ headers: { ...PROTOBUF, "content-encoding": "gzip" }, body: lying }))).status).toBe(413);
    expect(store.payloads).toHaveLength(0);
    expect((await send(traces({ body: Buffer.alloc(100_000) }))).status).toBe(200);
  });

  it("holds no more of a bomb than the limit", async () => {
    const { send } = await run({ maxBodyBytes: 4 << 20 });
    const body = zstdCompressSync(Buffer.alloc(64 << 20));
    const before = process.memoryUsage().rss;
    const { status } = await send(traces({ headers: { ...PROTOBUF, "content-encoding": "zstd" }, body }));
    expect(status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 << 20);
  });

  it("sends requests away while it holds as many bytes as it may, and takes them again afterwards", async () => {
    const { store, send, receiver } = await run({ maxHeldBytes: 1_000 });
    let acknowledge: (receipt: Receipt) => void = () => {};
    store.respond = () => new Promise((resolve) => (acknowledge = resolve));
    const first = send(traces({ body: Buffer.alloc(5_000) }));
    while (store.payloads.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const refused = await send(traces());
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
    acknowledge({ kind: "accepted", items: 1, rejected: 0 });
    expect((await first).status).toBe(200);
    expect(receiver.counts()).toMatchObject({ heldBytes: 0, refused: { 503: 1 } });
    store.respond = () => Promise.resolve({ kind: "accepted", items: 1, rejected: 0 });
    expect((await send(traces())).status).toBe(200);
  });

  it("does not wait for ever for a body, and forgets clients that go away", async () => {
    const { store, port, receiver } = await run({ bodyTimeoutMs: 50 });
    const head = "POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{";
    expect(await exchangeRaw(port, head)).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1[^]*did not arrive/i);
    const socket = connect(port, "127.0.0.1", () => socket.end(head, () => socket.destroy()));
    while (receiver.counts().aborted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(receiver.counts()).toMatchObject({ heldBytes: 0, aborted: 1 });
    expect(store.payloads).toHaveLength(0);
  });
});

/** Sends a body without saying its length; resolves with the status. */
async function sendChunked(port: number, body: Uint8Array): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: "POST",
    headers: PROTOBUF,
    body: new Blob([Uint8Array.from(body)]).stream(),
    duplex: "half",
  } as RequestInit);
  return response.status;
}

/** Writes text to a socket and returns all that comes back. */
function exchangeRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk)).on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}
