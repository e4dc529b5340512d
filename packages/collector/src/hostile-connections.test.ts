/** What clients do to a connection by mistake or on purpose, on a whole collector: the right class of answer, and the next client is served. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Collector, startCollector } from "./app.ts";

let collector: Collector;

beforeAll(async () => {
  collector = await startCollector({ port: 0, storage: { kind: "memory" } });
});

afterAll(() => collector.close());

/** Writes bytes as they are; resolves with everything that came back once `statuses` status lines did. */
function exchange(bytes: string | Uint8Array, statuses: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(collector.url).port), "127.0.0.1");
    let text = "";
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (listStatuses(text).length >= statuses) socket.end(() => resolve(text));
    });
    socket.write(bytes);
  });
}

function listStatuses(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => String(match[1]));
}

function post(headers: readonly string[], body = ""): string {
  return [`POST /v1/traces HTTP/1.1`, "Host: localhost", "Content-Type: application/json", ...headers, "", body].join("\r\n");
}

/** A zstd frame (RFC 8878) of one raw block that asks for a window of 2^`log` bytes. */
function toFrame(log: number, text: string): Uint8Array {
  const size = (text.length << 3) | 1;
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3, size & 255, size >> 8, 0]), Buffer.from(text)]);
}

describe("a connection", () => {
  it.each([
    ["asks before it sends its body", post(["Expect: 100-continue", "Content-Length: 2"], "{}"), ["100", "200"]],
    ["expects something else", post(["Expect: 42", "Content-Length: 2"], "{}"), ["417"]],
    ["announces more than anybody may send", post(["Content-Length: 99999999"]), ["413"]],
    ["sends its body in pieces with trailers", post(["Transfer-Encoding: chunked"], "2\r\n{}\r\n0\r\nx-sum: 1\r\n\r\n"), ["200"]],
    ["tells two lengths", post(["Content-Length: 2", "Transfer-Encoding: chunked"], "2\r\n{}\r\n0\r\n\r\n"), ["400"]],
    ["tells a length that is none", post(["Content-Length: -2"], "{}"), ["400"]],
    ["sends headers without an end", `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nx: ${"y".repeat(100_000)}`, ["431"]],
  ])("that %s is answered as HTTP says", async (_, bytes, statuses) => {
    expect(listStatuses(await exchange(bytes, statuses.length))).toEqual(statuses);
  });

  it("that sends fifty requests before it reads has all of them answered, in order", async () => {
    const pair = post(["Content-Length: 2"], "{}") + post(["Content-Length: 2"], "[]");
    const statuses = listStatuses(await exchange(pair.repeat(25), 50));
    expect(statuses.join(" ")).toBe("200 400 ".repeat(25).trim());
  });

  it.each([
    [20, "200"],
    [27, "200"],
    [30, "400"],
    [41, "400"],
  ])("that sends zstd with a window of 2^%d bytes is answered with %s, and no memory is taken for it", async (log, status) => {
    const frame = toFrame(log, "{}");
    const head = post(["Content-Encoding: zstd", `Content-Length: ${frame.length}`]);
    const before = process.memoryUsage.rss();
    expect(listStatuses(await exchange(Buffer.concat([Buffer.from(head), frame]), 1))).toEqual([status]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 << 20);
  });

  it("is kept open for longer than senders wait between two batches, and says so", async () => {
    const text = await exchange(post(["Content-Length: 2"], "{}"), 1);
    expect(Number(/^keep-alive: timeout=(\d+)/im.exec(text)?.[1])).toBeGreaterThan(60);
  });

  it("that is never read, or drips, keeps nobody else waiting", async () => {
    const port = Number(new URL(collector.url).port);
    const deaf = connect(port, "127.0.0.1").on("error", () => undefined);
    deaf.pause();
    deaf.write("GET /api/overview HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200));
    const slow = Array.from({ length: 50 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
    for (const socket of slow) socket.write(post(["Content-Length: 60000000"], "{"));
    for (let drop = 0; drop < 5; drop++) {
      for (const socket of slow) socket.write(" ");
      expect(listStatuses(await exchange(post(["Content-Length: 2"], "{}"), 1))).toEqual(["200"]);
      await sleep(1);
    }
    for (const socket of [deaf, ...slow]) socket.destroy();
  });
});
