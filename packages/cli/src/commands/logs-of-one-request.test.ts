import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnosis } from "@faultline/model";
import { afterAll, describe, expect, it } from "vitest";
import type { Report } from "../logs/report/report.ts";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-one-request-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, readonly string[]>>;

function write(files: Files): readonly string[] {
  const place = mkdtempSync(join(folder, "case-"));
  return Object.entries(files).map(([name, lines]) => {
    const path = join(place, name);
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  });
}

async function print(...words: readonly string[]): Promise<string> {
  let out = "";
  const stdin = (async function* () {})();
  const stdout = { write: (text: string) => (out += text), columns: 120 };
  await runFaultline(words, { stdout, stderr: { write: () => true }, stdin, env: {} });
  return out;
}

const report = async (files: Files): Promise<Report> => JSON.parse(await print("logs", "--json", ...write(files)));
const diagnosis = async (files: Files): Promise<Diagnosis> => JSON.parse(await print("diagnose", "--json", ...write(files)));

const REQUESTS = Array.from({ length: 40 }, (_, index) => ({
  second: 10 + index,
  status: index < 30 ? 200 : 500,
  path: `/orders/${index}`,
}));
const nginx = REQUESTS.map(
  ({ second, status, path }) => `10.0.0.1 - - [18/Nov/2026:09:30:${second} +0000] "GET ${path} HTTP/1.1" ${status} 157 "-" "curl"`,
);
const thrown = { type: "TypeError", message: "no price", stack: "TypeError: no price\n    at total (/app/src/orders.js:12:20)" };
const pino = (prefix = "") =>
  REQUESTS.map(({ second, status, path }) => {
    const line = {
      level: 30,
      time: Date.parse(`2026-11-18T09:30:${second}Z`),
      pid: 1,
      hostname: "h",
      req: { method: "GET", url: `${prefix}${path}` },
    };
    return JSON.stringify({ ...line, res: { statusCode: status }, ...[{ err: thrown }].filter(() => status === 500)[0], msg: "request" });
  });

describe("a request that a proxy and the application behind it both logged", () => {
  it("counts once", async () => {
    const { requests, errors, routes, lines } = await report({ "access.log": nginx, "orders.log": pino() });
    expect({ requests, errors: errors.count, rows: routes.map(({ count }) => count), lines }).toEqual({
      requests: 40,
      errors: 10,
      rows: [10],
      lines: 80,
    });
  });

  it("counts twice where the application answered other requests", async () => {
    const { requests, errors } = await report({ "access.log": nginx, "orders.log": pino("/internal") });
    expect({ requests, errors: errors.count }).toEqual({ requests: 80, errors: 20 });
  });

  it("is read whole from pipes", async () => {
    const files = write({ "access.log": nginx, "orders.log": pino() });
    const program = [process.execPath, "--conditions=source", fileURLToPath(new URL("../../bin/faultline.js", import.meta.url))];
    const script = `"$0" "$1" "$2" logs --json <(cat "$3") <(cat "$4")`;
    const { stdout } = spawnSync("bash", ["-c", script, ...program, ...files], { encoding: "utf8" });
    const { lines, routes }: Report = JSON.parse(stdout);
    expect({ lines, rows: routes.map(({ count }) => count) }).toEqual({ lines: 80, rows: [20] });
  });

  it("is told with what the application threw, and where", async () => {
    const shown = await print("logs", ...write({ "access.log": nginx, "orders.log": pino() }));
    expect(shown.split("\n").slice(0, 3)).toEqual([
      expect.stringMatching(/^Verdict: .*: 500 on GET \/orders\/\{id\}, made by orders \(\d+ %\)$/),
      "  said: orders raised TypeError itself: no price",
      "  next: Open /app/src/orders.js:12, where TypeError was thrown; who changed it last?",
    ]);
  });

  it("is no other failure in a diagnosis", async () => {
    const shown = await print("diagnose", ...write({ "nginx.access.log": nginx, "orders.log": pino() }));
    expect(shown).toContain("10 failing");
    expect(shown).not.toContain("ALSO FAILING");
  });

  it("is told of where the application logged only some of the failures", async () => {
    const shown = await print("diagnose", ...write({ "nginx.access.log": nginx, "orders.log": pino().slice(0, 36) }));
    expect(shown).toContain("6 failing");
    expect(shown).toMatch(/ALSO FAILING.*\n {2}10 on \/orders\/\{id\} of nginx/);
  });
});

const seconds = [40, 42, 44, 46, 48];
const caddyLine = (logger: string, second: number, more: object) =>
  JSON.stringify({
    level: "error",
    ts: Date.parse(`2026-11-18T09:30:${second}Z`) / 1000,
    logger,
    request: { remote_ip: "10.0.0.1", method: "GET", host: "shop", uri: "/export", headers: {} },
    duration: 0.002_000_000 + second / 1e9,
    status: 502,
    ...more,
  });
const caddy = {
  "access.log": seconds.map((second) =>
    caddyLine("http.log.access.log0", second, { msg: "handled request", size: 0, resp_headers: { Server: ["Caddy"] } }),
  ),
  "caddy.log": seconds.map((second) =>
    caddyLine("http.log.error.log0", second, {
      msg: "dial tcp 10.0.0.2:80: connect: connection refused",
      err_trace: "reverseproxy.statusError",
    }),
  ),
};
const fatal = seconds.map((second) =>
  JSON.stringify({
    level: 60,
    time: Date.parse(`2026-11-18T09:30:${second}Z`) - 20,
    pid: 1,
    hostname: "h",
    err: thrown,
    msg: "uncaught exception",
  }),
);

describe("why Caddy failed a request", () => {
  it("is told by its other log, whichever is named first", async () => {
    const { "access.log": access, "caddy.log": errors } = caddy;
    const both = [await report({ "access.log": access, "caddy.log": errors }), await report({ "caddy.log": errors, "access.log": access })];
    expect(both.map(({ requests }) => requests)).toEqual([5, 5]);
    expect(both.map(({ diagnosis: { verdict, causes } }) => [verdict, causes[0]?.cause])).toEqual([
      ["diagnosed", "connection-refused"],
      ["diagnosed", "connection-refused"],
    ]);
  });

  it("is the end of the process behind it, in whose log no request is named", async () => {
    const files = { "access.log": caddy["access.log"], "orders.log": fatal };
    const { routes } = await report(files);
    expect(routes[0]?.madeBy).toMatchObject({ hop: "behind", service: "orders", because: "orders raised TypeError itself: no price" });
    expect((await diagnosis(files)).path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["caddy propagated", "orders created"]);
  });
});

describe("what is said first of a log", () => {
  const error = (second: number) =>
    `2026/11/18 09:30:${second} [error] 12#12: *1 upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream, client: 10.0.0.1, server: shop, request: "GET /pay HTTP/1.1", upstream: "https://10.0.0.2:8443/pay", host: "shop"`;
  const failed = (second: number) => `10.0.0.1 - - [18/Nov/2026:09:30:${second} +0000] "GET /pay HTTP/1.1" 502 12 "-" "curl"`;

  it("quotes the error log below the verdict", async () => {
    const shown = await print("logs", ...write({ "access.log": seconds.map(failed), "error.log": seconds.map(error) }));
    expect(shown.split("\n")[1]).toMatch(/^ {2}said: nginx-error: upstream SSL certificate verify error: \(10:certificate has expired\)/);
  });

  it("is the verdict, and of a certificate what to look at in it", async () => {
    const shown = await print("logs", "--markdown", ...write({ "access.log": seconds.map(failed), "error.log": seconds.map(error) }));
    expect(shown.split("\n")[2]).toBe("**Verdict: diagnosed (tls-failure, 85 %): 502 on GET /pay, made by nginx (85 %)**");
    expect(shown).toContain("the upstream's certificate is expired or for another name");
  });

  it("is no surer of a reason than the share of the failures that have it", async () => {
    const some = await report({ "access.log": Array.from({ length: 40 }, (_, second) => failed(10 + second)), "error.log": [error(49)] });
    expect(some.diagnosis.verdict).toBe("inconclusive");
  });

  it("names the one upstream that fails where no cause is named", async () => {
    const statuses = [200, 200, 500];
    const line = (second: number, server: number) =>
      `haproxy[2847]: 10.0.1.55:54321 [18/Nov/2026:09:30:${10 + second}.000] web api/app${server} 0/0/1/4/5 ${statuses[server - 1]} 212 - - ---- 31/31/20/20/0 0/0 "GET /orders/7 HTTP/1.1"`;
    const shown = await print("logs", ...write({ "haproxy.log": Array.from({ length: 45 }, (_, index) => line(index, 1 + (index % 3))) }));
    expect(shown.split("\n").slice(1, 3).join(" ")).toContain("said: one upstream makes the failures: api/app3, 15 of 15 failures");
  });
});

describe("an application that logged the stack of its error with its own answer", () => {
  const check = { check: "Open /app/src/orders.js:12, where TypeError was thrown; who changed it last?" };

  it("is asked about where that was thrown, without a proxy's log, too", async () => {
    const files = { "orders.log": pino() };
    expect((await diagnosis(files)).next[0]).toMatchObject(check);
    expect((await report(files)).routes[0]?.next[0]).toMatchObject(check);
  });
});
