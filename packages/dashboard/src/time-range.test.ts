import { describe, expect, it } from "vitest";
import { fromFieldValue, moveRange, parseRange, toBetween, toFieldValue, toRangeQuery, toWindow } from "./time-range.ts";

const NOON = Date.UTC(2026, 4, 1, 12);
const HOUR_MS = 3_600_000;

describe("the time that a page shows", () => {
  it.each([
    ["", { kind: "last", minutes: 15 }],
    ["minutes=60", { kind: "last", minutes: 60 }],
    ["minutes=61", { kind: "last", minutes: 15 }],
    ["from=2026-05-01T11:00:00Z&to=2026-05-01T12:00:00Z", toBetween(NOON - HOUR_MS, NOON)],
    ["from=1777633200", { kind: "between", from: "1777633200", to: "" }],
    ["from=nonsense&minutes=60", { kind: "between", from: "nonsense", to: "" }],
  ])("%j of an address is read, and written back as it was read", (query, range) => {
    expect(parseRange(new URLSearchParams(query))).toEqual(range);
    expect(parseRange(toRangeQuery(parseRange(new URLSearchParams(query))))).toEqual(range);
  });

  it("is a window, but for what is no time or ends before it begins", () => {
    expect(toWindow({ kind: "last", minutes: 60 }, NOON)).toEqual({ fromMs: NOON - HOUR_MS, toMs: NOON });
    expect(toWindow(toBetween(NOON - HOUR_MS, NOON), NOON)).toEqual({ fromMs: NOON - HOUR_MS, toMs: NOON });
    expect(toWindow({ kind: "between", from: "2026-05-01T11:00:00Z", to: "" }, NOON)).toEqual({ fromMs: NOON - HOUR_MS, toMs: NOON });
    expect(toWindow(toBetween(NOON, NOON - 1000), NOON)).toBeUndefined();
    expect(toWindow({ kind: "between", from: "nonsense", to: "" }, NOON)).toBeUndefined();
  });

  it("moves by its own length, and at the present it is live again", () => {
    const window = { fromMs: NOON - 2 * HOUR_MS, toMs: NOON - HOUR_MS };
    expect(moveRange(window, -1, NOON)).toEqual(toBetween(NOON - 3 * HOUR_MS, NOON - 2 * HOUR_MS));
    expect(moveRange(window, 1, NOON + 10 * 60_000)).toEqual(toBetween(NOON - HOUR_MS, NOON));
    expect(moveRange(window, 1, NOON + 60_000)).toEqual({ kind: "last", minutes: 60 });
    expect(moveRange({ fromMs: NOON - HOUR_MS + 7000, toMs: NOON + 7000 }, -1, NOON + 7000)).toEqual(
      toBetween(NOON - 2 * HOUR_MS, NOON - HOUR_MS),
    );
    expect(moveRange({ fromMs: NOON - 90 * HOUR_MS, toMs: NOON - HOUR_MS }, 1, NOON)).toEqual({ kind: "last", minutes: 1440 });
  });

  it("goes through a form and back, whatever the viewer's zone", () => {
    for (const instant of ["2026-05-01T11:00:00Z", "2026-12-31T23:59:58Z"]) expect(fromFieldValue(toFieldValue(instant))).toBe(instant);
    expect(toFieldValue("2026-05-01T11:00:00Z")).toMatch(/^2026-0\d-\d\dT\d\d:\d\d$/);
    expect(toFieldValue("1777633200")).toBe(toFieldValue("1777633200000"));
    expect([toFieldValue("nonsense"), fromFieldValue(""), toFieldValue("99999999999999999")]).toEqual(["", undefined, ""]);
  });
});
