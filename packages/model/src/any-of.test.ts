import { expect, test } from "vitest";
import { anyOf, anyWord } from "./any-of.ts";

test("a group matches where any of its patterns does, and stands as one among others", () => {
  const full = new RegExp(`^disk ${anyOf(/full/, "no (?:room|space) left")}$`, "i");

  expect(full.source).toBe("^disk (?:full|no (?:room|space) left)$");
  expect(["disk full", "Disk no room left", "disk", "disk full again"].map((text) => full.test(text))).toEqual([true, true, false, false]);
});

test("words are divided by white space and by line, and keep their backslashes", () => {
  const word = anyWord`
    calls? \w+Error
    \$\{x\}`;

  expect(word).toBe(String.raw`(?:calls?|\w+Error|\$\{x\})`);
  expect(new RegExp(`^${word}$`).test("TypeError")).toBe(true);
});
