/** What is read of a line by its shape is what the parsers read of it. */
import { createLineReader } from "@faultline/formats/access-log";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { analyzeSource } from "../analyze.ts";
import { buildReport } from "../report/build-report.ts";
import { createChoices, type SeededChoices } from "../../../../../tests/rig/seeded-random.ts";
import { Tally } from "../tally/tally.ts";
import { toPlainRequest } from "./line-shape.ts";
import { LineShapes } from "./line-shapes.ts";

const CONTEXT = { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 };

/** One request; every few it was tried twice, failed, or has members that are seldom there. */
function invent(random: SeededChoices, index: number) {
  const { below, pick, hex } = random;
  const iso = new Date(Date.UTC(2026, 10, 20) + index * 700).toISOString();
  const status = pick(200, 200, 200, 200, 200, 204, 301, 404, 429, 499, 500, 502, 504);
  const path = pick(`/users/${below(1e6)}`, "/cart", `/a/${hex(8)}/b`, "/x%20y", "/é", `/p.${below(9)}`, "/v1/items:batch", "/a=b", "/");
  return {
    iso,
    status,
    target: path + pick("", "", "", "?a=b&c=d", "?q=%20x", `?id=${below(99)}`),
    clf: `${iso.slice(8, 10)}/Nov/2026:${iso.slice(11, 19)} +0000`,
    ip: `10.${below(256)}.${below(256)}.${below(256)}`,
    method: pick("GET", "GET", "POST", "DELETE"),
    ms: pick(below(300), below(60_000), 0),
    behindMs: below(200),
    bytes: below(20_000),
    agent: pick("curl/8.4.0", "Mozilla/5.0 (X11; Linux x86_64)", "-", 'odd \\"one\\"', "python-requests/2.31.0"),
    behind: pick(status, status, status, status, 200, 503),
    address: `10.0.0.${below(4)}:8080`,
    id: hex(32),
    isRetried: below(20) === 0,
    isSeldom: below(25) === 0,
  };
}

type Invented = ReturnType<typeof invent>;

const seconds = (ms: number) => (ms / 1000).toFixed(3);
const WRITERS: Readonly<Record<string, (one: Invented) => string>> = {
  "nginx with upstream times": (one) => {
    const [address, behind] = one.isRetried ? [`10.0.0.9:8080, ${one.address}`, `502, ${one.behind}`] : [one.address, `${one.behind}`];
    return `${one.ip} - - [${one.clf}] "${one.method} ${one.target} HTTP/1.1" ${one.status} ${one.bytes} "-" "${one.agent}" rt=${seconds(one.ms)} uct="0.000" uht="${one.isSeldom ? "-" : seconds(one.behindMs)}" urt="${seconds(one.behindMs)}" us="${behind}" ua="${address}"`;
  },
  "ingress-nginx": (one) =>
    `${one.ip} - - [${one.clf}] "${one.method} ${one.target} HTTP/2.0" ${one.status} ${one.bytes} "-" "${one.agent}" ${one.bytes} ${seconds(one.ms)} [shop-api-80] [] ${one.isRetried ? `10.0.0.9:8080, ${one.address} 0, ${one.bytes} 0.100, ${seconds(one.behindMs)} 502, ${one.behind}` : `${one.address} ${one.bytes} ${seconds(one.behindMs)} ${one.behind}`} ${one.id}`,
  "Apache with %D": (one) =>
    `${one.ip} - - [${one.clf}] "${one.method} ${one.target} HTTP/1.1" ${one.status} ${one.isSeldom ? "-" : one.bytes} "https://a.example/" "${one.agent}" ${one.ms * 1000 + 500}`,
  HAProxy: (one) =>
    `<134>Nov 20 ${one.iso.slice(11, 19)} lb haproxy[9]: ${one.ip}:5000 [${one.clf.slice(0, 20)}.${one.iso.slice(20, 23)}] fe~ be/app${one.bytes % 3} 0/0/1/${one.behindMs}/${one.ms} ${one.status} ${one.bytes} - - ${one.isSeldom ? "CD--" : "----"} 10/10/2/1/${one.isRetried ? "+1" : "0"} 0/0 "${one.method} ${one.target} HTTP/1.1"`,
  "AWS ALB": (one) =>
    `https ${one.iso.slice(0, 23)}000Z app/shop/50dc6c495c0c9188 ${one.ip}:4711 ${one.isSeldom ? "-" : one.address} 0.001 ${seconds(one.ms)} 0.000 ${one.status} ${one.behind} 453 ${one.bytes} "${one.method} https://shop.example.com:443${one.target} HTTP/1.1" "${one.agent}" ECDHE TLSv1.2 arn:aws:x:targetgroup/my-targets/73e2 "Root=1-${one.id}" "shop.example.com" "arn:cert" 1 ${one.iso.slice(0, 23)}000Z "forward" "-" "-" "${one.address}" "${one.behind}" "-" "-"`,
  "nginx in JSON": (one) =>
    JSON.stringify({
      time_iso8601: `${one.iso.slice(0, 19)}+00:00`,
      remote_addr: one.ip,
      request_method: one.method,
      request_uri: one.target,
      status: String(one.status),
      body_bytes_sent: one.bytes,
      request_time: seconds(one.ms),
      upstream_addr: one.isRetried ? `10.0.0.9:8080, ${one.address}` : one.address,
      upstream_status: one.isRetried ? `502, ${one.behind}` : String(one.behind),
      http_user_agent: one.agent,
    }),
  pino: (one) =>
    JSON.stringify({
      level: one.isSeldom ? 50 : 30,
      time: Date.parse(one.iso),
      reqId: `req-${one.bytes}`,
      req: { method: one.method, url: one.target, remoteAddress: one.ip },
      res: { statusCode: one.status, body: one.isRetried ? { errors: [{ message: "no stock" }] } : { data: {} } },
      responseTime: one.ms,
      msg: "request completed",
    }),
  Envoy: (one) =>
    `[${one.iso}] "${one.method} ${one.target} HTTP/1.1" ${one.status} ${one.isSeldom ? "URX" : "-"} 0 ${one.bytes} ${one.ms} ${one.behindMs} "${one.ip}" "${one.agent}" "${one.id}" "shop.example.com" "${one.address}"`,
  Heroku: (one) =>
    `${one.iso.slice(0, 23)}000+00:00 heroku[router]: at=info method=${one.method} path="${one.target}" host=a.example request_id=${one.id} fwd="${one.ip}" dyno=web.${one.bytes % 4} connect=1ms service=${one.ms}ms status=${one.status} bytes=${one.bytes}`,
  logfmt: (one) =>
    `time=${one.iso} level=${one.isSeldom ? "error" : "info"} msg="request" method=${one.method} path=${one.target} status=${one.status} duration=${one.ms}ms remote=${one.ip}`,
  Caddy: (one) =>
    JSON.stringify({
      level: "info",
      ts: Date.parse(one.iso) / 1000,
      logger: one.isSeldom ? "http.log.error" : "http.log.access",
      msg: "handled request",
      request: { remote_ip: one.ip, proto: "HTTP/2.0", method: one.method, host: "shop.example.com", uri: one.target },
      bytes_read: one.bytes % 7,
      duration: one.isRetried ? one.ms * 1000 : one.ms / 100,
      size: one.bytes,
      status: one.status,
    }),
  "Traefik, times to the second": (one) =>
    JSON.stringify({
      ClientHost: one.ip,
      DownstreamStatus: one.status,
      Duration: one.ms * 1e6,
      OriginStatus: one.behind,
      RequestMethod: one.method,
      RequestPath: one.target,
      StartUTC: `${one.iso.slice(0, 19)}Z`,
      time: `${one.iso.slice(0, 19)}Z`,
    }),
  morgan: (one) => `${one.method} ${one.target} ${one.status} ${one.ms}.123 ms - ${one.bytes}`,
  "a container's output": (one) =>
    `${one.iso.slice(0, 23)}123456Z stdout F ${one.ip} - - [${one.clf}] "${one.method} ${one.target} HTTP/1.1" ${one.status} ${one.bytes} "-" "${one.agent}" ${seconds(one.ms)}`,
  "Docker's JSON": (one) =>
    JSON.stringify({
      log: `${one.ip} - - [${one.clf}] "${one.method} ${one.target} HTTP/1.1" ${one.status} ${one.bytes} "-" "${one.agent}" ${seconds(one.ms)}\n`,
      stream: "stdout",
      time: one.iso,
    }),
};

const FIELDS = [
  "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
  "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) time-taken sc-substatus sc-win32-status sc-status",
];

/** IIS, which names its fields anew when its settings change. */
function writeIis(random: SeededChoices, count: number): string[] {
  return FIELDS.flatMap((fields, part) => [
    `#Fields: ${fields}`,
    ...Array.from({ length: count / 2 }, (_, index) => {
      const { iso, method, target, ip, status, ms } = invent(random, index);
      const [path, query = "-"] = target.split("?");
      const [seventh, last] = [
        [status, ms],
        [ms, status],
      ][part] as [number, number];
      return `${iso.slice(0, 10)} ${iso.slice(11, 19)} 10.0.0.5 ${method} ${path} ${query} 443 - ${ip} curl/8 ${seventh} 0 0 ${last}`;
    }),
  ]);
}

function mutate(line: string, { below }: SeededChoices): string {
  const at = below(line.length);
  if (below(2) === 0) return line.slice(0, at) + line.slice(at + 1 + below(3));
  return line.slice(0, at) + line.charAt(below(line.length)) + line.slice(at + below(2));
}

/** Reads lines both ways. */
function compare(lines: readonly string[]) {
  const shapes = new LineShapes(CONTEXT);
  const reader = createLineReader({ context: CONTEXT });
  const different: unknown[] = [];
  let taken = 0;
  for (const line of lines) {
    const bytes = Buffer.from(line);
    const plain = shapes.read(bytes, { start: 0, end: bytes.length });
    const read = reader.read(line);
    if (plain === undefined) shapes.learn(read);
    else {
      taken += 1;
      const { format, status, timeMs, method, path, durationMs, requestBytes, upstream, errorMessage } = plain;
      const request = { format, status, timeMs, method, path, durationMs, requestBytes, upstream, errorMessage };
      const parsed = toPlainRequest(read);
      if (JSON.stringify(parsed) !== JSON.stringify(request)) different.push({ line, request, parsed });
    }
  }
  return { different, takenRatio: taken / lines.length };
}

describe("lines read by their shape", () => {
  it.each(Object.entries(WRITERS))("give what the parsers read from %s", (name, write) => {
    const random = createChoices(name.length * 77);
    const lines = Array.from({ length: 1200 }, (_, index) => write(invent(random, index)));
    const { different, takenRatio } = compare(lines);
    expect(different).toEqual([]);
    expect(takenRatio).toBeGreaterThan(0.1);
  });

  const told = Object.entries(WRITERS).filter(([name]) => ["Envoy", "logfmt", "pino"].includes(name));
  it.each(told)("need no parser if they fail either, except for checks (%s)", (_, write) => {
    const random = createChoices(5);
    const plain = { path: "/a", agent: "curl", isSeldom: false, isRetried: false, behind: 200, address: "10.0.0.1:80" };
    const lines = Array.from({ length: 4000 }, (_, index) => {
      const status = [200, 200, 200, 502][index % 4] as number;
      return write({ ...invent(random, index), ...plain, target: `/a/${index}`, status });
    });
    const { different, takenRatio } = compare(lines);
    expect(different).toEqual([]);
    expect(takenRatio).toBeGreaterThan(0.93);
  });

  it("are read by the fields that a file named last", () => {
    const { different, takenRatio } = compare(writeIis(createChoices(3), 1600));
    expect(different).toEqual([]);
    expect(takenRatio).toBeGreaterThan(0.1);
  });

  it.each([1, 2, 3])("are never guessed if a line is damaged, seed %i", (seed) => {
    const random = createChoices(seed);
    const lines = Array.from({ length: 2500 }, (_, index) => {
      const line = random.pick(...Object.values(WRITERS))(invent(random, index));
      return random.pick(line, line, mutate(line, random));
    });
    expect(compare(lines).different).toEqual([]);
  });

  it("do not teach that a member is absent if the line was cut off before its last quote", () => {
    const random = createChoices(11);
    const plain = { status: 200, behind: 200, agent: "curl/8.4.0", isRetried: false, isSeldom: false };
    const write = WRITERS["nginx with upstream times"] as (one: Invented) => string;
    const lines = Array.from({ length: 900 }, (_, index) => {
      const address = ["-", "10.0.0.1:80"][index % 2] as string;
      return write({ ...invent(random, index), ...plain, address });
    });
    lines[501] = String(lines[501]).slice(0, -1);
    const { different, takenRatio } = compare(lines);
    expect(different).toEqual([]);
    expect(takenRatio).toBeGreaterThan(0.5);
  });
});

const folder = mkdtempSync(join(tmpdir(), "faultline-shapes-"));

async function report(lines: readonly string[], engine: "wasm" | "javascript") {
  const name = join(folder, "any.log");
  writeFileSync(name, lines.map((line) => `${line}\n`).join(""));
  const tally = new Tally({ fromMs: Date.UTC(2026, 10, 20) + 3000, toMs: undefined });
  await analyzeSource({ name, onBytes: () => undefined }, { tally, reader: { context: CONTEXT }, isFastAllowed: true, engine });
  tally.finish();
  const answered = [...tally.routes].flatMap(([method, trie]) =>
    trie.learn().map(({ template, leaf: { lines: count, okBytes, okUpstreams } }) => ({
      route: `${method} ${template}`,
      count,
      sizes: okBytes?.count,
      largest: okBytes?.quantile(1),
      upstreams: sortTexts(okUpstreams?.list() ?? []),
    })),
  );
  const {
    lines: count,
    requests,
    errors,
    formats,
    window,
    unparsed,
    traffic,
    errorsOverTime,
    routes,
  } = buildReport(tally, {
    files: [name],
    top: 1000,
  });
  // Which failing lines are shown, and of two that are as many the first, depends on the order in which they are counted.
  const counts = routes.map(
    ({ method, route, status, requests: all, count: failing, firstMs, lastMs, overTime, failingMedianMs, okMedianMs }) => [
      method,
      route,
      status,
      all,
      failing,
      firstMs,
      lastMs,
      overTime,
      failingMedianMs,
      okMedianMs,
    ],
  );
  return {
    totals: { count, requests, errors, formats: sortTexts(formats), window, unparsed, traffic, errorsOverTime },
    routes: sortTexts(counts),
    answered: sortTexts(answered),
  };
}

function sortTexts(values: readonly unknown[]): readonly string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}

const toCombined = (one: Invented): string =>
  `${one.ip} - ${one.isSeldom ? "ann" : "-"} [${one.clf}] "${one.method} ${one.target} HTTP/1.1" ${one.status} ${one.bytes} "-" "${one.agent}"`;
const toTimed = (one: Invented): string => `${toCombined(one)} ${(one.ms / 1000).toFixed(one.isSeldom ? 6 : 3)}`;

/** As Docker's json-file driver writes a line, seldom with the attributes that an operator asks for. */
function toDocker(one: Invented, line: string): string {
  const attributes = one.isSeldom ? { attrs: { tag: "gateway/1" } } : {};
  return JSON.stringify({
    log: `${line}\n`,
    stream: one.isRetried ? "stderr" : "stdout",
    ...attributes,
    time: `${one.iso.slice(0, 23)}000001Z`,
  });
}

/** What runtimes and shippers put around the format that the scanner reads by itself; seldom it is something that is left to the parsers. */
const WRAPPERS: Readonly<Record<string, (one: Invented) => string>> = {
  "CRI around combined": (one) =>
    `${one.iso.slice(0, 23)}${one.isSeldom ? "1" : "Z"} ${one.isRetried ? "stderr" : "stdout"} F ${toTimed(one)}`,
  "CRI with a zone and tags": (one) => `${one.iso.slice(0, 19)}+00:00 stdout F${one.isSeldom ? ":tag" : ""} ${toCombined(one)}`,
  "compose around combined": (one) => `${one.isRetried ? "gateway-10 " : "gateway-1  "}| ${toTimed(one)}`,
  "syslog around combined": (one) =>
    `<190>Nov 20 ${one.iso.slice(11, 19)} ${one.isSeldom ? "" : "web-1 "}nginx${one.isRetried ? "[7]" : ""}: ${toTimed(one)}`,
  "Docker around combined": (one) => toDocker(one, toTimed(one)),
  "Docker around combined with escapes and attributes": (one) => {
    const agent = one.isSeldom ? "a\\tb" : one.isRetried ? "ends\\" : "<curl>";
    const written = toDocker(one, toTimed({ ...one, agent })).replace("<", one.isRetried ? "\\u003c" : "<");
    // A tab as it is ends what is JSON.
    return one.id.startsWith("0") ? written.replace("curl", "cu\trl") : written;
  },
  "Docker around other lines and without a line break": (one) =>
    one.isSeldom ? toDocker(one, "started").replace("\\n", "") : toDocker(one, toCombined(one)).replace("\\n", one.isRetried ? "" : "\\n"),
  "names like wrappers": (one) => (one.isSeldom ? `a | ${toCombined(one).replace(/^\S+ - /, "")}` : `a | ${toCombined(one)}`),
};

/** IIS, whose fields change; and wrapped lines, and those of a container, of which one came in pieces. */
const OTHERS: Readonly<Record<string, (random: SeededChoices) => string[]>> = {
  IIS: (random) => writeIis(random, 1600),
  ...Object.fromEntries(
    Object.entries(WRAPPERS).map(([name, write]) => [
      name,
      (random: SeededChoices) => Array.from({ length: 3000 }, (_, index) => write(invent(random, index))),
    ]),
  ),
  "CRI's pieces of combined": (random) =>
    Array.from({ length: 1600 }, (_, index) => {
      const line = WRAPPERS["CRI around combined"]?.(invent(random, index)) ?? "";
      return index === 900 ? `${line.slice(0, 60).replace(" F ", " P ")}\n${line.slice(0, 36)}${line.slice(60)}` : line;
    }),
  "Docker's pieces of combined": (random) =>
    Array.from({ length: 1600 }, (_, index) => {
      const one = { ...invent(random, index), isSeldom: false };
      const line = toTimed({ ...one, agent: index === 900 ? "a".repeat(20_000) : one.agent });
      if (index !== 900) return toDocker(one, line);
      return `${toDocker(one, line.slice(0, 16_384)).replace("\\n", "")}\n${toDocker(one, line.slice(16_384))}`;
    }),
  "a container's pieces": (random) =>
    Array.from({ length: 1600 }, (_, index) => {
      const line = WRITERS["a container's output"]?.(invent(random, index)) ?? "";
      return index === 900 ? `${line.slice(0, 60).replace(" F ", " P ")}\n${line.slice(0, 40)}${line.slice(60)}` : line;
    }),
};

/** A request like most, after whose kind the scanner learns to read past a wrapper. */
function inventPlain(random: SeededChoices, index: number): Invented {
  const one = invent(random, index);
  return { ...one, isSeldom: false, isRetried: false, agent: "curl/8.4.0", status: 200, target: `/v1/items?page=${index}` };
}

const SUCCEEDING = { 500: 204, 502: 200, 504: 404 } as const;

/** A line of a request that does not fail. */
function keep(write: (one: Invented) => string, random: SeededChoices, index: number): string {
  const one = invent(random, 4000 + index);
  return write({ ...one, status: new Map(Object.entries(SUCCEEDING)).get(String(one.status)) ?? one.status });
}

function mutateOne(...[write, random, index]: Parameters<typeof keep>): string {
  return mutate(keep(write, random, index), random);
}

describe("lines of shapes that the scanner was taught", () => {
  const written = Object.entries(WRITERS).map(
    ([name, write]) => [name, (random: SeededChoices) => Array.from({ length: 2000 }, (_, index) => write(invent(random, index)))] as const,
  );
  it.each([...written, ...Object.entries(OTHERS)])("are counted as JavaScript counts them: %s", async (name, write) => {
    const random = createChoices(name.length * 31);
    const lines = write(random).map((line) => random.pick(mutate(line, random), ...Array.from({ length: 30 }, () => line)));
    expect(await report(lines, "wasm")).toEqual(await report(lines, "javascript"));
  });

  it.each(Object.entries(WRAPPERS))("are counted inside of their wrapper once many plain ones were seen: %s", async (name, write) => {
    const random = createChoices(name.length * 37);
    const lines = [
      ...Array.from({ length: 4000 }, (_, index) => write(inventPlain(random, index))),
      ...Array.from({ length: 4000 }, (_, index) =>
        random.pick(mutateOne, ...Array.from({ length: 40 }, () => keep))(write, random, index),
      ),
    ];
    const moves = vi.spyOn(Tally.prototype, "addTaught").mockClear();
    expect(await report(lines, "wasm")).toEqual(await report(lines, "javascript"));
    expect(moves.mock.calls.map(([format]) => format)).toContain("combined");
  });

  it("have the name of their format in a wrapper of combined and common ones, and are not read there if they are too long", async () => {
    const random = createChoices(5);
    const lines = Array.from({ length: 3000 }, (_, index) => {
      const line = toCombined({ ...invent(random, index), agent: "a".repeat(4 + 70_000 * Number(index % 500 === 499)) });
      return `gateway-1  | ${line.slice(0, random.pick(line.length, line.length, line.indexOf(' "-" ')))}`;
    });
    expect(await report(lines, "wasm")).toEqual(await report(lines, "javascript"));
  });
});
