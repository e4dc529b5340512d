import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProxyStatus } from "./index.ts";

describe("Proxy-Status", () => {
  it("reads who generated the error and who passed it on, origin side first", () => {
    const field =
      'edge.example.com; error=connection_timeout; next-hop="10.0.0.7:8080"; details="no \\"SYN\\" answered", ExampleCDN;received-status=504';
    expect(parseProxyStatus(field)).toEqual({
      ok: true,
      value: [
        { proxy: "edge.example.com", error: "connection_timeout", nextHop: "10.0.0.7:8080", details: 'no "SYN" answered' },
        { proxy: "ExampleCDN", receivedStatus: 504 },
      ],
    });
  });

  it("takes a string as the intermediary's name, a protocol, flags and unknown parameters", () => {
    expect(parseProxyStatus('"my proxy";next-protocol=h2;x;y=?0;z=1.5')).toEqual({
      ok: true,
      value: [{ proxy: "my proxy", nextProtocol: "h2" }],
    });
  });

  it.each(["a;error=", "a,,b", "a,", "a b", '"open', "a;=1", "5"])("refuses the malformed field %j and says where", (field) => {
    expect(parseProxyStatus(field)).toMatchObject({ ok: false, error: expect.stringContaining("at character") });
  });

  it("reads an empty field as no statement", () => {
    expect(parseProxyStatus("  ")).toEqual({ ok: true, value: [] });
  });

  it("never throws", () => {
    assert(property(string({ maxLength: 200 }), (field) => typeof parseProxyStatus(field).ok === "boolean"));
  });
});
