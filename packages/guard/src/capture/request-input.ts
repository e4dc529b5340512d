/** The input of a failing request as attributes: path, query, headers and body, redacted, as the conventions name them. */
import type { Exchange } from "../exchange.ts";
import { AttributeText, writeAttribute } from "../export/otlp-json.ts";
import { flatten } from "../json-text.ts";
import type { RememberingRedactor } from "../redaction.ts";
import { writeParsedInput } from "./parsed-input.ts";

const MAX_HEADERS = 64;

const MAX_NAMES = 128;
const MAX_VALUES = 16;
const MAX_KEPT_LENGTH = 256;

/** Values that held a secret are not kept, and only a few values for each name are, so that ids do not crowd out the rest. */
function keepClean(clean: RememberingRedactor["cleanHeaders"], header: { name: string; value: string }, written: string): void {
  const { name, value } = header;
  if (name.length + value.length > MAX_KEPT_LENGTH) return;
  let values = clean.get(name);
  if (values === undefined) {
    if (clean.size >= MAX_NAMES) clean.clear();
    clean.set(name, (values = new Map()));
  } else if (values.size >= MAX_VALUES) values.clear();
  values.set(value, flatten(written));
}

function addHeaders(attributes: AttributeText, headers: ReturnType<Exchange["view"]["headers"]>, redactor: RememberingRedactor): void {
  // Most requests repeat the headers of the one before.
  const { cleanHeaders: clean } = redactor;
  let unread: Record<string, string | string[]> | undefined;
  let seen = 0;
  for (const name in headers) {
    const value = headers[name];
    // HTTP/2's pseudo-headers are no headers (RFC 9113 §8.3); `:path` is recorded as path and query.
    if (value === undefined || name.startsWith(":")) continue;
    if (++seen > MAX_HEADERS) break;
    const written = typeof value === "string" ? clean.get(name)?.get(value) : undefined;
    if (written === undefined) (unread ??= {})[name] = value;
    else attributes.addWritten(written);
  }
  if (unread === undefined) return;
  const redacted = redactor.redactHeaders(unread);
  for (const name of Object.keys(redacted)) {
    const value = redacted[name] ?? "";
    const written = writeAttribute(`http.request.header.${name}`, [value]);
    attributes.addWritten(written);
    if (unread[name] === value) keepClean(clean, { name, value }, written);
  }
}

function addBody(attributes: AttributeText, exchange: Exchange, redactor: RememberingRedactor): void {
  const headers = exchange.view.headers(exchange.request);
  const contentType = String(headers["content-type"] ?? "");
  if (exchange.bodyChunks !== undefined && headers["content-encoding"] === undefined) {
    const kept = Buffer.concat(exchange.bodyChunks);
    const { text, truncated } = redactor.redactBody(kept, contentType);
    attributes.add("http.request.body.content", text);
    attributes.add("http.request.body.size", exchange.bodyBytes);
    attributes.add("faultline.request.body.truncated", truncated || kept.byteLength < exchange.bodyBytes || undefined);
    return;
  }
  const parsed = exchange.view.parsedBody(exchange.request);
  if (parsed === undefined || parsed === null || parsed === "") return;
  const text = typeof parsed === "string" ? parsed : JSON.stringify(parsed);
  const redacted = redactor.redactBody(text ?? "", typeof parsed === "string" ? contentType : "application/json");
  attributes.add("http.request.body.content", redacted.text);
  attributes.add("faultline.request.body.truncated", redacted.truncated || undefined);
}

/** Adds the request's input. It reads the host's objects, so the caller must expect it to throw. */
export function addInput(
  attributes: AttributeText,
  exchange: Exchange,
  { redactor, address }: { readonly redactor: RememberingRedactor; readonly address: string | undefined },
): void {
  const { view, request } = exchange;
  const target = redactor.redactUrl(view.target(request));
  const question = target.indexOf("?");
  attributes.add("url.path", question < 0 ? target : target.slice(0, question));
  if (address !== undefined && address !== "") attributes.add("client.address", redactor.redactText(address));
  if (question >= 0 && question + 1 < target.length) attributes.add("url.query", target.slice(question + 1));
  addHeaders(attributes, view.headers(request), redactor);
  addBody(attributes, exchange, redactor);
  const parsed = writeParsedInput(exchange);
  if (parsed !== undefined) attributes.add("faultline.request.parsed", redactor.redactBody(parsed, "application/json").text);
}
