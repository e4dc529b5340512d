import { describe, expect, it } from "vitest";
import { runFaultline } from "./main.ts";

/** Runs a command line and collects what it printed. */
async function run(...words: string[]) {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text) },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  return { code: await runFaultline(words, io), ...printed };
}

describe("the command line", () => {
  it("lists its commands and exits 0 when asked for help", async () => {
    const { code, out } = await run("help");
    expect(code).toBe(0);
    expect(out).toContain("usage: faultline COMMAND");
  });

  it("names an unknown command, says what to do, and exits 2", async () => {
    const { code, err } = await run("__proto__");
    expect(code).toBe(2);
    expect(err).toContain('no command "__proto__"');
  });
});
