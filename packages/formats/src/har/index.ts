import { type Exchange, fail, type Result, succeed } from "@faultline/model";
import { fromBase64 } from "../otlp/base64.ts";
import { utf8Decoder } from "../otlp/text-coding.ts";
import { parseIsoTime } from "../access-log/values/clock.ts";
import { findJsonMistake } from "./find-json-mistake.ts";

/** One entry of a HAR file, as far as it can be judged and sent again. */
export type HarEntry = {
  readonly index: number;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  /** Absent if there was no response. */
  readonly status?: number;
  readonly exchange: Exchange;
  /** Why the browser got no response: `net::ERR_CONNECTION_REFUSED`. */
  readonly error?: string;
};

type Json = Readonly<Record<string, unknown>>;

const MOST_ENTRIES = 100_000;

/**
 * Parses a HAR 1.2 file. Entries that never reached the network (`data:`, `blob:`, extensions) are left out. What browsers omit or get
 * wrong (missing timings, status 0, HTTP/2 pseudo headers, a byte order mark) is accepted. Source: HAR 1.2 specification.
 */
export function parseHar(text: string): Result<readonly HarEntry[]> {
  const json = parseJson(text.replace(/^\uFEFF/, ""));
  if (!json.ok) return json;
  const entries = asObject(asObject(json.value)["log"])["entries"];
  if (!Array.isArray(entries)) return fail("this JSON is no HAR file: it has no log.entries list");
  if (entries.length > MOST_ENTRIES) return fail(`the HAR file has more than ${MOST_ENTRIES} entries`);
  return succeed(entries.flatMap((entry: unknown, index) => toEntry(asObject(entry), index) ?? []));
}

function parseJson(text: string): Result<unknown> {
  try {
    return succeed(JSON.parse(text) as unknown);
  } catch {
    return fail(`the file is no JSON: ${describeMistake(text)}`);
  }
}

const EXCERPT = 20;

/** Gives the line and column, which a person can find in an editor. */
function describeMistake(text: string): string {
  const { at, expected } = findJsonMistake(text) ?? { at: 0, expected: "a value" };
  const before = text.slice(0, at).split("\n");
  const place = `line ${before.length}, character ${(before.at(-1)?.length ?? 0) + 1}`;
  if (at >= text.length) return `it ends too early, at ${place}: ${expected} is missing`;
  const found = text.slice(at, at + EXCERPT).replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ");
  return `${expected} should stand at ${place}, not ${JSON.stringify(found)}`;
}

function toEntry(entry: Json, index: number): HarEntry | undefined {
  const request = asObject(entry["request"]);
  const response = asObject(entry["response"]);
  const url = asText(request["url"]);
  if (url === undefined || !/^https?:/i.test(url)) return undefined;
  const status = asNumber(response["status"]);
  const error = asText(entry["_error"]) ?? asText(response["_error"]) ?? asText(asObject(response["_error"])["message"]);
  const body = readPostData(asObject(request["postData"]));
  return {
    index,
    method: asText(request["method"]) ?? "GET",
    url,
    headers: readRequestHeaders(request),
    ...(body === undefined ? {} : { body }),
    ...(status === undefined || status <= 0 ? {} : { status }),
    exchange: toExchange(entry, { request, response, url, status }),
    ...(error === undefined ? {} : { error }),
  };
}

type Parts = { readonly request: Json; readonly response: Json; readonly url: string; readonly status: number | undefined };

function toExchange(entry: Json, { request, response, url, status }: Parts): Exchange {
  const timeMs = parseIsoTime(asText(entry["startedDateTime"]) ?? "", 0);
  const durationMs = asNumber(entry["time"]);
  const [, host = "", path = "/", query] = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(url) ?? [];
  const body = readContent(asObject(response["content"]));
  const method = asText(request["method"]);
  return {
    observer: { kind: "client", name: "browser" },
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(durationMs === undefined || durationMs < 0 ? {} : { durationMs }),
    ...(method === undefined ? {} : { method }),
    host,
    path: path === "" ? "/" : path,
    ...(query === undefined ? {} : { query }),
    ...(status === undefined || status <= 0 ? {} : { status }),
    requestHeaders: toRecord(readHeaders(request["headers"])),
    responseHeaders: toRecord(readHeaders(response["headers"])),
    ...(body === undefined ? {} : { responseBody: body }),
  };
}

function readHeaders(value: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    const { name, value: text } = asObject(each);
    return typeof name === "string" && typeof text === "string" ? [[name, text] as const] : [];
  });
}

/**
 * The request's headers, without HTTP/2's pseudo headers. If a recorder left the cookie header out, it is made from the list of cookies.
 */
function readRequestHeaders(request: Json): readonly (readonly [string, string])[] {
  const headers = readHeaders(request["headers"]).filter(([name]) => !name.startsWith(":"));
  const cookies = readHeaders(request["cookies"]).map((pair) => pair.join("="));
  const hasCookies = cookies.length === 0 || headers.some(([name]) => name.toLowerCase() === "cookie");
  return hasCookies ? headers : [...headers, ["Cookie", cookies.join("; ")]];
}

/** The headers by name in lower case. Repeated ones are joined by commas, as RFC 9110 section 5.3 allows. */
function toRecord(headers: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const record: Record<string, string> = Object.create(null) as Record<string, string>; // a header may be called __proto__
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    record[key] = record[key] === undefined ? value : `${record[key]}, ${value}`;
  }
  return record;
}

/** The body. Some recorders leave the text empty beside a form's fields, or write bytes as Base64. */
function readPostData(postData: Json): string | undefined {
  const text = readContent(postData);
  const { params } = postData;
  if ((text !== undefined && text !== "") || !Array.isArray(params) || params.length === 0) return text;
  return params
    .map((each: unknown) => asObject(each))
    .map(({ name, value }) => `${encodeURIComponent(asText(name) ?? "")}=${encodeURIComponent(asText(value) ?? "")}`)
    .join("&");
}

function readContent(content: Json): string | undefined {
  const text = asText(content["text"]);
  if (text === undefined || content["encoding"] !== "base64") return text;
  const bytes = fromBase64(text);
  return bytes === undefined ? undefined : utf8Decoder.decode(bytes);
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
