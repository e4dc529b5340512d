/** Lines that the core reads by a template of their shape are counted as those are that JavaScript cuts and the parsers read, odd ones among them. */
import { createLineReader } from "@faultline/formats/access-log";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { analyzeSource } from "../analyze.ts";
import { buildReport } from "../report/build-report.ts";
import { readAround } from "../scan/read-around.ts";
import { createChoices, type SeededChoices } from "../../../../../tests/rig/seeded-random.ts";
import { Tally } from "../tally/tally.ts";

const CONTEXT = { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 };
const folder = mkdtempSync(join(tmpdir(), "faultline-template-"));
afterAll(() => rmSync(folder, { recursive: true }));

function invent({ below, pick }: SeededChoices, index: number) {
  const iso = new Date(Date.UTC(2026, 10, 20) + index * 377).toISOString();
  const method = pick("GET", "GET", "POST", "DELETE");
  const path = pick(`/users/${below(1e6)}`, "/cart", `/v1/items/${below(1e6)}/parts`, "/search?q=a%20b", "/a=b", "/p.html", "/x-y_z");
  return {
    iso,
    method,
    path,
    clf: `${iso.slice(8, 10)}/Nov/2026:${iso.slice(11, 19)} +0000`,
    ip: `10.${below(256)}.0.${below(256)}`,
    status: pick(200, 200, 200, 201, 304, 404, 499, 502),
    ms: pick(below(300), below(60_000), 0),
    bytes: below(20_000),
    agent: pick("curl/8.4.0", "Mozilla/5.0 (X11; Linux x86_64)", "-", "a/b; c=d, e:f [g]"),
    peer: pick("10.0.0.1:80", "10.0.0.2:80", "-"),
  };
}
type Invented = ReturnType<typeof invent>;

const seconds = (ms: number) => (ms / 1000).toFixed(3);
const toCombined = ({ ip, clf, method, path, status, bytes, agent }: Invented) =>
  `${ip} - - [${clf}] "${method} ${path} HTTP/1.1" ${status} ${bytes} "-" "${agent}"`;

const WRITERS: Readonly<Record<string, (one: Invented) => string>> = {
  "nginx with upstream times": (one) =>
    `${toCombined(one)} rt=${seconds(one.ms)} uct="0.000" urt="${seconds(one.ms)}" us="${one.status}" ua="${one.peer}"`,
  "ingress-nginx": (one) =>
    `${toCombined(one)} 489 ${seconds(one.ms)} [shop-api-8080] [] ${one.peer} ${one.bytes} ${seconds(one.ms)} ${one.status} id${one.bytes}`,
  "Apache with %D": (one) => `${toCombined(one)} ${one.ms * 1000 + 417}`,
  "combined in a container": (one) => `${one.iso.slice(0, 23)}123456Z stdout F ${toCombined(one)} ${one.ms}417`,
  HAProxy: (one) =>
    `Nov 20 ${one.iso.slice(11, 19)} lb haproxy[9]: ${one.ip}:5000 [${one.clf.slice(0, 20)}.${one.iso.slice(20, 23)}] fe~ be/app${one.bytes % 3} 0/0/1/${one.ms}/${one.ms + 1} ${one.status} ${one.bytes} - - ---- 10/10/2/1/0 0/0 "${one.method} ${one.path} HTTP/1.1"`,
  "AWS ALB": (one) =>
    `https ${one.iso.slice(0, 23)}000Z app/shop/50dc6c495c0c9188 ${one.ip}:4711 ${one.peer} 0.001 ${seconds(one.ms)} 0.000 ${one.status} ${one.status} 453 ${one.bytes} "${one.method} https://shop.example.com:443${one.path} HTTP/1.1" "${one.agent}" ECDHE TLSv1.2 arn:aws:x:targetgroup/my-targets/73e2 "Root=1-${one.bytes}" "shop.example.com" "arn:cert" 1 ${one.iso.slice(0, 23)}000Z "forward" "-" "-" "${one.peer}" "${one.status}" "-" "-"`,
  Envoy: (one) =>
    `[${one.iso}] "${one.method} ${one.path} HTTP/1.1" ${one.status} - 0 ${one.bytes} ${one.ms} ${one.ms} "${one.ip}" "${one.agent}" "id-${one.bytes}" "shop.example.com" "${one.peer}"`,
  logfmt: (one) =>
    `time=${one.iso} level=info msg="request" method=${one.method} path=${one.path} status=${one.status} duration=${one.ms}ms remote=${one.ip}`,
  Heroku: (one) =>
    `${one.iso.slice(0, 23)}000+00:00 heroku[router]: at=info method=${one.method} path="${one.path}" host=a.example request_id=${one.bytes} fwd="${one.ip}" dyno=web.1 connect=1ms service=${one.ms}ms status=${one.status} bytes=${one.bytes}`,
  "nginx in JSON": (one) =>
    JSON.stringify({
      time_iso8601: `${one.iso.slice(0, 19)}+00:00`,
      remote_addr: one.ip,
      request_method: one.method,
      request_uri: one.path,
      status: String(one.status),
      body_bytes_sent: one.bytes,
      request_time: seconds(one.ms),
      upstream_addr: one.peer,
      upstream_status: one.peer === "-" ? "-" : String(one.status),
      http_user_agent: one.agent,
    }),
  pino: (one) =>
    JSON.stringify({
      level: 30,
      time: Date.parse(one.iso),
      req: { method: one.method, url: one.path, headers: { "user-agent": one.agent }, remoteAddress: one.ip },
      res: { statusCode: one.status },
      responseTime: one.ms,
      msg: "request completed",
    }),
  "Elastic Common Schema": (one) =>
    JSON.stringify({
      "@timestamp": one.iso,
      "log.level": "info",
      "ecs.version": "8.10.0",
      http: { request: { method: one.method }, response: { status_code: one.status, body: { bytes: one.bytes } } },
      url: { path: one.path.split("?")[0] },
      event: { duration: one.ms * 1e6 },
      client: { ip: one.ip },
      message: "request",
    }),
  "Envoy in JSON": (one) =>
    JSON.stringify({
      start_time: one.iso,
      method: one.method,
      path: one.path,
      response_code: one.status,
      response_flags: "-",
      bytes_received: one.bytes % 99,
      bytes_sent: one.bytes,
      duration: one.ms,
      user_agent: one.agent,
      upstream_host: one.peer,
    }),
  Traefik: (one) =>
    JSON.stringify({
      ClientHost: one.ip,
      DownstreamStatus: one.status,
      Duration: one.ms * 1e6,
      OriginStatus: one.status,
      RequestMethod: one.method,
      RequestPath: one.path,
      StartUTC: one.iso,
      time: `${one.iso.slice(0, 19)}Z`,
    }),
};

type Change = (line: string, random: SeededChoices) => string;

const wrapped = (name: string, wrap: (line: string, one: Invented) => string) => (one: Invented) => wrap(WRITERS[name]?.(one) ?? "", one);
const toDocker = (line: string, { iso }: Invented) => JSON.stringify({ log: `${line}\n`, stream: "stdout", time: iso });

/** JSON as runtimes and shippers keep it. */
const WRAPPED: Readonly<Record<string, (one: Invented) => string>> = {
  "nginx in JSON in a container": wrapped("nginx in JSON", (line, { iso }) => `${iso.slice(0, 23)}123456Z stdout F ${line}`),
  "pino in compose": wrapped("pino", (line) => `api-1  | ${line}`),
  "Traefik behind syslog": wrapped("Traefik", (line, { iso }) => `<190>Nov 20 ${iso.slice(11, 19)} edge-1 traefik[7]: ${line}`),
  "pino in Docker's JSON": wrapped("pino", toDocker),
  "Elastic Common Schema in Docker's JSON": wrapped("Elastic Common Schema", toDocker),
};
const ALL = Object.entries({ ...WRITERS, ...WRAPPED });

/** What servers write when they are not asked for anything usual, and what becomes of lines on their way. */
const ODD: readonly Change[] = [
  (line) => `${line}\r`,
  (line) => `\uFEFF${line}`,
  (line) => ` ${line}`,
  (line) => line.replace("GET", String.raw`G\u0045T`),
  (line) => line.replace("curl/8", String.raw`cu\"rl`),
  (line) => line.replace("users", "usérs"),
  (line) => line.replace(/([:=" ])(?:200|404)\b/, "$1-"),
  (line) => line.replace(/([:=" ])(?:200|404)\b/, "$1502, 200"),
  (line) => line.replace(/([:=" ])(?:200|404)\b/, "$1 500"),
  (line) => line.replace(/:(\d{3})([,}])/, ':"$1"$2'),
  (line) => line.replace(/"(\d{3})"/, "$1"),
  (line) => line.replace(/(status\w*[":=]+|code[":=]+)\w+/i, "$1500"),
  (line) => line.replace("{", '{"status":500,'),
  (line) => line.replace(/\}$/, ',"status":"503"}'),
  (line) => line.replace(/"(?:GET|POST)"/, "null"),
  (line) => line.replace(/^\{(.*)\}$/, '{"a":{$1}}'),
  (line) => line.replace(/^\{("[^,]*,)("[^,]*,)/, "{$2$1"),
  (line) => line.replaceAll('":', '": '),
  (line) => line.replace(/\d\d:\d\d:\d\d/, "25:61:61"),
  (line) => line.replace(/\d\d:\d\d:\d\d/, "07:08:60"),
];

/** Damage, after which a line may be one of its shape and say something else: what the shape says of it ends with a contradiction. */
const DAMAGE: readonly Change[] = [
  (line, { below }) => line.slice(0, below(line.length)),
  (line) => line.replace(/"[^"]*$/, ""),
  (line, { below }) => {
    const at = below(line.length);
    return line.slice(0, at) + line.slice(at + 1 + below(3));
  },
  (line, { below, pick }) => {
    const at = below(line.length);
    return line.slice(0, at) + pick("-", '"', "=", " ", "\t", "[", ",", "5", "x", ".", "\u0001") + line.slice(at + below(2));
  },
];

function describeTally(tally: Tally, file: string) {
  const { lines, requests, errors, formats, window, unparsed, traffic, errorsOverTime, routes } = buildReport(tally, {
    files: [file],
    top: 1000,
  });
  const counts = routes.map(
    ({ method, route, status, requests: all, count, firstMs, lastMs, overTime, okMedianMs }) =>
      `${method} ${route} ${status} ${all} ${count} ${firstMs} ${lastMs} ${JSON.stringify(overTime)} ${okMedianMs}`,
  );
  const answered = [...tally.routes].flatMap(([method, trie]) =>
    trie
      .learn()
      .map(
        ({ template, leaf }) =>
          `${method} ${template} ${leaf.classes.join()} ${(leaf.okUpstreams?.list() ?? []).map(String).sort().join()} ${leaf.okBytes?.count}`,
      ),
  );
  const sorted = formats.map((each) => JSON.stringify(each)).sort();
  return {
    totals: { lines, requests, errors, sorted, window, unparsed, traffic, errorsOverTime },
    counts: counts.sort(),
    answered: answered.sort(),
  };
}

async function countBy(engine: "wasm" | "javascript", file: string): Promise<Tally> {
  const tally = new Tally({ fromMs: undefined, toMs: undefined });
  await analyzeSource({ name: file, onBytes: () => undefined }, { tally, reader: { context: CONTEXT }, isFastAllowed: true, engine });
  tally.finish();
  return tally;
}

function countByParsers(file: string, lines: readonly string[]): Tally {
  const tally = new Tally({ fromMs: undefined, toMs: undefined });
  const reader = createLineReader({ context: CONTEXT });
  for (const line of lines) for (const each of readAround(reader, line)) tally.add(each.read, each.line, file);
  tally.finish();
  return tally;
}

/** Lines of which those from the 600th on are now and then changed. */
function writeLines(write: (one: Invented) => string, random: SeededChoices, changes: readonly Change[]): readonly string[] {
  const file = Array.from({ length: 3000 }, (_, index) => {
    const line = write(invent(random, index));
    return index % 5 === 4 && index > 600 ? random.pick(...changes)(line, random) : line;
  });
  writeFileSync(join(folder, "any.log"), file.map((line) => `${line}\n`).join(""));
  return file;
}

describe("lines that are read by a template", () => {
  const file = join(folder, "any.log");

  it.each(ALL)("are counted as the parsers count them, with odd ones among them: %s", async (name, write) => {
    const lines = writeLines(write, createChoices(name.length * 97), ODD);
    const taught = vi.spyOn(Tally.prototype, "addTaught").mockClear();
    const counted = describeTally(await countBy("wasm", file), file);
    expect(taught.mock.calls.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(400);
    expect(counted).toEqual(describeTally(countByParsers(file, lines), file));
  });

  it.each(ALL)("are counted as their shape counts them if they are damaged: %s", async (name, write) => {
    writeLines(write, createChoices(name.length * 89), [...DAMAGE, ...ODD]);
    expect(describeTally(await countBy("wasm", file), file)).toEqual(describeTally(await countBy("javascript", file), file));
  });
});
