import type { AttributeValue, Exchange } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { readProxyStatus } from "../isolate/responses/read-proxy-status.ts";
import { diagnose } from "../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";

/** Requests whose call to a service without spans of its own was answered 503 with these attributes. */
function answered(code: number, attributes: Record<string, AttributeValue>) {
  const request = (status: number, more: Record<string, AttributeValue>): SpanSketch => ({
    service: "shop",
    code: status,
    takes: 30,
    attributes: { "http.route": "/cart", "http.request.header.x-request-id": ["req-7"] },
    calls: [{ service: "shop", kind: "client", code: status, takes: 20, attributes: { "server.address": "stock", ...more } }],
  });
  return new TraceBuilder().traces(10, () => request(200, {})).traces(5, () => request(code, attributes));
}

const exchange = (more: Partial<Exchange>): Exchange => ({ status: 503, observer: { kind: "mesh", name: "sidecar" }, ...more });

describe("what a response says about itself", () => {
  it.each(["edge-1; error=connection_refused, cdn.example", ['"edge-1"; error=connection_refused; details="a, b; error=x"']])(
    "names the proxy that made it, and the cause, by Proxy-Status %j",
    (header) => {
      const diagnosis = diagnose(answered(502, { "http.response.header.proxy-status": header }).observations());
      expect(diagnosis.suspects[0]?.service).toBe("edge-1");
      expect(diagnosis.causes[0]?.cause).toBe("connection-refused");
      expect(diagnosis.verdict).toBe("diagnosed");
    },
  );

  it("names the cause by the page of a known gateway", () => {
    const page =
      "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx</center>";
    const diagnosis = diagnose(answered(504, { "http.response.body.content": page }).observations());
    expect(diagnosis.causes.find(({ cause }) => cause === "gateway-timeout")?.evidence.map(({ source }) => source)).toContain("body");
  });

  it("is not read from an answer that is not a failure", () => {
    const observations = answered(404, { "http.response.header.proxy-status": "edge-1; error=connection_refused" }).observations();
    expect(diagnose(observations).suspects.map(({ service }) => service)).not.toContain("edge-1");
  });

  it("is read with bounds", () => {
    expect(readProxyStatus('a; error="x", ;;, b; received-status=502; error=dns_error')).toEqual([
      { proxy: "a" },
      { proxy: "b", error: "dns_error", receivedStatus: 502 },
    ]);
    expect(readProxyStatus('"'.repeat(100_000))).toEqual([]);
    expect(readProxyStatus("p; error=dns_error,".repeat(10_000)).length).toBeLessThanOrEqual(16);
  });
});

describe("what an intermediary logged of the request", () => {
  const madeBy = { hop: "observer", because: "no upstream", confidence: 0.95 } as const;

  it.each([{ traceId: "f".padStart(32, "0") }, { requestId: "req-7" }])("names the cause, joined by %j", (id) => {
    const observations = answered(503, {}).observations({ exchanges: [exchange({ ...id, madeBy, flags: "UH" })] });
    expect(diagnose(observations).causes.map(({ cause }) => cause)).toContain("no-healthy-upstream");
  });

  it("says less if the answer came from behind", () => {
    const name = (more: Partial<Exchange>) => {
      const one = exchange({ traceId: "f".padStart(32, "0"), madeBy, flags: "UH", ...more });
      return diagnose(answered(503, {}).observations({ exchanges: [one] })).causes[0]?.cause;
    };
    expect(name({})).toBe("no-healthy-upstream");
    expect(name({ upstream: [{ status: 503, answered: true }] })).not.toBe("no-healthy-upstream");
  });

  it("shows a failure that a retry repaired as masked, and blames the first try", () => {
    const saved = ["b", "c", "d", "e", "f"].map((id) =>
      exchange({ traceId: id.padStart(32, "0"), status: 200, upstream: [{ status: 503 }, { status: 200, answered: true }] }),
    );
    const diagnosis = diagnose(answered(503, {}).observations({ exchanges: saved }));
    expect(diagnosis.path[0]).toMatchObject({ service: "sidecar", fate: "masked", status: "200" });
    expect(diagnosis.suspects[0]?.service).toBe("stock");
    expect(diagnosis.causes.map(({ cause }) => cause)).not.toContain("masked-by-middleware");
  });
});
