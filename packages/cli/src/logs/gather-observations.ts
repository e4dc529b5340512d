import { noteCause } from "@faultline/formats/access-log-knowledge";
import type { LogMessage } from "@faultline/formats/access-log";
import type { Exchange, LogRecord, NotedCause } from "@faultline/model";
import { type Matched, matchApplications } from "./match-applications.ts";
import { findWhoGaveUp, toGivenUp } from "./report/given-up.ts";
import { describeMessage, type FoundMessages, indexMessages, listFirst } from "./report/join.ts";
import type { Pattern } from "./report/report.ts";
import type { MemoryWarnings } from "./tally/memory-warnings.ts";
import type { KeptExchange, KeptMessage } from "./tally/tally.ts";
import { isOfServer, toAnswerRecord, toLogRecord } from "./to-log-record.ts";

/** Exchanges and log records. The records that an application wrote about one request have the same trace id as its exchange. */
export type GatheredObservations = { readonly exchanges: readonly Exchange[]; readonly logs: readonly LogRecord[] };

/** What was read from log files. */
export type ReadLines = {
  readonly failing: readonly KeptExchange[];
  readonly good: readonly KeptExchange[];
  readonly messages: readonly KeptMessage[];
  readonly memory: MemoryWarnings;
  /** True where spans describe the same requests: then trace ids alone say which records belong to which request. */
  readonly areTraced: boolean;
};

/** The observer's name in an access log whose lines do not say which software wrote them. */
const NAMELESS = "access log";
const MEMORY_TRUST = 0.85;
const LOG_ERROR = 17;
const LOG_FATAL = 21;
/** The answers of a proxy that got none from behind. */
const UNANSWERED: readonly number[] = [502, 503, 504];
/** The time between a process's last message and the failures that its end causes, until it is started again. */
const AROUND_MS = 1500;

/** Adds to the exchanges what was logged beside them and the cause that their own software noted, as the report of a log reads them. */
export function gatherObservations({ failing, good, messages, memory, areTraced }: ReadLines): GatheredObservations {
  const told = messages.filter(({ message }) => message.severity >= LOG_ERROR || message.exceptionType !== undefined);
  const [failed, fine] = [failing, good].map((kept) => (areTraced ? NOBODY : matchApplications(kept)));
  const seen = failing.filter((kept) => !failed?.matched.has(kept));
  const find = findBeside(seen, told, areTraced);
  const used = new Set<LogMessage>();
  const logs: LogRecord[] = [];
  const tie = (exchange: Exchange, records: readonly LogRecord[]): Exchange => {
    if (records.length === 0) return exchange;
    const traceId = exchange.traceId ?? `request-${logs.length}`;
    logs.push(...records.map((record) => ofRequest({ ...record, traceId }, exchange)));
    return { ...exchange, traceId };
  };
  const read = seen.map((kept): Read => {
    const { own, words } = find(kept.exchange);
    const [message] = own;
    if (message !== undefined && isOfServer(message) && message.message.traceId === undefined) used.add(message.message);
    for (const each of words) used.add(each.message);
    const heard = message === undefined ? { exchange: kept.exchange } : joinMessage(kept.exchange, message);
    return { kept, ...heard, exchange: tie(heard.exchange, [...words.map(toLogRecord), ...listAnswers(kept, failed)]) };
  });
  const served = good.flatMap((kept): Read[] =>
    fine?.matched.has(kept) === true ? [] : [{ kept, exchange: tie(kept.exchange, listAnswers(kept, fine)) }],
  );
  const beside = messages.filter(({ message }) => !used.has(message));
  return { exchanges: noteCauses({ read, served, memory }), logs: [...logs, ...beside.map(toLogRecord)] };
}

function listAnswers(front: KeptExchange, matched: Matched | undefined): readonly LogRecord[] {
  const answer = matched?.answers.get(front);
  return answer === undefined ? [] : [toAnswerRecord(answer.exchange)];
}

const NOBODY: Matched = { matched: new Set(), answers: new Map() };

type Read = { readonly kept: KeptExchange; readonly exchange: Exchange; readonly who?: string };

/** The messages in the error log of the exchange's own software, and those of the application behind it. */
type Beside = { readonly own: readonly KeptMessage[]; readonly words: readonly KeptMessage[] };

function findBeside(seen: readonly KeptExchange[], told: readonly KeptMessage[], areTraced: boolean): (exchange: Exchange) => Beside {
  const kept = [...seen];
  const ofAll = indexMessages({ kept, messages: [...told] });
  const ofServers = indexMessages({ kept, messages: told.filter(isOfServer) });
  const words = told.filter((each) => !isOfServer(each));
  const ofApplications = indexMessages({ kept, messages: words });
  const ends = words.filter(isLastWord).toSorted((a, b) => (a.message.timeMs ?? 0) - (b.message.timeMs ?? 0));
  return (exchange) => {
    // An application's messages about its own exchange explain that exchange; with spans, trace ids alone decide.
    if (areTraced || exchange.observer.kind === "app") return { own: ofAll?.(exchange).messages ?? [], words: [] };
    return {
      own: ofServers?.(exchange).messages ?? [],
      words: chooseWords(ofApplications?.(exchange), exchange) ?? findEnd(ends, exchange),
    };
  };
}

/** True for a message that names no request: a process that is about to end fails all its requests. */
function isLastWord({ message: { severity, requestId, traceId, path } }: KeptMessage): boolean {
  return severity >= LOG_FATAL && [requestId, traceId, path].every((each) => each === undefined);
}

/** A process that ended next to a request that the proxy got no answer to. The ends are sorted by time: there may be thousands of them. */
function findEnd(ends: readonly KeptMessage[], { status = 0, madeBy, timeMs = 0, durationMs = 0 }: Exchange): readonly KeptMessage[] {
  if (!UNANSWERED.includes(status) || madeBy?.hop === "behind") return [];
  const endMs = timeMs + durationMs;
  return listFirst(ends, { fromMs: endMs - AROUND_MS, untilMs: endMs + AROUND_MS }).slice(0, 1);
}

/** All messages with the id of the request; without an id, the one nearest in time. */
function chooseWords(found: FoundMessages | undefined, { timeMs = 0, durationMs = 0 }: Exchange): readonly KeptMessage[] | undefined {
  if (found === undefined || found.messages.length === 0) return undefined;
  if (found.by === "request id") return found.messages;
  const apart = ({ message }: KeptMessage) => Math.abs((message.timeMs ?? 0) - timeMs - durationMs);
  return found.messages.toSorted((a, b) => apart(a) - apart(b)).slice(0, 1);
}

/**
 * Adds the method and path of the request to a record. Two programs whose files have the same name (`shop.access.log`, `shop.log`) get different
 * service names.
 */
function ofRequest(record: LogRecord, { observer, method, path }: Exchange): LogRecord {
  const { service } = record.resource;
  const asked = { ...(method === undefined ? {} : { "http.request.method": method }), ...(path === undefined ? {} : { "url.path": path }) };
  const resource = service === observer.name ? { ...record.resource, service: `${service} (application)` } : record.resource;
  return { ...record, attributes: { ...asked, ...record.attributes }, resource };
}

type Noting = { readonly read: readonly Read[]; readonly served: readonly Read[] } & Pick<ReadLines, "memory">;

function noteCauses({ read, served, memory }: Noting): readonly Exchange[] {
  const writers = new Map(read.flatMap(({ kept, who }) => (who === undefined ? [] : [[kept.file, who] as const])));
  const swapped = memory.explain(read.map(({ kept }) => kept.exchange));
  const noted = read.map(({ kept, exchange }) => {
    const cause = swapped !== undefined && memory.isMeant(exchange) ? toMemory(exchange, swapped) : noteCause(exchange);
    return nameSoftware(cause === undefined ? exchange : { ...exchange, noted: cause }, writers.get(kept.file));
  });
  return [...noted, ...served.map(({ kept, exchange }) => nameSoftware(exchange, writers.get(kept.file)))];
}

/** An error log that tells about the requests of a file also tells which software wrote that file. */
function nameSoftware(exchange: Exchange, who: string | undefined): Exchange {
  const { observer } = exchange;
  return who === undefined || observer.name !== NAMELESS ? exchange : { ...exchange, observer: { ...observer, name: who } };
}

function toMemory({ flags = "" }: Exchange, { evidence }: Pattern): NotedCause {
  return { cause: "memory-leak", code: flags, meaning: evidence.statement, confidence: MEMORY_TRUST };
}

/** If the access log does not tell who answered, or why, the error log may. */
function joinMessage(exchange: Exchange, message: KeptMessage): { readonly exchange: Exchange; readonly who?: string } {
  const text = describeMessage(message);
  const { madeBy, status = 0, errorMessage = text } = exchange;
  const who = madeBy === undefined || madeBy.hop === "unknown" ? findWhoGaveUp({ format: message.format, text }, status) : undefined;
  if (who === undefined) return { exchange: { ...exchange, errorMessage } };
  return { exchange: { ...exchange, errorMessage, madeBy: toGivenUp(who, text) }, who };
}
