/** `npm start` as a newcomer sees it: one address, a fault in plain words, what was found, and nothing left behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CLI = fileURLToPath(new URL("../../packages/cli/bin/faultline.js", import.meta.url));
const TOLD = /Faultline, [\d.]+ s later: (.+)\n\s+(http\S+)/;

/** Collects what a process writes until `pattern` is in it, or the process ends. */
async function readUntil(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = "";
  if (child.stdout === null) throw new Error("started without a standard output");
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (pattern.test(text)) return text;
  }
  throw new Error(`it ended before it said ${String(pattern)}:\n${text}`);
}

function readAddress(text: string): string {
  const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(text) ?? [];
  if (address === undefined) throw new Error(`no address in:\n${text}`);
  return address;
}

function readStory(text: string): { address: string; sentence: string; link: string } {
  const [, sentence, link] = TOLD.exec(text) ?? [];
  if (sentence === undefined || link === undefined) throw new Error(`something is missing in:\n${text}`);
  return { address: readAddress(text), sentence, link };
}

/** Ends what is left of the processes that a detached child started. */
function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // None is left.
  }
}

describe("faultline demo", () => {
  let child: ChildProcess | undefined;
  let group: number | undefined;
  afterEach(() => {
    child?.kill("SIGKILL");
    if (group !== undefined) killGroup(group);
  });

  it("prints one address, shows the first diagnosed fault, and ends everything on SIGINT", async () => {
    child = spawn(process.execPath, [CLI, "demo", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    const text = await readUntil(child, TOLD);
    const { address, sentence, link } = readStory(text);
    expect(sentence).toContain("payments");
    expect(link.startsWith(address)).toBe(true);
    expect((await fetch(link)).status).toBe(200);
    const exited = once(child, "exit");
    child.kill("SIGINT");
    expect(await exited).toEqual([0, null]);
    await expect(fetch(address)).rejects.toThrow("fetch failed");
  });

  it("says in one sentence what is wrong with its words", async () => {
    child = spawn(process.execPath, [CLI, "demo", "fault", "cascade"], { stdio: ["ignore", "pipe", "pipe"] });
    const exited = once(child, "exit");
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    expect(await exited).toEqual([2, null]);
    expect(said).toContain("faultline demo fault NAME on|off");
  });

  it("ends with the npm that started it, which passes a signal to its shell alone", async () => {
    child = spawn("npx", ["faultline", "demo", "--port", "0", "--no-play"], {
      stdio: ["ignore", "pipe", "ignore"],
      cwd: ROOT,
      detached: true,
    });
    group = child.pid;
    const address = readAddress(await readUntil(child, /Ctrl-C ends everything/));
    expect((await fetch(address)).status).toBe(200);
    child.kill("SIGTERM");
    await vi.waitFor(() => expect(fetch(address)).rejects.toThrow("fetch failed"), { timeout: 20_000, interval: 200 });
  });
});
