/** Requests that are wrong in every way OTLP/HTTP can be, each with the classes of answer that are right for it. */
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import {
  encodeLogs,
  encodeLogsJson,
  encodeMetrics,
  encodeMetricsJson,
  encodeTraces,
  encodeTracesJson,
} from "@faultline/formats/otlp-encode";
import type { LogRecord, MetricPoint, Resource, Span } from "@faultline/model";
import { readMessage } from "./otlp-schema.ts";

/** One request and the statuses that it may be answered with. */
export type MalformedCase = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly allowed: readonly number[];
};

type Random = (below: number) => number;
type Signal = { readonly path: string; readonly message: string; readonly protobuf: Uint8Array; readonly json: string };
type Family = (random: Random, signal: Signal, maxBodyBytes: number) => MalformedCase;

/** Numbers below a bound, the same for the same seed (xorshift). */
function createRandom(seed: number): Random {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const resource: Resource = { service: "shop", attributes: { "service.name": "shop", "service.version": "1" } };
const ids = { traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" };
const span: Span = {
  ...ids,
  name: "GET /cart",
  kind: "server",
  startMs: 1_700_000_000_000,
  endMs: 1_700_000_000_050,
  status: "error",
  attributes: { "http.route": "/cart", "http.response.status_code": 500, ratio: 0.5, list: ["a", "b"] },
  events: [{ name: "exception", timeMs: 1_700_000_000_010, attributes: { "exception.type": "TypeError" } }],
  links: [ids],
  resource,
};
const log: LogRecord = { ...ids, timeMs: 1_700_000_000_000, severity: 17, body: "failed", attributes: { "exception.type": "E" }, resource };
const point: MetricPoint = { name: "m", unit: "s", timeMs: 1_700_000_000_000, value: 2, count: 3, attributes: { a: "b" }, resource };
const SIGNALS: readonly Signal[] = [
  { path: "/v1/traces", message: "TracesData", protobuf: encodeTraces([span, span]), json: encodeTracesJson([span, span]) },
  { path: "/v1/logs", message: "LogsData", protobuf: encodeLogs([log, log]), json: encodeLogsJson([log, log]) },
  { path: "/v1/metrics", message: "MetricsData", protobuf: encodeMetrics([point]), json: encodeMetricsJson([point]) },
];
const PROTOBUF = { "content-type": "application/x-protobuf" };
const JSON_TYPE = { "content-type": "application/json" };

function post(name: string, path: string, rest: Pick<MalformedCase, "headers" | "body" | "allowed">): MalformedCase {
  return { name, method: "POST", path, ...rest };
}

/**
 * What protobufjs cannot read is malformed, but for text that is no UTF-8, which we keep with replacement characters. What it can read
 * may still break a rule of ours.
 */
function allowedFor(message: string, bytes: Uint8Array): readonly number[] {
  try {
    readMessage(message, bytes);
    return [200, 400];
  } catch (error) {
    return error instanceof TypeError ? [200, 400] : [400];
  }
}

function flip(bytes: Uint8Array, random: Random): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  for (let count = 1 + random(3); count > 0; count -= 1) flipped[random(flipped.length)]! ^= 1 << random(8);
  return flipped;
}

const WRONG_VALUES = [5, "soon", true, [1], { a: 1 }];

/** Replaces the value of one random member by one of a type that the member cannot have. */
function corruptMember(json: string, random: Random): string {
  const root: unknown = JSON.parse(json);
  const places: { readonly holder: { [name: string]: unknown }; readonly name: string }[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (!Array.isArray(value) && READ_MEMBERS.has(name)) places.push({ holder: value as { [name: string]: unknown }, name });
      visit(member);
    }
  };
  visit(root);
  const { holder, name } = places[random(places.length)]!;
  const old = holder[name];
  const wrong = WRONG_VALUES.filter((value) => toShape(value) !== toShape(old) && !(isNumeric(old) && typeof value === "number"));
  holder[name] = wrong[random(wrong.length)];
  return JSON.stringify(root);
}

/** Members whose type every reader of OTLP/JSON must hold to. */
const READ_MEMBERS = new Set(
  "resourceSpans scopeSpans spans resourceLogs scopeLogs logRecords resourceMetrics scopeMetrics metrics dataPoints attributes key value traceId name unit startTimeUnixNano timeUnixNano stringValue intValue doubleValue arrayValue events links status".split(
    " ",
  ),
);

function toShape(value: unknown): string {
  return Array.isArray(value) ? "list" : typeof value;
}

function isNumeric(value: unknown): boolean {
  return typeof value === "string" && /^\d+$/.test(value);
}

/** A value nested `depth` times in array values. */
function nestValue(depth: number): Uint8Array {
  let value = Uint8Array.of(10, 1, 97);
  const wrap = (tag: number, body: Uint8Array): Uint8Array<ArrayBuffer> => {
    const length: number[] = [];
    for (let rest = body.length; ; rest >>>= 7) {
      length.push(rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) break;
    }
    return Uint8Array.of(tag, ...length, ...body);
  };
  for (let level = 0; level < depth; level += 1) value = wrap(42, wrap(10, value));
  const attribute = wrap(10, Uint8Array.of(10, 1, 97, ...wrap(18, value)));
  return wrap(10, wrap(10, attribute));
}

const CODECS = { gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync };
const CODINGS = ["gzip", "deflate", "zstd"] as const;

const FAMILIES: readonly Family[] = [
  function truncatedProtobuf(random, { path, message, protobuf }) {
    const body = protobuf.slice(0, random(protobuf.length));
    return post("truncated protobuf", path, { headers: PROTOBUF, body, allowed: allowedFor(message, body) });
  },
  function flippedProtobuf(random, { path, message, protobuf }) {
    const body = flip(protobuf, random);
    return post("bit-flipped protobuf", path, { headers: PROTOBUF, body, allowed: allowedFor(message, body) });
  },
  function randomProtobuf(random, { path, message }) {
    const body = Uint8Array.from({ length: 1 + random(200) }, () => random(256));
    return post("random bytes as protobuf", path, { headers: PROTOBUF, body, allowed: allowedFor(message, body) });
  },
  function truncatedJson(random, { path, json }) {
    return post("truncated JSON", path, { headers: JSON_TYPE, body: Buffer.from(json.slice(0, random(json.length))), allowed: [400] });
  },
  function flippedJson(random, { path, json }) {
    return post("bit-flipped JSON", path, { headers: JSON_TYPE, body: flip(Buffer.from(json), random), allowed: [200, 400] });
  },
  function wrongTypes(random, { path, json }) {
    return post("JSON with a member of a wrong type", path, {
      headers: JSON_TYPE,
      body: Buffer.from(corruptMember(json, random)),
      allowed: [400],
    });
  },
  function wrongEncoding(random, { path, protobuf, json }) {
    return random(2) === 0
      ? post("JSON sent as protobuf", path, { headers: PROTOBUF, body: Buffer.from(json), allowed: [400] })
      : post("protobuf sent as JSON", path, { headers: JSON_TYPE, body: protobuf, allowed: [400] });
  },
  function notCompressed(random, { path, json }) {
    const coding = CODINGS[random(3)]!;
    return post(`plain JSON said to be ${coding}`, path, {
      headers: { ...JSON_TYPE, "content-encoding": coding },
      body: Buffer.from(json),
      allowed: [400],
    });
  },
  function truncatedCompression(random, { path, protobuf }) {
    const coding = CODINGS[random(3)]!;
    const whole = CODECS[coding](protobuf);
    // What is left of a gzip member may end in bytes that read as an enormous length.
    const body = whole.subarray(0, 1 + random(whole.length - 1));
    return post(`truncated ${coding}`, path, { headers: { ...PROTOBUF, "content-encoding": coding }, body, allowed: [400, 413] });
  },
  function flippedCompression(random, { path, protobuf }) {
    const coding = CODINGS[random(3)]!;
    const body = flip(CODECS[coding](protobuf), random);
    return post(`bit-flipped ${coding}`, path, { headers: { ...PROTOBUF, "content-encoding": coding }, body, allowed: [200, 400, 413] });
  },
  function bomb(random, { path }, maxBodyBytes) {
    const coding = CODINGS[random(3)]!;
    const body = CODECS[coding](Buffer.alloc(maxBodyBytes + 1 + random(maxBodyBytes)));
    return post(`a ${coding} bomb`, path, { headers: { ...PROTOBUF, "content-encoding": coding }, body, allowed: [413] });
  },
  function nestedJson(random, { path }) {
    const depth = 200 + random(5_000);
    const [open, close] = random(2) === 0 ? ["[", "]"] : ['{"a":', "}"];
    const body = Buffer.from(`{"x":${open.repeat(depth)}0${close.repeat(depth)}}`);
    return post("deeply nested JSON", path, { headers: JSON_TYPE, body, allowed: [400] });
  },
  function nestedProtobuf(random, { path }) {
    return post("deeply nested protobuf", path, { headers: PROTOBUF, body: nestValue(40 + random(400)), allowed: [400] });
  },
  function wrongHeaders(random, { path, protobuf }) {
    const headers = [
      {},
      { "content-type": "text/plain" },
      { "content-type": "application/grpc" },
      { ...PROTOBUF, "content-encoding": "br" },
      { ...PROTOBUF, "content-encoding": "gzip, gzip" },
      { ...JSON_TYPE, "content-encoding": "\u00ff" },
    ][random(6)] as Record<string, string>;
    return post("headers that name what no server must know", path, { headers, body: protobuf, allowed: [415] });
  },
  function wrongPlace(random, { path, protobuf }) {
    return random(2) === 0
      ? { name: "another method", method: ["GET", "PUT", "DELETE"][random(3)]!, path, headers: PROTOBUF, body: protobuf, allowed: [405] }
      : post("another path", ["/v1/", "/v1development/profiles", `${path}/x`][random(3)]!, {
          headers: PROTOBUF,
          body: protobuf,
          allowed: [404],
        });
  },
  function pollution(random, { path, json }) {
    const name = ["__proto__", "constructor", "prototype"][random(3)]!;
    const body = json.replaceAll(/"key":"[^"]*"/g, `"key":"${name}"`).replace("{", `{"${name}":{"polluted":true},`);
    return post(`JSON full of ${name}`, path, { headers: JSON_TYPE, body: Buffer.from(body), allowed: [200] });
  },
];

/** `count` cases, all families in turn. The bombs are just larger than `maxBodyBytes` once decompressed. */
export function createMalformedCases(seed: number, count: number, maxBodyBytes: number): MalformedCase[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const family = FAMILIES[index % FAMILIES.length]!;
    return family(random, SIGNALS[random(SIGNALS.length)]!, maxBodyBytes);
  });
}
