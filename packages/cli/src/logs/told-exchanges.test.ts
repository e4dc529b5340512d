import { describe, expect, it } from "vitest";
import { MemoryWarnings } from "./tally/memory-warnings.ts";
import { tellExchanges } from "./told-exchanges.ts";

describe("a message that a failing request is told with", () => {
  const tell = (format: string) => {
    const observer = { kind: "proxy", name: "nginx" } as const;
    const exchange = { observer, timeMs: 1_000, method: "GET", path: "/pay", status: 500, requestId: "r-1" };
    const message = { timeMs: 1_000, severity: 17, text: "TypeError: no price", requestId: "r-1" };
    return tellExchanges({
      failing: [{ exchange, format: "nginx-json", file: "nginx.access.log" }],
      good: [],
      messages: [{ message, format, file: "other.log" }],
      memory: new MemoryWarnings(),
    });
  };

  it("is the request's own where a proxy wrote it", () => {
    expect(tell("nginx-error").joined.size).toBe(1);
    expect(tell("nginx-error").exchanges[0]?.errorMessage).toBe("TypeError: no price");
  });

  it("stays a word of the application that wrote it", () => {
    expect(tell("pino").joined.size).toBe(0);
    expect(tell("pino").exchanges[0]?.errorMessage).toBe("TypeError: no price");
  });
});
