import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const JSON_TYPE = { "http.response.header.content-type": ["application/json; charset=utf-8"] };
const HTML_TYPE = { "http.response.header.content-type": ["text/html"] };

/** A gateway that answers `status` over a backend that answered `behind`. */
function front(status: number, attributes: SpanSketch["attributes"], backend: SpanSketch) {
  const call: SpanSketch = { service: "gateway", kind: "client", code: backend.code ?? 0, attributes: JSON_TYPE, calls: [backend] };
  return new TraceBuilder()
    .traces(5, () => ({ service: "gateway", code: status, takes: 30, attributes: { "http.route": "/", ...attributes }, calls: [call] }))
    .observations();
}

describe("a gateway that does not understand its backend", () => {
  const backend: SpanSketch = { service: "shop", code: 502, attributes: JSON_TYPE };

  it("is the cause if it turns JSON into an HTML page with another status", () => {
    const diagnosis = diagnose(front(500, HTML_TYPE, backend));
    expect(diagnosis.causes[0]?.cause).toBe("gateway-mismatch");
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["gateway remapped", "shop created"]);
  });

  it("is not the first cause if the backend raised an error of its own", () => {
    const thrown = { ...backend, exception: { type: "TypeError", message: "x is not a function" } };
    expect(diagnose(front(500, HTML_TYPE, thrown)).causes[0]?.cause).toBe("unhandled-exception");
  });

  it("is not blamed for passing the answer on", () => {
    const causes = diagnose(front(502, JSON_TYPE, backend)).causes.map(({ cause }) => cause);
    expect(causes).not.toContain("gateway-mismatch");
  });
});
