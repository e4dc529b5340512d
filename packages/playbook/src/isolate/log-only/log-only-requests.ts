/**
 * Requests that are known only from log records: nothing sends spans, or none of this request were kept, but the records name its trace.
 * Whoever logged an error first failed first, because an error travels from its origin to the client and is logged on the way.
 */
import type { LogRecord, Span } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { createRouteNamer } from "../symptom/route-of-path.ts";
import type { DescribedCall } from "../words/described-calls.ts";
import {
  dropErrors,
  hasErrors,
  isAsked,
  isFailedRequest,
  nameErrors,
  orderFailed,
  type Part,
  readAnswer,
  readAsked,
  readParts,
  saysFailed,
} from "./service-parts.ts";

/** A request with the spans that represent its log records, and these records. */
export type LogOnlyRequest = { readonly traceId: string; readonly spans: readonly Span[]; readonly logs: readonly LogRecord[] };

/**
 * The requests of records that name a trace, if an error in them says that the request failed, or if everything went well. For requests
 * that an intermediary saw fail, any error suffices.
 */
export function findLogOnlyRequests(logs: readonly LogRecord[], seenToFail: ReadonlySet<string> = new Set()): readonly LogOnlyRequest[] {
  const traced = logs.filter(({ traceId }) => traceId !== undefined).toSorted(inOrder);
  const nameRoute = createRouteNamer([]);
  const read = [...Map.groupBy(traced, ({ traceId = "" }) => traceId)].map(([traceId, records]) => ({
    traceId,
    parts: readParts(records),
  }));
  const areRequestsLogged = read.some(({ parts }) => isAsked(parts));
  const isFailedOne = ({ traceId, parts }: (typeof read)[number]) =>
    seenToFail.has(traceId) ? parts.some(hasErrors) : isFailedRequest(parts, areRequestsLogged);
  const requests = read.map((each) => ({ ...each, isFailed: isFailedOne(each) }));
  const usual = new Set(requests.flatMap(({ parts, isFailed }) => (isFailed ? [] : nameErrors(parts))));
  return requests.map(({ traceId, parts, isFailed }) => {
    const { chain, call } = isFailed ? orderFailed(dropErrors(parts, usual)) : { chain: findServer(parts), call: undefined };
    const served = chain.map((part, index) => toSpan(part, { traceId, index, isFailed, nameRoute }));
    const spans = [...served, ...toCall(call, served.at(-1))];
    return { traceId, spans, logs: chain.flatMap((part, index) => part.records.map((log) => ({ ...log, spanId: nameSpan(index) }))) };
  });
}

/** Sorts by time, and equal times by content: an answer comes after the errors before it. */
function inOrder(a: LogRecord, b: LogRecord): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs;
  if (a.traceId !== b.traceId) return (a.traceId ?? "") < (b.traceId ?? "") ? -1 : 1;
  if (a.resource.service !== b.resource.service) return a.resource.service < b.resource.service ? -1 : 1;
  const [isAnswerA, isAnswerB] = [a, b].map((log) => readAnswer(log) !== undefined);
  if (isAnswerA !== isAnswerB) return isAnswerA ? 1 : -1;
  if (a.severity !== b.severity) return b.severity - a.severity;
  return a.body === b.body ? 0 : a.body < b.body ? -1 : 1;
}

/** For a request that went well, the service that answered it. What it asked of others was answered before. */
function findServer(parts: readonly Part[]): readonly Part[] {
  const answered = parts.filter(({ answer }) => answer !== undefined).toSorted((a, b) => (b.answer?.timeMs ?? 0) - (a.answer?.timeMs ?? 0));
  return [...answered, ...parts].slice(0, 1);
}

type Place = {
  readonly traceId: string;
  readonly index: number;
  readonly isFailed: boolean;
  readonly nameRoute: ReturnType<typeof createRouteNamer>;
};

function toSpan({ records }: Part, { traceId, index, isFailed, nameRoute }: Place): Span {
  const { method, path } = findAsked(records, isFailed) ?? {};
  const route = path === undefined ? undefined : nameRoute(method, path);
  return {
    traceId,
    spanId: nameSpan(index),
    ...(index === 0 ? {} : { parentSpanId: nameSpan(index - 1) }),
    name: route === undefined ? "request" : `${method ?? ""} ${route}`.trim(),
    kind: "server",
    startMs: records[0]?.timeMs ?? 0,
    endMs: records.at(-1)?.timeMs ?? 0,
    status: isFailed ? "error" : "unset",
    attributes: {
      ...(method === undefined ? {} : { "http.request.method": method }),
      ...(path === undefined ? {} : { "url.path": path }),
      ...(route === undefined ? {} : { "http.route": route }),
    },
    events: [],
    links: [],
    resource: records[0]?.resource ?? { service: "unknown", attributes: {} },
  };
}

/** What was asked for: from a line about the request's end, rather than from one that may be about a call to another service. */
function findAsked(records: readonly LogRecord[], isFailed: boolean): ReturnType<typeof readAsked> {
  const isEnd = (log: LogRecord) => (isFailed && saysFailed(log)) || readAnswer(log) !== undefined;
  return [...records.filter(isEnd).toReversed(), ...records].map(readAsked).find((asked) => asked !== undefined);
}

/** The first failing service may have failed because of a callee that logged nothing, and may name it. */
function toCall(told: DescribedCall | undefined, caller: Span | undefined): readonly Span[] {
  if (told === undefined || caller === undefined) return [];
  return [
    {
      ...caller,
      spanId: nameDescribedCall(caller.spanId),
      parentSpanId: caller.spanId,
      name: "call",
      kind: "messaging.system" in told.attributes ? "producer" : "client",
      statusMessage: told.words,
      attributes: told.attributes,
    },
  ];
}

const TOLD = "told-";
const CALL = `${TOLD}call-`;

function nameSpan(index: number): string {
  return `${TOLD}${index}`;
}

/** The id of a call that is known only from words. */
export function nameDescribedCall(callerId: string): string {
  return `${CALL}${callerId}`;
}

/** True for a span that represents log records. Nobody measured it or saw its status. */
export function isLogOnlySpan({ spanId }: Span): boolean {
  return spanId.startsWith(TOLD);
}

/** A span's duration, to append to how it ended; empty if the span represents log records. */
export function formatTook(span: Span, ms: number): string {
  return isLogOnlySpan(span) ? "" : `, ${formatMs(ms)}`;
}
