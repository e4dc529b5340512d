import type { LogRecord } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { TraceBuilder } from "../testing/trace-builder.ts";

/** Calls to `cache`, which sends no spans; the last ten of forty find their connection closed. */
const built = new TraceBuilder()
  .traces(30, () => ({ service: "web", code: 200, calls: [{ service: "web", kind: "client", attributes: { "server.address": "cache" } }] }))
  .traces(10, () => ({
    service: "web",
    code: 502,
    calls: [
      { service: "web", kind: "client", status: "error", message: "socket hang up", takes: 9, attributes: { "server.address": "cache" } },
    ],
  }))
  .observations();
const firstMs = Math.min(...built.spans.filter(({ statusMessage }) => statusMessage === "socket hang up").map(({ startMs }) => startMs));
const LAST_WORDS = "fatal error: concurrent map writes\n\ngoroutine 8123 [running]:\nmain.(*cache).put(0xc0001a4000)";

const line = (timeMs: number, more: Partial<LogRecord> = {}): LogRecord => ({
  timeMs,
  severity: 21,
  body: LAST_WORDS,
  attributes: {},
  resource: { service: "cache", attributes: {} },
  ...more,
});
const firstCause = (logs: readonly LogRecord[]) => diagnose({ ...built, logs: [...built.logs, ...logs] }).causes[0]?.cause;

describe("what a process writes outside of any request", () => {
  it("says why its callers were left without an answer", () => expect(firstCause([line(firstMs + 10)])).toBe("unhandled-exception"));

  it("concerns its memory if its last words say so", () => {
    const body = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";
    expect(firstCause([line(firstMs + 10, { body })])).toBe("resource-exhausted");
  });

  it("does not concern other services, what was usual before, or another time", () => {
    const others = [
      [line(firstMs + 10, { resource: { service: "batch", attributes: {} } })],
      [line(firstMs - 60_000), line(firstMs + 10)],
      [line(firstMs + 3_600_000)],
      [line(firstMs + 10, { severity: 9 })],
    ];
    expect(others.map(firstCause)).toEqual(others.map(() => "keepalive-race"));
  });
});

describe("what others note about a process that ends", () => {
  const event = (pod: string, reason: string, more: Partial<LogRecord> = {}) =>
    line(firstMs + 10, {
      severity: 13,
      body: "Memory cgroup out of memory: Killed process 4211 (node)",
      attributes: { "k8s.event.reason": reason },
      resource: { service: "unknown_service", attributes: { "k8s.object.kind": "Pod", "k8s.object.name": pod } },
      ...more,
    });

  it.each([
    ["a server of its worker", line(firstMs + 10, { severity: 17, body: "Worker (pid:31) was sent SIGKILL! Perhaps out of memory?" })],
    ["a cluster of its pod", event("cache-7d9f6c5b4-k2p8x", "OOMKilling")],
    ["a cluster of its pod that keeps its name", event("cache-0", "OOMKilled")],
    ["a cluster of what it put out", event("cache-7d9f6c5b4-k2p8x", "Evicted", { body: "The node was low on resource: memory." })],
  ])("says why: %s", (_, log) => expect(firstCause([log])).toBe("resource-exhausted"));

  it.each([
    ["another pod", event("cache-importer-7d9f6c5b4-k2p8x", "OOMKilling")],
    ["another's pod on each node", event("cache-importer-k2p8x", "OOMKilling")],
    ["a run of its timetable", event("cache-28391034-k2p8x", "OOMKilling")],
    ["its own pod that is only slow to start", event("cache-7d9f6c5b4-k2p8x", "Unhealthy")],
  ])("is not used for %s", (_, log) => expect(firstCause([log])).toBe("keepalive-race"));
});

describe("a pod that was killed for its memory and refuses connections", () => {
  const refused = new TraceBuilder()
    .traces(30, () => ({
      service: "web",
      code: 200,
      calls: [{ service: "web", kind: "client", attributes: { "server.address": "cache" } }],
    }))
    .traces(10, () => ({
      service: "web",
      code: 502,
      calls: [
        {
          service: "web",
          kind: "client",
          status: "error",
          message: "connect ECONNREFUSED 10.0.0.7:80",
          attributes: { "server.address": "cache" },
        },
      ],
    }))
    .observations();
  const atMs = Math.min(...refused.spans.filter(({ status }) => status === "error").map(({ startMs }) => startMs)) + 10;
  const event: LogRecord = {
    timeMs: atMs,
    severity: 13,
    body: "Memory cgroup out of memory: Killed process 4211 (node)",
    attributes: { "k8s.event.reason": "OOMKilling" },
    resource: { service: "unknown_service", attributes: { "k8s.object.name": "cache-7d9f6c5b4-k2p8x" } },
  };

  it("failed because of its memory, which is why nothing listened", () => {
    expect(diagnose(refused).causes[0]?.cause).toBe("connection-refused");
    expect(diagnose({ ...refused, logs: [event] }).causes[0]?.cause).toBe("resource-exhausted");
  });
});
