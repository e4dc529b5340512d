import type { Exchange } from "@faultline/model";
import { describe, expect, it } from "vitest";
import type { KeptMessage } from "../tally/tally.ts";
import { indexMessages } from "./join.ts";

const observer = { kind: "proxy", name: "nginx" } as const;

function toFailing(timeMs: number): Exchange {
  return { observer, timeMs, durationMs: 5, method: "GET", path: "/pay", status: 502 };
}

function toMessage(timeMs: number): KeptMessage {
  return { message: { timeMs, severity: 17, text: `refused at ${timeMs}`, path: "/pay" }, format: "nginx-error", file: "error.log" };
}

describe("messages joined by path and time", () => {
  const find = (times: readonly number[], atMs: number) => {
    const kept = [{ exchange: toFailing(atMs), format: "combined", file: "access.log" }];
    return indexMessages({ kept, messages: times.map(toMessage) })?.(toFailing(atMs)).messages.map(({ message }) => message.timeMs);
  };

  it("are near the request in time, in whatever order they were read", () => {
    expect(find([90_000, 10_000, 50_000, 51_000, 30_000], 50_500)).toEqual([50_000, 51_000]);
    expect(find([90_000, 10_000], 50_000)).toEqual([]);
    expect(find([48_494, 51_506], 50_000)).toEqual([]);
    expect(find([48_495, 51_505], 50_000)).toEqual([48_495, 51_505]);
  });

  it.each([1, 1_000])("are looked up, without a search for each failure, if twenty thousand have one path, %i ms apart", (apartMs) => {
    let looks = 0;
    const count = <T>(timeMs: T): T => {
      looks += 1;
      return timeMs;
    };
    const times = Array.from({ length: 20_000 }, (_, index) => index * apartMs);
    const messages = times.map((timeMs) => {
      const kept = toMessage(timeMs);
      return { ...kept, message: Object.defineProperty(kept.message, "timeMs", { get: () => count(timeMs) }) };
    });
    const kept = times.map((timeMs) => ({ exchange: toFailing(timeMs), format: "combined", file: "access.log" }));
    const find = indexMessages({ kept, messages });
    const found = kept.filter(({ exchange }) => find?.(exchange).messages.length === 2);
    expect(found).toHaveLength(20_000);
    // To sort them and to find each takes some fifteen looks a message; to go through all for each would take twenty thousand.
    expect(looks / times.length).toBeLessThan(100);
  });
});
