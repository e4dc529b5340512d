import { describe, expect, it } from "vitest";
import { parseErrorBody } from "./index.ts";

const read = (value: unknown) => parseErrorBody(JSON.stringify(value));

describe("reading an error body", () => {
  it.each([
    [
      { type: "about:blank", title: "Bad Gateway", status: 502, request_id: "r1", retryable: true },
      { dialect: "rfc9457", status: 502, requestId: "r1", retryable: true },
    ],
    [
      { timestamp: "t", status: 500, error: "Internal Server Error", path: "/x", requestId: "q" },
      { dialect: "spring", status: 500, title: "Internal Server Error", requestId: "q" },
    ],
    [
      { statusCode: 503, error: "Service Unavailable", message: "busy" },
      { dialect: "fastify", status: 503, detail: "busy" },
    ],
    [
      { statusCode: 500, message: "Internal server error" },
      { dialect: "nest", status: 500 },
    ],
    [{ error: { code: 503, message: "try later", status: "UNAVAILABLE" } }, { dialect: "google", status: 503, title: "UNAVAILABLE" }],
    [
      { code: 14, message: "unavailable", details: [] },
      { dialect: "grpc", detail: "unavailable" },
    ],
    [
      { errors: [{ message: "boom", extensions: { code: "INTERNAL_SERVER_ERROR" } }], data: null },
      { dialect: "graphql", title: "INTERNAL_SERVER_ERROR" },
    ],
    [{ errors: [{ status: "500", title: "Oops" }] }, { dialect: "json-api", status: 500, title: "Oops" }],
    [
      { jsonrpc: "2.0", error: { code: -32603, message: "Internal error" }, id: 1 },
      { dialect: "json-rpc", detail: "Internal error" },
    ],
    [{ message: "Internal server error" }, { dialect: "message", detail: "Internal server error" }],
  ])("recognises %j", (body, expected) => {
    expect(read(body)).toMatchObject(expected);
  });

  it("takes the trace id out of a traceparent", () => {
    expect(read({ title: "x", traceId: `00-${"a".repeat(32)}-${"b".repeat(16)}-00` })?.traceId).toBe("a".repeat(32));
  });

  it("ignores members of a wrong type and bodies that are no error", () => {
    expect(read({ title: 5, type: "about:blank", status: "x" })).toEqual({ dialect: "rfc9457", type: "about:blank" });
    expect(read({ items: [] })).toBeUndefined();
    expect(parseErrorBody("<html>")).toBeUndefined();
    expect(read([1])).toBeUndefined();
    expect(read({ errors: [null] })).toBeUndefined();
  });
});
