import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { splitCmdWords } from "./cmd-words.ts";
import { guessShell } from "./shell-words.ts";

const split = (text: string) => {
  const words = splitCmdWords(text);
  return words.ok ? words.value.map((word) => word.text) : words.error;
};

/** How Chrome, Edge and newer Firefox quote for cmd. */
const quote = (text: string): string =>
  `^"${text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll(/[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]/g, "^$&")
    .replaceAll(/%(?=[a-zA-Z0-9_])/g, "%^")
    .replaceAll("\n", "^\n\n")}^"`;

describe("a command line of cmd", () => {
  it.each([
    '{"a":"b"}',
    '{"a":"say \\"hi\\""}',
    "a=1&b=2%20c|d<e>",
    'line\n"two"',
    "100% ^caret^ !bang!",
    'C:\\"x"',
    "",
    " lead",
    "ends\\",
    '""',
  ])("restores %j as it was before browsers quoted it", (text) => {
    expect(split(`curl ${quote(text)} ^\r\n  -H ${quote("a: b")}`)).toEqual(["curl", text, "-H", "a: b"]);
  });

  it.each([
    ['-d "{\\"a\\":\\"x&y\\"}"', ["-d", '{"a":"x&y"}']],
    ['-d "{""a"":1}"', ["-d", '{"a":1}']],
    ['"x"%"20y" "a"^\r\n\r\n"b"', ["x%20y", "a\nb"]],
    ["http://a/?x=1^&y=2 & del x", ["http://a/?x=1&y=2"]],
    ['"a^b" c^^d 50%%', ["a^b", "c^d", "50%"]],
    ['C:\\dir\\x "C:\\a b\\\\" ^', ["C:\\dir\\x", "C:\\a b\\"]],
  ])("splits %s as cmd and the program do", (text, words) => {
    expect(split(text)).toEqual(words);
  });

  it("says where a quote is never closed", () => {
    expect(split('a "b')).toEqual({ message: "the double quote is never closed", at: 2 });
  });

  it("is distinguished from PowerShell's by how curl.exe is quoted", () => {
    expect(guessShell('curl.exe -d "{\\"a\\":1}" http://a')).toBe("cmd");
    expect(guessShell("curl.exe -d '{\\\"a\\\":1}' http://a")).toBe("powershell");
    expect(guessShell('curl.exe "http://a"')).toBe("powershell");
  });

  it("never throws, whatever is pasted", () => {
    assert(property(string({ unit: "binary", maxLength: 200 }), (text) => typeof splitCmdWords(text).ok === "boolean"));
  });
});
