import {
  type Exchange,
  readMethod,
  readPath,
  readPeerService,
  readServerAddress,
  readStatusCode,
  readText,
  type Span,
} from "@faultline/model";

/** The places where instrumentations and frameworks note the id that an intermediary gave to the request. */
const REQUEST_ID = [
  "http.request.header.x-request-id",
  "http.request.header.x_request_id",
  "http.response.header.x-request-id",
  "request.id",
  "http.request_id",
  "request_id",
] as const;

type Joined = { readonly spans: readonly Span[]; readonly exchanges: Exchange[] };

/**
 * Adds what intermediaries logged to the trace of the same request: by trace id, else by request id, else by method, path and time. Returns
 * the exchanges that belong to no trace.
 */
export function joinExchanges(exchanges: readonly Exchange[], traces: ReadonlyMap<string, Joined>): readonly Exchange[] {
  let byRequestId: ReadonlyMap<string, Joined> | undefined;
  const alone: Exchange[] = [];
  for (const exchange of exchanges) {
    const { traceId, requestId } = exchange;
    const traced = traceId === undefined ? undefined : traces.get(traceId);
    if (traced === undefined && requestId !== undefined) byRequestId ??= indexRequestIds(traces);
    const joined = traced ?? (requestId === undefined ? undefined : byRequestId?.get(requestId));
    if (joined === undefined) alone.push(exchange);
    else joined.exchanges.push(exchange);
  }
  return alone.length === 0 ? alone : joinByTime(alone, traces);
}

/** Log lines have whole seconds at worst, and some have only the request's end. */
const TOLERANCE_MS = 1_500;
/** The share of the observer's wait after which a late server must still have been at work. Clocks and log lines are imprecise. */
const STILL_AT_WORK = 0.8;

/** A request as a span shows it: at the server that answered it, or at the caller of a server that sent no spans. */
type Seen = { readonly trace: Joined; readonly span: Span; readonly peer: string | undefined };

/**
 * If no id was logged, a request with the same method and path at the same time is taken for it: one that names the observer as its target,
 * else one that ended with the same status, each used once. If the statuses differ, it must be the only possible request.
 */
function joinByTime(exchanges: readonly Exchange[], traces: ReadonlyMap<string, Joined>): readonly Exchange[] {
  const seen = indexRequests(traces);
  const taken = new Set<Span>();
  return exchanges.filter((exchange) => {
    const candidates = (seen.get(`${exchange.method} ${exchange.path}`) ?? []).filter((each) => isMeanwhile(exchange, each.span));
    const free = candidates.filter(({ span }) => !taken.has(span));
    const match = chooseRequest(exchange, free);
    if (match === undefined) return true;
    taken.add(match.span);
    match.trace.exchanges.push(exchange);
    return false;
  });
}

function chooseRequest(exchange: Exchange, free: readonly Seen[]): Seen | undefined {
  const { observer, status, upstream = [] } = exchange;
  const received = upstream.findLast(({ answered }) => answered === true)?.status ?? status;
  const addressed = free.find(({ peer }) => peer === observer.name);
  if (addressed !== undefined) return addressed;
  const others = free.filter(
    ({ trace, peer }) => peer === undefined && !trace.exchanges.some((each) => each.observer.name === observer.name),
  );
  const same = others.find(({ span }) => readStatusCode(span.attributes) === received);
  return same ?? (others.length === 1 ? others.find(({ span }) => canHaveReached(exchange, span)) : undefined);
}

/** A try that nobody answered can only have reached a server that was still at work when the time ran out. */
function canHaveReached({ timeMs = 0, durationMs = 0, status, upstream = [] }: Exchange, { endMs }: Span): boolean {
  const last = upstream.at(-1);
  return last?.answered !== false || ((last.status ?? status) === 504 && endMs >= timeMs + durationMs * STILL_AT_WORK);
}

function isMeanwhile({ timeMs, durationMs = 0 }: Exchange, { startMs }: Span): boolean {
  return timeMs !== undefined && startMs >= timeMs - TOLERANCE_MS && startMs <= timeMs + durationMs + TOLERANCE_MS;
}

/** The requests by method and path: server spans without a caller in their trace, and calls to callees that sent no spans. */
function indexRequests(traces: ReadonlyMap<string, Joined>): ReadonlyMap<string, Seen[]> {
  const index = new Map<string, Seen[]>();
  for (const trace of traces.values()) {
    const ids = new Set(trace.spans.map(({ spanId }) => spanId));
    const parents = new Set(trace.spans.map(({ parentSpanId }) => parentSpanId));
    for (const span of trace.spans) {
      const { kind, attributes, parentSpanId = "", spanId } = span;
      const isFront = kind === "server" && !ids.has(parentSpanId);
      const isToSilent = kind === "client" && !parents.has(spanId);
      if (!isFront && !isToSilent) continue;
      const key = `${readMethod(attributes)} ${readPath(attributes)}`;
      const seen: Seen = { trace, span, peer: isToSilent ? (nameOfCallee(span) ?? "") : undefined };
      const known = index.get(key);
      if (known === undefined) index.set(key, [seen]);
      else known.push(seen);
    }
  }
  return index;
}

/** The target that a client span names. */
export function nameOfCallee({ attributes }: Span): string | undefined {
  return readPeerService(attributes) ?? readServerAddress(attributes);
}

function indexRequestIds(traces: ReadonlyMap<string, Joined>): ReadonlyMap<string, Joined> {
  const index = new Map<string, Joined>();
  for (const trace of traces.values()) {
    for (const { attributes } of trace.spans) {
      for (const name of REQUEST_ID) {
        const id = attributes[name] === undefined ? undefined : toText(attributes[name], readText(attributes, name));
        if (id !== undefined && id !== "") index.set(id, trace);
      }
    }
  }
  return index;
}

function toText(value: unknown, text: string | undefined): string | undefined {
  return Array.isArray(value) ? String(value[0]) : text;
}
