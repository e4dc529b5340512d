import { describe, expect, it } from "vitest";
import { assembleTraces } from "../trace/assemble-traces.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";
import { type Outcome, readOutcome } from "./outcome.ts";

/** How a span that is sketched so ended, with the log records written under it. */
function outcomeOf(sketch: Partial<SpanSketch>): Outcome | undefined {
  const { spans, logs } = new TraceBuilder().trace({ service: "shop", ...sketch }).observations();
  return assembleTraces(spans, logs)
    .flatMap(({ roots }) => roots)
    .map((root) => readOutcome(root, logs))[0];
}

const grpc = (code: number, sketch: Partial<SpanSketch> = {}): Partial<SpanSketch> => ({
  attributes: { "rpc.grpc.status_code": code },
  ...sketch,
});
const thrown = { exception: { type: "Error", message: "boom" } };
const errorLog = { logs: [{ severity: 17, body: "it went wrong" }] };
const client = { kind: "client" } as const;
const isError = { status: "error" } as const;

describe("how a span ended", () => {
  it.each<[string, Partial<SpanSketch>, Partial<Outcome>]>([
    ["a 200", { code: 200 }, { kind: "ok", status: "200" }],
    ["a 200 whose server span is marked as an error all the same", { code: 200, ...isError }, { kind: "ok", status: "200" }],
    ["a 200 to a client that could not read the body", { ...client, code: 200, ...isError }, { kind: "failed", status: "200" }],
    ["a 404", { code: 404, ...isError }, { kind: "refused", status: "404" }],
    ["a 408 that a server gave", { code: 408 }, { kind: "refused", status: "408" }],
    ["a 408 that a client got", { ...client, code: 408 }, { kind: "timed-out", status: "408" }],
    ["a 500", { code: 500 }, { kind: "failed", status: "500", code: 500 }],
    ["a 504 that a server gave", { code: 504 }, { kind: "failed", status: "504" }],
    ["a 504 that a client got", { ...client, code: 504 }, { kind: "timed-out", status: "504" }],
    ["gRPC OK", grpc(0), { kind: "ok", status: "grpc 0" }],
    ["gRPC NOT_FOUND", grpc(5), { kind: "refused", status: "grpc 5" }],
    ["gRPC CANCELLED, where whoever asked went away", grpc(1), { kind: "unknown", status: "grpc 1" }],
    ["nginx's 499, where the client went away", { code: 499 }, { kind: "unknown", status: "499" }],
    ["gRPC DEADLINE_EXCEEDED", grpc(4), { kind: "timed-out", status: "grpc 4" }],
    ["gRPC UNAVAILABLE", grpc(14), { kind: "failed", status: "grpc 14" }],
    ["gRPC INTERNAL under an HTTP 200", grpc(13, { code: 200 }), { kind: "failed", status: "grpc 13" }],
    ["an HTTP 503 before gRPC said anything good", grpc(0, { code: 503 }), { kind: "failed", status: "503" }],
    ["no status, marked as an error", isError, { kind: "failed", status: "error" }],
    ["no status, an error type", { attributes: { "error.type": "TypeError" } }, { kind: "failed", errorType: "TypeError" }],
    ["no status, called ok by its maker, over an exception", { status: "ok", ...thrown }, { kind: "ok", status: "ok" }],
    ["no status, an exception in a server span", thrown, { kind: "failed", status: "error" }],
    ["no status, an exception in a client span", { ...client, ...thrown }, { kind: "ok" }],
    ["no status, an error in the log", errorLog, { kind: "unknown", status: "unknown" }],
    ["no status, a warning in the log", { logs: [{ severity: 13, body: "careful" }] }, { kind: "ok", status: "ok" }],
    ["nothing at all, of a server", {}, { kind: "ok", status: "ok" }],
    ["nothing at all, of a client", client, { kind: "ok", status: "ok" }],
  ])("is read from %s", (_, sketch, expected) => {
    expect(outcomeOf(sketch)).toMatchObject(expected);
  });

  it.each<[string, string, Outcome["kind"]]>([
    ["running out of time", "Read timed out", "timed-out"],
    ["a pool without a free connection", "timeout exceeded when trying to connect", "local"],
    ["a constraint", 'duplicate key value violates unique constraint "orders_pkey"', "refused"],
    ["a reset connection", "read ECONNRESET", "failed"],
  ])("is read from a client's words about %s", (_, message, kind) => {
    expect(outcomeOf({ ...client, ...isError, message })?.kind).toBe(kind);
    expect(outcomeOf({ ...isError, message })?.kind).toBe("failed");
  });

  it("keeps what was said about the failure, from every place, once and bounded", () => {
    const said = outcomeOf({ ...isError, ...thrown, message: "it broke", attributes: { "error.type": "Error" } });
    expect(said?.words).toBe("Error\nit broke\nError: boom");
    expect(outcomeOf({ ...isError, message: "x".repeat(100_000) })?.words).toHaveLength(1500);
  });
});
