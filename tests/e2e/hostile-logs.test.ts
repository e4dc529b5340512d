/** Every format's reviewed samples, ten thousand mutations each: no crash, and never a status that the line does not hold. */
import { describe, expect, it } from "vitest";
import { findInvented, SAMPLED_FORMATS } from "../oracle/mutated-log-lines.ts";

describe("hostile lines", () => {
  it.each(SAMPLED_FORMATS)("reads 10,000 mutated lines of %s", (format) => {
    expect(findInvented(format, 10_000)).toEqual([]);
  });
});
