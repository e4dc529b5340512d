import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideDelayMs, RetryBudget } from "./retry-budget.ts";

type Step = "first" | "retry";

/** The budget in whole tenths, as one would keep it on paper. */
function playOnPaper(history: readonly Step[], reserveTenths: number): boolean[] {
  let tenths = reserveTenths;
  return history.flatMap((step) => {
    if (step === "first") {
      tenths = Math.min(reserveTenths, tenths + 1);
      return [];
    }
    const isPaid = tenths >= 10;
    tenths -= isPaid ? 10 : 0;
    return [isPaid];
  });
}

function play(history: readonly Step[], reserve: number): boolean[] {
  const budget = new RetryBudget({ ratio: 0.1, reserve });
  return history.flatMap((step) => {
    if (step === "retry") return [budget.withdraw()];
    budget.deposit();
    return [];
  });
}

const histories = fc.array(fc.constantFrom<Step>("first", "first", "first", "retry"), { maxLength: 400 });

describe("a retry budget", () => {
  it("pays exactly what the same budget on paper pays, over 10,000 random histories", () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 20 }), (history, reserve) => {
        expect(play(history, reserve)).toEqual(playOnPaper(history, reserve * 10));
      }),
      { numRuns: 10_000 },
    );
  });

  it("never pays more than the reserve and a tenth of the calls in any stretch of a history", () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history, cut) => {
        const from = cut % (history.length + 1);
        const paidBefore = play(history.slice(0, from), 10).filter(Boolean).length;
        const paid = play(history, 10).filter(Boolean).length - paidBefore;
        const calls = history.slice(from).filter((step) => step === "first").length;
        expect(paid).toBeLessThanOrEqual(10 + calls / 10 + 1e-9);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("the delay before a retry", () => {
  it("lies between what Retry-After asked for and that plus an exponential ceiling, for any history", () => {
    const numbers = fc.record({
      retry: fc.integer({ min: 1, max: 2_000 }),
      floorMs: fc.integer({ min: 0, max: 60_000 }),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(numbers, ({ retry, floorMs, random }) => {
        const delayMs = decideDelayMs(retry, { baseMs: 50, maxMs: 2_000, floorMs, random });
        expect(delayMs).toBeGreaterThanOrEqual(floorMs);
        expect(delayMs).toBeLessThanOrEqual(floorMs + Math.min(2_000, 50 * 2 ** Math.min(retry - 1, 6)));
      }),
      { numRuns: 10_000 },
    );
  });
});
