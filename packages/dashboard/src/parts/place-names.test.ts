import { expect, it } from "vitest";
import { placeNames } from "./place-names.ts";

it("puts names that are far apart into one row, and those that would meet below each other", () => {
  const names = [10, 200, 220, 240].map((x) => ({ x, width: 100 }));
  expect(placeNames(names, 1000)).toEqual([
    { left: 13, row: 0 },
    { left: 203, row: 0 },
    { left: 223, row: 1 },
    { left: 243, row: 2 },
  ]);
});

it("leaves out what no row has room for, and goes on behind it", () => {
  const names = [10, 11, 12, 13, 150].map((x) => ({ x, width: 100 }));
  expect(placeNames(names, 1000).map((placed) => placed?.row)).toEqual([0, 1, 2, undefined, 0]);
});

it("keeps a name within the chart", () => {
  expect(placeNames([{ x: 390, width: 100 }], 400)).toEqual([{ left: 300, row: 0 }]);
});
