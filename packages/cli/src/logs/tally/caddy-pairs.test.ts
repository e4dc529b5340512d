import { createLineReader } from "@faultline/formats/access-log";
import { describe, expect, it } from "vitest";
import { Tally } from "./tally.ts";
import { buildReport } from "../report/build-report.ts";

const request = { remote_ip: "10.0.0.1", remote_port: "5", proto: "HTTP/1.1", method: "GET", host: "a.example", uri: "/pay", headers: {} };
const shared = { request, duration: 0.000594597, status: 502 };
const error = JSON.stringify({ level: "error", ts: 1795246919.05, logger: "http.log.error.log0", msg: "EOF", ...shared });
const access = JSON.stringify({
  level: "error",
  ts: 1795246919.06,
  logger: "http.log.access.log0",
  msg: "handled request",
  ...shared,
  size: 0,
  resp_headers: { Server: ["Caddy"], "Content-Type": ["text/html"] },
});

function report(...lines: string[]) {
  const tally = new Tally({ fromMs: undefined, toMs: undefined });
  const reader = createLineReader({ context: { nowMs: 1795250000000, zoneOffsetMinutes: 0 } });
  for (const line of lines) tally.add(reader.read(line), line, "all.log");
  tally.finish();
  return buildReport(tally, { files: ["all.log"], top: 10 });
}

describe("the two lines that Caddy writes of one failure", () => {
  it.each([
    ["the error line first", [error, access]],
    ["the access line first", [access, error]],
    ["no access log", [error]],
  ])("count once: %s", (_, lines) => {
    expect(report(...lines).errors.count).toBe(1);
  });

  it("count the requests, not the paths", () => {
    const other = (line: string) => line.replace("0.000594597", "0.000594598");
    expect(report(error, other(error), access, other(access)).errors.count).toBe(2);
  });

  it("say together who made it and why", () => {
    expect(report(error, access).routes[0]?.madeBy).toMatchObject({ hop: "observer", because: "Caddy's error logger: EOF" });
    expect(report(access).routes[0]?.madeBy).toMatchObject({ hop: "unknown" });
  });
});
