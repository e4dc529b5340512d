import { describe, expect, it } from "vitest";
import { createTraceContext } from "./trace-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

/** What W3C Trace Context, section 3.2.2, has a receiver restart the trace on. */
const INVALID: Readonly<Record<string, string>> = {
  "a trace id of zeros": `00-${"0".repeat(32)}-${SPAN}-01`,
  "a parent id of zeros": `00-${TRACE}-${"0".repeat(16)}-01`,
  "version ff": `ff-${TRACE}-${SPAN}-01`,
  "upper case": `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  "no hexadecimal digits": `00-${TRACE.replace("4", "g")}-${SPAN}-01`,
  "a short trace id": `00-${TRACE.slice(1)}-${SPAN}-01`,
  "a short parent id": `00-${TRACE}-${SPAN.slice(1)}-01`,
  "flags that are missing": `00-${TRACE}-${SPAN}`,
  "more behind version 00": `00-${TRACE}-${SPAN}-01-what`,
  "a later version that goes on without a dash": `01-${TRACE}-${SPAN}-01what`,
  "a line break behind it": `00-${TRACE}-${SPAN}-01\n`,
  "nothing at all": "",
};

describe("a trace", () => {
  it.each(Object.keys(INVALID))("starts anew on a traceparent with %s, without its tracestate", (name) => {
    const { traceId, spanId, parentSpanId, traceState } = createTraceContext(INVALID[name], "vendor=1");
    expect(traceId).toMatch(/^[\da-f]{32}$/);
    expect(traceId).not.toBe(TRACE);
    expect(spanId).toMatch(/^[\da-f]{16}$/);
    expect([parentSpanId, traceState]).toEqual([undefined, undefined]);
  });

  it.each([`00-${TRACE}-${SPAN}-01`, `01-${TRACE}-${SPAN}-01`, `01-${TRACE}-${SPAN}-01-what is to come`])("goes on with %s", (header) => {
    expect(createTraceContext(header, "vendor=1")).toMatchObject({
      traceId: TRACE,
      parentSpanId: SPAN,
      sampled: true,
      traceState: "vendor=1",
      joined: false,
    });
  });
});
