import type { LogRecord } from "@faultline/model";
import { describe, expect, it } from "vitest";
import type { Occurrence } from "../../isolate/occurrence.ts";
import { findTellingLogs } from "./telling-logs.ts";

const log = (body: string, severity = 17): LogRecord => ({
  timeMs: 0,
  severity,
  body,
  attributes: {},
  resource: { service: "shop", attributes: {} },
});

/** An occurrence that wrote these lines; nothing else of it is looked at. */
function writing(...lines: readonly LogRecord[]): Occurrence {
  const root = { span: { spanId: "a" }, children: [] };
  return {
    path: { traceId: "t", roots: [root], logs: new Map([["a", lines]]), exchanges: [] },
    entry: {},
    above: [],
    state: "failed",
  } as unknown as Occurrence;
}

const times = <T>(count: number, make: () => T): readonly T[] => Array.from({ length: count }, make);
const WHY = log("pool timed out while waiting for basket 7");
const NOISE = log("cache read failed");

describe("a telling line", () => {
  const isTelling = findTellingLogs(
    times(4, () => writing(NOISE, WHY)),
    times(6, () => writing(NOISE)),
  );

  it("is one that failing requests write and good ones do not, whatever its numbers", () =>
    expect(isTelling(log("pool timed out while waiting for basket 9"))).toBe(true));
  it("is not one that good requests write as well", () => expect(isTelling(NOISE)).toBe(false));
  it("is an error", () => expect(isTelling(log("pool timed out while waiting for basket 7", 9))).toBe(false));
  it("is not one that few of the failing requests write", () => {
    const failing = [writing(WHY), ...times(4, () => writing(NOISE))];
    expect(
      findTellingLogs(
        failing,
        times(6, () => writing()),
      )(WHY),
    ).toBe(false);
  });
  it("cannot be found if hardly any request went well", () =>
    expect(
      findTellingLogs(
        times(4, () => writing(WHY)),
        times(4, () => writing()),
      )(WHY),
    ).toBe(false));
});
