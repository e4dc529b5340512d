import { fail, type Result, succeed } from "@faultline/model";
import type { PastedError } from "../pasted/cursor.ts";
import { checkLength, isHeaderName, isHeaderValue, isHttpUrl, showName } from "../pasted/request-parts.ts";
import { readCall } from "./read-call.ts";

/** The request that a call of `fetch` would send. */
export type FetchRequest = {
  readonly method: string;
  readonly url: string;
  /** In the order given. A browser's own headers (`User-Agent`, `Origin`, `Cookie`) are not included. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly followsRedirects: boolean;
  /** What the call leaves to the browser and is therefore not sent here. */
  readonly notes: readonly string[];
};

/** Options that do not change the request outside of a browser. */
const WITHOUT_EFFECT = new Set(["mode", "cache", "keepalive", "priority", "integrity", "referrerPolicy", "signal", "window", "duplex"]);

/**
 * Parses a pasted call of `fetch`, written by a browser's "Copy as fetch" or by a person. Nothing is run: a variable or another call is an
 * error at its position, because its value is not in the text.
 */
export function parseFetchCall(text: string): Result<FetchRequest, PastedError> {
  const tooLong = checkLength(text);
  if (tooLong !== undefined) return fail(tooLong);
  const call = readCall(text);
  if (!call.ok) return call;
  const { url, options, at } = call.value;
  if (typeof url !== "string" || !isHttpUrl(url)) return fail({ message: "the first argument is no http or https URL", at });
  if (options !== undefined && !isRecord(options)) return fail({ message: "the second argument is no object of options", at });
  const { method = "GET", headers = {}, body, referrer, credentials, redirect, ...rest } = options ?? {};
  const unknown = Object.keys(rest).find((name) => !WITHOUT_EFFECT.has(name));
  if (unknown !== undefined) return fail({ message: `the option ${showName(unknown)} of fetch is not known here`, at });
  if (typeof method !== "string" || !/^[A-Za-z]{1,32}$/.test(method)) return fail({ message: "its method is none", at });
  const read = readHeaders(headers);
  if (read === undefined) return fail({ message: "its headers are neither an object nor a list of pairs of texts", at });
  if (body !== undefined && body !== null && typeof body !== "string")
    return fail({ message: "its body is no text; write it as JSON.stringify({...}) or as a string", at });
  return succeed({
    method: method.toUpperCase(),
    url,
    headers: [...read, ...listOwnHeaders(read, referrer, body)],
    ...(typeof body === "string" ? { body } : {}),
    followsRedirects: redirect !== "manual" && redirect !== "error",
    notes: credentials === "omit" || hasHeader(read, "cookie") ? [] : [NO_COOKIES],
  });
}

type Headers = readonly (readonly [string, string])[];

const NO_COOKIES =
  'a browser adds its cookies to this call and they are not in the text: "Copy as cURL", or "Copy as fetch (Node.js)", has them';

/** The headers that `fetch` adds by itself, unless the call gives them. */
function listOwnHeaders(given: Headers, referrer: unknown, body: unknown): Headers {
  const hasReferrer = typeof referrer === "string" && /^https?:/i.test(referrer);
  return [
    ...(hasReferrer && !hasHeader(given, "referer") ? [["Referer", referrer] as const] : []),
    ...(typeof body === "string" && !hasHeader(given, "content-type") ? [["Content-Type", "text/plain;charset=UTF-8"] as const] : []),
  ];
}

function hasHeader(headers: Headers, name: string): boolean {
  return headers.some(([each]) => each.toLowerCase() === name);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readHeaders(given: unknown): Headers | undefined {
  const pairs: unknown = Array.isArray(given) ? given : isRecord(given) ? Object.entries(given) : undefined;
  if (!Array.isArray(pairs)) return undefined;
  const headers = pairs.map((pair: unknown) => (Array.isArray(pair) ? readHeader(pair[0], pair[1]) : undefined));
  return headers.some((each) => each === undefined) ? undefined : headers.filter((each) => each !== undefined);
}

function readHeader(name: unknown, value: unknown): readonly [string, string] | undefined {
  if (typeof name !== "string" || !isHeaderName(name)) return undefined;
  if ((typeof value !== "string" && typeof value !== "number") || !isHeaderValue(String(value))) return undefined;
  return [name, String(value)];
}
