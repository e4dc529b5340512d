import { type Exchange, type Span, readText } from "@faultline/model";

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

/** Puts what intermediaries wrote beside the trace of the same request: by trace id, else by request id. */
export function joinExchanges(exchanges: readonly Exchange[], traces: ReadonlyMap<string, Joined>): void {
  let byRequestId: ReadonlyMap<string, Joined> | undefined;
  for (const exchange of exchanges) {
    const { traceId, requestId } = exchange;
    const traced = traceId === undefined ? undefined : traces.get(traceId);
    if (traced === undefined && requestId !== undefined) byRequestId ??= indexRequestIds(traces);
    const joined = traced ?? (requestId === undefined ? undefined : byRequestId?.get(requestId));
    joined?.exchanges.push(exchange);
  }
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
