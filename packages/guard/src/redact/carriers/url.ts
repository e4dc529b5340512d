import { readUnderName } from "../named-text.ts";
import { UNSCANNED } from "../replacement.ts";
import { replaceString } from "../scalar.ts";
import { allowWork } from "../work.ts";
import { isSignedParameter } from "../names/query-name.ts";
import type { Pass } from "../pass.ts";
import { redactTextWith } from "./text.ts";

/** Decodes one form-urlencoded piece; undefined if the encoding is invalid. */
function decodeComponent(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function redactPair(pair: string, pass: Pass): string {
  const at = pair.indexOf("=");
  if (at < 0) return redactEncoded(pair, pass);
  const rawName = pair.slice(0, at);
  const rawValue = pair.slice(at + 1);
  const name = decodeComponent(rawName) ?? rawName;
  const kind = isSignedParameter(name, rawValue.length) ? "signature" : pass.classify(name.replace(/\[\]$/, "")).kind;
  if (kind === undefined) return `${rawName}=${redactEncoded(rawValue, pass, name)}`;
  const value = decodeComponent(rawValue) ?? rawValue;
  const replaced = replaceString(kind, value, pass);
  return replaced === value ? pair : `${rawName}=${replaced}`;
}

/** Redacts a piece that may be encoded. It is encoded again only if something in it was replaced. */
function redactEncoded(raw: string, pass: Pass, name?: string): string {
  const decoded = /[%+]/.test(raw) ? decodeComponent(raw) : raw;
  if (decoded === undefined) return redactTextWith(raw, pass);
  const redacted = readUnderName(name, decoded, (text) => redactTextWith(text, pass));
  if (redacted === decoded) return raw;
  return decoded === raw ? redacted : encodeURIComponent(redacted);
}

/** Stands in for a pair that is not read because the work allowed for the call is used up. */
function drop(pass: Pass): string {
  pass.count("unscanned");
  return UNSCANNED;
}

/** Redacts `a=b&c=d`, as in a query or a form. Pairs are dropped once the work allowed for the call is used up. */
export function redactPairs(text: string, pass: Pass): string {
  allowWork(pass.work, text.length);
  return text
    .split("&")
    .map((pair) => (pass.work.left < 0 ? drop(pass) : redactPair(pair, pass)))
    .join("&");
}

/** Redacts a request target or a URL: user information, path segments, query values, and a fragment that carries tokens. */
export function redactUrlWith(target: string, pass: Pass): string {
  const [, path = "", ...tails]: readonly (string | undefined)[] =
    /([^?#]*)(\?[^#]*)?(#[^]*)?/.exec(target.slice(0, pass.policy.maxTextLength)) ?? [];
  // Most targets are a path alone; a missing query or fragment is undefined and adds nothing.
  return redactPath(path, pass) + tails.map((tail) => tail && tail.charAt(0) + redactPairs(tail.slice(1), pass)).join("");
}

/** Redacts a path as a whole, and then every percent-encoded segment by itself. */
function redactPath(path: string, pass: Pass): string {
  const text = redactTextWith(path, pass);
  if (!text.includes("%")) return text;
  return text
    .split("/")
    .map((segment) => (segment.includes("%") ? redactEncoded(segment, pass) : segment))
    .join("/");
}
