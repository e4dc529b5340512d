import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const SECRET = ["hun", "ter", "2x9"].join("");

/** Runs `faultline redact` on chunks of standard input. */
async function redact(chunks: readonly string[], ...words: string[]) {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text) },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {
      for (const chunk of chunks) yield new TextEncoder().encode(chunk);
    })(),
    env: {},
  };
  return { code: await runFaultline(["redact", ...words], io), ...printed };
}

describe("faultline redact", () => {
  it("filters standard input and counts by kind", async () => {
    const { code, out, err } = await redact([`GET / 200\npassword=${SECRET}\nbob@corp.test\n`]);
    expect(code).toBe(0);
    expect(out).toMatch(/^GET \/ 200\npassword=\[redacted:password:\w{6}\]\nuser-\w{8}@redacted\.example\n$/);
    expect(err).toBe("faultline redact: 2 replaced: 1 password, 1 email\n");
  });

  it("finds a secret however the chunks cut it", async () => {
    const text = `a line\ntoken: "${SECRET}"\n<password>\n  ${SECRET}\n</password>\n${"-".repeat(5)}BEGIN PRIVATE KEY${"-".repeat(5)}\n${SECRET}\n${"-".repeat(5)}END PRIVATE KEY${"-".repeat(5)}\nend\n`;
    const cuts = Array.from({ length: text.length }, (_, at) => [text.slice(0, at), text.slice(at)]);
    const leaks = [];
    for (const chunks of cuts) leaks.push((await redact(chunks)).out.includes(SECRET));
    expect(leaks.filter(Boolean)).toEqual([]);
    expect((await redact(Array.from(text))).out).toMatch(/^a line\n[^]*\nend\n$/);
  });

  it("reads lines of JSON by their structure", async () => {
    const { out } = await redact(
      [`{"session":{"id":"${SECRET}"},"n":1}\n{"user":{"name":"authorization","value":"${SECRET}"}}\n`],
      "--json",
    );
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([
      { session: { id: expect.stringMatching(/^\[redacted/) }, n: 1 },
      { user: { name: "authorization", value: expect.stringMatching(/^\[redacted/) } },
    ]);
  });

  it("holds a bounded part of one endless line", async () => {
    const pieces = Array.from({ length: 60 }, (_, index) => `,"k${index}":"${"x".repeat(9_000)}","password":"${SECRET}${index}"`);
    const { out } = await redact(pieces);
    expect(out).not.toContain(SECRET);
    expect(out.length).toBeGreaterThan(500_000);
  });

  it("says with --check whether there is anything to redact", async () => {
    expect(await redact([`password=${SECRET}\n`], "--check")).toMatchObject({ code: 1, out: "" });
    expect(await redact(["all is well\n"], "--check")).toMatchObject({ code: 0, err: "faultline redact: nothing to replace\n" });
  });

  it("refuses an unreadable file and a wrong choice in one sentence", async () => {
    const directory = mkdtempSync(join(tmpdir(), "faultline-redact-"));
    writeFileSync(join(directory, "a.log"), `password=${SECRET}\n`);
    expect(await redact([], join(directory, "missing.log"))).toMatchObject({ code: 2, err: expect.stringContaining("there is no file") });
    expect(await redact([], "--ips", "some")).toMatchObject({ code: 2, err: expect.stringContaining("keep, public, all") });
    expect((await redact([], join(directory, "a.log"))).out).not.toContain(SECRET);
  });
});
