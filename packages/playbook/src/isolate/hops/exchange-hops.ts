/**
 * Hops that sent no spans but logged what they did: an exchange of an access log becomes a server span with one client span for each try,
 * in its place in the trace. From then on it is judged like any other hop.
 */
import {
  type AttributeValue,
  DIAGNOSED_CONFIDENCE,
  type Exchange,
  readMethod,
  readPath,
  readRoute,
  readStatusCode,
  type Resource,
  SOFTWARE_ATTRIBUTE,
  type Span,
  type UpstreamAttempt,
} from "@faultline/model";

import { nameOfCallee } from "./join-exchanges.ts";

/** The traces into which exchanges are put. Members may be replaced but not changed, because spans belong to whoever sent them. */
export type ExchangeGround = { readonly traceId: string; spans: Span[]; readonly exchanges: Exchange[] };

const SPAN_ID = "exchange-";

/** True for a span that was made from an exchange and that nobody sent. */
export function isExchangeSpan({ spanId }: Span): boolean {
  return spanId.startsWith(SPAN_ID);
}

/** The event that such a span has if its exchange says that the observer itself made the answer, or why. */
const OWN_ACCOUNT = "faultline.own_account";

/** True for the span of an exchange in which the observer reports an error of its own. */
export function hasOwnAccount({ events }: Span): boolean {
  return events.some(({ name }) => name === OWN_ACCOUNT);
}

/** From this confidence on, the maker of a response counts as known. */
const KNOWN = 0.7;

/** True for an exchange whose observer made the answer and noted something that stands for exactly one cause. */
export function isNotedSurely({ noted, madeBy }: Exchange): boolean {
  return noted !== undefined && noted.confidence >= DIAGNOSED_CONFIDENCE && isMaker(madeBy);
}

/** True if the observer is known to have written the answer itself, whatever it received from behind. */
export function isMaker(madeBy: Exchange["madeBy"]): boolean {
  return madeBy?.hop === "observer" && madeBy.confidence >= KNOWN;
}

/** Why the observer wrote the answer itself, if its exchange says that it did. */
export function readOwnAccount({ events }: Span): string | undefined {
  const because = events.find(({ name }) => name === OWN_ACCOUNT)?.attributes["because"];
  return typeof because === "string" ? because : undefined;
}

/** The stack of the error that the observer of an exchange logged with its own answer. */
export function readAccountStack({ events }: Span): string | undefined {
  const stack = events.find(({ name }) => name === OWN_ACCOUNT)?.attributes["stack"];
  return typeof stack === "string" ? stack : undefined;
}

function givesAccount({ errorMessage, flags = "", madeBy }: Exchange): boolean {
  return (
    errorMessage !== undefined ||
    madeBy?.hop === "observer" ||
    (/[^-]/.test(flags) && madeBy?.hop !== "behind" && madeBy?.hop !== "unknown")
  );
}

function toAccount({ madeBy }: Exchange): string | undefined {
  return madeBy?.hop === "observer" ? madeBy.because : undefined;
}

/** The most exchanges of a request that are examined, because a request passes few intermediaries. */
const MAX_EXCHANGES = 16;
const OWN_KINDS: ReadonlySet<string> = new Set(["app", "app-server", "client"]);

/**
 * True for an exchange that was logged by the one who did the work, or by the caller. There is nobody behind it whom its line should name.
 */
export function isOwnWork({ observer }: Exchange): boolean {
  return OWN_KINDS.has(observer.kind);
}

/** Puts the hops that logged an exchange of this trace into their places. The innermost comes first, so that each next one wraps it. */
export function addExchangeHops(ground: ExchangeGround): void {
  if (ground.exchanges.length === 0) return;
  const senders = new Set(ground.spans.map(({ resource }) => resource.service));
  const added = ground.exchanges
    .slice(0, MAX_EXCHANGES)
    .filter((exchange) => !senders.has(exchange.observer.name) && !isOwnWork(exchange))
    .sort((a, b) => (a.durationMs ?? 0) - (b.durationMs ?? 0));
  added.forEach((exchange, index) => {
    ground.spans = [...placeExchange(ground, exchange, index)];
  });
}

/** The spans of an exchange that is known from nothing else, as a request by itself. The exchange should have its route. */
export function toLoneSpans(exchange: Exchange, traceId: string): readonly Span[] {
  const place = { traceId, index: 0, startMs: exchange.timeMs ?? 0, endMs: (exchange.timeMs ?? 0) + (exchange.durationMs ?? 0) };
  const server = toServerSpan(exchange, place);
  const tries = isOwnWork(exchange) ? [] : toTries(exchange, undefined);
  return [server, ...tries.map((attempt, at) => toClientSpan(exchange, attempt, { ...place, at, parent: server }))];
}

/** Learns which service has which address, from exchanges that were joined to a trace. */
export function learnAddresses(grounds: Iterable<ExchangeGround>): (address: string | undefined) => string | undefined {
  const names = new Map<string, string>();
  for (const { spans, exchanges } of grounds) {
    for (const { upstream = [] } of exchanges) {
      const address = upstream.at(-1)?.address;
      if (address === undefined || names.has(address)) continue;
      const tries = new Set(spans.filter((span) => isExchangeSpan(span) && span.kind === "client").map(({ spanId }) => spanId));
      const behind = spans.find((span) => span.kind === "server" && !isExchangeSpan(span) && tries.has(span.parentSpanId ?? ""));
      if (behind !== undefined) names.set(address, behind.resource.service);
    }
  }
  return (address) => (address === undefined ? undefined : names.get(address));
}

function* placeExchange({ spans, traceId }: ExchangeGround, exchange: Exchange, index: number): Generator<Span> {
  const caller = findCaller(spans, exchange);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const behind = spans
    .filter((span) => (caller === undefined ? !ids.has(span.parentSpanId ?? "") : span.parentSpanId === caller.spanId))
    .filter(({ kind, resource }) => (kind === "server" || kind === "unspecified") && resource !== caller?.resource)
    .sort((a, b) => a.startMs - b.startMs);
  const [first] = behind;
  if (first === undefined && caller === undefined) {
    yield* spans;
    return;
  }
  const inner = first ?? caller;
  const startMs = clampStart(exchange, inner);
  const endMs = Math.max(
    startMs + (exchange.durationMs ?? 0),
    ...behind.map((span) => (exchange.durationMs === undefined ? span.endMs : 0)),
  );
  const parentSpanId = caller?.spanId ?? first?.parentSpanId;
  const place = { traceId, index, startMs, endMs, ...(parentSpanId === undefined ? {} : { parentSpanId }) };
  const server = toServerSpan(exchange, place, first);
  const tries = toTries(exchange, behind.length);
  const clients = tries.map((attempt, at) => toClientSpan(exchange, attempt, { ...place, at, parent: server }));
  const adopted = adopt(clients, behind);
  yield server;
  for (const client of clients) {
    const callee = behind.find((span) => adopted.get(span) === client);
    yield callee === undefined ? client : reach(client, callee, endMs);
  }
  for (const span of spans) {
    const parent = adopted.get(span);
    yield parent === undefined ? span : { ...span, parentSpanId: parent.spanId };
  }
}

/**
 * A try that is known to have reached a server: it lasted at least as long as the server's span, and has that answer unless another is
 * known.
 */
function reach(client: Span, callee: Span, endMs: number): Span {
  const times = { startMs: Math.min(client.startMs, callee.startMs), endMs: Math.max(client.endMs, Math.min(callee.endMs, endMs)) };
  const code = readStatusCode(callee.attributes);
  const isKnown = client.status === "error" || readStatusCode(client.attributes) !== undefined;
  if (isKnown || code === undefined) return { ...client, ...times };
  return { ...client, ...times, status: callee.status, attributes: { ...client.attributes, "http.response.status_code": code } };
}

/** Log lines have whole seconds at worst. If the request behind began earlier than the line says, the line is imprecise. */
function clampStart({ timeMs }: Exchange, inner: Span | undefined): number {
  if (inner === undefined) return timeMs ?? 0;
  return timeMs === undefined ? inner.startMs : Math.min(timeMs, inner.startMs);
}

/** The client span that sent this request to the intermediary; undefined for an intermediary in front of everything. */
function findCaller(spans: readonly Span[], { path, method, observer }: Exchange): Span | undefined {
  if (path === undefined) return undefined;
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const isSame = ({ attributes }: Span) => readPath(attributes) === path && (readMethod(attributes) ?? method) === method;
  const addressed = spans.find((span) => span.kind === "client" && nameOfCallee(span) === observer.name && isSame(span));
  if (addressed !== undefined) return addressed;
  const isFront = spans.some((span) => span.kind === "server" && !ids.has(span.parentSpanId ?? "") && isSame(span));
  return isFront ? undefined : spans.find((span) => span.kind === "client" && isSame(span));
}

/** Which try reached which server span: by the status with which it ended, otherwise in order. */
function adopt(clients: readonly Span[], behind: readonly Span[]): ReadonlyMap<Span, Span> {
  const free = new Set(clients);
  const adopted = new Map<Span, Span>();
  for (const span of behind) {
    const code = readStatusCode(span.attributes);
    const match =
      [...free].find((client) => code !== undefined && readStatusCode(client.attributes) === code) ?? [...free][0] ?? clients.at(-1);
    if (match === undefined) continue;
    free.delete(match);
    adopted.set(span, match);
  }
  return adopted;
}

/** The known tries. If only the answer is known to have come from behind, or a span behind shows that there was a try, it is one. */
function toTries({ upstream = [], status, madeBy }: Exchange, behind: number | undefined): readonly UpstreamAttempt[] {
  const answer = madeBy?.hop === "behind" ? { answered: true, ...(status === undefined ? {} : { status }) } : undefined;
  const last = upstream.at(-1);
  // HAProxy names the server that answered, but not its answer, which is the status that was passed on.
  const isNamed = last?.address !== undefined && last.status === undefined;
  if (last !== undefined) return isNamed && answer !== undefined ? [...upstream.slice(0, -1), { ...last, ...answer }] : upstream;
  if (answer !== undefined) return [answer];
  return behind === undefined || behind === 0 ? [] : [{}];
}

type Place = {
  readonly traceId: string;
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly parentSpanId?: string;
};

/** Envoy's flags for a client that went away, and HAProxy's for a session that the client ended. */
const ABANDONED = /(?:^|,)(?:DC|DR)(?:,|$)|^[Cc][CDHLQRT-]/;

/** True if the client did not wait for the answer. That there was none is then no failure of the one who was asked. */
function isAbandoned({ madeBy, flags = "", status }: Exchange): boolean {
  return status === undefined && (madeBy?.hop === "client" || ABANDONED.test(flags));
}

function toServerSpan(exchange: Exchange, place: Place, behind?: Span): Span {
  const { method, path, status, observer, responseHeaders = {}, responseBody, requestBytes, upstream = [] } = exchange;
  // If a note is documented by its own software, its words are not interpreted again.
  const errorMessage = isNotedSurely(exchange) ? undefined : exchange.errorMessage;
  // An observer without a status to note that got no answer from behind had no answer to give.
  const isFailed = status === undefined ? upstream.at(-1)?.answered === false && !isAbandoned(exchange) : status >= 500;
  const route = (behind === undefined ? undefined : readRoute(behind.attributes)) ?? exchange.route ?? path;
  const headers = Object.entries(responseHeaders).map(([name, value]) => [`http.response.header.${name.toLowerCase()}`, [value]] as const);
  return {
    traceId: place.traceId,
    spanId: `${SPAN_ID}${place.index}`,
    ...(place.parentSpanId === undefined ? {} : { parentSpanId: place.parentSpanId }),
    name: `${method ?? ""} ${route ?? observer.name}`.trim(),
    kind: "server",
    startMs: place.startMs,
    endMs: place.endMs,
    status: isFailed ? "error" : "unset",
    ...(isFailed && errorMessage !== undefined ? { statusMessage: errorMessage } : {}),
    attributes: toAttributes([
      ["http.request.method", method],
      ["http.route", route],
      ["url.path", path],
      ["http.request.body.size", requestBytes],
      ["http.response.status_code", status],
      ["http.response.body.content", responseBody],
      ...headers,
    ]),
    events:
      isFailed && givesAccount(exchange)
        ? [
            {
              name: OWN_ACCOUNT,
              timeMs: place.endMs,
              attributes: toAttributes([
                ["because", toAccount(exchange)],
                ["stack", exchange.errorStack],
              ]),
            },
          ]
        : [],
    links: [],
    resource: toResource(exchange),
  };
}

function toResource({ observer, version, instance, region }: Exchange): Resource {
  return {
    service: observer.name,
    ...(version === undefined ? {} : { version }),
    ...(instance === undefined ? {} : { instance }),
    ...(region === undefined ? {} : { region }),
    attributes: { [SOFTWARE_ATTRIBUTE]: observer.software ?? observer.name },
  };
}

/** Istio calls a cluster `outbound|8080|subset|host`. */
const MESH_CLUSTER = /^(?:in|out)bound\|\d*\|[^|]*\|(?=[^|]+$)/;

/** The target of a try: the service that the observer names, otherwise the address. */
function toPeer({ service, observer }: Exchange, address: string | undefined): readonly (readonly [string, AttributeValue | undefined])[] {
  if (service !== undefined && service !== observer.name) return [["service.peer.name", service.replace(MESH_CLUSTER, "")]];
  const match = /^(?:https?:\/\/)?(.+?)(?::(\d+))?\/?$/.exec(address ?? "");
  return [
    ["server.address", match?.[1]],
    ["server.port", match?.[2] === undefined ? undefined : Number(match[2])],
  ];
}

/**
 * A try as a client span. It has a status only if the status really came from behind. A 504 that did not is a time that ran out, and
 * anything else is a broken call.
 */
function toClientSpan(exchange: Exchange, attempt: UpstreamAttempt, place: Place & { readonly at: number; readonly parent: Span }): Span {
  const isUnanswered = attempt.answered === false && !isAbandoned(exchange);
  const code = isUnanswered ? undefined : attempt.status;
  const isLate = isUnanswered && (attempt.status ?? exchange.status) === 504;
  const startMs = place.startMs + Math.min(place.at, 1);
  const durationMs = attempt.durationMs ?? attempt.headerMs;
  return {
    traceId: place.traceId,
    spanId: `${SPAN_ID}${place.index}-${place.at}`,
    parentSpanId: place.parent.spanId,
    name: exchange.method ?? "request",
    kind: "client",
    startMs,
    endMs: Math.min(place.endMs, durationMs === undefined ? place.endMs : startMs + durationMs),
    status: isUnanswered || (code ?? 200) >= 500 ? "error" : "unset",
    ...(isUnanswered
      ? { statusMessage: isLate ? "timed out" : isNotedSurely(exchange) ? "no answer" : (exchange.errorMessage ?? "no answer") }
      : {}),
    attributes: toAttributes([
      ["http.request.method", exchange.method],
      ["url.path", exchange.path],
      ...toPeer(exchange, attempt.address),
      ["http.response.status_code", code],
    ]),
    events: [],
    links: [],
    resource: place.parent.resource,
  };
}

function toAttributes(entries: readonly (readonly [string, AttributeValue | undefined])[]): Span["attributes"] {
  const attributes = Object.create(null) as Record<string, AttributeValue>; // a header may be called __proto__
  for (const [name, value] of entries) if (value !== undefined) attributes[name] = value;
  return attributes;
}
