/** A report must not depend on how many threads made it, nor on where a file was cut. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyzeSource } from "../analyze.ts";
import { buildReport } from "../report/build-report.ts";
import { countSegments } from "./count-segments.ts";
import { parseLogsOptions } from "../options.ts";
import type { Report } from "../report/report.ts";
import { type Cut, planSegments } from "../segments.ts";
import { Tally } from "../tally/tally.ts";

const NOW_MS = Date.UTC(2026, 10, 22);
const folder = mkdtempSync(join(tmpdir(), "faultline-segments-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function write(lines: readonly string[], lineBreak = "\n"): string {
  files += 1;
  const name = join(folder, `${files}.log`);
  writeFileSync(name, lines.join(lineBreak) + lineBreak);
  return name;
}

function toReport(tally: Tally, name: string): Report {
  tally.finish();
  return buildReport(tally, { files: [name], top: 50, groupBy: "route" });
}

async function countWhole(name: string): Promise<Report> {
  const options = await parseLogsOptions([name], NOW_MS);
  const tally = new Tally(options.limits);
  await analyzeSource({ name, onBytes: () => undefined }, { ...options, tally });
  return toReport(tally, name);
}

function plan(name: string, cut: Cut) {
  return planSegments(name, cut) ?? [];
}

async function countCut(name: string, cut: Cut, workers: number): Promise<Report & { readonly bytes: number; readonly segments: number }> {
  const options = await parseLogsOptions([name], NOW_MS);
  const tally = new Tally(options.limits);
  const segments = plan(name, cut);
  let bytes = 0;
  await countSegments(segments, { ...options, tally, cut, workers, onBytes: (count) => (bytes += count) });
  return { ...toReport(tally, name), bytes, segments: segments.length };
}

function at(index: number): Date {
  return new Date(Date.UTC(2026, 10, 21, 10) + index * 250);
}

function toCombined(index: number): string {
  const clock = at(index).toISOString();
  return `10.0.0.${index % 250} - - [21/Nov/2026:${clock.slice(11, 19)} +0000] "GET /users/${index * 37} HTTP/1.1" ${index % 40 === 0 ? 502 : 200} ${index} "-" "curl" 0.${100 + (index % 900)}`;
}

const BODIES: Readonly<Record<string, readonly string[]>> = {
  combined: Array.from({ length: 900 }, (_, index) => toCombined(index)),
  "Kubernetes' files, whose long lines come in pieces": Array.from({ length: 300 }, (_, index) => {
    const [time, line] = [at(index).toISOString(), toCombined(index)];
    return [`${time} stdout P ${line.slice(0, 40)}`, `${time} stdout P ${line.slice(40, 70)}`, `${time} stdout F ${line.slice(70)}`];
  }).flat(),
  "Rails, several lines a request": Array.from({ length: 300 }, (_, index) => {
    const frame = `I, [${at(index).toISOString().slice(0, 23)} #7]  INFO -- : [${String(index).padStart(8, "0")}-0000-4000-8000-000000000000]`;
    const answer = index % 10 === 0 ? "500 Internal Server Error" : "200 OK";
    return [
      `${frame} Started GET "/orders/${index}" for 10.0.0.1 at 2026-11-21 10:00:00 +0000`,
      `${frame} Processing by OrdersController#show as JSON`,
      `${frame} Completed ${answer} in ${10 + index}ms (Views: 1.0ms)`,
    ];
  }).flat(),
  "Caddy's error lines before their access lines": Array.from({ length: 200 }, (_, index) => {
    const request = { remote_ip: "10.0.0.1", method: "GET", host: "a.example", uri: `/pay/${index}` };
    const common = { ts: at(index).getTime() / 1000, request, duration: 1 + index / 1e6, status: 502 };
    return [
      JSON.stringify({ level: "error", logger: "http.log.error", msg: "dial tcp 127.0.0.1:9: connect: connection refused", ...common }),
      JSON.stringify({ level: "error", logger: "http.log.access.log0", msg: "handled request", ...common, size: 0 }),
    ];
  }).flat(),
};

function getBody(kind: string): readonly string[] {
  return BODIES[kind] ?? [];
}

/** What does not depend on samples, which thin out where a file is cut. */
function pickCounts({ lines, requests, messages, unparsed, formats, errors, errorsOverTime, traffic, routes, window }: Report) {
  const counted = routes.map(({ method, route, status, count, requests: all, madeBy, firstMs, lastMs }) => {
    return { method, route, status, count, all, hop: madeBy.hop, firstMs, lastMs };
  });
  return { lines, requests, messages, unparsed, formats, errors, errorsOverTime, traffic, window, counted };
}

describe.each(Object.entries(BODIES))("a report on %s", (_, body) => {
  it.each([
    [1009, "\n"],
    [4096, "\r\n"],
    [7777, "\n"],
  ])("counts what an uncut file holds, cut every %i bytes", async (segmentBytes, lineBreak) => {
    const name = write(body, lineBreak);
    const counted = await countCut(name, { segmentBytes, leadBytes: 1009 }, 1);
    expect(pickCounts(counted)).toEqual(pickCounts(await countWhole(name)));
    expect(counted.bytes).toBe(body.join(lineBreak).length + lineBreak.length);
  });
});

describe("a report", () => {
  // Workers then start with what is compiled already, as those of the command do.
  beforeAll(() => void enableCompileCache());

  it.each([
    ["combined", 2],
    ["combined", 3],
    ["Caddy's error lines before their access lines", 2],
  ])("on %s is the same from %i threads as from one", async (kind, workers) => {
    const name = write(getBody(kind));
    const cut = { segmentBytes: 5003, leadBytes: 2003 };
    const one = await countCut(name, cut, 1);
    expect(one.segments).toBeGreaterThan(6);
    expect(await countCut(name, cut, workers)).toEqual(one);
  });
});

describe("a cut", () => {
  it("is not made in a file whose head names its fields, nor in a small one", () => {
    const iis = write(["#Software: IIS", "#Fields: date time cs-method", ...Array.from({ length: 99 }, () => "2026-11-21 10:00:00 GET")]);
    expect(planSegments(iis, { segmentBytes: 100, leadBytes: 50 })).toBeUndefined();
    expect(planSegments(write(["one", "two"]), { segmentBytes: 100, leadBytes: 50 })).toBeUndefined();
  });

  it("gives a line longer than a segment to the one in which it starts", async () => {
    const lines = getBody("combined").slice(0, 30);
    const name = write([...lines.slice(0, 10), `x${"y".repeat(3000)}`, ...lines.slice(10)]);
    const counted = await countCut(name, { segmentBytes: 600, leadBytes: 600 }, 2);
    expect(pickCounts(counted)).toEqual(pickCounts(await countWhole(name)));
  });

  it("says in one sentence that a file disappeared", async () => {
    const name = write(getBody("combined"));
    const segments = plan(name, { segmentBytes: 5003, leadBytes: 1009 });
    rmSync(name);
    const options = await parseLogsOptions([name], NOW_MS);
    const counting = countSegments(segments, {
      ...options,
      tally: new Tally(options.limits),
      cut: { segmentBytes: 5003, leadBytes: 1009 },
      workers: 2,
      onBytes: () => undefined,
    });
    await expect(counting).rejects.toThrow("there is no such file");
  });
});
