/** Failures of which nothing but words tells, or not even those: which cause they name, and which they do not. */
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const GOOD: SpanSketch = {
  service: "shop",
  name: "POST /orders",
  code: 201,
  attributes: { "http.route": "/orders", "http.request.method": "POST" },
};

/** Thirty good requests and eight that fail as sketched. */
function diagnoseFailing(sketch: Partial<SpanSketch>) {
  const builder = new TraceBuilder().traces(30, () => GOOD).traces(8, () => ({ ...GOOD, code: 500, takes: 80, ...sketch }));
  return diagnose(builder.observations());
}

const thrown = (type: string, message: string): Partial<SpanSketch> => ({ exception: { type, message } });
const asked = (sketch: Partial<SpanSketch>): Partial<SpanSketch> => ({
  calls: [{ service: "shop", kind: "client", name: "acme.Stock/Take", takes: 4, status: "error", ...sketch }],
});
const LIMITED = { "rpc.system": "grpc", "rpc.grpc.status_code": 8, "server.address": "stock" };

describe("words alone", () => {
  it.each([
    ["rate-limited-as-5xx", "RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'reads'"],
    ["body-too-large", "RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4194304: 5242880"],
    ["body-too-large", "RESOURCE_EXHAUSTED: Received message larger than max (5242880 vs. 4194304)"],
  ])("tell a limit of requests from one of sizes: %s: %s", (cause, message) =>
    expect(diagnoseFailing(thrown("io.grpc.StatusRuntimeException", message)).causes[0]?.cause).toBe(cause),
  );

  it("are not needed where gRPC's code says that a limit was reached", () => {
    const { verdict, causes } = diagnoseFailing(asked({ attributes: LIMITED, message: "limit 64 reached" }));
    expect([verdict, causes[0]?.cause]).toEqual(["diagnosed", "rate-limited-as-5xx"]);
  });

  it("of a message's size are no limit of requests, whatever the code", () => {
    const { causes } = diagnoseFailing(asked({ attributes: LIMITED, message: "message larger than max (5242880 vs. 4194304)" }));
    expect(causes[0]?.cause).toBe("body-too-large");
  });

  it.each(["Timeout has occurred while waiting for the reply", "Query read timeout"])(
    "that time ran out name nothing where no call shows what was waited for: %s",
    (message) => {
      const { verdict, causes } = diagnoseFailing(thrown("TimeoutError", message));
      expect(verdict).toBe("inconclusive");
      expect(causes.map(({ cause }) => cause)).toContain("dependency-timeout");
    },
  );

  it("are missing where a broker's client failed and says nothing: that it answered, nobody knows", () => {
    const broker = { "messaging.system": "kafka", "server.address": "broker-1" };
    expect(diagnoseFailing(asked({ kind: "producer", attributes: broker })).verdict).toBe("inconclusive");
  });

  it("of a host and its certificate are a machine's in an error of the program's own", () => {
    const message = "vault.internal could not be reached: certificate has expired";
    const stack = `BackendError: ${message}\n    at reach (/app/src/backend.js:14:9)`;
    const { causes } = diagnoseFailing({ exception: { type: "BackendError", message, stack } });
    expect(causes[0]?.cause).toBe("tls-failure");
  });

  it("are missing where a logger repeats a type", () => {
    const logs = [{ severity: 17, body: "POST /orders failed: SyntaxError" }];
    expect(diagnoseFailing({ ...thrown("SyntaxError", ""), logs }).verdict).toBe("inconclusive");
  });
});

describe("a process that was ended for its memory", () => {
  const refused = asked({ message: "connect ECONNREFUSED 10.0.0.7:80", attributes: { "server.address": "stock" } });
  const builder = new TraceBuilder().traces(30, () => GOOD).traces(20, () => ({ ...GOOD, code: 502, takes: 9, ...refused }));
  const observations = builder.observations();
  const endedMs = 1_700_000_030_500;
  const metrics = Array.from({ length: 6 }, (_, at) => ({
    name: "process.memory.usage",
    unit: "By",
    timeMs: endedMs - 30_000 + at * 5_000,
    value: 120_000_000,
    attributes: {},
    resource: { service: "stock", attributes: {} },
  }));
  const changes = [{ kind: "restart" as const, service: "stock", timeMs: endedMs, description: "OOMKilled", source: "declared" as const }];

  it("was not merely away, where its memory was measured", () =>
    expect(diagnose({ ...observations, metrics, changes }).causes[0]?.cause).toBe("resource-exhausted"));
});
