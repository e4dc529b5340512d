import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonMistake } from "./find-json-mistake.ts";

describe("the first mistake of a text that is not JSON", () => {
  it.each([
    ["not json", 0, "a value"],
    ['{"log": {"entries": [}', 21, "a value or ]"],
    ['{"log"', 6, "a colon"],
    ['{"a":1,}', 7, "a name"],
    ["[1,]", 3, "a value"],
    ["[1}", 2, "a comma or the end"],
    ["{} {}", 3, "nothing more"],
    ['{"a":"b\n"}', 7, "a value"],
    [String.raw`["\x"]`, 2, "a value or ]"],
    ['{"a":"never closed', 18, "a value"],
    ["[01]", 2, "a comma or the end"],
    ["", 0, "a value"],
  ])("of %j is at %d, where %s could stand", (text, at, expected) => {
    expect(findJsonMistake(text)).toEqual({ at, expected });
  });

  it("does not exist in JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonMistake(text)).toBeUndefined();
      }),
    );
  });

  it("is found in whatever JSON.parse refuses", () => {
    const broken = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom("", "}", '"', ",", "\\", "\n", "x", "]", ":", "0"));
    fc.assert(
      fc.property(broken, ([json, place, wrong]) => {
        const at = place % (json.length + 1);
        const text = json.slice(0, at) + wrong + json.slice(at + 1);
        expect(findJsonMistake(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
