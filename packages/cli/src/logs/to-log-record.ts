import { basename } from "node:path";
import type { LogMessage } from "@faultline/formats/access-log";
import type { AttributeValue, Exchange, LogRecord } from "@faultline/model";
import type { KeptMessage } from "./tally/tally.ts";

const LOG_INFO = 9;
const LOG_ERROR = 17;
const SERVER_ERROR = 500;
const SAYS_NOTHING = /^(?:access|error|log|logs|input|output|stdout|stderr|out|server|all|other_vhosts_access|\d.*)$/i;

/** The program that wrote a file, according to the file's name: `nginx.access.log` names one, `access.log` does not. */
function nameWriter(file: string): string | undefined {
  const name = basename(file).split(/[.]/)[0] ?? "";
  const word = name.replace(/[-_](?:access|error|log|logs|out|err)$/i, "");
  return word === "" || SAYS_NOTHING.test(word) ? undefined : word;
}

/** Names the observer of an exchange after the program that wrote the file, if the file's name tells it. */
export function nameObserver(exchange: Exchange, file: string): Exchange {
  const name = nameWriter(file);
  return name === undefined ? exchange : { ...exchange, observer: { software: exchange.observer.name, ...exchange.observer, name } };
}

/** True for the error log of a proxy or web server. Everything else is an application's log. */
export function isOfServer({ format }: Pick<KeptMessage, "format">): boolean {
  return format.endsWith("-error");
}

/** Converts a message into a log record of the service that wrote it. */
export function toLogRecord({ message, format, file }: KeptMessage): LogRecord {
  const { method, path, upstreamAddress, exceptionType, exceptionStack, status, service, traceId } = message;
  const attributes = listPresent([
    ["http.request.method", method],
    ["url.path", path],
    ["server.address", upstreamAddress],
    ["http.response.status_code", status],
    ["exception.type", exceptionType],
    ["exception.message", exceptionType === undefined ? undefined : readMessage(message)],
    ["exception.stacktrace", exceptionStack],
  ]);
  return {
    timeMs: message.timeMs ?? 0,
    severity: message.severity,
    body: describeText(message),
    attributes,
    resource: { service: service ?? nameWriter(file) ?? format.replace(/-error$/, ""), attributes: {} },
    ...(traceId === undefined ? {} : { traceId }),
  };
}

/** Converts an application's own line about a request into a log record, for use beside the proxy's line about the same request. */
export function toAnswerRecord({ timeMs = 0, method, path, status, errorMessage, errorStack, observer, service }: Exchange): LogRecord {
  const { type, text } = readException(errorMessage);
  const answer = `${method ?? "-"} ${path ?? "/"} ${status ?? ""}`.trim();
  const attributes = listPresent([
    ["http.request.method", method],
    ["url.path", path],
    ["http.response.status_code", status],
    ["exception.type", type],
    ["exception.message", type === undefined ? undefined : text],
    ["exception.stacktrace", type === undefined ? undefined : errorStack],
  ]);
  return {
    timeMs,
    severity: status !== undefined && status >= SERVER_ERROR ? LOG_ERROR : LOG_INFO,
    body: errorMessage ?? answer,
    attributes,
    resource: { service: service ?? observer.name, attributes: {} },
  };
}

/** The text, with the words of an error that has no type of its own (Go). */
function describeText({ exceptionType, exceptionMessage, text }: LogMessage): string {
  return exceptionType !== undefined || exceptionMessage === undefined ? text : `${text}: ${exceptionMessage}`;
}

/** The message of the exception itself: the text of the log line may be the program's own comment on it. */
function readMessage({ exceptionMessage, exceptionStack = "", text }: LogMessage): string {
  return exceptionMessage ?? readException(exceptionStack.split("\n", 1)[0]).text ?? text;
}

function readException(text: LogMessage["text"] = "") {
  const [, type, said] = /^((?:[A-Z][\w.$]*)?(?:Error|Exception|Fault)|error): ([\s\S]*)$/.exec(text) ?? [];
  return { type, text: said };
}

function listPresent(entries: readonly (readonly [string, AttributeValue | undefined])[]): LogRecord["attributes"] {
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, AttributeValue] => entry[1] !== undefined));
}
