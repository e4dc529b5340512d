/** An outage: lines of failing requests are counted by their shape as well, and the report is what it would be had each been parsed. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";
import type { Report } from "./report/report.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-outage-"));

async function report(...words: string[]): Promise<Report> {
  let out = "";
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: () => true },
    stdin: (async function* () {})(),
    env: {},
  };
  await runFaultline(["logs", "--json", ...words], io);
  return JSON.parse(out);
}

/** What Envoy notes of an answer: status, flags and upstream. Four of five requests fail. */
const ANSWERS = ["200 - 10.0.0.1:80", "503 UF -", "503 UH -", "503 UF -", "504 UT 10.0.0.1:80"];

/** Three routes, and one on which few requests fail, the first of them late. */
function writeLine(index: number): string {
  const iso = new Date(Date.UTC(2026, 10, 21) + index * 61).toISOString();
  const [status, flags, upstream] = `${ANSWERS[index % ANSWERS.length]}`.split(" ");
  const rare = "/rare".repeat(Number(index > 3000 && index % 100 === 7));
  const path = `${rare}/${["users", "orders", "carts"][index % 3]}/${index}`;
  return `[${iso}] "GET ${path} HTTP/1.1" ${status} ${flags} 0 ${index % 900} ${index % 70} ${index % 70} "10.2.3.4" "curl/8" "id-${index}" "shop.example" "${upstream}"`;
}

describe("failing lines in formats other than the combined one", () => {
  const file = join(folder, "envoy.log");
  writeFileSync(file, Array.from({ length: 4400 }, (_, index) => `${writeLine(index)}\n`).join(""));

  const app = join(folder, "app.log");
  const MESSAGES = ["request completed", "request errored", "connect ECONNREFUSED 10.0.0.9:5432"];
  const lines = Array.from({ length: 6000 }, (_, index) =>
    JSON.stringify({
      level: 30,
      time: Date.UTC(2026, 10, 21) + index * 61,
      req: { method: "GET", url: `/${["users", "orders"][index % 2]}/${index}` },
      res: { statusCode: [200, 500, 503][index % 3] },
      responseTime: index % 70,
      msg: MESSAGES[(index >> 4) % 3],
    }),
  );
  writeFileSync(app, `${lines.join("\n")}\n`);

  it.each([
    ["envoy", file],
    ["pino", app],
  ])("are counted as if each had been parsed (%s)", async (format, log) => {
    const [counted, parsed] = [await report(log), await report("--format", format, log)];
    expect(counted.errors).toEqual(parsed.errors);
    expect(counted.errorsOverTime).toEqual(parsed.errorsOverTime);
    const toCounts = ({ routes }: Report) =>
      routes.map(({ method, route, status, count, requests, firstMs, lastMs, overTime, failingMedianMs, madeBy, causes }) => ({
        method,
        route,
        status,
        count,
        requests,
        firstMs,
        lastMs,
        overTime,
        failingMedianMs,
        hop: madeBy.hop,
        causes: causes.map(({ cause }) => cause),
        said: causes.flatMap(({ evidence }) => evidence.map(({ measured }) => measured.match(/^\d+ lines say: .*/)?.[0])),
      }));
    expect(toCounts(counted)).toEqual(toCounts(parsed));
    expect(counted.routes.map(({ lines }) => lines.length)).toEqual(counted.routes.map(() => 3));
  });
});
