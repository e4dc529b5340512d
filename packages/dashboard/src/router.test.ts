import { describe, expect, it } from "vitest";
import { parsePage, toFaultAddress, toOverviewAddress, toTraceAddress } from "./router.ts";

describe("addresses", () => {
  it.each([
    ["/", "", { kind: "overview", range: { kind: "last", minutes: 15 }, filter: {} }],
    ["/", "?minutes=60", { kind: "overview", range: { kind: "last", minutes: 60 }, filter: {} }],
    [
      "/",
      "?service=a%26b&region=&version=2",
      { kind: "overview", range: { kind: "last", minutes: 15 }, filter: { service: "a&b", version: "2" } },
    ],
    ["/", "?minutes=7", { kind: "overview", range: { kind: "last", minutes: 15 }, filter: {} }],
    ["/faults/a%2Fb", "", { kind: "fault", fingerprint: "a/b" }],
    ["/faults/f1", "?trace=abc", { kind: "fault", fingerprint: "f1", traceId: "abc" }],
    ["/faults/%E0%A4%A", "", { kind: "fault", fingerprint: "%E0%A4%A" }],
    ["/traces/abc", "?span=def", { kind: "trace", traceId: "abc", spanId: "def" }],
    ["/traces/abc", "?span=def&fault=f1", { kind: "trace", traceId: "abc", spanId: "def", fingerprint: "f1" }],
    ["/failing", "?service=x", { kind: "failing", query: "?service=x" }],
    ["/rollout", "", { kind: "rollout", query: "" }],
    ["/faults", "", { kind: "unknown", path: "/faults" }],
    ["/faults/a/b", "", { kind: "unknown", path: "/faults/a/b" }],
    ["/elsewhere", "", { kind: "unknown", path: "/elsewhere" }],
  ])("%s%s is a page", (path, query, page) => expect(parsePage(path, query)).toEqual(page));

  it("are read back as they were made, whatever is in them", () => {
    const hostile = '"><script>/?#%';
    expect(parsePage(toFaultAddress(hostile), "")).toEqual({ kind: "fault", fingerprint: hostile });
    const filter = { service: hostile, version: hostile };
    const range = { kind: "between", from: hostile, to: hostile } as const;
    expect(parsePage("/", toOverviewAddress(range, filter).slice(1))).toEqual({ kind: "overview", range, filter });
    expect(toOverviewAddress({ kind: "last", minutes: 15 }, {})).toBe("/");
    const url = new URL(toTraceAddress(hostile, hostile), "http://localhost");
    expect(parsePage(url.pathname, url.search)).toEqual({ kind: "trace", traceId: hostile, spanId: hostile });
    const example = new URL(toTraceAddress(hostile, hostile, hostile), "http://localhost");
    expect(parsePage(example.pathname, example.search)).toEqual({
      kind: "trace",
      traceId: hostile,
      spanId: hostile,
      fingerprint: hostile,
    });
  });
});
