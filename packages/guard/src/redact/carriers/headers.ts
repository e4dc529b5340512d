import type { Pass } from "../pass.ts";
import { redactUrlWith } from "./url.ts";
import { UNSCANNED } from "../replacement.ts";
import { readUnderName } from "../named-text.ts";
import { redactTextWith } from "./text.ts";
import { replaceString } from "../scalar.ts";

/** Headers as Node and fetch provide them. */
export type HeaderInput = Readonly<Record<string, string | readonly string[] | number | undefined>> | Iterable<readonly [string, string]>;

const URL_NAME = /^(?:referer|(?:content-)?location|origin|:path|x-(?:original|rewrite)-url|x-forwarded-uri)$/;
/** Headers that are never secret, although a rule for names or a pattern for values would match them. */
const PLAIN = /^(?:trace(?:parent|state)|www-authenticate|sec-websocket-accept|etag|if-none-match|date|content-length)$/;

/** Replaces every value of `name=value` pairs, since any may carry a session, and keeps the names; in Set-Cookie only the first value. */
function redactCookies(value: string, pass: Pass, pairs = /([^;=]*=\s*)?([^;]*)/g): string {
  return value.replace(pairs, (_, name: string | undefined, each: string) => (name ?? "") + replaceString("cookie", each, pass));
}

/** Keeps the scheme: whether a request used Basic or Bearer often explains a failure and reveals nothing. */
function redactAuthorization(value: string, pass: Pass): string {
  const scheme = /^[A-Za-z][A-Za-z\d-]{1,31} +(?=\S)/.exec(value)?.[0] ?? "";
  return scheme + replaceString("auth", value.slice(scheme.length), pass);
}

function redactHeader(name: string, value: string, pass: Pass): string {
  if (PLAIN.test(name)) return value;
  if (/^cookie2?$/.test(name)) return redactCookies(value, pass);
  if (name === "set-cookie") return redactCookies(value, pass, /([^;=]*=\s*)?([^;]*)/);
  if (/^(?:proxy-)?authorization$/.test(name)) return redactAuthorization(value, pass);
  if (URL_NAME.test(name)) return redactUrlWith(value, pass);
  const kind = /signature(?:-\d+)?$/.test(name) ? "signature" : pass.classify(name).kind;
  return kind === undefined || kind === "personal"
    ? readUnderName(name, value, (text) => redactTextWith(text, pass))
    : replaceString(kind, value, pass);
}

function* listHeaders(headers: HeaderInput): Generator<readonly [string, string]> {
  const entries = Symbol.iterator in headers ? (headers as Iterable<readonly [string, string]>) : Object.entries(headers);
  for (const [name, value] of entries) for (const each of [value ?? []].flat()) yield [name, String(each)];
}

/** Redacts headers. A header that cannot be read is replaced; the others are kept. */
export function redactHeadersWith(headers: HeaderInput, pass: Pass): Record<string, string> {
  const redacted: Record<string, string> = Object.create(null);
  let seen = 0;
  for (const [name, value] of listHeaders(headers)) {
    if (++seen > pass.policy.maxMembers) break;
    const lower = name.toLowerCase();
    let text = UNSCANNED;
    try {
      text = redactHeader(lower, value, pass);
    } catch {
      pass.count("unscanned");
    }
    const before = redacted[lower];
    redacted[lower] = before === undefined ? text : `${before}, ${text}`;
  }
  return redacted;
}
