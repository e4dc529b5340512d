/** What the log records of each service say of its part in one request, and whether they say that the request failed. */
import { anyOf, type LogRecord, readPath, readStatusCode } from "@faultline/model";
import { toLogTemplate } from "./behaviour/log-template.ts";
import { isOfNoRequest } from "./words/background-words.ts";
import { readLogError, readLogWords } from "./words/log-words.ts";
import { readToldCall, type ToldCall } from "./told-calls.ts";
import { DEFECT } from "./words/defect-words.ts";

/** One service's part in a request: its records in order, and those of them that are errors. */
export type Part = {
  readonly service: string;
  readonly records: readonly LogRecord[];
  readonly errors: readonly LogRecord[];
  /** The last answer that it wrote down. */
  readonly answer: { readonly status: number; readonly timeMs: number } | undefined;
};

const LOG_ERROR = 17;
/** What a line says of a request, it says at its beginning. */
const MAX_READ = 1_000;

/** How servers and frameworks write that a request ended in an error, and not only that something went wrong in it. */
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
/** What a request asked for, as lines about it write it. */
const ASKED = [/\b(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[^\s?"]*)/, /^(?:Exception on|Internal Server Error:) ()(\/[^\s?]*)/] as const;
/** What it was answered with, as servers and frameworks write that; a time or a size is no status. */
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
 * True where its last error says that the request failed, and nobody wrote that it was answered otherwise. A line about the request itself says
 * so; an exception may be one that somebody caught, of a message or of a task: it counts in what was asked for by path, and where requests are
 * nowhere written down.
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

/** True where a record says which path was asked for. */
export function isAsked(parts: readonly Part[]): boolean {
  return parts.some(({ records }) => records.some((log) => readAsked(log) !== undefined));
}

/** What errors of requests that did not fail are written by: background work, and what is always caught. */
export function nameErrors(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ errors }) => errors.filter((log) => !saysFailed(log)).map(nameError));
}

/** The same parts without such errors; as they were where nothing else is left. */
export function dropErrors(parts: readonly Part[], usual: ReadonlySet<string>): readonly Part[] {
  const left = parts.map((part) => ({ ...part, errors: part.errors.filter((log) => saysFailed(log) || !usual.has(nameError(log))) }));
  return left.some(hasErrors) ? left : parts;
}

/**
 * The services that failed, outermost first. An error travels from where it was made to the client and is logged on its way: who logged one
 * first failed first. Whom an error names comes next, whatever the clocks say, and behind a defect of one's own there is nobody.
 */
export function orderFailed(parts: readonly Part[]): { readonly chain: readonly Part[]; readonly call: ToldCall | undefined } {
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

/** Method and path of what was asked for, where a record says so. */
export function readAsked({ body, attributes }: LogRecord): { readonly method?: string; readonly path: string } | undefined {
  const text = body.slice(0, MAX_READ);
  const [, method = "", path = readPath(attributes)] = ASKED.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? [];
  return path === undefined ? undefined : { ...(method === "" ? {} : { method }), path };
}

/** True of a line that a request ended in an error. */
export function saysFailed({ body }: LogRecord): boolean {
  return REQUEST_FAILED.test(body.slice(0, MAX_READ));
}

/** The status that a record says a request was answered with; a line of a failure may have that of whom it asked. */
export function readAnswer(log: LogRecord): Part["answer"] {
  const { body, attributes, timeMs } = log;
  const text = body.slice(0, MAX_READ);
  const written = ANSWERED.map((pattern) => pattern.exec(text)?.[1]).find((each) => each !== undefined);
  const status = readStatusCode(attributes) ?? (written === undefined ? undefined : Number(written));
  return status === undefined || (status < 500 && saysFailed(log)) ? undefined : { status, timeMs };
}

/** True of a part that wrote down an error. */
export function hasErrors({ errors }: Part): boolean {
  return errors.length > 0;
}

/** Latest first; at one time by name, so that the order does not hang on that of the records. */
function byFirstError(a: Part, b: Part): number {
  return (b.errors[0]?.timeMs ?? 0) - (a.errors[0]?.timeMs ?? 0) || (a.service < b.service ? -1 : 1);
}

function nameError(log: LogRecord): string {
  return `${log.resource.service} ${readLogError(log).type} ${toLogTemplate(log)}`;
}

/** Whom the errors name, the last that says so; what was logged behind the line about the request is about something else. */
function readCall(errors: readonly LogRecord[]): ToldCall | undefined {
  const end = errors.findIndex(saysFailed);
  for (const error of errors.slice(0, end < 0 ? undefined : end + 1).toReversed()) {
    if (isDefect(error)) return undefined;
    const call = readToldCall(readLogError(error));
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
