import { describe, expect, it } from "vitest";
import { findOnset } from "./find-onset.ts";

/** A small generator of its own, so that a failing seed can be played again. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Rates = { readonly before: number; readonly after: number; readonly changeAt: number; readonly count: number };
type Outcome = { readonly timeMs: number; readonly isBad: boolean };

/** Requests a second apart that fail at one rate before a time and at another from then on. */
function draw(seed: number, { before, after, changeAt, count }: Rates): readonly [readonly number[], readonly number[]] {
  const random = createRandom(seed);
  const times = Array.from({ length: count }, (_, index) => index * 1000);
  const outcomes = [
    ...times.filter((timeMs) => timeMs < changeAt).map((timeMs): Outcome => ({ timeMs, isBad: random() < before })),
    ...times.filter((timeMs) => timeMs >= changeAt).map((timeMs): Outcome => ({ timeMs, isBad: random() < after })),
  ];
  const listTimes = (wanted: boolean) => outcomes.filter(({ isBad }) => isBad === wanted).map(({ timeMs }) => timeMs);
  return [listTimes(true), listTimes(false)];
}

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);

describe("the onset of failures", () => {
  it("is where a clean stretch ends", () => {
    const good = Array.from({ length: 30 }, (_, index) => index * 1000);
    const bad = [30_000, 31_000, 32_000, 33_000, 34_000, 35_000];
    expect(findOnset(bad, good)).toMatchObject({ atMs: 30_000, before: { failing: 0, total: 30 }, after: { failing: 6, total: 6 } });
  });

  it("is found above failures that every system has", () => {
    const [bad, good] = draw(7, { before: 0.03, after: 0.5, changeAt: 200_000, count: 300 });
    const onset = findOnset(bad, good);
    expect(onset?.atMs).toBeGreaterThan(190_000);
    expect(onset?.atMs).toBeLessThan(210_000);
  });

  it("is between its bounds about as often as they claim", () => {
    const found = seeds
      .map((seed) => findOnset(...draw(seed, { before: 0.05, after: 0.6, changeAt: 100_000, count: 200 })))
      .filter((onset) => onset !== undefined);
    const inside = found.filter(({ fromMs, toMs }) => Math.max(fromMs, 99_000) <= Math.min(toMs, 100_000));
    expect(found).toHaveLength(seeds.length);
    expect(inside.length, `of ${seeds.length} seeds`).toBeGreaterThanOrEqual(180);
  });

  it("is hardly ever found if the rate never changed", () => {
    const found = seeds.filter((seed) => findOnset(...draw(seed, { before: 0.2, after: 0.2, changeAt: 0, count: 200 })) !== undefined);
    expect(found.length, `seeds ${found.join()}`).toBeLessThanOrEqual(4);
  });

  it("is not the end of a fault that was fixed", () => {
    const good = [0, 40_000].flatMap((fromMs) => Array.from({ length: 20 }, (_, index) => fromMs + index * 1000));
    const bad = Array.from({ length: 10 }, (_, index) => 20_000 + index * 1000);
    expect(findOnset(bad, good)?.atMs).toBe(20_000);
  });

  it.each([
    ["nothing succeeded", [1, 2, 3], []],
    ["nothing failed", [], [1, 2, 3]],
    ["one request failed", [5], [1, 2, 3]],
  ])("is unknown if %s", (_, failing, succeeding) => {
    expect(findOnset(failing, succeeding)).toBeUndefined();
  });
});
