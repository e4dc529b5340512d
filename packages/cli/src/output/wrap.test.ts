import { expect, it } from "vitest";
import { wrap } from "./wrap.ts";

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

it("counts wide characters as the two columns that they take", () => {
  expect(wrap("  注文サービス makes the failures", 20)).toEqual(["  注文サービス makes", "    the failures"]);
});

it("breaks a word that is longer than a line where the line ends", () => {
  expect(wrap(`  a ${"x".repeat(30)} b`, 20)).toEqual([`  a ${"x".repeat(16)}`, `    ${"x".repeat(14)} b`]);
  expect(wrap(`  ${"字".repeat(20)}`, 21)).toEqual([`  ${"字".repeat(9)}`, `    ${"字".repeat(8)}`, `    ${"字".repeat(3)}`]);
});

it("lets no mark of direction through", () => {
  expect(wrap("a\u202eb\u200bc", 80)).toEqual(["a b c"]);
});

it("ends on a terminal without any room", () => {
  expect(wrap("    one another", 1).map((each) => each.trim())).toEqual(["one another"]);
  expect(
    wrap(`    ${"x".repeat(30)}`, 1)
      .join("")
      .replaceAll(" ", ""),
  ).toBe("x".repeat(30));
});
