import type { Span } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { composeTrace } from "./trace-answer.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

function span(service: string, parentSpanId: string | undefined, thrown: { readonly type: string; readonly timeMs: number }): Span {
  return {
    traceId: TRACE_ID,
    spanId: service,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name: "GET /",
    kind: "server",
    startMs: 1000,
    endMs: 1100,
    status: "error",
    attributes: { "http.response.status_code": 500 },
    events: [{ name: "exception", timeMs: thrown.timeMs, attributes: { "exception.type": thrown.type } }],
    links: [],
    resource: { service, attributes: {} },
  };
}

describe("a trace's answer", () => {
  it("lists the exceptions of the service that made the failure first, whatever the clocks of the others say", () => {
    const spans = [
      span("gateway", undefined, { type: "BackendError", timeMs: 1050 }),
      span("shop", "gateway", { type: "PaymentError", timeMs: 1040 }),
      span("payments", "shop", { type: "TypeError", timeMs: 1060 }),
    ];
    const types = (origin?: string) =>
      composeTrace({ traceId: TRACE_ID, spans, logs: [], exchanges: [] }, origin).exceptions.map(({ type }) => type);
    expect(types()).toEqual(["TypeError", "PaymentError", "BackendError"]);
    expect(types("shop")).toEqual(["PaymentError", "BackendError", "TypeError"]);
  });
});
