import type { Attributes } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { findRecordedFailure, type ProvableSpan, type RecordedFailure } from "./find-recorded-failure.ts";
import { PROOF_FORMS, proveFailure } from "./prove-failure.ts";

function createSpan(span: Partial<ProvableSpan> & { spanId: string; attributes: Attributes }): ProvableSpan {
  return { service: "orders", name: "POST /orders", kind: "server", ...span };
}

const FAILING = { "http.request.method": "POST", "http.response.status_code": 500, "http.route": "/orders", "url.path": "/orders" };
const INPUT = {
  "url.query": "a=1&token=[redacted:token:3fa9c1]",
  "http.request.header.content-type": ["application/json"],
  "http.request.header.authorization": ["Bearer [redacted:auth:3fa9c1]"],
  "http.request.header.host": ["shop.internal"],
  "http.request.header.traceparent": ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
  "http.request.body.content": '{"items":null}',
};

const TRACE = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  fingerprint: "f00d",
  spans: [
    createSpan({ spanId: "a", service: "gateway", attributes: { ...FAILING, "http.response.status_code": 502 } }),
    createSpan({ spanId: "b", parentSpanId: "a", kind: "client", service: "gateway", attributes: FAILING }),
    createSpan({ spanId: "c", parentSpanId: "b", attributes: { ...FAILING, ...INPUT } }),
    createSpan({ spanId: "d", parentSpanId: "c", kind: "client", name: "GET", attributes: { "server.address": "payments.internal" } }),
  ],
};

function getRecorded(trace = TRACE): RecordedFailure {
  const found = findRecordedFailure(trace);
  expect(found.ok).toBe(true);
  return (found as { value: RecordedFailure }).value;
}

describe("the request to replay", () => {
  it("is that of the innermost failing server whose input was recorded", () => {
    const { failure, request, dependencies } = getRecorded();
    expect(failure).toEqual({ traceId: TRACE.traceId, fingerprint: "f00d", service: "orders", route: "/orders", status: 500 });
    expect(request).toMatchObject({
      method: "POST",
      target: "/orders?a=1&token=[redacted:token:3fa9c1]",
      body: '{"items":null}',
      bodyTruncated: false,
    });
    expect(dependencies).toEqual(["GET at payments.internal"]);
  });

  it("is that of an outer hop if the inner one recorded no body", () => {
    const spans = [
      createSpan({ spanId: "a", service: "gateway", attributes: { ...FAILING, ...INPUT } }),
      createSpan({ spanId: "b", parentSpanId: "a", attributes: FAILING }),
    ];
    expect(getRecorded({ ...TRACE, spans }).failure.service).toBe("gateway");
  });

  it("can be restricted to one service", () => {
    expect(findRecordedFailure(TRACE, "gateway")).toMatchObject({ ok: true, value: { failure: { service: "gateway", status: 502 } } });
    expect(findRecordedFailure(TRACE, "nobody")).toMatchObject({
      ok: false,
      error: expect.stringContaining("no failing HTTP server span of nobody"),
    });
  });

  it("is read from attributes of before 1.23 too", () => {
    const attributes = { "http.method": "GET", "http.status_code": 500, "http.target": "/a?b=c" };
    expect(getRecorded({ ...TRACE, spans: [createSpan({ spanId: "a", attributes })] }).request).toMatchObject({
      method: "GET",
      target: "/a?b=c",
    });
  });

  it("is known for a route without parameters, and missing if nobody recorded another route's path", () => {
    const recorded = (route: string) =>
      findRecordedFailure({
        ...TRACE,
        spans: [
          createSpan({ spanId: "a", attributes: { "http.request.method": "GET", "http.response.status_code": 500, "http.route": route } }),
        ],
      });
    expect(recorded("/health/deep")).toMatchObject({ ok: true, value: { request: { target: "/health/deep" } } });
    expect(recorded("/orders/:id")).toMatchObject({ ok: false, error: expect.stringContaining("no url.path (the route is /orders/:id)") });
    expect(recorded("/orders/{id}")).toMatchObject({ ok: false });
  });

  it("is missing if no server span says what it served", () => {
    expect(
      findRecordedFailure({ ...TRACE, spans: [createSpan({ spanId: "a", attributes: { "http.response.status_code": 500 } })] }).ok,
    ).toBe(false);
    expect(findRecordedFailure({ ...TRACE, spans: [] }).ok).toBe(false);
  });
});

describe("a proof", () => {
  it.each(PROOF_FORMS)("holds no credential and nothing of the connection, as %s", (as) => {
    const { source } = proveFailure(getRecorded(), { as });
    expect(source).not.toContain("[redacted:auth");
    expect(source).not.toContain("shop.internal");
    expect(source).not.toContain("traceparent");
    expect(source).toContain("FAULTLINE_HEADER_AUTHORIZATION");
    expect(source).toContain("content-type");
  });

  it("says what a person must know before trusting it", () => {
    const recorded = getRecorded();
    const { caveats, source } = proveFailure({ ...recorded, request: { ...recorded.request, bodyTruncated: true } }, { as: "node:test" });
    expect(caveats).toEqual([
      expect.stringContaining("FAULTLINE_HEADER_AUTHORIZATION"),
      expect.stringContaining("the request target held secrets"),
      expect.stringContaining("only in part"),
      expect.stringContaining("GET at payments.internal"),
    ]);
    for (const caveat of caveats) expect(source).toContain(caveat);
  });

  it.each(PROOF_FORMS)("stays one comment and one literal whatever the request contains, such as %s", (as) => {
    const recorded = getRecorded();
    const hostile = "\n*/ throw 1 // '\"`${process.exit(3)}\u2028$(reboot) \\";
    const evil: RecordedFailure = {
      ...recorded,
      failure: { ...recorded.failure, route: `/x${hostile}`, service: `s${hostile}` },
      request: { ...recorded.request, body: hostile.trim(), headers: { "content-type": "text/plain", "bad name\n": "x", "x-a": hostile } },
      dependencies: [hostile],
    };
    const { source, fileName } = proveFailure(evil, { as });
    expect(fileName).toMatch(/^[\w.-]+$/);
    const code = source.split("\n").filter((line) => !/^\s*(?:\/\/|#)/.test(line));
    expect(code.filter((line) => /^\s*(?:\*\/|throw 1|\$\(reboot)/.test(line))).toEqual([]);
  });

  it.each(PROOF_FORMS)("runs nothing from a method, a header's name or a target, such as %s", (as) => {
    const recorded = getRecorded();
    const request = {
      ...recorded.request,
      method: "$(reboot)",
      target: "/a\nDELETE http://evil.test\n$(reboot)",
      headers: { "x`reboot`token": "[redacted:token:3fa9c1]" },
    };
    const { source } = proveFailure({ ...recorded, request }, { as });
    expect(source).not.toContain("`reboot`");
    expect(source).not.toMatch(/^DELETE/m);
  });

  it("writes a hostile target into a shell script as one quoted word", () => {
    const recorded = getRecorded();
    const { source } = proveFailure(
      { ...recorded, request: { ...recorded.request, method: "$(reboot)", target: "/a'$(reboot)" } },
      { as: "curl" },
    );
    expect(source.match(/\$\(reboot\)/g)).toHaveLength(1);
    expect(source).toContain(String.raw`'/a'\''$(reboot)'`);
  });

  it("refuses unsafe methods against other machines, in its own text", () => {
    expect(proveFailure(getRecorded(), { as: "node:test" }).source).toContain('"isSafe": false');
    expect(proveFailure(getRecorded(), { as: "curl" }).source).toContain("FAULTLINE_ALLOW_UNSAFE");
  });
});
