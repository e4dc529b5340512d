import type { Exchange } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { mergeTwins } from "./merge-twins.ts";

const line = (timeMs: number, more: Partial<Exchange> = {}): Exchange => ({
  timeMs,
  method: "GET",
  path: "/cart/7",
  status: 502,
  observer: { kind: "proxy", name: "caddy" },
  ...more,
});
const why = {
  errorMessage: "dial tcp: connection refused",
  madeBy: { hop: "observer", because: "its error logger says so", confidence: 0.9 },
} as const;

describe("two lines about one request", () => {
  it("are one exchange, with what the error line adds", () => {
    expect(mergeTwins([line(1_000), line(1_010, why)])).toEqual([{ ...line(1_000), ...why }]);
  });

  it("stay two if they are about different requests, or further apart", () => {
    expect(mergeTwins([line(1_000), line(9_000, why)])).toHaveLength(2);
    expect(mergeTwins([line(1_000), line(1_010, { ...why, path: "/cart/8" })])).toHaveLength(2);
  });

  it("are matched once each", () => {
    expect(mergeTwins([line(1_000), line(1_100), line(1_010, why)])).toHaveLength(2);
  });
});
