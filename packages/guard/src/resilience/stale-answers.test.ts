import { describe, expect, it } from "vitest";
import { ResilienceError } from "./failures.ts";
import { StaleAnswers } from "./stale-answers.ts";

const refused = (): Promise<never> => Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));

describe("stale answers", () => {
  it("are given while the dependency fails, with their age, and no longer than they may be", async () => {
    let nowMs = 0;
    const prices = new StaleAnswers<number>({ maxAgeMs: 1_000, nowMs: () => nowMs });
    await expect(prices.through("book", refused)).rejects.toThrow("ECONNREFUSED");
    expect(await prices.through("book", async () => 7)).toEqual({ value: 7, isStale: false, ageMs: 0 });
    nowMs = 1_000;
    expect(await prices.through("book", refused)).toEqual({ value: 7, isStale: true, ageMs: 1_000 });
    const open = (): Promise<never> => Promise.reject(new ResilienceError("circuit-open", "open"));
    expect(await prices.through("book", open)).toMatchObject({ isStale: true });
    nowMs = 1_001;
    await expect(prices.through("book", refused)).rejects.toThrow("ECONNREFUSED");
  });

  it("do not hide a bug of ours, nor stand for another key", async () => {
    const prices = new StaleAnswers<number>({ maxAgeMs: 1_000 });
    await prices.through("book", async () => 7);
    await expect(prices.through("book", () => Promise.reject(new TypeError("x is not a function")))).rejects.toThrow(TypeError);
    await expect(prices.through("pen", refused)).rejects.toThrow("ECONNREFUSED");
  });

  it("are bounded: the least recently renewed goes first", async () => {
    const prices = new StaleAnswers<number>({ maxAgeMs: 1_000, maxKeys: 2 });
    for (const key of ["a", "b", "a", "c"]) await prices.through(key, async () => 1);
    expect(await prices.through("a", refused)).toMatchObject({ value: 1 });
    await expect(prices.through("b", refused)).rejects.toThrow("ECONNREFUSED");
  });
});
