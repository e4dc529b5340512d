import type { AttributeValue } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";

const operation = (message: string): SpanSketch => ({
  service: "api",
  kind: "internal",
  name: "query",
  status: "error",
  message,
  attributes: { "graphql.operation.type": "query" },
});
const answer = (attributes: Record<string, AttributeValue>, more: Partial<SpanSketch> = {}): SpanSketch => ({
  service: "api",
  code: 200,
  attributes: { "http.route": "/api", ...attributes },
  ...more,
});
/** Ten good requests and six of these. */
const ask = (sketch: SpanSketch) =>
  diagnose(
    new TraceBuilder()
      .traces(10, () => answer({}))
      .traces(6, () => sketch)
      .observations(),
  );

describe("a failure behind a good status", () => {
  it.each<readonly [string, SpanSketch]>([
    ["an error of JSON-RPC", answer({ "rpc.jsonrpc.error_code": -32_603, "rpc.jsonrpc.error_message": "Internal error" })],
    ["a GraphQL operation that ended in error", answer({}, { calls: [operation("Cannot read properties of null")] })],
    ["GraphQL errors in a body", answer({ "http.response.body.content": '{"data":null,"errors":[{"message":"boom"}]}' })],
    ["a page that speaks of an error", answer({ "http.response.body.content": "<html><head><title>503 Service Unavailable</title>" })],
  ])("is masked: %s", (_, sketch) => {
    const diagnosis = ask(sketch);
    expect(diagnosis.scope).toMatchObject({ failing: 6, succeeding: 10 });
    expect(diagnosis.path).toMatchObject([{ service: "api", fate: "masked", status: "200" }]);
    expect(diagnosis.causes[0]?.cause).toBe("masked-by-middleware");
  });

  it.each<readonly [string, SpanSketch]>([
    ["a method that JSON-RPC does not know", answer({ "rpc.jsonrpc.error_code": -32_601 })],
    ["a field that GraphQL does not know", answer({}, { calls: [operation('Cannot query field "nmae" on type "User"')] })],
    ["input that GraphQL refused", answer({ "http.response.body.content": '{"errors":[{"extensions":{"code":"BAD_USER_INPUT"}}]}' })],
    ["a page about something else", answer({ "http.response.body.content": "<html><title>Our 500 best recipes</title>" })],
  ])("is not seen in the client's own mistake: %s", (_, sketch) => {
    expect(ask(sketch).scope.failing).toBe(0);
  });

  it("is a failure if gRPC says so in its own status", () => {
    const diagnosis = ask(answer({ "rpc.grpc.status_code": 13, "rpc.system": "grpc" }));
    expect(diagnosis.path).toMatchObject([{ service: "api", fate: "created", status: "grpc 13" }]);
  });

  it("does not exist if a call failed only after the answer, since that hid nothing", () => {
    const cancelled = { status: "error", message: "The operation was aborted due to timeout" } as const;
    const call = (takes: number): SpanSketch => ({
      service: "api",
      kind: "client",
      takes,
      attributes: { "server.address": "stock" },
      ...cancelled,
    });
    expect(ask(answer({}, { takes: 78, calls: [call(4_480)] })).scope.failing).toBe(0);
    expect(ask(answer({}, { takes: 78, calls: [call(60)] })).path).toMatchObject([{ fate: "masked" }, { service: "stock" }]);
  });

  it("is masked, and nobody is blamed for hiding it, if a retry saved the user", () => {
    const call: SpanSketch = { service: "api", kind: "client", name: "GET", takes: 5, attributes: { "server.address": "stock" } };
    const tries = [
      { ...call, code: 503 },
      { ...call, at: 10, code: 200 },
    ];
    const diagnosis = ask(answer({}, { takes: 20, calls: tries }));
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["api masked", "stock created"]);
    expect(diagnosis.causes.map(({ cause }) => cause)).not.toContain("masked-by-middleware");
  });

  it.each([
    ["is made good by another host that is asked for the same", "/v1/charge", []],
    ["is not made good by another host that is asked for something else", "/v1/refund", ["masked-by-middleware"]],
  ])("%s", (_, path, expected) => {
    const charge = (host: string, more: Partial<SpanSketch>): SpanSketch => ({
      service: "api",
      kind: "client",
      takes: 5,
      attributes: { "server.address": host, "http.request.method": "POST", "url.full": `https://${host}/v1/charge` },
      ...more,
    });
    const second = { "server.address": "b.example", "http.request.method": "POST", "url.full": `https://b.example${path}` };
    const tries = [charge("a.example", { code: 503 }), charge("b.example", { at: 10, code: 200, attributes: second })];
    const named = ask(answer({}, { takes: 20, calls: tries })).causes.map(({ cause }) => cause);
    expect(named.filter((cause) => cause === "masked-by-middleware")).toEqual(expected);
  });

  it("does not exist if a refusal was waited out, and the next try was answered", () => {
    const ask429 = (at: number, sketch: Partial<SpanSketch>): SpanSketch => ({
      service: "api",
      kind: "client",
      name: "GET",
      at,
      takes: 5,
      attributes: { "server.address": "api.maps.example" },
      ...sketch,
    });
    const refused = { code: 429, status: "error", message: "429 Too Many Requests" } as const;
    const tries = [ask429(1, refused), ask429(11, refused), ask429(21, { code: 200 })];
    expect(ask(answer({}, { takes: 40, calls: tries }))).toMatchObject({ verdict: "inconclusive", scope: { failing: 0 } });
    expect(ask(answer({}, { takes: 40, calls: tries.slice(0, 2) })).scope.failing).toBe(6);
  });
});
