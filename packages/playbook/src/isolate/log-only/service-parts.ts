/** What the log records of each service say about its part in one request, and whether they say that the request failed. */
import { anyOf, type LogRecord, readPath, readStatusCode } from "@faultline/model";
import { toLogTemplate } from "../behaviour/log-template.ts";
import { isOfNoRequest } from "../words/background-words.ts";
import { readLogError, readLogWords } from "../words/log-words.ts";
import { readDescribedCall, type DescribedCall } from "../words/described-calls.ts";
import { DEFECT } from "../words/defect-words.ts";

/** One service's part in a request: its records in order, and which of them are errors. */
export type Part = {
  readonly service: string;
  readonly records: readonly LogRecord[];
  readonly errors: readonly LogRecord[];
  /** The last answer that it logged. */
  readonly answer: { readonly status: number; readonly timeMs: number } | undefined;
};

const LOG_ERROR = 17;
/** The length of a line's beginning that is read, since a request is described there. */
const MAX_READ = 1_000;

/** Messages of servers and frameworks that a request ended in an error, and not only that something in it went wrong. */
const REQUEST_FAILED = new RegExp(
  anyOf(
    /\b(?:GET|POST|PUT|PATCH|DELETE) \/\S*.{0,40}\b(?:failed|5\d\d)\b/,
    /^Exception on \/\S* \[/,
    /^Internal Server Error: /,
    /Exception in ASGI application/,
    /Servlet\.service\(\) for servlet/,
    /[Uu]nhandled exception has occurred while executing the request/,
    /\bpanic (?:recovered|serving)\b/,
    /\b[Rr]equest failed\b/,
  ),
);
/** Wordings of what a request asked for. */
const ASKED = [/\b(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[^\s?"]*)/, /^(?:Exception on|Internal Server Error:) ()(\/[^\s?]*)/] as const;
/** Wordings of servers and frameworks for the status of an answer. Times and sizes are excluded. */
const ANSWERED = [
  /\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?:https?:\/\/[^\s/]+)?\/\S*.{0,40}?[\s:=>-]([1-5]\d\d)(?!\d|[.,]\d| ?(?:[mµun]?s|bytes|[kM]?B)\b)/,
  /^Completed ([1-5]\d\d) [A-Z]/,
] as const;

/** The parts of one request, from its records in order. */
export function readParts(records: readonly LogRecord[]): readonly Part[] {
  return [...Map.groupBy(records, ({ resource }) => resource.service)].map(([service, own]) => ({
    service,
    records: own,
    errors: own.filter(({ severity }) => severity >= LOG_ERROR),
    answer: own.flatMap((log) => readAnswer(log) ?? []).at(-1),
  }));
}

/**
 * True if the last error says that the request failed, and nothing says that it was answered otherwise. A line about the request itself
 * says so. An exception may have been caught, or belong to a message or a task, so it counts only if a path was asked for, or if requests
 * are never logged.
 */
export function isFailedRequest(parts: readonly Part[], areRequestsLogged: boolean): boolean {
  const last = parts.filter(hasErrors).toSorted(byFirstError)[0];
  if (last === undefined) return false;
  const failedMs = last.errors.at(-1)?.timeMs ?? 0;
  const { answer } = last;
  const answered = answer === undefined || answer.timeMs < failedMs ? undefined : answer.status;
  if (answered !== undefined && answered < 500) return false;
  const answers = parts.flatMap((part) => (hasErrors(part) || part.answer === undefined ? [] : [part.answer]));
  const good = answers.filter(({ status }) => status < 500);
  if (answered !== undefined || last.errors.some(saysFailed)) return !good.some(({ timeMs }) => timeMs >= failedMs);
  const wasAsked = isAsked(parts);
  const isThrown = (log: LogRecord): boolean => readLogWords(log).isException && !isOfNoRequest(log, wasAsked);
  return (!areRequestsLogged || wasAsked) && good.length === 0 && last.errors.some(isThrown);
}

/** True if a record names the path that was asked for. */
export function isAsked(parts: readonly Part[]): boolean {
  return parts.some(({ records }) => records.some((log) => readAsked(log) !== undefined));
}

/** The sources of errors in requests that did not fail: background work, and errors that are always caught. */
export function nameErrors(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ errors }) => errors.filter((log) => !saysFailed(log)).map(nameError));
}

/** The parts without such errors, or unchanged if nothing else is left. */
export function dropErrors(parts: readonly Part[], usual: ReadonlySet<string>): readonly Part[] {
  const left = parts.map((part) => ({ ...part, errors: part.errors.filter((log) => saysFailed(log) || !usual.has(nameError(log))) }));
  return left.some(hasErrors) ? left : parts;
}

/**
 * The services that failed, outermost first. An error travels from its origin to the client and is logged on the way, so whoever logged one
 * first failed first. The service that an error names comes next, whatever the clocks say. Behind a service's own defect there is nobody.
 */
export function orderFailed(parts: readonly Part[]): { readonly chain: readonly Part[]; readonly call: DescribedCall | undefined } {
  const failed = parts.filter(hasErrors).toSorted(byFirstError);
  const told = new Map(failed.map((part) => [part, readCall(part.errors)]));
  const find = (part: Part) => failed.find(({ service }) => isNamed(service, told.get(part)?.attributes["server.address"]));
  const named = new Set(failed.flatMap((part) => find(part) ?? []));
  const chain: Part[] = [];
  let next = failed.find((part) => !named.has(part)) ?? failed[0];
  while (next !== undefined) {
    chain.push(next);
    if (isOwnDefect(next.errors)) break;
    const callee = find(next);
    next = callee ?? (told.get(next) === undefined ? failed.find((part) => !chain.includes(part)) : undefined);
    if (next !== undefined && chain.includes(next)) break;
  }
  const innermost = chain.at(-1);
  const call = innermost === undefined ? undefined : told.get(innermost);
  return { chain, call: chain.some(({ service }) => isNamed(service, call?.attributes["server.address"])) ? undefined : call };
}

/** The method and path that were asked for, if a record names them. */
export function readAsked({ body, attributes }: LogRecord): { readonly method?: string; readonly path: string } | undefined {
  const text = body.slice(0, MAX_READ);
  const [, method = "", path = readPath(attributes)] = ASKED.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? [];
  return path === undefined ? undefined : { ...(method === "" ? {} : { method }), path };
}

/** True for a line that says that a request ended in an error. */
export function saysFailed({ body }: LogRecord): boolean {
  return REQUEST_FAILED.test(body.slice(0, MAX_READ));
}

/** The status with which, according to a record, a request was answered. A line about a failure may have the callee's status instead. */
export function readAnswer(log: LogRecord): Part["answer"] {
  const { body, attributes, timeMs } = log;
  const text = body.slice(0, MAX_READ);
  const written = ANSWERED.map((pattern) => pattern.exec(text)?.[1]).find((each) => each !== undefined);
  const status = readStatusCode(attributes) ?? (written === undefined ? undefined : Number(written));
  return status === undefined || (status < 500 && saysFailed(log)) ? undefined : { status, timeMs };
}

/** True for a part that logged an error. */
export function hasErrors({ errors }: Part): boolean {
  return errors.length > 0;
}

/** The latest first. Equal times are sorted by name, so that the order does not depend on that of the records. */
function byFirstError(a: Part, b: Part): number {
  return (b.errors[0]?.timeMs ?? 0) - (a.errors[0]?.timeMs ?? 0) || (a.service < b.service ? -1 : 1);
}

function nameError(log: LogRecord): string {
  return `${log.resource.service} ${readLogError(log).type} ${toLogTemplate(log)}`;
}

/** The callee that the errors name, from the last one that does. A line after the one about the request is about something else. */
function readCall(errors: readonly LogRecord[]): DescribedCall | undefined {
  const end = errors.findIndex(saysFailed);
  for (const error of errors.slice(0, end < 0 ? undefined : end + 1).toReversed()) {
    if (isDefect(error)) return undefined;
    const call = readDescribedCall(readLogError(error));
    if (call !== undefined) return call;
  }
  return undefined;
}

function isOwnDefect(errors: readonly LogRecord[]): boolean {
  const last = errors.find(saysFailed) ?? errors.at(-1);
  return last !== undefined && isDefect(last);
}

function isDefect(log: LogRecord): boolean {
  const { type } = readLogError(log);
  return type !== "" && DEFECT.test(type);
}

function isNamed(service: string, address: unknown): boolean {
  return typeof address === "string" && (address === service || address.split(".")[0] === service);
}
