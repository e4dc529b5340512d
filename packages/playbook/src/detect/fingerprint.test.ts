import { describe, expect, it } from "vitest";
import { assembleTraces } from "../trace/assemble-traces.ts";
import { TraceBuilder } from "../testing/trace-builder.ts";
import { fingerprintFailure } from "./fingerprint.ts";

const DOMAIN = {
  path: [{ hop: "shop", service: "shop", operation: "GET /cart", status: "500", fate: "created" as const, evidence: [] }],
  suspects: [{ service: "shop", operation: "GET /cart", score: 1 }],
  confidence: 1,
  blastRadius: [],
  missing: [],
};

function fingerprint(exception: { type: string; message: string; stack?: string }): string {
  const paths = assembleTraces(new TraceBuilder().trace({ service: "shop", code: 500, exception }).observations().spans);
  return paths.map((path) => fingerprintFailure(path, DOMAIN).fingerprint).join(" ");
}

describe("the fingerprint of a fault", () => {
  it("stays the same over a hundred redeploys with shifted lines, renamed bundles and new ids", () => {
    const prints = Array.from({ length: 100 }, (_, n) =>
      fingerprint({
        type: "TypeError",
        message: `Cannot read order ${n}-${(n * 7919).toString(16)} at 2026-01-${10 + (n % 20)}T10:00:00Z`,
        stack: `TypeError: order ${n}\n    at priceOf (/srv/releases/2026${n}/dist/main.${(0xabc123 + n * 4567).toString(16)}.js:${10 + n}:${5 + n})\n    at checkout (/srv/releases/2026${n}/dist/main.${(0xabc123 + n * 4567).toString(16)}.js:${90 + n}:7)`,
      }),
    );
    expect(new Set(prints).size).toBe(1);
  });

  it("distinguishes two hundred bugs with one message by where they are", () => {
    const names = Array.from({ length: 200 }, (_, n) => `step${String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26))}`);
    const prints = names.map((name) =>
      fingerprint({
        type: "Error",
        message: "failed",
        stack: `Error: failed\n    at fail (/srv/src/assert.js:1:1)\n    at ${name} (/srv/src/work.js:5:1)`,
      }),
    );
    expect(new Set(prints).size).toBe(200);
  });

  it("reads messages without their variable parts if there is no stack", () => {
    expect(fingerprint({ type: "Error", message: "no route to 10.0.0.7:8080 for user 42" })).toBe(
      fingerprint({ type: "Error", message: "no route to 10.9.1.3:9090 for user 77" }),
    );
    expect(fingerprint({ type: "Error", message: "no route to host" })).not.toBe(fingerprint({ type: "Error", message: "no such table" }));
  });

  it("is named after the first function with a name", () => {
    const stack = "TypeError: x\n    at Object.<anonymous> (/srv/src/app.js:52:90)\n    at interests (/srv/src/app.js:9:1)";
    const paths = assembleTraces(
      new TraceBuilder().trace({ service: "shop", code: 500, exception: { type: "TypeError", message: "x", stack } }).observations().spans,
    );
    expect(paths.map((path) => fingerprintFailure(path, DOMAIN).title)).toEqual(["TypeError: x in interests, shop"]);
    const nameless = "TypeError: x\n    at Object.<anonymous> (/srv/src/app.js:52:90)";
    const others = assembleTraces(
      new TraceBuilder()
        .trace({ service: "shop", code: 500, exception: { type: "TypeError", message: "x", stack: nameless } })
        .observations().spans,
    );
    expect(others.map((path) => fingerprintFailure(path, DOMAIN).title)).toEqual(["TypeError: x in shop, GET /cart"]);
  });
});
