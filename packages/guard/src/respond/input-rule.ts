/**
 * Errors that the request's own values provoked. Each is proven against the request: the same parser fails on the same text. An error
 * that merely looks like one (a dependency's broken JSON, a constant with a typing error) stays a 500.
 */
import { readMember, readTextMember } from "../capture/throwable.ts";
import type { ErrorAnswer, ErrorFacts } from "./error-facts.ts";

const BAD_REQUEST: ErrorAnswer = { status: 400 };
const MAX_VALUES = 100;

/** Names of the validation libraries' errors. Such an error may as well be about a dependency's answer: see `ruleForValidation`. */
const VALIDATION_NAMES = /^(?:\$?ZodError|\$ZodError|ValiError|TraversalError|ArkErrors|AggregateArkError|ValidationError|SchemaError)$/;

function decodeQuietly(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** The values a handler may have taken from the target: path segments and query values, as sent and decoded. */
function readTargetValues(target: string): readonly string[] {
  const [path = "", query = ""] = target.split("?", 2);
  const pairs = query.split("&", MAX_VALUES).map((pair) => pair.slice(pair.indexOf("=") + 1));
  const raw = [...path.split("/", MAX_VALUES), ...pairs].filter((each) => each !== "");
  return raw.flatMap((each) => [each, decodeQuietly(each) ?? each]);
}

function collectText(value: unknown, found: string[]): void {
  if (found.length >= MAX_VALUES) return;
  if (typeof value === "string") found.push(value);
  else if (typeof value === "number") found.push(String(value));
  else if (value !== null && typeof value === "object") for (const each of Object.values(value)) collectText(each, found);
}

/** The values in the body: of JSON all its leaves, of a form all its values, else the whole text. */
function readBodyValues(body: string | undefined): readonly string[] {
  if (body === undefined || body === "") return [];
  const found: string[] = [body];
  try {
    collectText(JSON.parse(body), found);
  } catch {
    for (const pair of body.split("&", MAX_VALUES)) found.push(decodeQuietly(pair.slice(pair.indexOf("=") + 1)) ?? "");
  }
  return found.filter((each) => each !== "");
}

function failsWith(message: string, run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    return readTextMember(error, "message") === message;
  }
}

type Proof = (value: string, message: string, thrown: unknown) => boolean;

const PROOFS: Readonly<Record<string, readonly Proof[]>> = {
  SyntaxError: [
    (value, message) => failsWith(message, () => JSON.parse(value)),
    (value, message) => message.startsWith("Cannot convert ") && failsWith(message, () => BigInt(value)),
    (value, message) => message.startsWith("Invalid regular expression: ") && message.includes(value),
  ],
  URIError: [(value, message) => failsWith(message, () => decodeURIComponent(value))],
  TypeError: [(value, _message, thrown) => readMember(thrown, "code") === "ERR_INVALID_URL" && readMember(thrown, "input") === value],
  RangeError: [
    (value, message) => message === "Invalid time value" && Number.isNaN(new Date(value).getTime()),
    (value, message) => message.startsWith("Incorrect locale information provided") && failsWith(message, () => new Intl.Locale(value)),
    (value, message) => message.startsWith("Invalid time zone specified: ") && message.includes(value),
    (value, message) => message.startsWith("Invalid language tag: ") && message.includes(value),
  ],
};

/** The request's values are read only for an error that a value could have provoked: most bugs are not of that kind. */
function isProvoked(thrown: unknown, readValues: () => readonly string[]): boolean {
  const name = readTextMember(thrown, "name") ?? "";
  const message = readTextMember(thrown, "message");
  const proofs = Object.hasOwn(PROOFS, name) ? PROOFS[name] : undefined;
  if (proofs === undefined || message === undefined) return false;
  return readValues().some((value) => proofs.some((proof) => proof(value, message, thrown)));
}

function isValidationError(thrown: unknown): boolean {
  const name = readTextMember(thrown, "name") ?? "";
  if (!VALIDATION_NAMES.test(name)) return false;
  return [readMember(thrown, "issues"), readMember(thrown, "details"), readMember(thrown, "errors")].some(
    (each) => typeof each === "object",
  );
}

/** The rule for input that the handler could not take. */
export function ruleForRequestInput(facts: ErrorFacts): ErrorAnswer | undefined {
  const [thrown] = facts.chain;
  const body = facts.bodyText();
  // A schema that refused the body is 422 (the syntax was right), one that refused a parameter is 400.
  if (isValidationError(thrown)) return { status: body === undefined || body === "" ? 400 : 422 };
  return isProvoked(thrown, () => [...readTargetValues(facts.target), ...readBodyValues(body)]) ? BAD_REQUEST : undefined;
}
