import { expect, it } from "vitest";
import { wrap } from "./format-diagnosis.ts";

it("wraps at spaces, indents what follows, and never leaves a percent sign alone", () => {
  expect(wrap("  payments makes the failures on /api/quotes (55 % sure).", 48)).toEqual([
    "  payments makes the failures on /api/quotes",
    "    (55 % sure).",
  ]);
  expect(wrap("  payments makes the failures on /api/quotes, 55 % sure", 48)).toEqual([
    "  payments makes the failures on /api/quotes,",
    "    55 % sure",
  ]);
});

it("lets no control character through, wrapped or not", () => {
  expect(wrap("  a\u001b[31mred", 80)).toEqual(["  a [31mred"]);
  expect(wrap("  a\u001b[31mred and so on", 10).join("")).not.toContain("\u001b");
});

it("keeps the columns of a line that fits", () => {
  expect(wrap("  gateway     GET /  500", 80)).toEqual(["  gateway     GET /  500"]);
});
