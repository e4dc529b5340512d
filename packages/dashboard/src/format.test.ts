import { describe, expect, it } from "vitest";
import { formatAgo, formatBytes, formatCompact, formatDuration, formatRatio, shorten, toSentence, toVisibleText } from "./format.ts";

describe("numbers as a person reads them", () => {
  it.each([
    [0, "0 %"],
    [0.00003, "< 0.01 %"],
    [0.0004, "0.04 %"],
    [0.0123, "1.2 %"],
    [0.48, "48 %"],
    [1, "100 %"],
  ])("shows the ratio %d as %s", (ratio, text) => expect(formatRatio(ratio)).toBe(text));

  it.each([
    [0.34, "340 µs"],
    [4.21, "4.2 ms"],
    [12.4, "12 ms"],
    [1240, "1.24 s"],
    [45_300, "45.3 s"],
    [185_000, "3 min 5 s"],
    [7_800_000, "2 h 10 min"],
    [400_000_000, "4 d 15 h"],
  ])("shows %d ms as %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  it.each([
    [1000, "now"],
    [12_000, "12 s ago"],
    [180_000, "3 min ago"],
    [7_200_000, "2 h ago"],
    [345_600_000, "4 d ago"],
  ])("shows what was %d ms ago as %s", (ms, text) => expect(formatAgo(1e12 - ms, 1e12)).toBe(text));

  it("shows sizes and large counts in few characters", () => {
    expect([formatBytes(812), formatBytes(14_200), formatBytes(250_000_000)]).toEqual(["812 B", "14.2 kB", "250 MB"]);
    expect([formatCompact(9999), formatCompact(12_345), formatCompact(3_400_000)]).toEqual(["9,999", "12.3k", "3.4M"]);
  });
});

describe("captured text", () => {
  it("cannot hide controls or turn the direction of what stands around it", () => {
    expect(toVisibleText("a\u0000b\u001b[31m\u202Egnp.exe\u200b")).toBe("a␀b␛[31m‹202e›gnp.exe‹200b›");
    expect(toVisibleText("two\r\nlines\tand a tab")).toBe("two\nlines\tand a tab");
  });

  it("keeps its beginning and its end when it is shortened", () => {
    expect(shorten("abcdefghijklmnopqrstuvwxyz", 10)).toBe("abcdef…xyz");
    expect(shorten("short", 10)).toBe("short");
  });
});

it("a reason begins and ends as a sentence", () => {
  expect(toSentence("5 of 300 failed")).toBe("5 of 300 failed.");
  expect(toSentence("neither had a request: are both called so?")).toBe("Neither had a request: are both called so?");
});
