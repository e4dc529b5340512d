import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request as sendRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Change, OverviewAnswer, ProblemDetails } from "@faultline/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLiveFeed, type LiveFeed } from "../live-feed.ts";
import type { CountRow, Store, StoredFault } from "../store/contract.ts";
import { type Api, createApi } from "./api.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
const FAULT: StoredFault = {
  fingerprint: "f00d",
  title: "TypeError in price()",
  service: "orders",
  route: "/orders",
  firstSeenMs: NOW - 60_000,
  lastSeenMs: NOW - 1000,
  count: 7,
  state: "open",
};
const ORDERS = { service: "orders", route: "/orders", version: "2", region: "eu" };
const COUNTS: readonly CountRow[] = [
  {
    fromMs: NOW - 60_000,
    group: ORDERS,
    total: 100,
    failing: 30,
    p99Ms: 80,
  },
  { fromMs: NOW - 50_000, group: ORDERS, total: 100, failing: 20 },
  { fromMs: NOW - 50_000, group: { service: "front", route: "/", version: "1" }, total: 1000, failing: 0 },
];

/** A store with one fault and some counts; it remembers the changes it was given. */
function createFakeStore(changes: Change[]): Store {
  return {
    visibleWithinMs: 0,
    append: () => Promise.resolve({ kind: "accepted", items: 0, rejected: 0 }),
    appendChange: (change) => Promise.resolve(void changes.push(change)),
    appendExchanges: () => Promise.resolve(),
    flush: () => Promise.resolve(),
    findTrace: () => Promise.resolve(undefined),
    listFailing: () => Promise.resolve([]),
    listFailingSince: (cursor) => Promise.resolve({ failing: [], cursor }),
    sampleSucceeding: () => Promise.resolve([]),
    count: () => Promise.resolve(COUNTS),
    listChanges: () => Promise.resolve(changes),
    listMetrics: () => Promise.resolve([]),
    listUntracedLogs: () => Promise.resolve([]),
    assignFault: () => Promise.resolve(),
    saveFault: () => Promise.resolve(),
    findFault: (fingerprint) => Promise.resolve([FAULT].find((fault) => fault.fingerprint === fingerprint)),
    listFaults: () => Promise.resolve([FAULT]),
    health: () => Promise.resolve({ ready: true, accepted: 1, stored: 1, deduplicated: 0, dropped: {}, sizeBytes: 1, audit: [] }),
    close: () => Promise.resolve(),
  };
}

type Reply = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };
type Sent = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string };

let server: Server;
let api: Api;
let live: LiveFeed;
let port: number;
let directory: string;
let changes: Change[];
const defects: unknown[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "faultline-serve-"));
  mkdirSync(join(directory, "assets"));
  writeFileSync(join(directory, "index.html"), "<!doctype html><title>Faultline</title>");
  writeFileSync(join(directory, "assets", "main-AbCdEf12.js"), "console.log(1)");
  writeFileSync(join(directory, "assets", "main-AbCdEf12.css"), "main { color: black }");
  writeFileSync(join(directory, "assets", "main-AbCdEf12.js.br"), "compressed");
  changes = [];
  defects.length = 0;
  live = createLiveFeed();
  api = createApi({
    store: createFakeStore(changes),
    live,
    dashboardDirectory: directory,
    now: () => NOW,
    onDefect: (error) => void defects.push(error),
    eventLimits: { clients: 2, kept: 3, waitingBytes: 1024 },
  });
  server = createServer((request, response) => api.respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo); // listening on a port, so the address is no pipe
});

afterEach(async () => {
  api.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
  expect(defects).toEqual([]);
});

/** Sends the path exactly as written: fetch would normalise it. */
function ask(path: string, { method = "GET", headers = {}, body }: Sent = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = sendRequest({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  ask(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
const problemOf = (reply: Reply): ProblemDetails => JSON.parse(reply.text) as ProblemDetails;

describe("the overview", () => {
  it("shows route, version and region with counts, bounds and counts over time, surest failing first", async () => {
    const reply = await ask("/api/overview");
    const overview = JSON.parse(reply.text) as OverviewAnswer;
    expect(overview).toMatchObject({ total: 1200, failing: 50, leftOut: { rows: 0 } });
    expect(overview.rows.map((row) => row.route)).toEqual(["/orders", "/"]);
    expect(overview.rows[0]).toMatchObject({ version: "2", region: "eu", total: 200, failing: 50, state: "firing", p99Ms: 80 });
    expect(overview.rows[0]?.errorRatio.lower).toBeCloseTo(0.195, 2);
    expect(overview.rows[0]?.series.failing.reduce((a, b) => a + b, 0)).toBe(50);
    expect(overview.faults).toMatchObject([{ fingerprint: "f00d", count: 7 }]);
  });
});

describe("bad input", () => {
  it.each([
    ["/api/overview?from=yesterday", "from"],
    ["/api/overview?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"],
    ["/api/overview?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"],
    ["/api/overview?window=1h", "window"],
    ["/api/overview?from=1767225600&from=1767225601", "from"],
    ["/api/failing?limit=0", "limit"],
    ["/api/failing?limit=1e9", "limit"],
    ["/api/failing?order=oldest", "order"],
    ["/api/failing?__proto__=1", "__proto__"],
    ["/api/traces/xyz", "id"],
    ["/api/faults/a%20b", "fingerprint"],
    ["/api/health?x=1", "x"],
    ["/api/faults/%E0%A4%A", "path"],
    ["/api/gate", "baseline"],
    ["/api/gate?baseline=1", "canary"],
  ])("is refused with 400 and the parameter's name: %s", async (path, parameter) => {
    const reply = await ask(path);
    expect(reply.status).toBe(400);
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(problemOf(reply)).toMatchObject({ status: 400, parameter, type: "about:blank" });
  });

  it.each([
    ["/api", 404],
    ["/api/nothing", 404],
    ["/api/faults/beef", 404],
    [`/api/traces/${"0".repeat(32)}`, 404],
    ["/api/demo/faults", 404],
  ])("that names nothing is a 404: %s", async (path, status) => {
    expect((await ask(path)).status).toBe(status);
  });

  it("with the wrong method is a 405 that lists the right ones", async () => {
    const reply = await ask("/api/overview", { method: "DELETE" });
    expect([reply.status, reply.headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  it("answers HEAD like GET without a body", async () => {
    const reply = await ask("/api/overview", { method: "HEAD" });
    expect([reply.status, reply.text]).toEqual([200, ""]);
  });
});

describe("declaring a deploy", () => {
  it("keeps the change and answers it with 201", async () => {
    const reply = await post("/api/deploys", { service: "orders", version: "3", time: "2026-01-01T11:59:00Z", instances: ["a"] });
    expect(reply.status).toBe(201);
    const change = {
      kind: "deploy",
      service: "orders",
      version: "3",
      timeMs: NOW - 60_000,
      instances: ["a"],
      source: "declared",
    };
    expect(JSON.parse(reply.text)).toEqual(change);
    expect(changes).toEqual([change]);
  });

  it.each([
    [{}, "service"],
    [{ service: "" }, "service"],
    [{ service: "a\nb", version: "1" }, "service"],
    [{ service: "x".repeat(513), version: "1" }, "service"],
    [{ service: "a" }, "version"],
    [{ service: "a", version: 3 }, "version"],
    [{ service: "a", version: "1", kind: "party" }, "kind"],
    [{ service: "a", version: "1", timeMs: -5 }, "timeMs"],
    [{ service: "a", version: "1", time: "tomorrow" }, "time"],
    [{ service: "a", version: "1", timeMs: NOW + 2 * 86_400_000 }, "timeMs"],
    [{ service: "a", version: "1", instances: "pod-1" }, "instances"],
    [{ service: "a", version: "1", instances: [1] }, "instances"],
    [{ service: "a", version: "1", source: "inferred" }, "source"],
    [{ service: "a", version: "1", constructor: 1 }, "constructor"],
  ])("refuses %j and names the member", async (body, parameter) => {
    const reply = await post("/api/deploys", body);
    expect(reply.status).toBe(400);
    expect(problemOf(reply).parameter).toBe(parameter);
    expect(changes).toEqual([]);
  });

  it.each(["", "{", "[]", "null", '"x"', "1e999"])("refuses the body %j", async (body) => {
    const headers = { "content-type": "application/json" };
    expect((await ask("/api/deploys", { method: "POST", headers, body })).status).toBe(400);
  });

  it("refuses bodies beyond 64 KiB, whether announced or not", async () => {
    const body = JSON.stringify({ service: "x".repeat(70_000) });
    const announced = { "content-type": "application/json", "content-length": String(body.length) };
    const chunked = { "content-type": "application/json", "transfer-encoding": "chunked" };
    expect((await ask("/api/deploys", { method: "POST", headers: announced, body })).status).toBe(413);
    expect((await ask("/api/deploys", { method: "POST", headers: chunked, body })).status).toBe(413);
  });
});

describe("a foreign web page", () => {
  const deploy = { service: "orders", version: "3" };

  it.each([
    [403, { origin: "https://evil.example" }],
    [403, { origin: "null" }],
    [403, { "sec-fetch-site": "cross-site" }],
    [403, { "sec-fetch-site": "same-site" }],
    [415, { "content-type": "text/plain" }],
    [415, { "content-type": "application/x-www-form-urlencoded" }],
    [421, { host: "evil.example" }],
    [421, { host: "localhost.evil.example:4318" }],
  ] as const)("gets %i for %j and changes nothing", async (status, headers) => {
    expect((await post("/api/deploys", deploy, headers)).status).toBe(status);
    expect(changes).toEqual([]);
  });

  it.each(["evil.example", "rebound.evil.example:4318"])("cannot read under a name it owns: %s", async (host) => {
    expect((await ask("/api/overview", { headers: { host } })).status).toBe(421);
    expect((await ask("/", { headers: { host } })).status).toBe(421);
  });

  it.each(["localhost:4318", "127.0.0.1", "[::1]:4318", "192.168.1.7:4318", "LOCALHOST"])("our own host %s is served", async (host) => {
    expect((await ask("/api/overview", { headers: { host } })).status).toBe(200);
    expect((await post("/api/deploys", deploy, { host, origin: `http://${host}` })).status).toBe(201);
  });

  it("finds no CORS header, and a strict policy on every answer", async () => {
    for (const path of ["/", "/api/overview", "/api/nothing", "/assets/main-AbCdEf12.js"]) {
      const { headers } = await ask(path, { headers: { origin: "https://evil.example" } });
      expect(headers["access-control-allow-origin"]).toBeUndefined();
      expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(headers["content-security-policy"]).toContain("require-trusted-types-for 'script'");
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
  });
});

describe("the dashboard's files", () => {
  it.each(["/", "/faults/f00d", "/traces/abc", "/failing", "/rollout"])("serve the page at %s", async (path) => {
    const reply = await ask(path);
    expect(reply.text).toContain("<title>Faultline");
    expect(reply.headers["cache-control"]).toBe("no-cache");
  });

  it("are compressed for who takes it, and hashed ones are kept for ever", async () => {
    const compressed = await ask("/assets/main-AbCdEf12.js", { headers: { "accept-encoding": "gzip, br" } });
    expect(compressed.headers["content-encoding"]).toBe("br");
    expect(compressed.headers["cache-control"]).toContain("immutable");
    const plain = await ask("/assets/main-AbCdEf12.js", { headers: { "accept-encoding": "br;q=0" } });
    expect(plain.text).toBe("console.log(1)");
    const again = await ask("/assets/main-AbCdEf12.js", { headers: { "if-none-match": String(plain.headers.etag) } });
    expect(again.status).toBe(304);
  });

  it.each([
    "/assets/../index.html",
    "/assets/..%2f..%2fpackage.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "/assets/....//package.json",
    "/assets/..\\..\\package.json",
    "/assets/main-AbCdEf12.js.br",
    "/assets/%00",
    "//etc/passwd",
    "/etc/passwd",
  ])("cannot be left by %s", async (path) => {
    expect((await ask(path)).text).not.toMatch(/root:|workspaces|compressed/);
  });
});

describe("an address that there is not", () => {
  /** What Chromium and Firefox send when somebody goes to an address. */
  const BROWSER = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8" };

  it.each(["/nothing/here", "/api/nothing", "/faults", "/assets/old.js"])("is a page with a way home for a browser: %s", async (path) => {
    const reply = await ask(path, { headers: BROWSER });
    expect([reply.status, reply.headers["content-type"], reply.headers.vary]).toEqual([404, "text/html; charset=utf-8", "accept"]);
    expect(reply.text).toContain('<link rel="stylesheet" href="/assets/main-AbCdEf12.css" />');
    expect(reply.text).toContain('<a href="/">To the overview</a>');
    expect(reply.text).toContain(path);
  });

  it.each([
    {},
    { accept: "*/*" },
    { accept: "application/json" },
    { accept: "application/problem+json, text/html;q=0.9" },
    { accept: "text/html;q=0" },
    { accept: "text/event-stream" },
  ])("is problem details for who sends %j", async (headers) => {
    const reply = await ask("/nothing/here", { headers });
    expect([reply.status, reply.headers["content-type"]]).toEqual([404, "application/problem+json"]);
    expect(problemOf(reply).detail).toBe('There is no page "/nothing/here"; the overview is at /.');
  });

  it("of the API is answered with those that there are", async () => {
    expect(problemOf(await ask("/api/fault")).detail).toContain(
      'no API address "/api/fault"; there are /api/overview, /api/changes, /api/faults,',
    );
  });

  it("lets nothing of itself run in the page", async () => {
    const reply = await ask("/%22%3E<script>alert(1)</script>&'", { headers: BROWSER });
    expect(reply.text).not.toContain("<script>alert");
    expect(reply.headers["content-security-policy"]).toContain("script-src 'self'");
  });

  it("is refused as no path, as a proxy or a scanner would write it", async () => {
    expect((await ask("http://127.0.0.1/api/health")).status).toBe(400);
  });

  it("under a foreign name is a page that says what to do and leads nowhere", async () => {
    const reply = await ask("/", { headers: { ...BROWSER, host: "shop.example:4318" } });
    expect(reply.status).toBe(421);
    expect(reply.text).toContain(
      "does not answer to the name &quot;shop.example&quot;; open it by its address, or start it with --allow-host NAME.",
    );
    expect(reply.text).not.toContain("To the overview");
    expect((await ask("/assets/main-AbCdEf12.css", { headers: { host: "shop.example:4318" } })).status).toBe(200);
  });
});

describe("live events", () => {
  type Reader = { readonly read: (until: string) => Promise<string>; readonly stop: () => Promise<void> };

  async function listen(headers: Record<string, string> = {}): Promise<Reader> {
    const response = await fetch(`http://127.0.0.1:${port}/api/events`, { headers });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const read = async (until: string): Promise<string> => {
      while (!text.includes(until)) text += (await reader?.read())?.value ?? "";
      return text;
    };
    await read("retry:");
    return { read, stop: async () => reader?.cancel() };
  }

  it("arrive as they are published", async () => {
    const reader = await listen();
    live.publish({ kind: "fault", fault: FAULT });
    live.publish({ kind: "counts", atMs: NOW });
    const text = await reader.read("event: counts");
    expect(text).toContain('event: fault\ndata: {"fingerprint":"f00d"');
    await reader.stop();
  });

  it("go on where a client stopped, and say so when too much was missed", async () => {
    const reader = await listen();
    for (const atMs of [1, 2, 3, 4, 5]) live.publish({ kind: "counts", atMs });
    const text = await reader.read('{"atMs":5}');
    await reader.stop();
    const ids = [...text.matchAll(/id: (\S+)/g)].map(([, id]) => String(id));
    const resumed = await listen({ "last-event-id": String(ids[3]) });
    const rest = await resumed.read('{"atMs":5}');
    expect(rest).not.toContain('{"atMs":4}');
    await resumed.stop();
    for (const lastId of [String(ids[0]), "other-4", "nonsense"]) {
      const lost = await listen({ "last-event-id": lastId });
      expect(await lost.read("event:")).toContain("event: reset");
      await lost.stop();
    }
  });

  it("are refused to more clients than the limit with a time to come back", async () => {
    const readers = [await listen(), await listen()];
    const reply = await ask("/api/events");
    expect([reply.status, reply.headers["retry-after"]]).toEqual([503, "5"]);
    for (const reader of readers) await reader.stop();
  });
});
