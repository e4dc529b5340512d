import { describe, expect, it } from "vitest";
import { BodyPool } from "./body-pool.ts";

describe("memory for bodies", () => {
  it("is used again once it was given back, and never by two at once", () => {
    const pool = new BodyPool();
    const [first, second] = [pool.take(20_000), pool.take(30_000)];
    expect(first.buffer).not.toBe(second.buffer);
    pool.give(first);
    pool.give(first);
    const [third, fourth] = [pool.take(32_000), pool.take(32_000)];
    expect(third.buffer).toBe(first.buffer);
    expect(fourth.buffer).not.toBe(first.buffer);
    expect([first.length, third.length]).toEqual([20_000, 32_000]);
  });

  it("does not take what it never lent, nor keep what is too large", () => {
    const pool = new BodyPool();
    const foreign = new Uint8Array(32_768);
    pool.give(foreign);
    expect(pool.take(32_768).buffer).not.toBe(foreign.buffer);
    const large = pool.take(5 << 20);
    pool.give(large);
    expect(pool.take(5 << 20).buffer).not.toBe(large.buffer);
  });
});
