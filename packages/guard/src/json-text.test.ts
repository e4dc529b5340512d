import fc from "fast-check";
import { expect, it } from "vitest";
import { escapeText, quote } from "./json-text.ts";

it("quotes any text as JSON.stringify does", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.string({ unit: fc.constantFrom('"', "\\", "\n", "\ud800", "a") }),
      (one, other) => {
        expect(quote(one)).toBe(JSON.stringify(one));
        expect(quote(one + other)).toBe(JSON.stringify(one + other));
        expect(`"${escapeText(one + other)}"`).toBe(JSON.stringify(one + other));
      },
    ),
  );
});
