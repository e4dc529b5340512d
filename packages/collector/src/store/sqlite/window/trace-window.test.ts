import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TraceWords } from "../trace-words.ts";
import { NO_SERIES, NONE } from "./place-ring.ts";
import { TraceWindow } from "./trace-window.ts";

/** Ids that differ in one word each, so that words that are left out of a comparison are noticed. */
function toId(number: number): TraceWords {
  return number % 2 === 0 ? [0, 0, number | 0, 7] : [number | 0, 1, 0, 0];
}

/** The number that `toId` made the id of. */
function toNumber([first, second, third]: TraceWords): number {
  return second === 1 ? first : third;
}

/** Places of each trace that is in the window. */
type Model = Map<number, { readonly high: number; readonly start: number; readonly position: number }[]>;

function listOf(model: Model, trace: number) {
  return model.get(trace) ?? [];
}

function findOrOpen(window: TraceWindow, id: TraceWords, nowMs: number): number {
  const known = window.find(id);
  if (known === NONE) return window.open(id, nowMs);
  window.touch(known, nowMs);
  return known;
}

/** Lets go of what may leave. */
function evict(window: TraceWindow, model: Model, nowMs: number): void {
  window.takeUnsettled(nowMs, { limit: 10, all: false, oldestPosition: 0 });
  const leaving = window.countExpired(nowMs, 0);
  for (let index = 0; index < leaving; index++) model.delete(toNumber(window.words(window.at(index))));
  window.evict(leaving);
}

const arrival = fc.record({ trace: fc.nat(400), span: fc.nat(70), lastsMs: fc.nat(30) });
const plan = fc.record({ seed: fc.nat(), arrivals: fc.array(arrival, { minLength: 200, maxLength: 3_000, size: "max" }) });

describe("the window of open traces", () => {
  it("knows the spans of each trace until it leaves, as a plain map does", () => {
    fc.assert(
      fc.property(plan, ({ arrivals }) => {
        const window = new TraceWindow({ settleAfterMs: 5, keepMs: 200 });
        const model: Model = new Map();
        // Compared as two texts at the end: tens of thousands of expectations take longer than everything else.
        const seen: string[] = [];
        const wanted: string[] = [];
        let nowMs = 0;
        for (const [position, { trace, span, lastsMs }] of arrivals.entries()) {
          nowMs += lastsMs / 10;
          const isUnknown = window.find(toId(trace)) === NONE;
          const record = window.addRecord({ kind: "traces", position, resources: [] });
          const number = findOrOpen(window, toId(trace), nowMs);
          const before = listOf(model, trace);
          const isThere = window.hasSpan(number, span, ~span);
          const place = { record, start: position * 3, end: 0, resource: 0, high: span, low: ~span, series: NO_SERIES };
          window.addPlace(number, place);
          wanted.push(`${position}: ${!model.has(trace)} ${before.some(({ high }) => high === span)}`);
          model.set(trace, [...before, { high: span, start: position * 3, position }]);
          seen.push(`${position}: ${isUnknown} ${isThere}`);
          const found = window.listUnwritten(number);
          seen.push(found.map((each) => `${each.place.high} ${each.place.start} ${each.record.position}`).join());
          wanted.push(
            listOf(model, trace)
              .map((each) => `${each.high} ${each.start} ${each.position}`)
              .join(),
          );
          evict(window, model, nowMs);
          seen.push(String(window.size));
          wanted.push(String(model.size));
        }
        expect(seen.join("\n")).toBe(wanted.join("\n"));
      }),
      { numRuns: 15 },
    );
  });

  it("offers each good trace for the sample once, when it was quiet", () => {
    const window = new TraceWindow({ settleAfterMs: 10, keepMs: 1_000 });
    window.addRecord({ kind: "traces", position: 0, resources: [] });
    const [quiet, busy, failing] = [1, 2, 3].map((id) => window.open(toId(id), 0)) as [number, number, number];
    window.markFailing(failing);
    window.touch(busy, 8);
    const ask = (nowMs: number, all = false) => window.takeUnsettled(nowMs, { limit: 100, all, oldestPosition: 0 });
    expect(ask(9)).toEqual([]);
    expect(ask(12)).toEqual([quiet]);
    expect(ask(17)).toEqual([]);
    expect(ask(18)).toEqual([busy]);
    expect(ask(5_000, true)).toEqual([]);
  });

  it("lets traces go that would hold the journal, and says from where the rest needs it", () => {
    const window = new TraceWindow({ settleAfterMs: 10, keepMs: 1_000 });
    for (const position of [100, 200, 300]) {
      window.addRecord({ kind: "traces", position, resources: [] });
      window.open(toId(position), 0);
    }
    expect(window.takeUnsettled(0, { limit: 9, all: false, oldestPosition: 250 })).toHaveLength(2);
    expect(window.countExpired(0, 250)).toBe(2);
    expect([window.findPositionBehind(0), window.findPositionBehind(2), window.findPositionBehind(3)]).toEqual([100, 300, undefined]);
    window.evict(2);
    expect([window.size, window.find(toId(200)), window.find(toId(300))]).toEqual([1, NONE, 2]);
  });
});
