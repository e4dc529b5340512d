import type { Change, HopAccount, TraceAnswer, WaterfallRow } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { tellChangeBefore, tellOrigin } from "./tell-origin.ts";

const FIRST = Date.UTC(2026, 10, 22, 15, 43, 37);
const hop: HopAccount = { hop: "storefront", service: "storefront", operation: "GET /", status: "500", fate: "created", evidence: [] };
const deploy: Change = { kind: "deploy", service: "storefront", version: "2.5.0", timeMs: FIRST - 1200, source: "declared" };
const change = (changes: readonly Change[]) => tellChangeBefore(changes, [hop], FIRST);

describe("what was changed before a fault", () => {
  it("is the last change of a hop of its path, with the time between", () => {
    expect(change([deploy])).toBe("1.20 s after the deploy of storefront 2.5.0");
    const { version: _, ...unversioned } = deploy;
    const earlier: Change = { ...unversioned, kind: "config", timeMs: FIRST - 60_000 };
    expect(change([deploy, earlier])).toBe("1.20 s after the deploy of storefront 2.5.0");
    expect(change([earlier])).toBe("1 min after the config of storefront");
  });

  it("is nothing of another service, of long before, or of after", () => {
    const others = [{ service: "search" }, { timeMs: FIRST - 3_600_000 }, { timeMs: FIRST + 1 }];
    expect(others.map((other) => change([{ ...deploy, ...other }]))).toEqual([undefined, undefined, undefined]);
  });
});

describe("where a trace's failure began", () => {
  const row: WaterfallRow = {
    spanId: "s1",
    depth: 0,
    service: "storefront",
    name: "GET /",
    kind: "server",
    offsetMs: 0,
    durationMs: 5,
    skewMs: 0,
    status: "error",
    statusCode: 500,
    failed: true,
    attributes: {},
    events: [],
  };
  const trace: TraceAnswer = {
    traceId: "t1",
    startMs: FIRST,
    durationMs: 5,
    rows: [row],
    leftOut: 0,
    missingParents: [],
    failingSpanId: "s1",
    exceptions: [{ service: "storefront", source: "span", type: "ConfigurationError", message: "SECRET is not set", timeMs: FIRST }],
    logs: [],
    exchanges: [],
  };

  it("is the span, its status, and what that service threw", () => {
    expect(tellOrigin(trace)).toBe("storefront, GET /, 500: ConfigurationError: SECRET is not set");
    expect(tellOrigin({ ...trace, exceptions: [] })).toBe("storefront, GET /, 500");
    const elsewhere = trace.exceptions.map((each) => ({ ...each, service: "gateway" }));
    expect(tellOrigin({ ...trace, exceptions: elsewhere })).toBe("storefront, GET /, 500");
  });

  it("is not told of a trace in which nothing failed", () => {
    const { failingSpanId: _, ...good } = trace;
    expect(tellOrigin(good)).toBeUndefined();
  });
});
