import { expect, it } from "vitest";
import { formatShare } from "./words.ts";

it.each([
  [1, "100.0 %"],
  [0.5, "50.0 %"],
  [0.999, "99.9 %"],
  [0.9996, "99.9600 %"],
  [0.9999999, "99.999990 %"],
  [0.0001, "0.0100 %"],
])("does not round a share of %d to 0 % or 100 %", (ratio, text) => {
  expect(formatShare({ ratio, lower: 0, upper: 1 })).toMatch(new RegExp(`^${text} `));
});
