/** The fast path against the full parsers: they must count the same. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { analyzeSource } from "../analyze.ts";
import { buildReport } from "../report/build-report.ts";
import { Tally } from "../tally/tally.ts";
import { createChoices } from "../../../../../tests/rig/seeded-random.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-scanner-"));

async function analyze(text: string, engine: "wasm" | "javascript" | "none", top = 10_000) {
  const name = join(folder, "access.log");
  writeFileSync(name, text, "latin1");
  const tally = new Tally({ fromMs: undefined, toMs: undefined });
  const reader = { context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } };
  await analyzeSource(
    { name, onBytes: () => undefined },
    { tally, reader, isFastAllowed: engine !== "none", engine: engine === "wasm" ? "wasm" : "javascript" },
  );
  const report = buildReport(tally, { files: [name], top, groupBy: "status" });
  return {
    lines: report.lines,
    requests: report.requests,
    unparsed: report.unparsed.count,
    window: report.window,
    statuses: report.groups?.rows,
    routes: report.routes
      .map(({ method, route, status, count, requests, firstMs, lastMs, failingMedianMs, okMedianMs }) => ({
        method,
        route,
        status,
        count,
        requests,
        firstMs,
        lastMs,
        failingMedianMs,
        okMedianMs,
      }))
      .sort((a, b) => `${a.method} ${a.route} ${a.status}`.localeCompare(`${b.method} ${b.route} ${b.status}`)),
    traffic: report.traffic,
    errors: report.errorsOverTime,
  };
}

/** Without the routes: mutated methods and paths are more than a report keeps apart, and what it drops depends on the order. */
async function countStatuses(text: string, engine: "wasm" | "javascript" | "none") {
  const { lines, requests, unparsed, traffic, errors, routes } = await analyze(text, engine);
  const statuses = new Map<number, number>();
  for (const { status, count } of routes) statuses.set(status, (statuses.get(status) ?? 0) + count);
  return { lines, requests, unparsed, traffic, errors, statuses: [...statuses].sort(([a], [b]) => a - b) };
}

const PATHS = [
  "/",
  "/users/#",
  "/users/#/orders/#",
  "/search?q=a%20b",
  "/static/app.#.js",
  "/a//b",
  "/é",
  "/x\\x22y",
  "/items/#:cancel",
  "/a#b",
  "/2010-04-01/x/#",
  "/2/x/#",
  "/1.1/x/#",
  "/users/@me",
  "/users/a#@b.example",
  "/logs-2026.01.01/_doc/#",
  "/login;jsessionid=A#B",
  "/cars/#;color=red;year=#/doors",
  "/dist/app.#.js/map",
  "/repos/#.git/info",
  "/archive/v#.2.tar.gz",
  "/topics/#:modifyAckDeadline",
  "/plans/2026-W#/meals",
  "/api/v1/users/#",
  "/api/V#/users",
  "/api/v1.#/users",
  "/v#x/users",
  "/abcdefghijklmnopqrstuvwxyz/#/abcdefghijklmnopqrs",
];
const TAILS = [
  "",
  ' "-" "curl"',
  ' "http://a/b" "Mozilla/5.0 (X; Y)" 0.123',
  ' "-" "curl" "10.0.0.9"',
  ' "-" "c" 1234',
  ' "-" "a \\"b\\" c" 0.5',
  ' "-" "c" 12.000 extra',
  ' "-" "curl" 462 0.050 [up] [] 10.0.0.2:80 5 0.049 502 abc',
  ' "-" "-" 500 "r" "http://b" 3ms',
  ' "-" "c" 9.999',
  ' "-" "c" 10.000',
  ' "-" "c" 0.05',
  ' "-" "c" 0,123',
  ' "-" "c" 0.12:',
];
const HEADS = [
  "10.0.0.1 - -",
  " - -",
  "203.0.113.254:65535 - -",
  "2001:db8::1 - -",
  "2001:db8::1 - bob",
  "a.example:80 10.0.0.1 - -",
  "10.0.0.1, 10.0.0.2 - -",
  "- - -",
];

function inventLine(random: (limit: number) => number): string {
  const path = (PATHS[random(PATHS.length)] ?? "").replaceAll("#", () => String(random(1_000_000)));
  const request = [`GET ${path} HTTP/1.1`, `POST ${path} HTTP/2.0`, "-", "", `GET ${path}`, "\\x16\\x03\\x01"][random(8) % 6] ?? "";
  const seconds = String(random(60)).padStart(2, "0");
  const status = [200, 200, 200, 404, 500, 502, 504, 499, 301, "000"][random(10)] ?? 200;
  return `${HEADS[random(HEADS.length)] ?? ""} [21/Nov/2026:10:${String(random(3)).padStart(2, "0")}:${seconds} +0000] "${request}" ${status} ${random(4) === 0 ? "-" : random(9999)}${TAILS[random(TAILS.length)] ?? ""}`;
}

function mutate(line: string, random: (limit: number) => number): string {
  const at = random(line.length);
  const kind = random(4);
  if (kind === 0) return line.slice(0, at) + line.slice(at + 1);
  if (kind === 1) return line.slice(0, at) + String.fromCharCode(random(256)).replace("\n", " ") + line.slice(at + 1);
  if (kind === 2) return line.slice(0, at);
  return line.slice(0, at) + (line[random(line.length)] ?? "") + line.slice(at);
}

/** A name without digits, which no reader takes for a value. */
function toName(index: number): string {
  return index
    .toString(26)
    .padStart(4, "0")
    .replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)));
}

describe("the fast path", () => {
  it("counts what its tables cannot hold at once", async () => {
    const statuses = [500, 200, 200, 502, 200, 200, 404, 200, 200, 200];
    const line = (index: number) => {
      const time = `21/Nov/2026:10:${String(Math.floor(index / 600) % 60).padStart(2, "0")}:${String(index % 60).padStart(2, "0")} +0000`;
      return `10.0.0.1 - - [${time}] "GET /${toName(index % 17_000)}/x HTTP/1.1" ${statuses[index % 10]} 1 "-" "c" 0.${100 + (index % 900)}`;
    };
    const text = Array.from({ length: 19_000 }, (_, index) => line(index)).join("\n");
    const counted = await analyze(text, "wasm", 1);
    expect(await analyze(text, "javascript", 1)).toEqual(counted);
    expect(counted).toMatchObject({ lines: 19_000, requests: 19_000, unparsed: 0 });
    expect(counted.statuses).toEqual([
      { name: "500", count: 1900 },
      { name: "502", count: 1900 },
    ]);
    expect(counted.traffic.reduce((sum, count) => sum + count, 0)).toBe(19_000);
    expect(counted.errors.reduce((sum, count) => sum + count, 0)).toBe(3800);
  });

  it("keeps the medians of failing requests while samples thin out", async () => {
    const random = createChoices(7).below;
    const line = (index: number) =>
      `10.0.0.1 - - [21/Nov/2026:10:00:${String(index % 60).padStart(2, "0")} +0000] "GET /pay/${random(1e6)} HTTP/1.1" 504 1 "-" "c" ${random(60)}.${String(random(1000)).padStart(3, "0")}`;
    const text = Array.from({ length: 5000 }, (_, index) => line(index)).join("\n");
    expect(await analyze(text, "wasm")).toEqual(await analyze(text, "javascript"));
  });

  it("counts what the full parsers count", async () => {
    const random = createChoices(42).below;
    const text = Array.from({ length: 6000 }, () => inventLine(random)).join("\n");
    const full = await analyze(text, "none");
    expect(await analyze(text, "javascript")).toEqual(full);
    expect(await analyze(text, "wasm")).toEqual(full);
  });

  it.each([
    [1, "\n"],
    [2, "\r\n"],
    [3, "\n"],
  ])("counts the same on mutated lines, seed %i", async (seed, lineBreak) => {
    const random = createChoices(seed * 7919).below;
    const text = Array.from({ length: 3000 }, () => mutate(inventLine(random), random)).join(lineBreak);
    const full = await countStatuses(text, "none");
    expect(await countStatuses(text, "javascript")).toEqual(full);
    expect(await countStatuses(text, "wasm")).toEqual(full);
  });

  it.each(["wasm", "javascript", "none"] as const)("counts names among values without end, %s", async (engine) => {
    const random = createChoices(17).below;
    const word = (length: number) => Array.from({ length }, () => String.fromCharCode(97 + random(26))).join("");
    const write = (path: string, status: number) =>
      `10.0.0.1 - - [25/Oct/2026:14:49:33 +0200] "GET ${path} HTTP/1.1" ${status} 5 "-" "curl" 0.010\n`;
    const lines = Array.from({ length: 12_000 }, (_, index) => {
      const slug = `${word(5)}-${word(4)}`;
      return [write(`/p/${slug}/${index}`, 502), write(`/p/${slug}.html`, 500), write("/p/search", 503), write("/api/users", 500)][
        index % 4
      ];
    });
    const { requests, routes } = await analyze(lines.join(""), engine);
    expect(requests).toBe(12_000);
    expect(routes.map(({ route, status, count }) => [route, status, count])).toEqual([
      ["/api/users", 500, 3000],
      ["/p/{id}.html", 500, 3000],
      ["/p/{id}/{id}", 502, 3000],
      ["/p/search", 503, 3000],
    ]);
  });

  it.each(["wasm", "javascript", "none"] as const)("keeps apart what only the tries take for a value, %s", async (engine) => {
    const random = createChoices(31).below;
    const paths = [
      () => `/odata/Products(${1e8 + random(1e8)})`,
      () => `/odata/Orders(${1e8 + random(1e8)})/Lines`,
      () => `/slots/${10 + random(10)}:${10 + random(50)}:00Z`,
      () => `/rooms/!${toName(random(9000))}:example.org`,
      () => `/profile/@${toName(random(9000))}${random(50)}:example.org`,
      () => `/servers/10.0.0.${random(250)}:${8000 + random(90)}`,
    ];
    const lines = Array.from({ length: 6000 }, (_, index) => {
      const path = paths[index % 6]?.();
      return `10.0.0.1 - - [25/Oct/2026:14:49:33 +0200] "GET ${path} HTTP/1.1" 500 5 "-" "curl" 0.010\n`;
    });
    const { routes } = await analyze(lines.join(""), engine);
    expect(routes.map(({ route, count }) => [route, count])).toEqual([
      ["/odata/Orders({id})/Lines", 1000],
      ["/odata/Products({id})", 1000],
      ["/profile/{id}", 1000],
      ["/rooms/{id}", 1000],
      ["/servers/{id}", 1000],
      ["/slots/{id}", 1000],
    ]);
  });

  it.each(["wasm", "javascript", "none"] as const)("takes a name with a number in it for a name, %s", async (engine) => {
    const names = ["getOffice365ActiveUserDetail", "getOffice365GroupsCounts", "getMailboxUsageDetail"];
    const lines = Array.from(
      { length: 300 },
      (_, index) => `10.0.0.1 - - [25/Oct/2026:14:49:33 +0200] "GET /reports/${names[index % 3]} HTTP/1.1" 500 5 "-" "curl" 0.010\n`,
    );
    const { routes } = await analyze(lines.join(""), engine);
    expect(routes.map(({ route, count }) => [route, count])).toEqual(names.toSorted().map((name) => [`/reports/${name}`, 100]));
  });

  it.each(["wasm", "javascript", "none"] as const)("tells the dates that are versions from those that are values, %s", async (engine) => {
    const random = createChoices(13).below;
    const day = (index: number) => new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10);
    const write = (method: string, path: string) =>
      `10.0.0.1 - - [25/Oct/2026:14:49:33 +0200] "${method} ${path} HTTP/1.1" 500 5 "-" "curl" 0.010\n`;
    const versions = Array.from({ length: 900 }, (_, index) => [
      write("GET", `/2015-03-31/functions/${toName(random(400))}`),
      write("POST", `/2014-11-13/functions/${toName(random(400))}/invoke-async`),
      write("GET", `/2020-06-30/functions/${toName(random(400))}${"x".repeat(index % 60)}/code-signing-config`),
      write("GET", `/2018-10-31/layers/${random(1e6)}/versions/${random(90)}`),
    ]);
    expect((await analyze(versions.flat().join(""), engine)).routes.map(({ route, count }) => [route, count])).toEqual([
      ["/2015-03-31/functions/{id}", 900],
      ["/2018-10-31/layers/{id}/versions/{id}", 900],
      ["/2020-06-30/functions/{id}/code-signing-config", 900],
      ["/2014-11-13/functions/{id}/invoke-async", 900],
    ]);
    const values = Array.from({ length: 12_000 }, (_, index) => write("GET", `/${day(random(1500))}/report/${toName(index % 7)}`));
    expect((await analyze(values.join(""), engine)).routes.every(({ route }) => route.startsWith("/{id}/report/"))).toBe(true);
  });

  it.each(["wasm", "javascript"] as const)("finds a name that comes late among values without end, %s", async (engine) => {
    const random = createChoices(23).below;
    const word = (length: number) => Array.from({ length }, () => String.fromCharCode(97 + random(26))).join("");
    const write = (path: string, status: number) =>
      `10.0.0.1 - - [25/Oct/2026:14:49:33 +0200] "GET ${path} HTTP/1.1" ${status} 5 "-" "curl" 0.010\n`;
    const early = Array.from({ length: 8000 }, () => write(`/p/${word(9)}`, 200));
    const late = Array.from({ length: 2000 }, () => write(`/p/${word(9)}`, 200) + write("/p/late", 500));
    const { requests, routes } = await analyze([...early, ...late].join(""), engine);
    expect(requests).toBe(12_000);
    const found = routes.find(({ route }) => route === "/p/late");
    // The first ones were taken for values.
    expect(found?.count).toBeGreaterThanOrEqual(1980);
    expect(found?.requests).toBe(found?.count);
  });
});
