import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
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

  it.each([
    ["a mistyped command", ["diagnoze"], 'did you mean "faultline diagnose"?'],
    ["a mistyped option", ["diagnose", "--rout", "/x"], "there is no option --rout; did you mean --route?"],
    ["an option that is nothing like one", ["gate", "--frobnicate"], "there is no option --frobnicate (--help lists them)"],
    ["an option without its value", ["diagnose", "--from"], "--from needs a value\n"],
    ["a value that begins with a dash", ["gate", "--counts", "-1/3,0/4"], "is written --counts=VALUE, as in --counts=-1"],
    ["a switch with a value", ["gate", "--json=yes"], "--json is a switch and takes no value"],
    ["a word too many", ["gate", "extra"], '"extra" is one word too many'],
    ["a mistyped wish for help", ["logs", "--hlep"], "did you mean --help?"],
    ["an option where there is none", ["version", "--json"], "there is no option --json"],
    ["no address to verify", ["verify"], "say where the app listens with --url URL"],
  ])("answers %s in one sentence", async (_, words, sentence) => {
    const { err } = await run(...words);
    expect(err).toContain(sentence);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("tells the same for help of a command in either order of the words", async () => {
    expect((await run("help", "gate")).out).toBe((await run("gate", "--help")).out);
  });

  it("names every command in its help, in the order of the playbook", async () => {
    const { out } = await run("help");
    const names = [...out.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name).join(" ");
    expect(names).toBe("triage logs diagnose explain up deploy demo init verify redact prove gate version");
  });

  it("ends without a word when nobody reads on, with a code that no pipeline takes for an answer", async () => {
    const bin = fileURLToPath(new URL("../bin/faultline.js", import.meta.url));
    const child = spawn(process.execPath, [bin, "explain", "502"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await once(child, "close");
    expect({ code: child.exitCode, said }).toEqual({ code: 141, said: "" });
  });

  it.skipIf(!existsSync("/dev/full"))(
    "says in one sentence that the disk for its output is full, with a code that is no answer",
    async () => {
      const bin = fileURLToPath(new URL("../bin/faultline.js", import.meta.url));
      const full = openSync("/dev/full", "w");
      const child = spawn(process.execPath, [bin, "explain", "502"], { stdio: ["ignore", full, "pipe"] });
      closeSync(full);
      let said = "";
      child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      await once(child, "close");
      const sentence = "faultline: the output cannot be written: the disk it goes to is full; make room, or write it elsewhere\n";
      expect({ code: child.exitCode, said }).toEqual({ code: 74, said: sentence });
    },
  );
});
