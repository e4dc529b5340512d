import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const line = (body: string, severity = 9) => ({ body, severity });
const order = (code: number, logs: SpanSketch["logs"] = []): SpanSketch => ({
  service: "shop",
  name: "GET /orders",
  code,
  attributes: { "http.route": "/orders" },
  logs,
});

/** What stands on the creating hop about its log, of twenty good requests and six failing ones with these lines. */
function seen(good: SpanSketch["logs"], failing: SpanSketch["logs"]): readonly string[] {
  const observations = new TraceBuilder()
    .traces(20, () => order(200, good))
    .traces(6, () => order(500, failing))
    .observations();
  return diagnose(observations)
    .path.flatMap(({ evidence }) => evidence.filter(({ source }) => source === "log"))
    .map(({ statement, measured }) => `${statement}: ${measured.split(";")[0] ?? ""}`);
}

const READ = line("order 17 read");
const PRICED = line("order 17 priced");
const SENT = line("offer 9 sent to c1");

describe("the log lines that failing requests do not reach", () => {
  it.each([
    [
      "the first of them, behind the last that both have",
      [READ, PRICED, SENT],
      [READ],
      ['shop never comes to "order 17 priced", behind "order 17 read"'],
    ],
    ["one at the beginning", [READ, PRICED], [PRICED], ['shop never comes to "order 17 read"']],
    ["none where all are written, whatever their numbers", [READ, PRICED], [line("order 4 read"), line("order 5 priced")], []],
    ["none where the failing ones wrote nothing at all: their logs may not have come", [READ, PRICED], [], []],
    ["none of errors, which are no part of a normal sequence", [READ, line("cache is cold", 17)], [READ], []],
  ])("are %s", (...[, good, failing, expected]) => {
    const measured = "missing in 6 of 6 failing, 0 of 20 good";
    expect(seen(good, failing)).toEqual(expected.map((each) => `${each}: ${measured}`));
  });

  it("support an exception that nobody recorded, and name nothing by themselves", () => {
    const observations = new TraceBuilder()
      .traces(20, () => order(200, [READ, PRICED]))
      .traces(6, () => order(500, [READ]))
      .observations();
    const { verdict, causes } = diagnose(observations);
    expect(verdict).toBe("inconclusive");
    expect(causes[0]?.evidence.map(({ source }) => source)).toEqual(["span", "log"]);
  });
});
