import { createLineReader } from "@faultline/formats/access-log";
import { describe, expect, it } from "vitest";
import { buildReport } from "../report/build-report.ts";
import { Tally } from "./tally.ts";

const at = (second: number) => `2026-11-21T10:00:${String(second).padStart(2, "0")}.000000+00:00`;
const warning = (second: number, dyno: string, code = "R14 (Memory quota exceeded)") => `${at(second)} heroku[${dyno}]: Error ${code}`;
const timeout = (second: number, dyno = "web.1") =>
  `${at(second)} heroku[router]: at=error code=H12 desc="Request timeout" method=GET path="/a" host=x.herokuapp.com request_id=${second} fwd="1.2.3.4" dyno=${dyno} connect=0ms service=30001ms status=503 bytes=0 protocol=https`;

function rank(...lines: string[]): readonly string[] {
  const tally = new Tally({ fromMs: undefined, toMs: undefined });
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  for (const line of lines) tally.add(reader.read(line), line, "heroku.log");
  tally.finish();
  return buildReport(tally, { files: ["heroku.log"], top: 10 }).diagnosis.causes.map(({ cause }) => cause);
}

describe("T11: Heroku's time-outs and the memory of their dynos", () => {
  it("are a memory incident if the dyno was out of memory before", () => {
    expect(rank(warning(1, "web.1"), timeout(40), timeout(41), timeout(42))[0]).toBe("memory-leak");
    expect(rank(warning(1, "web.1", "R15 (Memory quota vastly exceeded)"), timeout(40))[0]).toBe("memory-leak");
  });

  it("are one in the lines of a syslog drain too", () => {
    const drained = `<45>1 ${at(1)} host heroku web.1 - Error R14 (Memory quota exceeded)`;
    expect(rank(drained, timeout(40))[0]).toBe("memory-leak");
  });

  it.each([
    ["without such a line", [timeout(40)]],
    ["of another dyno", [warning(1, "worker.1"), timeout(40)]],
    ["before the memory ran out", [timeout(10), warning(20, "web.1")]],
    ["for the most part of dynos that had memory", [warning(1, "web.2"), timeout(40), timeout(41), timeout(42, "web.2")]],
  ])("stay time-outs: %s", (_, lines) => {
    expect(rank(...lines)[0]).toBe("gateway-timeout");
  });
});
