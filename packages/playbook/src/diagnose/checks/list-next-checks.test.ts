import type { Attributes, Exchange, NextCheck } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const GOOD: SpanSketch = { service: "shop", name: "POST /orders", code: 201, attributes: { "http.route": "/orders" } };

/** What to do next about eight failing requests among thirty good ones. */
function checksFor(sketch: Partial<SpanSketch>): readonly NextCheck[] {
  const failing = { ...GOOD, code: 500, takes: 80, ...sketch, attributes: { ...GOOD.attributes, ...sketch.attributes } };
  return diagnose(
    new TraceBuilder()
      .traces(30, () => GOOD)
      .traces(8, () => failing)
      .observations(),
  ).next;
}

const commandsFor = (sketch: Partial<SpanSketch>) => checksFor(sketch).map(({ command }) => String(command));

const call = (attributes: Readonly<Record<string, string | number>>, message: string): Partial<SpanSketch> => ({
  calls: [{ service: "shop", kind: "client", name: "GET", takes: 60, status: "error", message, attributes }],
});

describe("what to do next", () => {
  it("shows what a blocked database is busy with", () => {
    const attributes = { "db.system.name": "postgresql", "server.address": "orders-db", "server.port": 5433 };
    const commands = commandsFor({ ...call(attributes, "canceling statement due to statement timeout"), takes: 80 });
    expect(commands.join("\n")).toContain('psql -h orders-db -p 5433 -c "select pid, state');
  });

  it("asks whether anything listens where a connection was refused", () => {
    const commands = commandsFor(call({ "server.address": "stock", "server.port": 8081 }, "connect ECONNREFUSED 10.0.0.7:8081"));
    expect(commands).toContain("nc -vz -w 2 stock 8081");
  });

  it("names the setting that is missing and never prints its value", () => {
    const next = checksFor({ exception: { type: "Error", message: "environment variable SIGNING_KEY is not set" } });
    expect(next[0]?.check).toContain("Is SIGNING_KEY set where shop runs?");
    expect(next[0]?.command).toContain("grep -c '^SIGNING_KEY=.'");
  });

  it("opens the line of the application that threw", () => {
    const stack = "TypeError: x is not a function\n    at price (/srv/shop/src/price.js:42:7)\n    at node:internal/process:1:1";
    const next = checksFor({ exception: { type: "TypeError", message: "x is not a function", stack } });
    expect(next[0]).toEqual({
      check: "Open /srv/shop/src/price.js:42, where TypeError was thrown; who changed it last?",
      command: "git blame -L 39,45 -- src/price.js",
    });
  });

  it("opens it if the error came as a log record, too", () => {
    const stack = "TypeError: x is not a function\n    at price (/srv/shop/src/price.js:42:7)";
    const attributes = { "exception.type": "TypeError", "exception.message": "x is not a function", "exception.stacktrace": stack };
    const log = { severity: 17, body: "request failed", attributes };
    expect(checksFor({ logs: [log] })[0]?.check).toBe("Open /srv/shop/src/price.js:42, where TypeError was thrown; who changed it last?");
  });

  it("leaves out what the telemetry does not have, and still says where to look", () => {
    const next = checksFor({ exception: { type: "TypeError", message: "x is not a function" } });
    expect(next.some(({ check }) => check.startsWith("Open"))).toBe(false);
    expect(next.length).toBeGreaterThan(0);
    expect(checksFor({}).length).toBeGreaterThan(0);
  });

  it("ends with the failing request itself as a test", () => {
    expect(checksFor({}).at(-1)?.command).toMatch(/^npx faultline prove [0-9a-f]{32} --as node:test$/);
  });

  it("offers no test of a request known only from an access log, even if it has the trace's id", () => {
    const exchange: Exchange = {
      timeMs: 1_700_000_000_000,
      durationMs: 3,
      method: "GET",
      path: "/report",
      status: 502,
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      observer: { kind: "proxy", name: "edge", software: "nginx" },
      upstream: [{ address: "10.0.0.7:8080", answered: false }],
      errorMessage: "connect() failed (111: Connection refused) while connecting to upstream",
      madeBy: { hop: "observer", because: "it reached nobody", confidence: 0.9 },
    };
    const { causes, next, guard } = diagnose(new TraceBuilder().observations({ exchanges: [exchange] }));
    expect(causes[0]?.cause).toBe("connection-refused");
    expect(JSON.stringify([next, guard])).not.toContain("faultline prove");
  });

  it("never lets captured text become more than one word of a command", () => {
    const hostile = "stock'; rm -rf ~; echo '";
    const commands = [
      ...commandsFor(call({ "server.address": hostile, "server.port": 80 }, "connect ECONNREFUSED 10.0.0.7:80")),
      ...commandsFor(call({ "url.full": `http://stock/$(reboot)?token=abc`, "http.request.method": "GET" }, "socket hang up")),
      ...commandsFor({ exception: { type: "Error", message: "x", stack: "Error: x\n    at f (/srv/src/$(reboot)/a b.js:1:1)" } }),
    ].join("\n");
    expect(commands).not.toContain("rm -rf");
    expect(commands).not.toContain("token=abc");
    expect(commands.replaceAll(/'[^']*'/g, "")).not.toContain("$(reboot)");
  });

  it.each([
    ["nodejs", "node --cpu-prof"],
    ["java", "jcmd PID JFR.start"],
    ["python", "py-spy record"],
    ["go", "go tool pprof"],
    ["ruby", "rbspy record"],
    ["php", "pm.status_path of php-fpm"],
    ["dotnet", "dotnet-trace collect"],
  ])("profiles a busy process of %s with a tool of that language", (language, tool) => {
    const commands = commandsOfBusy({ "telemetry.sdk.language": language });
    expect(commands.filter((command) => command.includes(tool))).toHaveLength(1);
  });

  it("mentions no language and no server if the telemetry names none", () => {
    const commands = commandsOfBusy({});
    expect(commands.join("\n")).toContain("top -H");
    expect(commands.join("\n")).not.toMatch(/node --|jcmd|nginx|haproxy/);
  });

  it("asks a proxy known only from its log, by its own tools, how long it waits", () => {
    const exchange: Exchange = {
      timeMs: 1_700_000_000_000,
      durationMs: 60_000,
      method: "GET",
      path: "/report",
      status: 504,
      observer: { kind: "proxy", name: "edge", software: "nginx" },
      upstream: [{ address: "10.0.0.7:8080", answered: false }],
      errorMessage: "upstream timed out (110: Connection timed out) while reading response header from upstream",
      madeBy: { hop: "observer", because: "it gave up", confidence: 0.9 },
    };
    const [first] = diagnose(new TraceBuilder().observations({ exchanges: [exchange, { ...exchange, timeMs: 1_700_000_001_000 }] })).next;
    expect(first).toEqual({
      check: "How long does edge wait for what is behind it?",
      command: "nginx -T 2>/dev/null | grep -E '_(connect|read|send)_timeout'",
    });
  });

  it("names no trace if there is none", () => {
    const exchange: Exchange = {
      timeMs: 1_700_000_000_000,
      method: "GET",
      path: "/a",
      status: 500,
      observer: { kind: "app", name: "shop" },
    };
    const checks = diagnose(new TraceBuilder().observations({ exchanges: [exchange] })).next.map(({ check }) => check);
    expect(checks).toContain("Read the log of shop at 2023-11-14 22:13:20 UTC");
  });
});

/** What to run when a process says that it has no more file handles. */
function commandsOfBusy(attributes: Attributes): readonly string[] {
  const failing = { ...GOOD, code: 500, exception: { type: "Error", message: "EMFILE: too many open files, open 'a'" } };
  const observations = new TraceBuilder()
    .traces(30, () => GOOD)
    .traces(8, () => failing)
    .observations();
  const spans = observations.spans.map((span) => ({ ...span, resource: { ...span.resource, attributes } }));
  return diagnose({ ...observations, spans }).next.map(({ command }) => String(command));
}
