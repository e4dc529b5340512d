import type { Exchange, LogRecord } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { createLogFinder } from "./find-logs.ts";

const logged = (timeMs: number, body: string, path?: string): LogRecord => ({
  timeMs,
  severity: 17,
  body,
  attributes: path === undefined ? {} : { "url.path": path },
  resource: { service: "nginx", attributes: {} },
});
const asked = (timeMs: number, path: string): Exchange => ({ timeMs, durationMs: 40, path, observer: { kind: "proxy", name: "nginx" } });
const find = (logs: readonly LogRecord[], exchange: Exchange) => createLogFinder(logs)(exchange).map(({ body }) => body);

describe("what an observer wrote about an exchange", () => {
  it("are the lines of its path and time, in any order, and those next to them", () => {
    const logs = [
      logged(90_000, "later", "/cart/1"),
      logged(10_005, "beside"),
      logged(10_000, "about", "/cart/1"),
      logged(10_100, "not beside"),
      logged(10_000, "of another path", "/cart/2"),
    ];
    expect(find(logs, asked(9_990, "/cart/1"))).toEqual(["about", "beside"]);
  });

  it("are those that name no path if none names this one", () => {
    expect(find([logged(10_000, "no path"), logged(10_000, "another", "/cart/2")], asked(10_000, "/cart/1"))).toEqual(["no path"]);
  });

  it("reach a second and a half beyond it, and no further", () => {
    const logs = [8_499, 8_500, 11_540, 11_541].map((timeMs) => logged(timeMs, String(timeMs)));
    expect(find(logs, asked(10_000, "/cart/1"))).toEqual(["8500", "11540"]);
  });

  it("are found without reading the whole log for each exchange", () => {
    let read = 0;
    const records = Array.from({ length: 4_000 }, (_, index) => {
      const record = logged(index * 10, "a line", `/cart/${index}`);
      return Object.defineProperty({ ...record }, "timeMs", {
        get: () => {
          read += 1;
          return record.timeMs;
        },
      });
    });
    const findLogs = createLogFinder(records);
    const found = records.map((_, index) => findLogs(asked(index * 10, `/cart/${index}`)).length);
    expect(found).toEqual(records.map(() => 1));
    expect(read).toBeLessThan(records.length * 100);
  });
});
