/** What a text costs grows with its length, counted in characters that are looked at, not in time. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { createRedactor } from "./redactor.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

function countReads(text: string): number {
  const redactor = createRedactor();
  const reads = vi.spyOn(String.prototype, "charCodeAt");
  redactor.redactText(text);
  return reads.mock.calls.length;
}

describe("a value without quotes", () => {
  it("is read to its end once, however many long names stand in it", () => {
    const toText = (pairs: number) =>
      Array.from({ length: pairs }, (_, index) => `key_live_adfyvupn2q2ccwqfkvvzt5kr_xw0422c45h${index}=1;`).join("");
    const text = toText(100);
    expect(countReads(text)).toBeLessThan(text.length * 40);
  });
});
