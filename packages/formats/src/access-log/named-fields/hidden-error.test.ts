import { describe, expect, it } from "vitest";
import { createLineReader } from "../index.ts";

const envoy = { start_time: "2026-11-21T10:00:00Z", method: "POST", path: "/shop.Pay/Charge", response_code: 200, response_flags: "-" };
const app = { level: "info", message: "done", method: "POST", path: "/rpc", status: 200 };

function read(object: object) {
  return createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } }).read(JSON.stringify(object));
}

describe("T14: errors behind a good status", () => {
  it.each([
    ["gRPC's number", { ...envoy, grpc_status: "14" }, "gRPC status UNAVAILABLE"],
    ["gRPC's name as Envoy writes it", { ...envoy, grpc_status: "DeadlineExceeded" }, "gRPC status DEADLINE_EXCEEDED"],
    ["a number in an application's log", { ...app, "rpc.grpc.status_code": 13 }, "gRPC status INTERNAL"],
    ["JSON-RPC", { ...app, error: { code: -32603 } }, "JSON-RPC error -32603"],
    ["GraphQL", { ...app, error_code: "INTERNAL_SERVER_ERROR" }, "GraphQL error INTERNAL_SERVER_ERROR"],
  ])("are named: %s", (_, object, errorMessage) => {
    expect(read(object)).toMatchObject({ kind: "exchange", exchange: { status: 200, errorMessage } });
  });

  it.each([
    ["OK", { ...envoy, grpc_status: "0" }],
    ["a client's error", { ...envoy, grpc_status: "5" }],
    ["invalid parameters", { ...app, error: { code: -32602 } }],
    ["a code of the application's own", { ...app, error_code: "OUT_OF_STOCK" }],
    ["an error that the status shows", { ...envoy, response_code: 503, grpc_status: "14" }],
  ])("are not invented: %s", (_, object) => {
    expect(JSON.stringify(read(object))).not.toMatch(/(?:gRPC status|JSON-RPC error|GraphQL error)/);
  });
});
