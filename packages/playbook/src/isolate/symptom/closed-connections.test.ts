import type { LogRecord } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { TraceBuilder } from "../../testing/trace-builder.ts";

const START = 1_700_000_000_000;
const resource = { service: "nginx", attributes: {} };

/** What nginx wrote to its error log, a line every 100 ms. */
const written = (times: number, body: string): readonly LogRecord[] =>
  Array.from({ length: times }, (_, index) => ({ timeMs: START + index * 100, severity: 21, body, attributes: {}, resource }));

const served = () => new TraceBuilder().traces(5, () => ({ service: "shop", code: 200 }));

describe("connections that were closed before their request", () => {
  it("are a fault of the server that had no room for them, although no span and no access log mentions them", () => {
    const diagnosis = diagnose({
      spans: [],
      logs: written(12, "512 worker_connections are not enough"),
      metrics: [],
      changes: [],
      exchanges: [],
    });
    expect(diagnosis).toMatchObject({ verdict: "diagnosed", scope: { service: "nginx", failing: 12 } });
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["nginx created"]);
    expect(diagnosis.causes[0]?.cause).toBe("resource-exhausted");
    expect(diagnosis.next[0]?.command).toContain("nginx -T 2>/dev/null | grep -E 'worker_(processes|connections");
    expect(diagnosis.guard.prevent[0]?.example).toContain("worker_connections 4096;");
    expect(diagnosis.next.map(({ command }) => command)).not.toContainEqual(expect.stringContaining("prove"));
  });

  it("are not what other alerts mention", () => {
    const diagnosis = diagnose(served().observations({ logs: written(12, "open socket #12 left in connection 3") }));
    expect(diagnosis).toMatchObject({ verdict: "inconclusive", scope: { failing: 0 } });
  });
});
