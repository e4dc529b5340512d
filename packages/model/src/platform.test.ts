import { describe, expect, it } from "vitest";
import { findPlatform, SOFTWARE_ATTRIBUTE, toPlatform } from "./platform.ts";

describe("the platform of a hop", () => {
  it.each([
    ["nodejs", "node"],
    ["OpenJDK Runtime Environment", "java"],
    ["cpython", "python"],
    ["go", "go"],
    ["nginx/1.28.0", "nginx"],
    ["openresty", "nginx"],
    ["HAProxy", "haproxy"],
    ["istio-proxy", "envoy"],
    ["Apache/2.4.62 (Debian)", "apache"],
    ["microsoft.sql_server", undefined],
    ["mongoose-api", undefined],
    ["django", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("is said by %j", (name, platform) => {
    expect(toPlatform(name)).toBe(platform);
  });

  it("is the server rather than the language that it is written in", () => {
    const attributes = { "telemetry.sdk.language": "cpp", "telemetry.sdk.name": "envoy", [SOFTWARE_ATTRIBUTE]: "" };
    expect(findPlatform({ resource: { service: "edge", attributes } })).toBe("envoy");
  });
});
