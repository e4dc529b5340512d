import { describe, expect, it, vi } from "vitest";
import { remember } from "./remember.ts";

describe("remember", () => {
  it("looks once for each question about each thing, also where nothing is found", () => {
    const known = remember<number | undefined>();
    const find = vi.fn(() => undefined);
    const [one, other] = [{}, {}];
    for (const thing of [one, other, one, other]) for (const question of ["a", 1]) expect(known(thing, find, question)).toBe(undefined);
    expect(find).toHaveBeenCalledTimes(4);
  });

  it("keeps what was found for one apart from what another found", () => {
    const of = {};
    expect([remember<number>()(of, () => 1), remember<number>()(of, () => 2)]).toEqual([1, 2]);
  });
});
