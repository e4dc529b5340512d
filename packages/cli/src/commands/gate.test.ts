import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

async function gate(...words: string[]) {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text) },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  return { code: await runFaultline(["gate", ...words], io), ...printed };
}

describe("faultline gate", () => {
  it.each([
    ["0/2700,5/300", 1, "ROLL BACK"],
    ["0/600,4/600", 2, "WAIT for"],
    ["3/9000,0/1000", 0, "PROMOTE"],
    ["0/0,0/0", 2, "WAIT"],
  ])("answers %s with exit code %i", async (counts, code, word) => {
    const result = await gate("--counts", counts);
    expect(result.code).toBe(code);
    expect(result.out).toContain(word);
  });

  it.each([
    [["--counts", "5/3,0/0"], "more failing than total"],
    [["--counts", "a/b"], "FAILING/TOTAL"],
    [["--counts=-1/3,1/2"], "FAILING/TOTAL"],
    [["--counts", "0/99999999999999999999,5/300"], "nobody has counted that many"],
    [["--counts", "0/1,0/1", "--margin", "7"], "--margin takes a number from 0 to 1"],
    [["--canary", "v2"], "name both versions"],
    [["--nonsense"], "--nonsense"],
    [["--baseline", "1", "--canary", "2", "--collector", "http://127.0.0.1:9"], "no collector answers"],
  ])("exits 4 and says what to do for %j", async (words, message) => {
    const { code, err } = await gate(...words);
    expect(code).toBe(4);
    expect(err).toContain(message);
  });

  it("says of a canary that does better by how much", async () => {
    const { out } = await gate("--counts", "4/600,0/600");
    expect(out).toContain("at least 0.09 percentage points better (95 %)");
  });

  it("prints the decision as JSON", async () => {
    const { out } = await gate("--counts", "0/600,4/600", "--json");
    expect(JSON.parse(out)).toMatchObject({ kind: "wait", canary: { failing: 4, total: 600 } });
  });

  it("asks a collector for the counts of two versions", async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.end(JSON.stringify({ baseline: { failing: 0, total: 2700 }, canary: { failing: 5, total: 300 } }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const collector = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code } = await gate("--baseline", "1.0", "--canary", "1.1", "--service", "orders", "--collector", collector);
    server.close();
    expect(code).toBe(1);
    expect(asked).toEqual(["/api/gate?baseline=1.0&canary=1.1&minutes=60&service=orders"]);
  });
});
