import { describe, expect, it } from "vitest";
import { readDescribedHost } from "./described-calls.ts";

describe("the callee that an error names", () => {
  it.each([
    ["catalogue could not be reached: connect ECONNREFUSED 127.0.0.1:39231", "catalogue"],
    ["GET /invoices/7 failed: ledger could not be reached: connect ECONNREFUSED 127.0.0.1:40245", "ledger"],
    ["cannot reach stock-api: dial tcp 127.0.0.1:8080: connect: connection refused", "stock-api"],
    ["request to prices failed, reason: connect ECONNREFUSED 127.0.0.1:3001", "prices"],
    ["server could not be reached: connect ECONNREFUSED 127.0.0.1:39231", "127.0.0.1"],
    ["connect ECONNREFUSED 127.0.0.1:39231", "127.0.0.1"],
    ["stock could not be reached: connect ECONNREFUSED 10.0.0.7:80", "10.0.0.7"],
  ])("is a service rather than the program's own machine: %s", (message, host) =>
    expect(readDescribedHost(message)?.["server.address"]).toBe(host),
  );

  it("is nobody where only a customer was not reached", () =>
    expect(readDescribedHost("customer could not be reached: no phone")).toBeUndefined());
});
