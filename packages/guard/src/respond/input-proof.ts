/**
 * What proves that a value of the request provoked an error: the operation that threw is tried again on that value and fails with the very
 * same words, or the error names the value. Errors that say too little (`Invalid character`, `Digest method not supported`) prove nothing:
 * the same words come from a bug, and a schema at the edge tells those values better.
 */
import { existsSync } from "node:fs";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { dirname } from "node:path";
import { inspect } from "node:util";
import { codeOf, messageOf, nameOf, readMember, readTextMember } from "../capture/throwable.ts";

type Provoked = { readonly thrown: unknown; readonly message: string };

/** True when `value`, a text of the request that is not empty, provoked the error. */
export type InputProof = (value: string, error: Provoked) => boolean;

function failsWith(message: string, run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    return messageOf(error) === message;
  }
}

/** A proof by trying again; `begins` keeps it to the errors that the operation can have thrown. */
function again(begins: string, operation: (value: string) => unknown): InputProof {
  return (value, { message }) => message.startsWith(begins) && failsWith(message, () => operation(value));
}

/** The same for an operation on a number: a text that is no number proves nothing. */
function againAsNumber(begins: string, operation: (value: number) => unknown): InputProof {
  return (value, { message }) =>
    message.startsWith(begins) && !Number.isNaN(Number(value)) && failsWith(message, () => operation(Number(value)));
}

/** Cursors and tokens are JSON in base64. That something ends too soon can be said of most texts once they are decoded. */
const isBadCursor: InputProof = (value, { message }) => {
  const decoded = Buffer.from(value, "base64").toString();
  return (message !== "Unexpected end of JSON input" || /^\s*[[{"]/.test(decoded)) && failsWith(message, () => JSON.parse(decoded));
};

const DEEP = 300;

/** Does a text nest brackets so deep? */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) if ((depth += "[{".includes(bracket) ? 1 : -1) >= DEEP) return true;
  return false;
}

/** Node puts what it was given at the end of its messages: numbers with separators, texts quoted. */
const isReceived: InputProof = (value, { message }) => {
  const received = message.slice(message.lastIndexOf("Received ") + "Received ".length);
  const digits = received.replaceAll(/_|n$/g, "");
  if (digits !== "NaN" && digits === String(Number(value))) return true;
  return received === inspect(value) || (message.includes("without null bytes") && value.includes("\0"));
};

function withoutEnd(value: string): string {
  let end = value.length;
  while (end > 0 && value[end - 1] === "/") end -= 1;
  return value.slice(0, end);
}

/** A file whose name came with the request. Of a directory that was read as a file the error does not tell the name. */
const isFileNamed: InputProof = (value, { thrown }) => {
  const path = readTextMember(thrown, (it) => it["path"]);
  if (path === undefined) return /(?:^|\/)\.{0,2}$/.test(value);
  // That there is not even the folder, a plain name in it has not done.
  if (readTextMember(thrown, (it) => it["syscall"]) !== undefined && !value.includes("/") && !existsSync(dirname(path))) return false;
  const name = path.slice(path.lastIndexOf("/") + 1);
  return value === path || (name !== "" && `/${withoutEnd(value)}`.endsWith(`/${name}`));
};

/** What could not be read as a number is a part of the value: a line, a field. V8 cuts long ones. */
const isBadBigInt: InputProof = (value, { message }) => {
  const named = /^Cannot convert (.+?)…? to a BigInt$/s.exec(message)?.[1];
  return named !== undefined && value.includes(named);
};

const isBadHeader: InputProof = (value) => {
  try {
    validateHeaderValue("x", value);
    return false;
  } catch {
    return true;
  }
};

/** What is no URL, or no base of one, is the value, or becomes one when something harmless stands in its place. */
const isInUrl: InputProof = (value, { thrown }) => {
  const base = readTextMember(thrown, (it) => it["base"]);
  const text = base === undefined || URL.canParse(base) ? (readTextMember(thrown, (it) => it["input"]) ?? "") : base;
  return text === value || (value.length > 1 && !URL.canParse(text) && URL.canParse(text.replaceAll(value, "a")));
};

/** What Mongoose could not make an id, a number or a date of. */
const isCast: InputProof = (value, { thrown }) => String(readMember(thrown, (it) => it["value"])) === value;

/** As dates are written, whatever day it would be. Ids and streets begin with a digit, too. */
const DATE = /^[+-]?\d{4,6}-\d\d?(?:-\d\d?)?\b|^\d\d?[./]\d\d?[./]/;

const BY_CODE: Readonly<Record<string, readonly InputProof[]>> = {
  ERR_INVALID_URL: [isInUrl],
  ERR_OUT_OF_RANGE: [isReceived],
  ERR_INVALID_ARG_VALUE: [isReceived],
  ERR_ENCODING_NOT_SUPPORTED: [again("The ", (value) => new TextDecoder(value))],
  ERR_INVALID_CHAR: [isBadHeader],
  ERR_INVALID_HTTP_TOKEN: [again("Header name", validateHeaderName)],
  ENAMETOOLONG: [isFileNamed],
  ENOENT: [isFileNamed],
  ENOTDIR: [isFileNamed],
  EISDIR: [isFileNamed],
};

const BY_NAME: Readonly<Record<string, readonly InputProof[]>> = {
  SyntaxError: [
    again("", JSON.parse),
    isBadCursor,
    isBadBigInt,
    (value, { message }) => message.startsWith(`Invalid regular expression: /${value}/`),
    again("Invalid flags supplied", (value) => new RegExp("", value)),
  ],
  RangeError: [
    // The words do not say which value it was: only what was meant as a date can have been it.
    (value, { message }) => message === "Invalid time value" && DATE.test(value) && Number.isNaN(new Date(value).getTime()),
    again("Incorrect locale", (value) => new Intl.Locale(value)),
    again("Invalid time zone", (value) => new Intl.DateTimeFormat("en", { timeZone: value })),
    (value, { message }) => message.toLowerCase() === `invalid language tag: ${value.toLowerCase()}`,
    again("Invalid currency code", (value) => new Intl.NumberFormat("en", { style: "currency", currency: value })),
    againAsNumber("Invalid count", (value) => "".repeat(value)),
    againAsNumber("Invalid code point", (value) => String.fromCodePoint(value)),
    againAsNumber("The number ", BigInt),
    // Nobody's code recurses too deep by mistake on just those requests that nest so deep.
    (value, { message }) => message === "Maximum call stack size exceeded" && isDeep(value),
  ],
  CastError: [isCast],
  URIError: [again("URI malformed", decodeURIComponent), again("URI malformed", encodeURIComponent)],
  TypeError: [
    (value, { message }) => message === `Invalid Version: ${value}`,
    again("Cannot convert argument to a ByteString", (value) => new Headers([["x", value]])),
    (value, { message }) => message.endsWith(`"${value}" is an invalid header value.`),
  ],
};

/** The proofs for an error of this kind; undefined when no value can provoke one, as with most bugs. */
export function findProofs(thrown: unknown): readonly InputProof[] | undefined {
  const code = codeOf(thrown) ?? "";
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
  const name = nameOf(thrown) ?? "";
  return Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
}

/** True for the error of a file system that has no such file. */
export function isMissingFile(thrown: unknown): boolean {
  return /^(?:ENOENT|ENOTDIR|EISDIR)$/.test(codeOf(thrown) ?? "");
}
