import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { fillWords, quoteWord } from "./fill-words.ts";

/** What a POSIX shell makes of the text: the words it would hand to a command. */
function readByShell(text: string): readonly string[] {
  return execFileSync("sh", ["-c", `printf '%s\\0' ${text}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}

describe("a captured text in a command", () => {
  it.each([
    "plain-host.example:8080",
    "two words",
    "'; echo hacked; '",
    "$(echo hacked)",
    "`echo hacked`",
    'a"b',
    String.raw`back\slash`,
    "star*?[a]",
    "~root",
    "-rf",
    "a&b|c>d<e;f",
    "#comment",
    "!history",
    "",
    "ünï 漢字",
  ])("is one unchanged word for a shell: %j", (text) => {
    expect(readByShell(quoteWord(text))).toEqual([text]);
  });

  it("cannot start a line of its own, nor move the cursor or the reading direction", () => {
    expect(quoteWord("a\nb\r\tc\u001b[2Jd\u2028e\u202ef")).toBe("'a b c [2Jd e f'");
  });

  it("is left unquoted if nothing in it has a meaning for a shell", () => {
    expect(quoteWord("/srv/app_1/a-b.js:42")).toBe("/srv/app_1/a-b.js:42");
  });
});

describe("a template", () => {
  it("is filled with the known words, each as often as it is named", () => {
    expect(fillWords("{{a}} and {{b}} and {{a}}", { a: "x", b: "$&" })).toBe("x and $& and x");
  });

  it("is not used if it names an unknown word", () => {
    expect(fillWords("{{a}} and {{b}}", { a: "x", b: undefined })).toBeUndefined();
  });
});
