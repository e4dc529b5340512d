import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { CauseId, Diagnosis, RankedCause } from "@faultline/model";
import { afterAll, describe, expect, it } from "vitest";
import type { Report } from "../logs/report/report.ts";
import { runFaultline } from "../main.ts";

const folder = mkdtempSync(join(tmpdir(), "faultline-several-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lines by the name of their file; those of a name that ends so are compressed. */
type Files = Readonly<Record<string, readonly string[]>>;

async function print(words: readonly string[]): Promise<string> {
  let out = "";
  const stdin = (async function* () {})();
  await runFaultline([...words], { stdout: { write: (text: string) => (out += text) }, stderr: { write: () => true }, stdin, env: {} });
  return out;
}

async function ask(files: Files): Promise<{ readonly report: Report; readonly diagnosis: Diagnosis }> {
  const place = mkdtempSync(join(folder, "case-"));
  const names = Object.entries(files).map(([name, lines]) => {
    const [path, text] = [join(place, name), `${lines.join("\n")}\n`];
    writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
    return path;
  });
  const [report, diagnosis] = await Promise.all(["logs", "diagnose"].map((command) => print([command, "--json", ...names])));
  return { report: JSON.parse(report ?? ""), diagnosis: JSON.parse(diagnosis ?? "") };
}

/** Thirty requests that went well in as many seconds, then ten that did not. */
type Request = { readonly second: number; readonly isBad: boolean; readonly id: string };
const REQUESTS = Array.from({ length: 40 }, (_, index): Request => ({ second: 10 + index, isBad: index >= 30, id: `req-${1000 + index}` }));
const each = (write: (request: Request) => readonly string[]) => REQUESTS.flatMap(write);
const at = (second: number) => `2026-11-18T09:30:${second}.000Z`;

const ACCESS: Readonly<Record<string, (status: number) => readonly string[]>> = {
  "nginx's combined format": (status) =>
    each(({ second, isBad }) => [
      `10.0.0.1 - - [18/Nov/2026:09:30:${second} +0000] "GET /orders/7 HTTP/1.1" ${isBad ? status : 200} 157 "-" "curl"`,
    ]),
  "the same with a request id": (status) =>
    each(({ second, isBad, id }) => [
      `10.0.0.1 - - [18/Nov/2026:09:30:${second} +0000] "GET /orders/7 HTTP/1.1" ${isBad ? status : 200} 157 "-" "curl" rid=${id}`,
    ]),
  "nginx in JSON": (code) =>
    each(({ second, isBad, id }) => {
      const status = String(isBad ? code : 200);
      const times = { time_iso8601: at(second), request_time: "0.024", upstream_header_time: "0.020" };
      const asked = { remote_addr: "10.0.0.1", request: "GET /orders/7 HTTP/1.1", request_id: id };
      return [JSON.stringify({ ...times, ...asked, upstream_addr: "10.0.0.2:80", status, upstream_status: status })];
    }),
  HAProxy: (status) =>
    each(({ second, isBad }) => [
      `haproxy[2847]: 10.0.1.55:54321 [18/Nov/2026:09:30:${second}.000] web api/orders-1 0/0/1/4/5 ${isBad ? status : 200} 212 - - ---- 31/31/20/20/0 0/0 "GET /orders/7 HTTP/1.1"`,
    ]),
};

type Thrown = { readonly type: string; readonly message: string; readonly from: string };
const pino = (request: Request, more: object) =>
  JSON.stringify({ level: request.isBad ? 50 : 30, time: Date.parse(at(request.second)), pid: 1, hostname: "h", ...more });
const stack = ({ type, message, from }: Thrown) =>
  `${type}: ${message}\n    at work (${from}:12:20)\n    at handler (/app/src/routes.js:30:7)`;
const err = (thrown: Thrown) => ({ type: thrown.type, message: thrown.message, stack: stack(thrown) });

const APPLICATIONS: Readonly<Record<string, { readonly hasPath: boolean; readonly write: (thrown: Thrown) => readonly string[] }>> = {
  "pino, three lines a request": {
    hasPath: false,
    write: (thrown) =>
      each((request) => [
        pino({ ...request, isBad: false }, { reqId: request.id, req: { method: "GET", url: "/orders/7" }, msg: "incoming request" }),
        ...(request.isBad ? [pino(request, { reqId: request.id, err: err(thrown), msg: thrown.message })] : []),
        pino({ ...request, isBad: false }, { reqId: request.id, res: { statusCode: request.isBad ? 500 : 200 }, msg: "request completed" }),
      ]),
  },
  "pino-http": {
    hasPath: true,
    write: (thrown) =>
      each((request) => {
        const answer = { req: { id: request.id, method: "GET", url: "/orders/7" }, res: { statusCode: request.isBad ? 500 : 200 } };
        return [
          pino(request, { ...answer, ...(request.isBad ? { err: err(thrown), msg: "request errored" } : { msg: "request completed" }) }),
        ];
      }),
  },
  winston: {
    hasPath: true,
    write: (thrown) =>
      each(({ second, isBad, id }) => {
        const said = { message: thrown.message, stack: stack(thrown), path: "/orders/7", method: "GET" };
        return isBad ? [JSON.stringify({ level: "error", requestId: id, timestamp: at(second), ...said })] : [];
      }),
  },
};

/** What an application throws, and the first of the causes that it speaks for; where any of several may have thrown it, no more than a lead. */
const THROWN: readonly (readonly [cause: CauseId, verdict: Diagnosis["verdict"], thrown: Thrown])[] = [
  [
    "unhandled-exception",
    "inconclusive",
    { type: "TypeError", message: "Cannot read properties of undefined (reading 'price')", from: "/app/orders.js" },
  ],
  ["unhandled-exception", "inconclusive", { type: "InsufficientStockError", message: "only 2 of 5 left of sku 77", from: "/app/stock.js" }],
  [
    "pool-exhausted",
    "diagnosed",
    { type: "Error", message: "timeout exceeded when trying to connect", from: "/app/node_modules/pg-pool/index.js" },
  ],
  ["dns-failure", "diagnosed", { type: "Error", message: "getaddrinfo ENOTFOUND payments.internal", from: "node:dns" }],
  ["resource-exhausted", "diagnosed", { type: "Error", message: "ENOSPC: no space left on device, write", from: "/app/upload.js" }],
  ["tls-failure", "diagnosed", { type: "Error", message: "certificate has expired", from: "node:_tls_wrap" }],
];

const ROWS = Object.entries(ACCESS).flatMap(([front, access]) =>
  Object.entries(APPLICATIONS).flatMap(([application, { hasPath, write }]) =>
    THROWN.filter(() => hasPath || /request id|JSON/.test(front)).map(([cause, verdict, thrown]) => ({
      what: `${front}, ${application}, ${thrown.type}: ${thrown.message}`,
      cause,
      verdict,
      files: { "nginx.access.log": access(500), "orders.log": write(thrown) },
    })),
  ),
);

const first = ({ causes }: Pick<Diagnosis, "causes">): RankedCause | undefined => causes[0];
const apart = (report: Report, diagnosis: Diagnosis) =>
  Math.abs((first(report.diagnosis)?.confidence ?? 0) - (first(diagnosis)?.confidence ?? 0));

describe("one answer of an access log beside an application's", () => {
  it.each(ROWS)("$what: $cause", async ({ cause, verdict, files }) => {
    const { report, diagnosis } = await ask(files);
    expect([first(report.diagnosis)?.cause, first(diagnosis)?.cause]).toEqual([cause, cause]);
    expect(apart(report, diagnosis)).toBeLessThanOrEqual(0.1);
    expect([report.diagnosis.verdict, diagnosis.verdict]).toEqual([verdict, verdict]);
    expect(report.routes[0]?.madeBy).toMatchObject({ hop: "behind", service: "orders" });
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["nginx propagated", "orders created"]);
  });
});

const [DEFECT, , POOL] = THROWN.map(([, , thrown]) => thrown) as [Thrown, Thrown, Thrown];
const BAD = REQUESTS.filter(({ isBad }) => isBad);
const errorLog = (message: string) =>
  BAD.map(
    ({ second }) =>
      `2026/11/18 09:30:${second} [error] 12#12: *${second} ${message}, client: 10.0.0.1, server: shop, request: "GET /orders/7 HTTP/1.1", upstream: "http://10.0.0.2:80/orders/7", host: "shop"`,
  );
const json = ACCESS["nginx in JSON"]!(500);
const throwing = (thrown: Thrown, laterMs = 0) =>
  BAD.map(({ second, id }) =>
    JSON.stringify({
      level: 50,
      time: Date.parse(at(second)) + laterMs,
      pid: 1,
      hostname: "h",
      reqId: id,
      err: err(thrown),
      msg: "failed",
    }),
  );
const FAILED_BEHIND: Thrown = {
  type: "AxiosError",
  message: "Request failed with status code 500",
  from: "/app/node_modules/axios/settle.js",
};

type Scene = readonly [what: string, cause: CauseId, path: readonly string[], files: Files];
const BEHIND = ["nginx propagated", "orders created"];
const SCENES: readonly Scene[] = [
  ["compressed", "pool-exhausted", BEHIND, { "nginx.access.log.gz": json, "orders.log.gz": throwing(POOL) }],
  [
    "an application's own error beside a job's",
    "pool-exhausted",
    BEHIND,
    {
      "nginx.access.log": json,
      "orders.log": throwing(POOL),
      "cron.log": each((request) => [pino({ ...request, isBad: true }, { err: err(DEFECT), msg: "job failed" })]),
    },
  ],
  [
    "two applications in a row",
    "unhandled-exception",
    ["nginx propagated", "web propagated", "payments created"],
    {
      "nginx.access.log": json,
      "web.log": throwing(FAILED_BEHIND, 30),
      "payments.log": throwing(DEFECT),
    },
  ],
  [
    "files of one name",
    "pool-exhausted",
    ["shop propagated", "shop (application) created"],
    {
      "shop.access.log": json,
      "shop.log": throwing(POOL),
    },
  ],
  [
    "a time-out in the error log, and what the application waited for",
    "gateway-timeout",
    BEHIND,
    {
      "nginx.access.log": ACCESS["nginx's combined format"]!(504),
      "nginx.error.log": errorLog("upstream timed out (110: Connection timed out) while reading response header from upstream"),
      "orders.log": BAD.map((request) => pino(request, { req: { method: "GET", url: "/orders/7" }, err: err(POOL), msg: "no connection" })),
    },
  ],
  [
    "a refusal in the error log, and a start that failed",
    "connection-refused",
    ["nginx created"],
    {
      "nginx.access.log": ACCESS["nginx's combined format"]!(502),
      "nginx.error.log": errorLog("connect() failed (111: Connection refused) while connecting to upstream"),
      "orders.log": [pino(BAD[0]!, { err: err({ type: "Error", message: "listen EADDRINUSE", from: "node:net" }), msg: "fatal" })],
    },
  ],
];

describe("one answer of an application's log alone", () => {
  it.each(THROWN)("%s, %s", async (cause, verdict, thrown) => {
    const { report, diagnosis } = await ask({ "orders.log": APPLICATIONS["pino-http"]!.write(thrown) });
    expect([first(report.diagnosis)?.cause, first(diagnosis)?.cause]).toEqual([cause, cause]);
    expect(apart(report, diagnosis)).toBeLessThanOrEqual(0.1);
    expect([report.diagnosis.verdict, diagnosis.verdict]).toEqual([verdict, verdict]);
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(["orders created"]);
  });
});

const HIKARI = {
  type: "java.sql.SQLTransientConnectionException",
  message: "HikariPool-1 - Connection is not available, request timed out after 30000ms.",
};
const LOGGERS: Readonly<Record<string, (id: string, second: number) => object>> = {
  ECS: (id, second) => ({
    "@timestamp": at(second),
    "log.level": "ERROR",
    message: "request failed",
    "error.type": HIKARI.type,
    "error.message": HIKARI.message,
    "http.request.id": id,
  }),
  zap: (id, second) => ({
    level: "error",
    ts: Date.parse(at(second)) / 1000,
    msg: "handler failed",
    request_id: id,
    error: HIKARI.message,
  }),
  structlog: (id, second) => ({
    event: "request_failed",
    level: "error",
    timestamp: at(second),
    request_id: id,
    exception: `Traceback (most recent call last):\n  File "/app/orders.py", line 12, in total\n${HIKARI.type}: ${HIKARI.message}`,
  }),
  Serilog: (id, second) => ({
    "@t": at(second),
    "@mt": "HTTP {Method} failed",
    "@l": "Error",
    "@x": `${HIKARI.type}: ${HIKARI.message}\n\tat com.shop.Orders`,
    RequestId: id,
  }),
};

/** An error without a type of its own is a lead. */
const VERDICTS: Readonly<Record<string, Diagnosis["verdict"]>> = {
  ECS: "diagnosed",
  zap: "inconclusive",
  structlog: "diagnosed",
  Serilog: "diagnosed",
};

describe("one answer of an error that the program's own words do not name", () => {
  it.each(Object.entries(LOGGERS))("%s", async (name, line) => {
    const log = BAD.map(({ id, second }) => JSON.stringify(line(id, second)));
    const { report, diagnosis } = await ask({ "nginx.access.log": json, "orders.log": log });
    expect([first(report.diagnosis)?.cause, first(diagnosis)?.cause]).toEqual(["pool-exhausted", "pool-exhausted"]);
    expect([report.diagnosis.verdict, diagnosis.verdict]).toEqual([VERDICTS[name], VERDICTS[name]]);
    expect(report.routes[0]?.joined[0]?.text).toContain("Connection is not available");
  });
});

describe("one answer of files in twos and threes", () => {
  it.each(SCENES)("%s: %s", async (...[, cause, path, files]) => {
    const { report, diagnosis } = await ask(files);
    expect([first(report.diagnosis)?.cause, first(diagnosis)?.cause]).toEqual([cause, cause]);
    expect(apart(report, diagnosis)).toBeLessThanOrEqual(0.1);
    expect(diagnosis.path.map(({ service, fate }) => `${service} ${fate}`)).toEqual(path);
  });
});
