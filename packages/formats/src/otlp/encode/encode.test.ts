import { describe, expect, it } from "vitest";
import type { LogRecord, MetricPoint, Resource, Span } from "@faultline/model";
import { decodeLogs, decodeMetrics, decodeTraces } from "../index.ts";
import { encodeLogs, encodeLogsJson, encodeMetrics, encodeMetricsJson, encodeTraces, encodeTracesJson } from "./index.ts";

const resource: Resource = {
  service: "shop",
  version: "1",
  instance: "pod-1",
  region: "eu",
  attributes: { "service.name": "shop", "service.version": "1", "k8s.pod.name": "pod-1", "faultline.region": "eu" },
};
const bare: Resource = { service: "unknown_service", attributes: {} };
const ids = { traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" };
const span: Span = {
  ...ids,
  parentSpanId: "00f067aa0ba902b7",
  name: "POST /orders ✓",
  kind: "server",
  startMs: 1_700_000_000_000,
  endMs: 1_700_000_000_250,
  status: "error",
  statusMessage: "boom",
  attributes: { text: "x".repeat(300), whole: -5, part: 0.25, yes: true, no: false, list: ["a", "b"], numbers: [1, 2], empty: "" },
  events: [{ name: "exception", timeMs: 1_700_000_000_100, attributes: { "exception.type": "TypeError" } }],
  links: [ids],
  resource,
};
const plain: Span = {
  ...ids,
  name: "",
  kind: "internal",
  startMs: 0,
  endMs: 0,
  status: "unset",
  attributes: {},
  events: [],
  links: [],
  resource: bare,
};
const log: LogRecord = { ...ids, timeMs: 1_700_000_000_000, severity: 17, body: "failed", eventName: "e", attributes: { a: 1 }, resource };
const gauge: MetricPoint = { name: "m", unit: "By", timeMs: 1_700_000_000_000, value: -1.5, attributes: { pool: "db" }, resource };
const histogram: MetricPoint = { ...gauge, name: "h", value: 2.5, count: 4 };

describe("what is encoded decodes to itself", () => {
  it("for traces", () => {
    const value = { items: [span, plain], rejected: 0 };
    expect(decodeTraces(encodeTraces([span, plain]), "protobuf")).toEqual({ ok: true, value });
    expect(decodeTraces(encodeTracesJson([span, plain]), "json")).toEqual({ ok: true, value });
  });

  it("for logs", () => {
    const bareLog: LogRecord = { timeMs: 5, severity: 0, body: "", attributes: {}, resource: bare };
    const value = { items: [log, bareLog], rejected: 0 };
    expect(decodeLogs(encodeLogs([log, bareLog]), "protobuf")).toEqual({ ok: true, value });
    expect(decodeLogs(encodeLogsJson([log, bareLog]), "json")).toEqual({ ok: true, value });
  });

  it("for metrics", () => {
    const value = { items: [gauge, histogram], rejected: 0 };
    expect(decodeMetrics(encodeMetrics([gauge, histogram]), "protobuf")).toEqual({ ok: true, value });
    expect(decodeMetrics(encodeMetricsJson([gauge, histogram]), "json")).toEqual({ ok: true, value });
  });

  it("for a payload that outgrows the writer's first buffer", () => {
    const spans = Array.from({ length: 500 }, () => span);
    expect(decodeTraces(encodeTraces(spans), "protobuf")).toMatchObject({ ok: true, value: { items: { length: 500 }, rejected: 0 } });
  });
});
