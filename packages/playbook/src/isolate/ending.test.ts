import { describe, expect, it } from "vitest";
import { fingerprintFailure } from "../detect/fingerprint.ts";
import { diagnose } from "../playbook.ts";
import { assembleTraces } from "../trace/assemble-traces.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";
import { isolateEach } from "./isolate-fault.ts";

/** A service that fails because its call to a database did. */
function request(service: string, call: Partial<SpanSketch>, rest: Partial<SpanSketch> = {}): SpanSketch {
  const query: SpanSketch = {
    service,
    kind: "client",
    takes: 500,
    status: "error",
    attributes: { "db.system.name": "postgresql", "db.query.text": `select ${service}` },
    ...call,
  };
  const route = { "http.route": `/${service}`, "http.request.method": "GET" };
  return { service, code: 500, takes: 510, attributes: route, calls: [query], ...rest };
}

const thrownBy = (service: string, message: string): Partial<SpanSketch> => ({
  exception: { type: "Error", message, stack: `Error: ${message}\n    at read${service} (/srv/src/${service}.js:5:1)` },
});

function identify(builder: TraceBuilder): readonly { readonly fingerprint: string; readonly title: string; readonly service: string }[] {
  const { spans, logs } = builder.observations();
  const paths = assembleTraces(spans, logs);
  return isolateEach(paths).flatMap((domain, index) => paths.slice(index, index + 1).map((path) => fingerprintFailure(path, domain)));
}

describe("a fault that no code of its origin raised", () => {
  it("is one fault under two hundred services, however each of them experienced it", () => {
    const ways = ["Query read timeout", "connect ECONNREFUSED 10.0.0.9:5432", "read ECONNRESET", "the database system is shutting down"];
    const builder = new TraceBuilder().traces(200, (index) =>
      request(`service-${index}`, { message: String(ways[index % 4]) }, thrownBy(`Page${index}`, String(ways[index % 4]))),
    );
    const found = identify(builder);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(found[0]).toMatchObject({ service: "postgresql", title: "no answer: postgresql" });
  });

  it("names the dependency, with everyone who fails because of it", () => {
    const builder = new TraceBuilder().traces(200, (index) => request(`service-${index}`, { message: "Query read timeout" }));
    const diagnosis = diagnose(builder.observations());
    expect(diagnosis.suspects[0]?.service).toBe("postgresql");
    const said = diagnosis.path.at(-1)?.evidence.map(({ statement }) => statement);
    expect(said).toContain("200 services fail because of postgresql");
  });

  it("is another fault if a database says what is wrong", () => {
    const [one, other, again] = identify(
      new TraceBuilder()
        .trace(request("shop", { message: "deadlock detected" }))
        .trace(request("shop", { message: "could not extend file: No space left on device" }))
        .trace(request("cart", { message: "deadlock detected" })),
    );
    expect(one?.fingerprint).not.toBe(other?.fingerprint);
    expect(one?.fingerprint).toBe(again?.fingerprint);
  });

  it("is the database's if every used connection was waiting for it", () => {
    const wait: Partial<SpanSketch> = { takes: 700, message: "timeout exceeded when trying to connect" };
    const found = identify(
      new TraceBuilder().trace(request("orders", { takes: 5_000, message: "Query read timeout" })).trace(request("orders", wait)),
    );
    expect(found.map(({ title }) => title)).toEqual(["no answer: postgresql", "no answer: postgresql"]);
    expect(identify(new TraceBuilder().trace(request("orders", wait)))[0]?.title).toBe("no free connection to postgresql: orders");
  });
});

describe("a fault of a hop's own code", () => {
  const thrown = {
    exception: { type: "OverloadedError", message: "later", stack: "OverloadedError: later\n    at run (/srv/src/run.js:5:1)" },
  };
  const served = (code: number): SpanSketch => ({ service: "profiles", code, attributes: { "http.route": "/profiles" } });
  const call = (at: number, code: number, more: Partial<SpanSketch>): SpanSketch => ({
    service: "billing",
    kind: "client",
    at,
    code,
    attributes: { "server.address": "profiles" },
    calls: [{ ...served(code), ...more }],
  });
  const bill = (code: number, calls: readonly SpanSketch[]): SpanSketch => ({
    service: "billing",
    code,
    takes: 100,
    attributes: { "http.route": "/bills" },
    calls,
  });

  it("is one fault whether or not another try repaired it, and another one if somebody hid it", () => {
    const [open, saved, hidden] = identify(
      new TraceBuilder()
        .trace(bill(500, [call(1, 500, thrown)]))
        .trace(bill(200, [call(1, 500, thrown), call(50, 200, {})]))
        .trace(bill(200, [call(1, 500, thrown)])),
    ).map(({ fingerprint }) => fingerprint);
    expect(saved).toBe(open);
    expect(hidden).not.toBe(open);
  });
});
