/** Requests to the forty endpoints, valid ones and hostile ones, as an HTTP client sends them. Deterministic for a seed. */
// oxlint-disable unicorn/no-useless-spread -- the rows keep long lists readable
import { gzipSync } from "node:zlib";
import { createRandom, type Random } from "../../tests/rig/seeded-random.ts";
import { createEndpoints, type Endpoint, type Pick } from "./endpoints.ts";
import { BAD_ESCAPES, JSON_TEXTS, mutate, NAUGHTY_TEXTS, ODD_VALUES } from "./hostile-values.ts";

/** One request. `path` is sent as it stands: characters up to U+00FF, no space. */
export type BadInputRequest = {
  readonly endpoint: number;
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
};

const ENDPOINTS = createEndpoints();

type Source = { readonly random: Random; readonly pick: Pick };

const JSON_TYPE = { "content-type": "application/json" };
const TEXT_TYPE = { "content-type": "text/plain" };
const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };

/** A value as a client would write it into a URL, a form or a header. */
function toText(value: unknown): string {
  return typeof value === "string" ? value.toWellFormed() : (JSON.stringify(value) ?? "undefined");
}

/** Puts a value where the endpoint expects it, encoded as it should be. */
function place(at: number, endpoint: Endpoint, value: unknown): Omit<BadInputRequest, "kind"> {
  const base = { endpoint: at, method: "POST", path: `/e/${at}`, headers: {} };
  const encoded = encodeURIComponent(toText(value));
  switch (endpoint.place) {
    case "param":
      return { ...base, method: "GET", path: `/e/${at}/${encoded}` };
    case "query":
      return { ...base, method: "GET", path: `/e/${at}?v=${encoded}` };
    case "header":
      return { ...base, method: "GET", headers: { "x-value": toText(value).replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "?") } };
    case "text":
      return { ...base, headers: TEXT_TYPE, body: Buffer.from(toText(value)) };
    case "form":
      return { ...base, headers: FORM_TYPE, body: Buffer.from(`v=${encoded}`) };
    case "json":
      return { ...base, headers: JSON_TYPE, body: Buffer.from(JSON.stringify(value)) };
  }
}

/** Changes one member of a copy of `value`, somewhere in its depth. */
function spoil(value: unknown, { random, pick }: Source): unknown {
  if (value === null || typeof value !== "object" || random() < 0.25) return pick(ODD_VALUES);
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...value };
  const keys = Object.keys(copy);
  const key = keys.length === 0 ? "x" : pick(keys);
  const ways = [
    () => (copy[key] = spoil(copy[key], { random, pick })),
    () => (copy[key] = pick(ODD_VALUES)),
    () => (copy[key] = pick(NAUGHTY_TEXTS)),
    () => delete copy[key],
    () => (copy[pick(["extra", "constructor", "prototype", "toString", "then", ""])] = pick(ODD_VALUES)),
  ];
  pick(ways)();
  return copy;
}

type Kind = (at: number, endpoint: Endpoint, source: Source) => Omit<BadInputRequest, "kind">;

const BODY_KINDS: Readonly<Record<string, Kind>> = {
  "almost JSON": (at, endpoint, { pick }) => ({ ...place(at, endpoint, ""), headers: JSON_TYPE, body: Buffer.from(pick(JSON_TEXTS)) }),
  "bytes that are no text": (at, endpoint, { random }) => ({
    ...place(at, endpoint, ""),
    headers: JSON_TYPE,
    body: Buffer.from(Array.from({ length: 1 + Math.floor(random() * 60) }, () => Math.floor(random() * 256))),
  }),
  "odd content type": (at, endpoint, { pick }) => ({
    ...place(at, endpoint, '{"a":1}'),
    headers: {
      "content-type": pick([
        ...[
          "application/json; charset=utf-99",
          "application/json;charset",
          "text/json",
          "application/",
          "/",
          "a/b/c",
          "multipart/form-data",
        ],
        ...[
          "multipart/form-data; boundary=",
          "application/xml",
          "application/json; charset=utf-16",
          "*/*",
          "application/json,text/plain",
          "json",
        ],
      ]),
    },
    body: Buffer.from('{"a":1}'),
  }),
  "odd content encoding": (at, endpoint, { pick }) => ({
    ...place(at, endpoint, ""),
    headers: { ...JSON_TYPE, "content-encoding": pick(["gzip", "br", "deflate", "zstd", "identity", "x", "gzip, gzip", ""]) },
    body: pick([Buffer.from("{}"), gzipSync("{}"), gzipSync("{").subarray(0, 12), gzipSync(Buffer.alloc(400_000, 32))]),
  }),
  oversized: (at, endpoint, { pick }) => ({
    ...place(at, endpoint, ""),
    headers: JSON_TYPE,
    body: Buffer.from(`{"a":"${"x".repeat(pick([30_000, 120_000, 300_000]))}"${pick(["}", ""])}`),
  }),
  "polluting keys": (at, endpoint, { pick }) => ({
    ...place(at, endpoint, ""),
    headers: JSON_TYPE,
    body: Buffer.from(
      pick([
        '{"__proto__":{"items":[1]}}',
        '{"constructor":{"prototype":{"x":1}}}',
        '{"user":{"__proto__":{"name":1}}}',
        '[{"__proto__":[]}]',
      ]),
    ),
  }),
  "no body": (at, endpoint) => ({ ...place(at, endpoint, ""), headers: JSON_TYPE, body: Buffer.alloc(0) }),
};

const URL_KINDS: Readonly<Record<string, Kind>> = {
  "bad escapes": (at, endpoint, { pick }) => {
    const { path } = place(at, endpoint, "");
    return { ...place(at, endpoint, "x"), path: path + pick(BAD_ESCAPES) + pick(["", "", pick(BAD_ESCAPES)]) };
  },
  "odd queries": (at, endpoint, { pick }) => ({
    ...place(at, endpoint, pick(NAUGHTY_TEXTS)),
    path: `/e/${at}${pick(["", "/x"])}?${pick(["v=1&v=2", "v[]=1", "v[a]=1", "v", "v=", "=v", "&&&", "__proto__[v]=1", "v.__proto__=1", "v[__proto__][x]=1", "V=1", "?v=1", `v=${"a".repeat(3000)}`, "v=%", "v=a+b", `${"a=1&".repeat(500)}v=x`])}`,
  }),
};

const VALUE_KINDS: Readonly<Record<string, Kind>> = {
  "naughty text": (at, endpoint, { pick }) => place(at, endpoint, pick(NAUGHTY_TEXTS)),
  "mutated value": (at, endpoint, source) => {
    const valid = endpoint.valid(source.pick, 0);
    return place(at, endpoint, typeof valid === "string" ? mutate(valid, source.pick, source.random) : spoil(valid, source));
  },
  "wrong type": (at, endpoint, source) =>
    place(at, endpoint, endpoint.place === "json" ? spoil(endpoint.valid(source.pick, 0), source) : source.pick(ODD_VALUES)),
  "JSON in a value": (at, endpoint, { pick }) => place(at, endpoint, pick(JSON_TEXTS).slice(0, 4000)),
};

/** `count` hostile requests, evenly over the endpoints. */
export function createHostileRequests(seed: number, count: number): BadInputRequest[] {
  const random = createRandom(seed);
  const pick: Pick = (from) => from[Math.floor(random() * from.length)] as (typeof from)[number];
  return Array.from({ length: count }, (_, serial) => {
    const at = serial % ENDPOINTS.length;
    const endpoint = ENDPOINTS[at] as Endpoint;
    const hasBody = endpoint.place === "json" || endpoint.place === "text" || endpoint.place === "form";
    const kinds = Object.entries({ ...VALUE_KINDS, ...(endpoint.place === "header" ? {} : hasBody ? BODY_KINDS : URL_KINDS) });
    const [kind, make] = pick(kinds);
    return { ...make(at, endpoint, { random, pick }), kind };
  });
}

/** `count` requests that each endpoint must take. */
export function createValidRequests(seed: number, count: number): BadInputRequest[] {
  const random = createRandom(seed);
  const pick: Pick = (from) => from[Math.floor(random() * from.length)] as (typeof from)[number];
  return Array.from({ length: count }, (_, serial) => {
    const at = serial % ENDPOINTS.length;
    const endpoint = ENDPOINTS[at] as Endpoint;
    return { ...place(at, endpoint, endpoint.valid(pick, serial)), kind: "valid" };
  });
}
