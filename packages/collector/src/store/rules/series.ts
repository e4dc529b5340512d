/** Which series of the rollups an exchange belongs to. */
import { type Exchange, readMethod, readPath, readRoute, readStatusCode, readText, type Span } from "@faultline/model";

/** The dimensions that counts are kept by. Absent values are empty text, an absent status 0. */
export type Series = {
  readonly service: string;
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly version: string;
  readonly region: string;
};

/** True for spans that are one exchange as a server saw it: server and consumer spans, and roots of senders that set no kind. */
export function isExchangeSpan(span: Span): boolean {
  if (span.kind === "server" || span.kind === "consumer") return true;
  return span.kind === "unspecified" && span.parentSpanId === undefined;
}

const ID_SEGMENT = /^(\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{17,}|(?=[^/]*\d)[0-9a-f]{8,}|(?=[^/]*\d)[\w-]{20,}|[^/]{64,})$/i;

/** A path with what looks like an id replaced, for senders that do not know their route: `/orders/42` to `/orders/{id}`. */
function toRouteTemplate(path: string): string {
  return path
    .split("/", 12)
    .map((segment) => (ID_SEGMENT.test(segment) ? "{id}" : segment))
    .join("/");
}

/** The route of a span: `http.route`, else the RPC method, the messaging destination, the path as a template, the span's name. */
function toRoute(span: Span): string {
  const route = readRoute(span.attributes);
  if (route !== undefined) return route;
  const method = readText(span.attributes, "rpc.method");
  if (method !== undefined) {
    const service = readText(span.attributes, "rpc.service");
    return service === undefined ? method : `${service}/${method}`;
  }
  const destination = readText(span.attributes, "messaging.destination.name", "messaging.destination");
  if (destination !== undefined) return destination;
  const path = readPath(span.attributes);
  return path === undefined ? span.name : toRouteTemplate(path);
}

/** The series of an exchange span. */
export function toSeries(span: Span): Series {
  return {
    service: span.resource.service,
    route: toRoute(span),
    method: readMethod(span.attributes) ?? "",
    status: readStatusCode(span.attributes) ?? 0,
    version: span.resource.version ?? "",
    region: span.resource.region ?? "",
  };
}

/** The series of an exchange as an intermediary wrote it down. */
export function toIntermediarySeries(exchange: Exchange): Series {
  return {
    service: exchange.service ?? exchange.observer.name,
    route: exchange.route ?? toRouteTemplate(exchange.path ?? ""),
    method: exchange.method ?? "",
    status: exchange.status ?? 0,
    version: exchange.version ?? "",
    region: exchange.region ?? "",
  };
}
