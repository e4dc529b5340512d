import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TraceSet } from "./trace-set.ts";
import type { TraceWords } from "./trace-words.ts";

/** Ids that differ in one word each, of few values, so that keys that leave a word out collide. */
function toId(number: number): TraceWords {
  const words = [0, 0, 0, 0];
  words[number % 4] = number + 1;
  return words as unknown as TraceWords; // four words
}

const step = fc.record({ id: fc.nat(6_000), change: fc.constantFrom("add", "add", "delete") });
const steps = fc.array(step, { minLength: 5_000, maxLength: 12_000, size: "max" });

describe("the set of traces that the database holds", () => {
  it("holds what was added and not taken out, as a plain set does, while it grows", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const set = new TraceSet();
        const model = new Set<number>();
        for (const { id, change } of list) {
          set[change](toId(id));
          model[change](id);
        }
        const held = Array.from({ length: 6_001 }, (_, id) => id).filter((id) => set.has(toId(id)));
        expect(held).toEqual([...model].sort((a, b) => a - b));
        expect(set.size).toBe(model.size);
      }),
      { numRuns: 10 },
    );
  });
});
