import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Report } from "../logs/report/report.ts";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-logs-"));
let files = 0;

function write(content: string | Uint8Array): string {
  files += 1;
  const name = join(folder, `${files}.log`);
  writeFileSync(name, content);
  return name;
}

async function run(words: readonly string[], stdin: Iterable<Uint8Array> = []) {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text), columns: 140 },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {
      yield* stdin;
    })(),
    env: {},
  };
  return { code: await runFaultline(["logs", ...words], io), ...printed };
}

async function report(...words: string[]): Promise<Report> {
  return JSON.parse((await run(["--json", ...words])).out);
}

function clock(second: number): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  return `21/Nov/2026:${pad(10 + Math.floor(second / 3600))}:${pad(Math.floor(second / 60) % 60)}:${pad(second % 60)} +0000`;
}

function access(second: number, request: string, rest: string): string {
  return `10.0.0.1 - - [${clock(second)}] "${request} HTTP/1.1" ${rest}`;
}

describe("faultline logs, the report", () => {
  const lines = Array.from({ length: 600 }, (_, index) =>
    access(index, `GET /users/${index * 37}`, `${index % 50 === 0 ? 500 : 200} 12 "-" "curl" 0.012`),
  );

  it("counts server errors by learned route, with share, bounds and times", async () => {
    const [first] = (await report(write(lines.join("\n")))).routes;
    expect(first).toMatchObject({
      method: "GET",
      route: "/users/{id}",
      status: 500,
      count: 12,
      requests: 600,
      firstMs: Date.UTC(2026, 10, 21, 10),
      lastMs: Date.UTC(2026, 10, 21, 10, 9, 10),
    });
    expect(first?.share.ratio).toBeCloseTo(0.02);
    expect(first?.share.lower).toBeCloseTo(0.0115, 3);
    expect(first?.share.upper).toBeCloseTo(0.0346, 3);
  });

  it("reads a file whose size stands before its status, also where a line reads either way", async () => {
    const turned = Array.from({ length: 40 }, (_, index) => access(index, "GET /a", `${index * 173} ${[503, 200, 200, 200][index % 4]}`));
    const name = write([...turned, access(40, "GET /a", "500 404")].join("\n"));
    expect((await report(name)).errors.count).toBe(10);
    const records = (await run(["--records", name])).out.trimEnd().split("\n");
    const [last = ""] = records.slice(-1);
    expect(JSON.parse(last)).toMatchObject({ "http.response.status_code": 404, "http.response.body.size": 500 });
  });

  describe("a log whose size stands before its status, also where a line reads either way", () => {
    const turned = Array.from({ length: 3000 }, (_, index) =>
      access(index, "GET /a", `${index % 7 === 0 ? 404 : index * 173} ${[503, 200, 304, 200][index % 4]}`),
    );
    const bytes = Buffer.from(["started", ...turned, ""].join("\n"));
    const docker = Buffer.from(turned.map((log) => `${JSON.stringify({ log: `${log}\n`, stream: "stdout" })}\n`).join(""));
    /** As a program writes them that is just starting: a few lines, then more at a time. */
    const pieces = [bytes.subarray(0, 20), bytes.subarray(20, 300), bytes.subarray(300, 100_000), bytes.subarray(100_000)];

    it.each([
      ["a plain file", [write(bytes)], []],
      ["gzip", [write(gzipSync(bytes))], []],
      ["zstd", [write(zstdCompressSync(bytes))], []],
      ["standard input in pieces", ["-"], pieces],
      ["gzip on standard input", ["-"], [gzipSync(bytes)]],
      ["Docker's JSON", [write(docker)], []],
      ["Docker's JSON on standard input", ["-"], [docker]],
    ])("is read right in %s", async (_, words, stdin) => {
      expect(JSON.parse((await run(["--json", ...words], stdin)).out)).toMatchObject({ requests: 3000, errors: { count: 750 } });
      const records = (await run(["--records", ...words], stdin)).out;
      const statuses = [...records.matchAll(/"http.response.status_code":(\d+)/g)].map(([, status]) => status);
      expect(statuses).toEqual(turned.map((line) => line.slice(-3)));
    });
  });

  it("reads whole durations in the unit that the file's lines tell together", async () => {
    const valves = Array.from({ length: 64 }, (_, second) => access(second, "GET /a", `200 5 "-" "curl/8" ${(second % 8) ** 4}`)).join(
      "\n",
    );
    const name = write(valves);
    const durations = (await run(["--records", name])).out
      .trimEnd()
      .split("\n")
      .map((text) => Number(JSON.parse(text).duration_ms));
    expect(durations.slice(0, 8)).toEqual([0, 1, 16, 81, 256, 625, 1296, 2401]);
    expect((await run(["--records", "-"], [Buffer.from(valves)])).out).toBe((await run(["--records", name])).out);
  });

  it("holds no record back of lines that read one way only", async () => {
    const written: string[] = [];
    const seen: number[] = [];
    const watched = ['{"level":30,"msg":"one"}', ...Array.from({ length: 8 }, (_, index) => access(index, "GET /a", "200 12"))];
    const stdin = (async function* () {
      for (const line of watched) {
        yield Buffer.from(`${line}\n`);
        seen.push(written.join("").split("\n").length - 1);
      }
    })();
    const out = { write: (text: string) => written.push(text) };
    await runFaultline(["logs", "--records", "-"], { stdout: out, stderr: out, stdin, env: {} });
    expect(seen).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 9]);
  });

  it.each([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ])("reads %s, from a file and from standard input", async (_, compress) => {
    const bytes = compress(Buffer.from(lines.join("\n")));
    expect((await report(write(bytes))).errors.count).toBe(12);
    expect(JSON.parse((await run(["--json", "-"], [bytes.subarray(0, 100), bytes.subarray(100)])).out).errors.count).toBe(12);
  });

  it("says that compressed data is cut off", async () => {
    const { code, err } = await run([write(gzipSync(Buffer.from(lines.join("\n"))).subarray(0, 300))]);
    expect(code).toBe(2);
    expect(err).toContain("cut off or damaged");
  });

  it("keeps to --from, --to and --route", async () => {
    const name = write([...lines, access(5, "GET /other", '503 1 "-" "curl"')].join("\n"));
    expect((await report("--from", "2026-11-21T10:05:00Z", "--to", "2026-11-21T10:06:00Z", name)).requests).toBe(60);
    expect((await report("--route", "/other", name)).routes.map(({ route }) => route)).toEqual(["/other"]);
  });

  it("counts by another member", async () => {
    const name = write(lines.join("\n"));
    expect((await report("--group-by", "client", name)).groups).toEqual({ by: "client", rows: [{ name: "10.0.0.1", count: 12 }] });
    expect((await report("--group-by", "status", name)).groups?.rows).toEqual([{ name: "500", count: 12 }]);
  });

  it("shows lines that nothing reads and counts them", async () => {
    const { out } = await run([write(`${lines.join("\n")}\nwhat is this\n`)]);
    expect(out).toContain("1 line not understood");
    expect(out).toContain("what is this");
  });

  it("finds one failing line among many, with its hop and cause", async () => {
    const good = Array.from({ length: 50_000 }, (_, index) => access(index % 3000, `GET /a/${index}`, '200 5 "-" "curl" 0.001'));
    good.splice(
      31_234,
      0,
      `10.0.0.1:33320 [21/Nov/2026:10:20:17.925] in back/srv1 9/0/-1/-1/3011 503 243 - - SC-- 3/2/2/0/0 0/0 "POST /pay/77 HTTP/1.1"`,
    );
    const found = await report(write(good.join("\n")));
    expect(found.errors.count).toBe(1);
    expect(found.routes[0]).toMatchObject({
      route: "/pay/{id}",
      status: 503,
      madeBy: { hop: "observer", observer: "haproxy", fate: "created" },
    });
    // HAProxy 2.6 notes SC as well of a TLS handshake that fails: likely, and not certain (haproxy-termination.ts, docs/decisions/0525).
    expect(found.routes[0]?.causes[0]).toMatchObject({ cause: "connection-refused", confidence: 0.6 });
    expect(found.diagnosis.verdict).toBe("diagnosed");
  });
});

describe("faultline logs, patterns", () => {
  const patternsOf = async (...names: string[]) => (await report(...names)).patterns.map(({ pattern }) => pattern);
  const good = Array.from({ length: 300 }, (_, index) => access(index, `GET /p${index % 5}`, '200 12 "-" "curl" 0.010'));

  it("sees failures that all end after one time-out, on one route", async () => {
    const slow = Array.from({ length: 20 }, (_, index) => access(index * 10, "POST /pay", `504 12 "-" "curl" 60.00${index % 3}`));
    const found = await report(write([...good, ...slow].join("\n")));
    expect(found.patterns.map(({ pattern }) => pattern)).toEqual(expect.arrayContaining(["steady-delay", "one-route"]));
    expect(found.diagnosis.causes[0]).toMatchObject({ cause: "gateway-timeout" });
  });

  it.each([
    [
      "connect() failed (111: Connection refused) while connecting to upstream",
      502,
      { hop: "observer", observer: "nginx", fate: "created" },
    ],
    [
      "upstream timed out (110: Connection timed out) while reading response header from upstream",
      504,
      { hop: "observer", observer: "nginx" },
    ],
    ["upstream prematurely closed connection while reading upstream", 502, { hop: "unknown" }],
    ["connect() failed (111: Connection refused) while connecting to upstream", 500, { hop: "unknown" }],
    ["shop.internal could not be resolved (110: Operation timed out)", 502, { hop: "observer", observer: "nginx" }],
    ['rewrite or internal redirection cycle while processing "/a"', 500, { hop: "observer", observer: "nginx" }],
    ["auth request unexpected status: 500 while sending to client", 500, { hop: "observer", observer: "nginx" }],
    ['open() "/var/lib/nginx/body/0000000001" failed (28: No space left on device)', 500, { hop: "observer", observer: "nginx" }],
    ['limiting requests, excess: 0.9 by zone "shop"', 503, { hop: "observer", observer: "nginx" }],
    ['limiting requests, excess: 0.9 by zone "shop"', 500, { hop: "unknown" }],
    // Looked for in vain before the app was asked (error_page 404 = @app), and a limit that is only tried.
    ['open() "/srv/html/api/cart" failed (2: No such file or directory)', 500, { hop: "unknown" }],
    ['open() "/var/lib/nginx/body/0000000001" failed (2: No such file or directory)', 500, { hop: "observer", observer: "nginx" }],
    ['limiting requests, dry run, excess: 0.9 by zone "shop"', 503, { hop: "unknown" }],
  ])("knows by nginx's error log alone that nginx answered, where it does: %s, %d", async (message, status, madeBy) => {
    const path = (index: number) => `GET /api/cart/${index + 1000}`;
    const failing = Array.from({ length: 20 }, (_, index) => access(index, path(index), `${status} 157 "-" "curl"`));
    const errors = failing.map(
      (_, index) =>
        `2026/11/21 10:00:${String(index).padStart(2, "0")} [error] 12#12: *${index} ${message}, client: 10.0.0.9, server: shop, request: "${path(index)} HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "shop"`,
    );
    const found = await report(write(failing.join("\n")), write(errors.join("\n")));
    expect(found.routes[0]?.joined).toMatchObject([{ format: "nginx-error", count: 20 }]);
    expect(found.routes[0]?.madeBy).toMatchObject(madeBy);
  });

  it("names no limit that is only tried as the cause", async () => {
    const error =
      '2026/11/21 10:00:00 [error] 12#12: *1 limiting requests, dry run, excess: 0.9 by zone "shop", client: 10.0.0.9, server: shop, request: "GET /cart HTTP/1.1", host: "shop"';
    const [route] = (await report(write(access(0, "GET /cart", '503 157 "-" "curl"')), write(error))).routes;
    expect(route?.causes).toEqual([]);
  });

  it.each([
    ["AH00898: Error during SSL Handshake with remote server", "tls-failure"],
    ["AH00898: DNS lookup failure for: shop.internal", "dns-failure"],
  ])("knows by httpd's error log that httpd wrote the 500, and why: %s", async (message, cause) => {
    const failing = Array.from({ length: 4 }, (_, index) => access(index, "GET /cart", '500 312 "-" "curl"'));
    const errors = failing.map(
      (_, index) =>
        `[Sat Nov 21 10:00:0${index}.186333 2026] [proxy:error] [pid 9:tid 7] (EAI 2)Name or service not known: [client 10.0.0.9:56610] ${message} returned by /cart`,
    );
    const [route] = (await report(write(failing.join("\n")), write(errors.join("\n")))).routes;
    expect(route?.madeBy).toMatchObject({ hop: "observer", observer: "httpd" });
    expect(route?.causes).toMatchObject([{ cause }]);
  });

  it("calls no connection refused that HAProxy waited for in vain", async () => {
    const late = `10.0.0.1:33320 [21/Nov/2026:10:20:17.925] in back/srv1 0/0/-1/-1/1001 503 217 - - sC-- 1/1/0/0/0 0/0 "GET /cart HTTP/1.1"`;
    const [route] = (await report(write(late))).routes;
    expect(route?.causes).toMatchObject([{ cause: "dependency-timeout" }]);
  });

  it("names a fault of many routes once, with all of them", async () => {
    const paths = ["/cart", "/orders", "/users", "/pay", "/search"];
    const lines = Array.from({ length: 100 }, (_, index) => access(index, `GET ${paths[index % 5]}`, '502 157 "-" "curl"'));
    const errors = lines.map(
      (_, index) =>
        `2026/11/21 10:0${Math.floor(index / 60)}:${String(index % 60).padStart(2, "0")} [error] 12#12: *${index} connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.9, server: a, request: "GET ${paths[index % 5]} HTTP/1.1", upstream: "http://127.0.0.1:1/", host: "a"`,
    );
    const other = access(50, "GET /own", '500 9 "-" "curl"');
    const names = [write([...lines, other].join("\n")), write(errors.join("\n"))] as const;
    const { diagnosis } = await report(...names);
    expect(diagnosis.scope).toMatchObject({ failing: 100 });
    expect(diagnosis.scope).not.toHaveProperty("route");
    const { out } = await run([...names]);
    expect(out).toMatch(/^Verdict: diagnosed \(connection-refused, 85 %\), on 5 routes alike$/m);
    expect((await run(["--html", ...names])).out).toContain("(connection-refused, 85 %), on 5 routes alike");
  });

  it("names the one route that fails by itself", async () => {
    const own = Array.from({ length: 6 }, (_, index) => access(index, "GET /pay", '504 12 "-" "curl" 60.001'));
    const found = await report(write([...good, ...own].join("\n")));
    expect(found.diagnosis.scope).toMatchObject({ route: "GET /pay", failing: 6 });
  });

  it("calls no race what fails each time", async () => {
    const message = "upstream prematurely closed connection while reading response header from upstream";
    const tail = (index: number) =>
      `2026/11/21 10:00:0${index} [error] 12#12: *${index} ${message}, client: 10.0.0.9, server: shop, request: "GET /cart HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "shop"`;
    const failing = Array.from({ length: 4 }, (_, index) => access(index, "GET /cart", '502 157 "-" "curl"'));
    const causesOf = async (lines: readonly string[]) =>
      (await report(write(lines.join("\n")), write(failing.map((_, index) => tail(index)).join("\n")))).routes[0]?.causes[0];
    const steady = await causesOf(failing);
    expect(steady?.confidence).toBeLessThan(0.5);
    const mixed = await causesOf([...failing, ...Array.from({ length: 40 }, (_, index) => access(index, "GET /cart", '200 9 "-" "curl"'))]);
    expect(mixed).toMatchObject({ cause: "keepalive-race" });
    expect(mixed?.confidence).toBeGreaterThan(0.5);
  });

  it("names no dependency by steady delays of a proxy that could not connect or resolve", async () => {
    const slow = Array.from({ length: 20 }, (_, index) => access(index * 10, "POST /pay", `502 12 "-" "curl" 1.00${index % 3}`));
    const { causes } = (await report(write([...good, ...slow].join("\n")))).diagnosis;
    expect(causes).toMatchObject([{ cause: "dependency-timeout" }]);
    expect(causes[0]?.confidence).toBeLessThan(0.5);
  });

  it("names no time-out of the hop that passed the failures on", async () => {
    const line = (path: string, status: number, seconds: string) => (_: unknown, index: number) =>
      `${access(index, `GET ${path}`, `${status} 12 "-" "curl"`)} rt=${seconds} uht="${seconds}" urt="${seconds}" us="${status}"`;
    const lines = [...Array.from({ length: 300 }, line("/p", 200, "0.010")), ...Array.from({ length: 20 }, line("/pay", 504, "60.001"))];
    const found = await report(write(lines.join("\n")));
    expect(found.routes[0]?.madeBy).toMatchObject({ hop: "behind", observer: "nginx" });
    const [delay] = found.patterns.filter(({ pattern }) => pattern === "steady-delay");
    expect(delay?.evidence.statement).toMatch(
      /which is what a time-out does; AWS ALB's idle timeout is 60 s by default; Kong's read_timeout is 60 s by default$/,
    );
  });

  it("sees no steady delay in failures of many lengths", async () => {
    const mixed = Array.from({ length: 20 }, (_, index) => access(index * 10, "POST /pay", `500 12 "-" "curl" ${index + 1}.000`));
    expect(await patternsOf(write([...good, ...mixed].join("\n")))).not.toContain("steady-delay");
  });

  it("sees failures that begin when a program started", async () => {
    const after = Array.from({ length: 60 }, (_, index) => access(240 + index, "GET /p1", '500 12 "-" "curl" 0.010'));
    const error = write("2026/11/21 10:04:00 [notice] 1#1: start worker processes\n");
    expect(await patternsOf(write([...good, ...after].join("\n")), error)).toContain("after-restart");
    expect(await patternsOf(write([...good, ...after].join("\n")))).toContain("onset");
  });

  it("sees that only large requests fail", async () => {
    const format = '$remote_addr [$time_local] "$request" $status $body_bytes_sent $request_length';
    const line = (second: number, status: number, bytes: number) => `10.0.0.1 [${clock(second)}] "POST /up HTTP/1.1" ${status} 5 ${bytes}`;
    const small = Array.from({ length: 60 }, (_, index) => line(index, 200, 300 + index));
    const large = Array.from({ length: 9 }, (_, index) => line(index, 500, 900_000 + index));
    expect(await patternsOf("--log-format", format, write([...small, ...large].join("\n")))).toContain("large-bodies");
  });

  it("counts failures that a retry hid, and names the upstream", async () => {
    const ingress = (second: number, tail: string) =>
      `10.0.0.1 - - [${clock(second)}] "GET /cart/${second} HTTP/2.0" 200 5 "-" "curl" 462 0.050 [shop-80] [] ${tail} 752178adb17130b291aefd8c386279e7`;
    const saved = Array.from({ length: 7 }, (_, index) => ingress(index, "10.0.0.2:80, 10.0.0.3:80 0, 5 0.001, 0.049 502, 200"));
    const found = await report(write([...good, ...saved].join("\n")));
    expect(found.errors.count).toBe(0);
    expect(found.hidden).toMatchObject([
      { route: "/cart/{id}", count: 7, upstreams: [{ address: "10.0.0.2:80", count: 7 }], statuses: [{ status: "502", count: 7 }] },
    ]);
  });

  it("sees that one upstream makes the failures", async () => {
    const ingress = (second: number, host: number, status: number) =>
      `10.0.0.1 - - [${clock(second)}] "GET /cart HTTP/2.0" ${status} 5 "-" "curl" 462 0.050 [shop-80] [] 10.0.0.${host}:80 5 0.049 ${status} 752178adb17130b291aefd8c386279e7`;
    const rows = Array.from({ length: 90 }, (_, index) => ingress(index, 1 + (index % 3), Number(`${"225222".charAt(index % 6)}00`)));
    expect(await patternsOf(write(rows.join("\n")))).toContain("one-upstream");
  });
});

describe("faultline logs, several logs together", () => {
  it("joins the application's exception by request id", async () => {
    const front = JSON.stringify({
      time_iso8601: "2026-11-21T10:00:00+00:00",
      request: "GET /pay/1 HTTP/1.1",
      status: "500",
      request_id: "abc-123",
      remote_addr: "10.0.0.1",
      upstream_status: "500",
      upstream_header_time: "0.01",
    });
    const app = JSON.stringify({
      level: 50,
      time: Date.UTC(2026, 10, 21, 9, 0),
      pid: 1,
      hostname: "h",
      req: { id: "abc-123", method: "GET", url: "/pay/1" },
      err: { type: "TypeError", message: "x is undefined", stack: "TypeError: x is undefined\n    at pay (/app/pay.js:1:1)" },
      msg: "request errored",
    });
    const [route] = (await report(write(front), write(app))).routes;
    expect(route?.joined[0]).toMatchObject({ by: "request id", count: 1, text: expect.stringContaining("TypeError") });
    expect(route?.causes[0]).toMatchObject({ cause: "unhandled-exception" });
    expect(route?.madeBy).toMatchObject({ hop: "behind", fate: "propagated" });
  });

  it("says that no server was there to take it where HAProxy had none, and not that one refused", async () => {
    const line = (server: string) =>
      `10.0.0.1:33320 [21/Nov/2026:10:20:17.925] in back/${server} 0/-1/-1/-1/0 503 217 - - SC-- 3/2/2/0/0 0/0 "GET /pay HTTP/1.1"`;
    const [none] = (await report(write(line("<NOSRV>")))).routes;
    expect(none?.causes.map(({ cause }) => cause)).toEqual(["no-healthy-upstream"]);
    expect(none?.madeBy).toMatchObject({ hop: "observer", because: expect.not.stringContaining("refused the TCP") });
    expect((await report(write(line("srv1")))).routes[0]?.causes.map(({ cause }) => cause)).toEqual(["connection-refused"]);
  });

  it("leaves room for other reasons than an exception where a server closed before its headers", async () => {
    const line = '10.0.0.1:33320 [21/Nov/2026:10:20:17.925] in back/srv1 0/0/0/-1/1 502 209 - - SH-- 3/2/2/0/0 0/0 "GET /pay HTTP/1.1"';
    const [route] = (await report(write(line))).routes;
    expect(route?.causes[0]?.cause).toBe("unhandled-exception");
    expect(route?.causes[0]?.confidence).toBeLessThan(0.7);
  });

  it("joins nginx's error log by time and path", async () => {
    const front = access(60, "GET /pay/1", '502 5 "-" "curl" 0.001');
    const errors =
      '2026/11/21 10:01:00 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: a, request: "GET /pay/1 HTTP/1.1", upstream: "http://127.0.0.1:1/", host: "a"';
    const [route] = (await report(write(front), write(errors))).routes;
    expect(route?.joined[0]).toMatchObject({ by: "time and path" });
    expect(route?.causes[0]).toMatchObject({ cause: "connection-refused" });
    expect(route?.madeBy).toMatchObject({ hop: "observer", observer: "nginx" });
    // What came while the body was read does not tell who wrote the status.
    const later = errors.replace("connect() failed (111: Connection refused) while connecting to", "upstream timed out while reading");
    for (const form of [[], ["--markdown"], ["--html"]]) {
      const { out } = await run([...form, write(front), write(later)]);
      expect(out.replaceAll(/\s+/g, " ")).toContain("the access log does not tell it; what was logged beside it stands below");
      expect(out).not.toContain("carry nothing of the hop behind");
    }
  });
});

describe("faultline logs, every output", () => {
  const lines = Array.from({ length: 40 }, (_, index) => access(index % 3, `GET /slow_one/${index}`, '504 5 "-" "c" 60.001'));
  const name = write(lines.join("\n"));

  it.each(["--markdown", "--html"])("counts by what was asked for in %s as well", async (form) => {
    const { out } = await run([form, "--group-by", "client", name]);
    expect(out).toMatch(/By client/);
    expect(out).toMatch(/40[^\n]*10\.0\.0\.1/);
  });

  it.each([[], ["--markdown"], ["--html"]])("tells what speaks for a cause once (%s)", async (...form) => {
    const { out } = await run([...form, name]);
    expect(out.split("the failures all end after the same time").length - 1).toBe(1);
  });

  it("escapes in Markdown what is markup there, and no more", async () => {
    const { out } = await run(["--markdown", write(`${access(0, "GET /a_b/_x_/[l](u)$m$", '500 5 "-" "c" 1.0')}\n`)]);
    expect(out).toContain("GET /a_b/\\_x\\_/\\[l\\](u)\\$m\\$");
  });

  it("counts failures that a message was logged for, not messages", async () => {
    const errors = Array.from(
      { length: 40 },
      (_, index) =>
        `2026/11/21 10:00:0${index % 3} [error] 1#1: *${index} upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.1, server: x, request: "GET /same HTTP/1.1", upstream: "http://10.0.0.2/same", host: "x"`,
    );
    const same = Array.from({ length: 40 }, (_, index) => access(index % 3, "GET /same", '504 5 "-" "c" 60.001'));
    const [first] = (await report(write(same.join("\n")), write(errors.join("\n")))).routes;
    expect(first?.joined).toMatchObject([{ count: 40, by: "time and path" }]);
  });
});

describe("faultline logs, records", () => {
  it("prints every line as a flat object, and what it cannot read as unparsed", async () => {
    const { out } = await run(["--records", write(`${access(0, "GET /a?b=1", '500 5 "-" "c" 0.250')}\nnot a log\n`)]);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      {
        time: "2026-11-21T10:00:00.000Z",
        "http.request.method": "GET",
        "url.path": "/a",
        "url.query": "b=1",
        "http.response.status_code": 500,
        "http.response.body.size": 5,
        "client.address": "10.0.0.1",
        "user_agent.original": "c",
        duration_ms: 250,
        format: "combined",
      },
      { unparsed: "not a log" },
    ]);
  });
});

describe("faultline logs, hostile input", () => {
  const attack = '\u001B]0;owned\u0007\u001B[2J\u009B31m\u202Eevil<script>alert(1)</script>|`"';
  const name = write(
    Array.from(
      { length: 3 },
      (_, index) =>
        `10.0.0.1 - - [${clock(index)}] "GET /${attack.replace('"', "")} HTTP/1.1" 500 5 "-" "${attack}" 0.1\n${attack} ${index}\n`,
    ).join(""),
  );

  it.each([[], ["--markdown"], ["--html"], ["--json"], ["--records"], ["--group-by", "client"]])(
    "lets no control character through (%s)",
    async (...words) => {
      const { out } = await run([...words, name]);
      expect(out.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E]/);
    },
  );

  it.each(["--markdown", "--html"])("says in %s that nothing tells who wrote the answers, and breaks no number", async (form) => {
    const { out } = await run([form, write(`${access(0, "GET /pay", '502 5 "-" "c"')}\n`.repeat(1200))]);
    expect(out).toContain("Who made it does not show: these lines carry nothing of the hop behind");
    expect(out).toMatch(/1[ \u00A0]200 server errors in 1[ \u00A0]200 requests/);
    expect(out).not.toMatch(/<h1>[^<]*\d \d{3}/);
  });

  it("writes a page in which the log cannot become markup", async () => {
    const { out } = await run(["--html", name]);
    expect(out).not.toContain("<script");
    expect(out).toContain("default-src 'none'");
  });

  it("passes over a line longer than its buffer", async () => {
    const long = Buffer.alloc(9 << 20, 97);
    const found = await report(
      write(
        Buffer.concat([
          Buffer.from(`${access(0, "GET /a", '500 5 "-" "c"')}\n`),
          long,
          Buffer.from(`\n${access(1, "GET /a", '500 5 "-" "c"')}\n`),
        ]),
      ),
    );
    expect(found).toMatchObject({ errors: { count: 2 }, unparsed: { count: 1 } });
  });

  it.each([
    [4, ""],
    [4096, '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GE'],
    [9 << 20, ""],
    [9 << 20, '10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GE'],
  ])("reads the lines around a hole of %d zeros, as a crash leaves it behind %j", async (zeros, torn) => {
    const line = Buffer.from(`${access(0, "GET /a", '500 5 "-" "c"')}\n`);
    const name = write(Buffer.concat([line, Buffer.from(torn), Buffer.alloc(zeros), line, line]));
    expect(await report(name)).toMatchObject({ requests: 3, errors: { count: 3 }, unparsed: { count: Math.sign(torn.length) } });
    expect((await run(["--records", name])).out.split('"http.response.status_code":500')).toHaveLength(4);
  });

  it("reads binary and invalid UTF-8 without falling over", async () => {
    const noise = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 256));
    expect((await report(write(noise))).errors.count).toBe(0);
  });
});

describe("faultline logs, files that tell nothing", () => {
  const good = access(0, "GET /a", '200 5 "-" "c" 0.250');
  const foreign = "Lorem ipsum dolor sit amet, consectetur\nadipiscing elit\n";

  it.each([
    ["an empty file", "", "holds no lines"],
    ["a foreign text", foreign, "none of 2 lines was understood (the first: Lorem ipsum dolor sit amet, consectetur); name its layout"],
    ["a program", Buffer.from("7f454c4602010100", "hex"), "(the first: \\x7fELF\\x02\\x01\\x01\\x00); it looks like binary data"],
  ])("ends with 1 and says why of %s, whatever the output", async (_, content, reason) => {
    const name = write(content);
    const asked = [["--json"], ["--markdown"], ["--html"], ["--top", "2", write("")]];
    const ran = await Promise.all(asked.map((words) => run([...words, name])));
    expect(ran.map(({ code }) => code)).toEqual([1, 1, 1, 1]);
    expect(ran.map(({ err }) => [err.includes(name), err.includes(reason)])).toEqual(asked.map(() => [true, true]));
    expect((await run([name])).code).toBe(1);
    expect((await run(["--records", name])).code).toBe(1);
  });

  it("ends with 0 where another file tells something, and still names the one that does not", async () => {
    const name = write(foreign);
    const { code, err } = await run([write(good), name]);
    expect(code).toBe(0);
    expect(err).toContain(`faultline logs: ${name}: none of 2 lines was understood`);
  });

  it("does not blame --route where most lines were not understood", async () => {
    const { code, out } = await run([write(`${foreign}    at frame (a.js:1:1)\n`)]);
    expect(code).toBe(1);
    expect(out).toContain("nothing to report: 2 of 3 lines were not understood");
  });

  it("blames only the options that were given", async () => {
    const told = async (...words: string[]) => (await run(words)).out.split("\n").slice(0, 1).join("");
    const name = write(`${good}\n${good}\n`);
    expect(await told("--from", "2030-01-01T00:00:00Z", name)).toBe("no requests in 2 lines within what was asked for; look at --from");
    expect(await told("--route", "/nowhere", "--to", "2030-01-01T00:00:00Z", name)).toContain("; look at --route and --to");
    expect(await told(write("#Version: 1.0\n#Fields: date time cs-method cs-uri-stem sc-status\n"))).toBe("no requests in 2 lines");
  });

  it("ends with 1 where nothing is left of what was asked for", async () => {
    expect((await run(["--route", "/nowhere", write(good)])).code).toBe(1);
    expect((await run(["--route", "/a", write(good)])).code).toBe(0);
    expect((await run(["--records", write(good)])).code).toBe(0);
  });

  it("shows an unread line in Markdown so that it stays text", async () => {
    const { out } = await run(["--markdown", write(`${good}\n\u0007\`\`\`evil\n`)]);
    expect(out).toContain("````\n\\x07```evil\n````");
  });
});

describe("faultline logs, wrong usage", () => {
  it.each([
    [[], "name one or more log files"],
    [["nope.log"], "there is no such file"],
    [[folder], "is a directory"],
    [["--format", "nope", "x"], "--format nope is not known"],
    [["--log-format", "hello", "x"], "--log-format: the format has no"],
    [["--from", "soon", "x"], "--from soon is no time"],
    [["--json", "--html", "x"], "choose one of"],
    [["--top", "0", "x"], "--top 0 is no whole number"],
    [["--group-by", "moon", "x"], "--group-by moon is not known"],
    [["--timezone", "CET", "x"], "--timezone CET"],
  ])("says what is wrong with %j", async (words, message) => {
    const { code, err } = await run(words);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
