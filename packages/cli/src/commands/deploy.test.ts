import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** A server that answers every request with this text. */
async function serve(text: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(201).end(text));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // A TCP server has an AddressInfo.
}

async function deploy(...words: string[]) {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text) },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  return { code: await runFaultline(["deploy", ...words], io), ...printed };
}

describe("faultline deploy", () => {
  it("says what was recorded", async () => {
    const collector = await serve(JSON.stringify({ kind: "deploy", service: "payments" }));
    const { code, out } = await deploy("--service", "payments", "--version", "2", "--at", "2026-05-01T10:00:00Z", "--collector", collector);
    expect({ code, out }).toEqual({ code: 0, out: "recorded: deploy of payments 2 at 2026-05-01T10:00:00.000Z\n" });
  });

  it.each(["", "<h1>It works!</h1>", "{}", "null"])("does not call recorded what some other server answered with %j", async (text) => {
    const { code, err } = await deploy("--service", "payments", "--version", "2", "--collector", await serve(text));
    expect(code).toBe(2);
    expect(err).toContain("nothing is recorded");
  });

  it.each([
    [[], "--service NAME"],
    [["--service", "a"], "a deploy needs the version that runs now: --version V"],
    [["--service", "a", "--version", "1", "--kind", "x"], "--kind is one of deploy, restart"],
    [["--service", "a", "--version", "1", "--at", "tomorrow"], "--at takes a time"],
    [["--service", "a", "--version", "1", "--collector", "localhost:4318"], "is not a URL"],
  ])("refuses %j with what to do", async (words, sentence) => {
    const { code, err } = await deploy(...words);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });
});
