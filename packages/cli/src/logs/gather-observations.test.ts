import { describe, expect, it } from "vitest";
import { MemoryWarnings } from "./tally/memory-warnings.ts";
import { gatherObservations } from "./gather-observations.ts";

describe("a message that a failing request is told with", () => {
  const tell = (format: string) => {
    const observer = { kind: "proxy", name: "nginx" } as const;
    const exchange = { observer, timeMs: 1_000, method: "GET", path: "/pay", status: 500, requestId: "r-1" };
    const message = { timeMs: 1_000, severity: 17, text: "TypeError: no price", requestId: "r-1" };
    return gatherObservations({
      failing: [{ exchange, format: "nginx-json", file: "nginx.access.log" }],
      good: [],
      messages: [{ message, format, file: "other.log" }],
      memory: new MemoryWarnings(),
      areTraced: false,
    });
  };

  it("is the request's own where a proxy wrote it", () => {
    expect(tell("nginx-error").logs).toEqual([]);
    expect(tell("nginx-error").exchanges[0]?.errorMessage).toBe("TypeError: no price");
  });

  it("stays a word of the application that wrote it, about the same request", () => {
    const { logs, exchanges } = tell("pino");
    expect(exchanges[0]?.errorMessage).toBeUndefined();
    expect(logs).toMatchObject([
      { traceId: exchanges[0]?.traceId, body: "TypeError: no price", resource: { service: "other" }, attributes: { "url.path": "/pay" } },
    ]);
  });
});

describe("an application that ends at every request", () => {
  it("has its ends looked up, not gone through for each request, and each told once", () => {
    const [count, apartMs] = [20_000, 4_000];
    const observer = { kind: "proxy", name: "nginx" } as const;
    const numbers = Array.from({ length: count }, (_, index) => index);
    let looks = 0;
    const { exchanges, logs } = gatherObservations({
      failing: numbers.map((index) => ({
        exchange: { observer, timeMs: index * apartMs, method: "GET", path: "/pay", status: 502 },
        format: "combined",
        file: "access.log",
      })),
      good: [],
      messages: numbers.map((index) => ({
        message: {
          severity: 21,
          text: `end ${index}`,
          get timeMs() {
            looks += 1;
            return index * apartMs + 7;
          },
        },
        format: "pino",
        file: "shop.log",
      })),
      memory: new MemoryWarnings(),
      areTraced: false,
    });
    expect(looks / count).toBeLessThan(300);
    expect(logs.map(({ body }) => body)).toEqual(numbers.map((index) => `end ${index}`));
    expect(logs.map(({ traceId }) => traceId)).toEqual(exchanges.map(({ traceId }) => traceId));
  });
});
