/**
 * Errors that the request's own values provoked. Each is proven against the request: the same parser fails on the same text. An error
 * that merely looks like one (a dependency's broken JSON, a constant with a typing error) stays a 500.
 */
import { unescape } from "node:querystring";
import { messageOf, nameOf, readMember } from "../capture/throwable.ts";
import type { ErrorAnswer, ErrorFacts } from "./error-facts.ts";
import { findProofs, isMissingFile } from "./input-proof.ts";

/** A value of the request provokes such an error; whether it was that value is not said. */
export const BAD_REQUEST: ErrorAnswer = { status: 400 };
/** A schema refused a body whose syntax was right. */
export const UNPROCESSABLE: ErrorAnswer = { status: 422 };
/** The token that came with the request is none, or has expired. */
const UNAUTHORIZED: ErrorAnswer = { status: 401 };
/** A file was asked for by a name in the request, and there is none of that name. */
const NOT_FOUND: ErrorAnswer = { status: 404 };
const MAX_VALUES = 100;
const MAX_DEPTH = 32;

/** Names of the validation libraries' errors. Such an error may as well be about a dependency's answer, which nothing in it tells. */
const VALIDATION_NAMES =
  /^(?:\$?ZodError|ValiError|TraversalError|ArkErrors|AggregateArkError|(?:Sequelize)?ValidationError|S(?:chema|truct)Error)$/;

function decodeQuietly(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A text as it was sent, and as whoever read it may have decoded it: all of it, each part that can be, or each byte; with + as it is or as a space. */
function toReadings(sent: string): readonly string[] {
  const readings = sent.includes("+") ? [sent, sent.replaceAll("+", " ")] : [sent];
  if (!sent.includes("%")) return readings;
  const inParts = (text: string): string => text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => decodeQuietly(escapes) ?? escapes);
  return [...readings, ...readings.flatMap((text) => decodeQuietly(text) ?? [inParts(text), unescape(text)])];
}

/** The values a handler may have taken from the target: path segments and query values. A target is short: Node limits it to 16 KiB. */
function readTargetValues(target: string): readonly string[] {
  const at = target.indexOf("?");
  const [path, query] = at < 0 ? [target, ""] : [target.slice(0, at), target.slice(at + 1)];
  const pairs = query.split("&").map((pair) => pair.slice(pair.indexOf("=") + 1));
  // Two slashes in front make a host of what follows, for whoever reads the target as a URL.
  return [target.startsWith("//") ? target : "", ...path.split("/"), ...pairs].filter((each) => each !== "").flatMap(toReadings);
}

function collectText(value: unknown, found: string[], depth = 0): void {
  if (found.length >= MAX_VALUES || depth > MAX_DEPTH) return;
  if (typeof value === "string") found.push(value);
  else if (typeof value === "number") found.push(String(value));
  else if (value !== null && typeof value === "object") for (const each of Object.values(value)) collectText(each, found, depth + 1);
}

/** The values in the body: of JSON all its leaves, of a form all its values, else the whole text. */
function readBodyValues(body: string | undefined): readonly string[] {
  if (body === undefined || body === "") return [];
  const found: string[] = [body];
  try {
    collectText(JSON.parse(body), found);
  } catch {
    for (const pair of body.split("&", MAX_VALUES)) found.push(...toReadings(pair.slice(pair.indexOf("=") + 1)));
    found.push(...body.split("\n", MAX_VALUES));
  }
  return found.filter((each) => each !== "");
}

/** Of the connection and the message, not of what is asked for. */
const FRAMING = /^(?:host|connection|content-(?:length|type)|transfer-encoding|user-agent|traceparent|via)$/;

function readHeaderValues(headers: ReturnType<ErrorFacts["headers"]>): readonly string[] {
  return Object.keys(headers)
    .filter((name) => !FRAMING.test(name))
    .slice(0, MAX_VALUES)
    .flatMap((name) => headers[name] ?? [])
    .flatMap(toReadings);
}

/** Who announces JSON and sends nothing gets the parser's word for nothing. Of an empty text alone it would prove nothing. */
function isEmptyJson(thrown: unknown, facts: ErrorFacts, body: string | undefined): boolean {
  const { headers, method } = facts;
  if (messageOf(thrown) !== "Unexpected end of JSON input" || (body ?? "").trim() !== "") return false;
  return !/^(?:GET|HEAD)$/.test(method) && /[/+]json\b/.test(String(headers()["content-type"]));
}

/** What the payload says of each token in a text that can be read. A token begins with `{"`, in base64. */
function readTokens(text: string): readonly unknown[] {
  return [...text.matchAll(/(?<![\w-])eyJ[\w-]*\.([\w-]*)\./g)].flatMap(([, payload = ""]) => {
    try {
      return [JSON.parse(Buffer.from(payload, "base64url").toString()) as unknown];
    } catch {
      return [];
    }
  });
}

/** jsonwebtoken refused a token that came with the request: it has expired, or is none. Of a wrong signature it may be the key that is wrong. */
function isBadToken(thrown: unknown, { headers, target }: ErrorFacts, body: string | undefined): boolean {
  if (!/^(?:JsonWebToken|TokenExpired)Error$/.test(nameOf(thrown) ?? "")) return false;
  const tokens = readTokens(`${JSON.stringify(headers())} ${target} ${body}`);
  const expiredAt = readMember(thrown, (it) => it["expiredAt"]);
  if (expiredAt) return tokens.some((each) => Number(readMember(each, (it) => it["exp"])) * 1000 === Number(expiredAt));
  const words = headers()["authorization"] === undefined ? /^jwt must be p/ : /^(?:jwt m|invalid token$)/;
  return tokens.length === 0 && words.test(messageOf(thrown) ?? "");
}

/** busboy or the platform could not read a form, and the request's is cut off, or without what tells its parts from each other. */
function isBrokenForm(thrown: unknown, { headers }: ErrorFacts, body: string | undefined): boolean {
  const words = /^(?:Unexpected end of f|Malformed part|Multipart: B|Failed to parse body as F)/;
  const type = /^multipart.*?(?:boundary="?([^";]+)|$)/i.exec(String(headers()["content-type"]));
  if (!type || !words.test(messageOf(thrown) ?? "")) return false;
  return type[1] === undefined || body?.includes(`--${type[1]}--`) === false;
}

/** The request's values are read only for an error that a value could have provoked: most bugs are not of that kind. */
function isProvoked(thrown: unknown, facts: ErrorFacts, body: string | undefined): boolean {
  const proofs = findProofs(thrown);
  if (proofs === undefined) return false;
  const error = { thrown, message: messageOf(thrown) ?? "" };
  const read = [() => readTargetValues(facts.target), () => readBodyValues(body), () => readHeaderValues(facts.headers())];
  return read.some((values) => values().some((value) => proofs.some((proof) => proof(value, error))));
}

function isValidationError(thrown: unknown): boolean {
  // class-validator throws a list.
  if (Array.isArray(thrown)) return readMember(thrown[0], (it) => it["constraints"] ?? it["children"]) !== undefined;
  const found = readMember(thrown, (it) => it["issues"] ?? it["details"] ?? it["errors"] ?? it["failures"]);
  return VALIDATION_NAMES.test(nameOf(thrown) ?? "") && /^(?:object|function)$/.test(typeof found);
}

/** The rule for input that the handler could not take. */
export function ruleForRequestInput(facts: ErrorFacts): ErrorAnswer | undefined {
  const [thrown] = facts.chain;
  const body = facts.bodyText();
  // A schema that refused the body is 422 (the syntax was right), one that refused a parameter is 400.
  if (isValidationError(thrown)) return body === undefined || body === "" ? BAD_REQUEST : UNPROCESSABLE;
  if (isBadToken(thrown, facts, body)) return UNAUTHORIZED;
  if (![isBrokenForm, isEmptyJson, isProvoked].some((is) => is(thrown, facts, body))) return undefined;
  return isMissingFile(thrown) ? NOT_FOUND : BAD_REQUEST;
}
