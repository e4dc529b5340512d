import { CAUSES } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

async function explain(words: readonly string[], input = "") {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text) },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {
      yield Buffer.from(input);
    })(),
    env: {},
  };
  return { code: await runFaultline(["explain", ...words], io), ...printed };
}

describe("faultline explain", () => {
  it.each([
    ["502", "the proxy is broken: it is the messenger"],
    ["524", "Cloudflare"],
    ["H12", "Heroku"],
    ["UF", "Envoy"],
    ["sH--", "HAProxy"],
    ["x-envoy-upstream-service-time", "what is behind Envoy"],
    ["Server: awselb/2.0", "AWS ALB"],
    ["no healthy upstream", "no-healthy-upstream"],
    ["ECONNREFUSED", "cause:        connection-refused"],
    ["Error: connect ETIMEDOUT 10.0.0.7:5432", "cause:        dependency-timeout"],
    ["upstream prematurely closed connection", "cause:        keepalive-race"],
    ["upstream timed out", "nginx upstream timed out (...) while connecting to upstream"],
    ["connect() failed (111: Connection refused) while connecting to upstream", "nginx"],
  ])("knows %s", async (query, part) => {
    const { code, out } = await explain([query]);
    expect(code).toBe(0);
    expect(out).toContain(part);
    expect(out).toContain("source:");
  });

  it.each(CAUSES)("explains the cause %s", async (cause) => {
    const { out } = await explain([cause]);
    expect(out).toMatch(new RegExp(`^${cause}\\n`));
    expect(out).toContain("mistaken for: ");
    expect(out).toContain("next: ");
  });

  it("reads a body from standard input", async () => {
    const page = "<html>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>";
    expect((await explain(["-"], page)).out).toContain("made by:      nginx (proxy)");
  });

  it("says that it knows nothing, without echoing control characters", async () => {
    const { code, out, err } = await explain(["gl\u001b[31marb"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).not.toContain("\u001b");
  });

  it.each([
    ["gateway-timeot", "did you mean gateway-timeout?"],
    ["ECONREFUSED", "did you mean ECONNREFUSED?"],
    [" ", "there is nothing to explain in an empty text"],
  ])("says of %j what was perhaps meant", async (query, sentence) => {
    const { code, err } = await explain([query]);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
  });

  it("keeps to the width of the terminal", async () => {
    const { out } = await explain(["502"]);
    expect(Math.max(...out.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it("gives JSON", async () => {
    expect(JSON.parse((await explain(["504", "--json"])).out)[0]).toMatchObject({
      title: "504 Gateway Timeout",
      source: "RFC 9110 section 15.6",
    });
  });
});
