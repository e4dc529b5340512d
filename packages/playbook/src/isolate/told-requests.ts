/**
 * Requests that only log records tell of: nothing sends spans, or none of this request was kept, but the records name its trace. Who logged
 * an error first failed first: an error travels from where it was made to the client, and is logged on its way.
 */
import { anyOf, type LogRecord, type Span } from "@faultline/model";
import { formatMs } from "../trace/format-ms.ts";
import { readLogWords } from "./log-words.ts";
import { createRouteNamer } from "./symptom/route-of-path.ts";
import { readToldCall } from "./told-calls.ts";

/** A request with the spans that its log records stand for, and those records under them. */
export type ToldRequest = { readonly traceId: string; readonly spans: readonly Span[]; readonly logs: readonly LogRecord[] };

const LOG_ERROR = 17;

/** How servers and frameworks write that a request ended in an error, and not only that something went wrong in it. */
const REQUEST_FAILED = new RegExp(
  anyOf(
    /\b(?:GET|POST|PUT|PATCH|DELETE) \/\S*.{0,40}\b(?:failed|5\d\d)\b/,
    /^Exception on \/\S* \[/,
    /^Internal Server Error: /,
    /Exception in ASGI application/,
    /Servlet\.service\(\) for servlet/,
    /unhandled exception has occurred while executing the request/i,
    /\bpanic (?:recovered|serving)\b/,
    /\brequest failed\b/i,
  ),
);
/** What a request asked for, as such lines write it. */
const ASKED = [/\b(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[^\s?"]*)/, /^(?:Exception on|Internal Server Error:) ()(\/[^\s?]*)/] as const;

/** The requests of records that name a trace, as far as an error in them says that the request failed, or that all went well. */
export function findToldRequests(logs: readonly LogRecord[]): readonly ToldRequest[] {
  const traced = logs.filter(({ traceId }) => traceId !== undefined);
  const nameRoute = createRouteNamer([]);
  return [...Map.groupBy(traced, ({ traceId = "" }) => traceId)].map(([traceId, records]) => {
    const services = [...Map.groupBy(records, ({ resource }) => resource.service).values()].map(readPart);
    const failed = services.filter(({ errorMs }) => errorMs !== undefined).toSorted((a, b) => (b.errorMs ?? 0) - (a.errorMs ?? 0));
    const isFailed = failed[0]?.saysFailed === true;
    const chain = isFailed ? failed : services.slice(0, 1);
    const served = chain.map((part, index) => toSpan(part, { traceId, index, isFailed, nameRoute }));
    const spans = [...served, ...(isFailed ? toCall(failed.at(-1), served.at(-1)) : [])];
    return { traceId, spans, logs: chain.flatMap((part, index) => part.records.map((log) => ({ ...log, spanId: nameSpan(index) }))) };
  });
}

/** One service's part in a request. */
type Part = {
  readonly records: readonly LogRecord[];
  readonly errorMs: number | undefined;
  readonly saysFailed: boolean;
};

function readPart(records: readonly LogRecord[]): Part {
  const errors = records.filter(({ severity }) => severity >= LOG_ERROR);
  const saysFailed = errors.some((log) => REQUEST_FAILED.test(log.body) || readLogWords(log).isException);
  return { records, errorMs: errors[0]?.timeMs, saysFailed };
}

type Place = {
  readonly traceId: string;
  readonly index: number;
  readonly isFailed: boolean;
  readonly nameRoute: ReturnType<typeof createRouteNamer>;
};

function toSpan({ records }: Part, { traceId, index, isFailed, nameRoute }: Place): Span {
  const timesMs = records.map(({ timeMs }) => timeMs);
  const [, method = "", path] = records.map(({ body }) => readAsked(body)).find((asked) => asked !== undefined) ?? [];
  const route = path === undefined ? undefined : nameRoute(method === "" ? undefined : method, path);
  return {
    traceId,
    spanId: nameSpan(index),
    ...(index === 0 ? {} : { parentSpanId: nameSpan(index - 1) }),
    name: route === undefined ? "request" : `${method} ${route}`.trim(),
    kind: "server",
    startMs: Math.min(...timesMs),
    endMs: Math.max(...timesMs),
    status: isFailed ? "error" : "unset",
    attributes: {
      ...(method === "" ? {} : { "http.request.method": method }),
      ...(path === undefined ? {} : { "url.path": path }),
      ...(route === undefined ? {} : { "http.route": route }),
    },
    events: [],
    links: [],
    resource: records[0]?.resource ?? { service: "unknown", attributes: {} },
  };
}

/** Who failed first may have failed for somebody who logged nothing, and says for whom. */
function toCall(part: Part | undefined, caller: Span | undefined): readonly Span[] {
  const error = part?.records.find(({ severity }) => severity >= LOG_ERROR);
  const told = error === undefined ? undefined : readToldCall(error);
  if (told === undefined || caller === undefined || told.attributes["server.address"] === caller.resource.service) return [];
  return [
    {
      ...caller,
      spanId: `${CALL}${caller.spanId}`,
      parentSpanId: caller.spanId,
      name: "call",
      kind: "messaging.system" in told.attributes ? "producer" : "client",
      statusMessage: told.words,
      attributes: told.attributes,
    },
  ];
}

function readAsked(body: string): RegExpExecArray | undefined {
  return ASKED.map((pattern) => pattern.exec(body)).find((match) => match !== null);
}

const TOLD = "told-";
const CALL = `${TOLD}call-`;

function nameSpan(index: number): string {
  return `${TOLD}${index}`;
}

/** True of a span that stands for log records: nobody measured it, nor saw its status. */
export function isToldSpan({ spanId }: Span): boolean {
  return spanId.startsWith(TOLD);
}

/** How long something took that a span tells of, to follow what it ended with; nothing where the span stands for log records. */
export function formatTook(span: Span, ms: number): string {
  return isToldSpan(span) ? "" : `, ${formatMs(ms)}`;
}
