import type { LogRecord } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { TraceBuilder } from "../trace/trace-builder.ts";

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

  it("is heard of nobody else, not when it was usual before, and not of another time", () => {
    const others = [
      [line(firstMs + 10, { resource: { service: "batch", attributes: {} } })],
      [line(firstMs - 60_000), line(firstMs + 10)],
      [line(firstMs + 3_600_000)],
      [line(firstMs + 10, { severity: 9 })],
    ];
    expect(others.map(firstCause)).toEqual(others.map(() => "keepalive-race"));
  });
});
