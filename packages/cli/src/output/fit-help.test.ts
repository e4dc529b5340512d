import { describe, expect, it } from "vitest";
import { fitHelp } from "./fit-help.ts";
import { runFaultline } from "../main.ts";

const COMMANDS = ["triage", "logs", "diagnose", "explain", "up", "deploy", "demo", "init", "verify", "redact", "prove", "gate", "version"];

async function ask(words: readonly string[], columns?: number): Promise<readonly string[]> {
  let out = "";
  const io = {
    stdout: { write: (text: string) => (out += text), ...(columns === undefined ? {} : { columns }) },
    stderr: { write: () => {} },
    stdin: (async function* () {})(),
    env: {},
  };
  expect(await runFaultline(words, io)).toBe(0);
  return out.split("\n");
}

const isTooWide = (line: string): boolean => line.length > 60 && !/^ {2,}(?:faultline|kubectl|npm) |^ {10}faultline/.test(line);
const toWords = (lines: readonly string[]): readonly string[] => lines.join(" ").trim().split(/\s+/);

describe("help", () => {
  it.each([[[]], ...COMMANDS.map((name) => [[name]])])(
    "of %j fits into 80 columns where no terminal says more, and into 60",
    async (words) => {
      const wide = await ask([...words, "--help"], 1_000);
      const lines = await ask([...words, "--help"]);
      expect(lines.filter(({ length }) => length > 80)).toEqual([]);
      const narrow = await ask([...words, "--help"], 60);
      expect(narrow.filter(isTooWide)).toEqual([]);
      expect(toWords(lines)).toEqual(toWords(wide));
      expect(toWords(narrow)).toEqual(toWords(wide));
    },
  );

  it("keeps the column of descriptions, and sets them below where no room is left", () => {
    const help =
      "usage: it [--one] [--two A B]\n\nSome words that are said\nof it.\n\n  --one    what one is for, at some length and more\n  --two A  short\n  --three A --four B\n           what stands below\n";
    expect(fitHelp(help, 80)).toBe(help);
    expect(fitHelp(help, 28)).toBe(
      "usage: it [--one]\n       [--two A B]\n\nSome words that are said\nof it.\n\n  --one\n      what one is for, at\n      some length and more\n  --two A  short\n  --three A --four B\n           what stands below\n",
    );
    expect(fitHelp(help, 48)).toBe(help.replace("and more", "and\n           more"));
  });
});
