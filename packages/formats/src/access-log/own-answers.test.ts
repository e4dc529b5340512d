/** What the program answered itself, and what others answered it: only the first is an exchange of its own. */
import { describe, expect, it } from "vitest";
import { createLineReader } from "./index.ts";

function read(line: string | object) {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  return reader.read(typeof line === "string" ? line : JSON.stringify(line));
}

const absolute = { url: "https://shop.example/a", method: "GET", status: 500, duration_ms: 5 };
const body = { path: "/a", status: 500, error: "Internal Server Error", timestamp: "2026-11-22T09:00:00Z" };

describe("what the program answered", () => {
  it.each([
    ["a client's request that it handled", { level: "info", msg: "handled client request", ...absolute }],
    ["a webhook that it received", { level: "info", msg: "webhook received", ...absolute }],
    ["a client that left", { level: "info", msg: "client disconnected", ...absolute }],
    ["a request that it completed", { level: "info", msg: "request_completed for client", ...absolute }],
    ["a record with the phrase of its status and a level", { level: "error", ...body }],
    ["the same in logfmt", 'ts=2026-11-22T09:00:00Z level=error path=/a status=500 error="Internal Server Error"'],
    ["words of a payload before JSON", '2026-11-22 09:00:00 INFO handled, payload ok {"method":"POST","path":"/a","status":500}'],
    ["a row with a host", "2026-11-22 09:00:00 10.0.0.1 shop.example:443 GET /a 500"],
    ["a row with a host's port alone", "2026-11-22 09:00:00 localhost:8080 10.0.0.1 - GET /a 500"],
  ])("is an exchange: %s", (_, line) => {
    expect(read(line)).toMatchObject({ kind: "exchange", exchange: { path: "/a", status: 500 } });
  });
});

describe("what others answered", () => {
  it.each([
    ["a call that is retried", "2026-11-22 09:00:00 10.0.0.1 calling GET https://pay.example/a 503 retry"],
    ["what was sent", "2026-11-22 09:00:00 10.0.0.1 sent GET /a 404 for user"],
    ["what is requested", "2026-11-22 09:00:00 10.0.0.1 requesting GET https://pay.example/a 503"],
    ["a client's own logger", "2026-11-22 09:00:00 10.0.0.1 http.client GET /a 503"],
    ["an outgoing request that completed", { level: "info", msg: "outgoing request completed", ...absolute }],
    ["the response of an upstream", { level: "info", msg: "upstream response received", ...absolute }],
    ["a body of an error", body],
    ["JSON behind a body", '2026-11-22 09:00:00 ERROR got body: {"method":"POST","path":"/a","status":500}'],
    ["JSON behind a payload", '2026-11-22 09:00:00 ERROR payload= {"method":"POST","path":"/a","status":500}'],
  ])("is no exchange: %s", (_, line) => {
    expect(read(line).kind).not.toBe("exchange");
  });
});

describe("a message's status", () => {
  const failed = { level: "warn", msg: "request failed", status_code: 429 };

  it.each([
    ["a record that counts its tries", { ...failed, attempt: 3 }],
    ["one that says when it tries again", { ...failed, backoff: "2s" }],
    ["the same in logfmt", 'time=2026-11-22T09:00:00Z level=INFO msg="request failed" status_code=429 attempt=3'],
  ])("is not one that another program answered: %s", (_, line) => {
    expect(read(line)).toMatchObject({ kind: "message", message: { text: "request failed" } });
    expect(read(line)).not.toHaveProperty("message.status");
  });

  it("stays if nothing suggests a retry, and so does that of a request which was repeated", () => {
    expect(read(failed)).toMatchObject({ kind: "message", message: { status: 429 } });
    expect(read({ ...failed, method: "GET", path: "/a", retries: 1 })).toMatchObject({ kind: "exchange", exchange: { status: 429 } });
  });
});
