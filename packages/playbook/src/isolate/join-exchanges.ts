import { type Exchange, readMethod, readPath, readStatusCode, readText, type Span } from "@faultline/model";

/** Where instrumentations and frameworks note the id that an intermediary gave the request. */
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
 * Puts what intermediaries wrote beside the trace of the same request: by trace id, else by request id, else by method, path, status
 * and time. Returns the exchanges that belong to no trace.
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

/** Log lines know whole seconds at worst, and some of them only the end of the request. */
const TOLERANCE_MS = 1_500;

type Served = { readonly trace: Joined; readonly span: Span };

/**
 * Where no id was logged, the request of the same method, path and status at the same time is taken for it; each is taken once. An
 * exchange whose status differs from what stands behind it stays alone: that would be a claim about who changed it.
 */
function joinByTime(exchanges: readonly Exchange[], traces: ReadonlyMap<string, Joined>): readonly Exchange[] {
  const served = indexServed(traces);
  return exchanges.filter((exchange) => {
    const { timeMs, durationMs = 0, method, path, status, observer } = exchange;
    const candidates = served.get(`${method} ${path} ${status}`);
    if (timeMs === undefined || candidates === undefined) return true;
    const fromMs = timeMs - TOLERANCE_MS;
    const toMs = timeMs + durationMs + TOLERANCE_MS;
    const at = candidates.findIndex(
      ({ trace, span }) =>
        span.startMs >= fromMs && span.endMs <= toMs && !trace.exchanges.some((each) => each.observer.name === observer.name),
    );
    candidates[at]?.trace.exchanges.push(exchange);
    return at === -1;
  });
}

function indexServed(traces: ReadonlyMap<string, Joined>): ReadonlyMap<string, Served[]> {
  const index = new Map<string, Served[]>();
  for (const trace of traces.values()) {
    for (const span of trace.spans) {
      if (span.kind !== "server") continue;
      const { attributes } = span;
      const key = `${readMethod(attributes)} ${readPath(attributes)} ${readStatusCode(attributes)}`;
      const known = index.get(key);
      if (known === undefined) index.set(key, [{ trace, span }]);
      else known.push({ trace, span });
    }
  }
  return index;
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
