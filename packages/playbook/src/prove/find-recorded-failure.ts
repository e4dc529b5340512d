import {
  type Attributes,
  fail,
  type Proof,
  readMethod,
  readPath,
  readRoute,
  readStatusCode,
  readText,
  type RecordedRequest,
  type Result,
  type SpanKind,
  succeed,
} from "@faultline/model";

/** The parts of a span that a proof needs; both a stored span and a row of the collector's trace answer have them. */
export type ProvableSpan = {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly service: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
};

/** The spans of one failing trace. */
export type ProvableTrace = {
  readonly traceId: string;
  /** The fault's fingerprint; the empty string when it was not computed. */
  readonly fingerprint: string;
  readonly spans: readonly ProvableSpan[];
};

/** What a proof is made from: the failing exchange, its recorded input, and the calls it made to others. */
export type RecordedFailure = {
  readonly failure: Proof["failure"];
  readonly request: RecordedRequest;
  /** Calls of the exchange to other services, as a person recognises them: `GET payments.internal/charge`. */
  readonly dependencies: readonly string[];
};

const HEADER = "http.request.header.";
const WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

type Candidate = { readonly span: ProvableSpan; readonly depth: number; readonly hasInput: boolean };

function measureDepth(span: ProvableSpan, byId: ReadonlyMap<string, ProvableSpan>): number {
  let depth = 0;
  for (let at = byId.get(span.parentSpanId ?? ""); at !== undefined && depth < 1_000; at = byId.get(at.parentSpanId ?? "")) depth += 1;
  return depth;
}

function readBody(span: ProvableSpan): string | undefined {
  return readText(span.attributes, "http.request.body.content", "http.request.body");
}

/** True if there is a body, for methods that have one; otherwise if there are headers, which only a guard records. */
function hasInput(span: ProvableSpan): boolean {
  if (WITH_BODY.has(readMethod(span.attributes) ?? "")) return readBody(span) !== undefined;
  return Object.keys(span.attributes).some((name) => name.startsWith(HEADER));
}

function isFailing(span: ProvableSpan): boolean {
  return (
    (readStatusCode(span.attributes) ?? 0) >= 500 ||
    (readStatusCode(span.attributes) === undefined && span.attributes["error.type"] !== undefined)
  );
}

/** A route without parameters is its own path. */
function readFixedRoute({ attributes }: ProvableSpan): string | undefined {
  const route = readRoute(attributes);
  return route !== undefined && /^\/[\w./~%@+-]*$/.test(route) ? route : undefined;
}

function readTarget(span: ProvableSpan): string | undefined {
  const { attributes } = span;
  const whole = readText(attributes, "http.target");
  if (whole !== undefined && attributes["url.path"] === undefined) return whole;
  const query = readText(attributes, "url.query")?.replace(/^\?/, "");
  const path = readPath(attributes) ?? readFixedRoute(span);
  return path === undefined ? undefined : `${path}${query === undefined || query === "" ? "" : `?${query}`}`;
}

function readHeaders({ attributes }: ProvableSpan): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (!name.startsWith(HEADER) || value === undefined) continue;
    headers[name.slice(HEADER.length)] = Array.isArray(value) ? value.join(", ") : String(value);
  }
  return headers;
}

function toRequest(span: ProvableSpan, target: string): RecordedRequest {
  const body = readBody(span);
  const method = readText(span.attributes, "http.request.method_original") ?? readMethod(span.attributes) ?? "GET";
  return {
    method,
    target,
    headers: readHeaders(span),
    ...(body === undefined ? {} : { body }),
    bodyTruncated: span.attributes["faultline.request.body.truncated"] === true,
  };
}

function listDependencies(span: ProvableSpan, spans: readonly ProvableSpan[]): string[] {
  const inside = new Set([span.spanId]);
  const found = new Set<string>();
  // Spans come in any order. A few rounds also reach the children of internal spans.
  for (let round = 0; round < 4; round++) {
    for (const each of spans) if (inside.has(each.parentSpanId ?? "") && each.kind !== "server") inside.add(each.spanId);
  }
  for (const each of spans) {
    if (!inside.has(each.spanId) || (each.kind !== "client" && each.kind !== "producer")) continue;
    const host = readText(each.attributes, "server.address", "net.peer.name", "db.system.name", "db.system") ?? "";
    found.add(`${each.name}${host === "" || each.name.includes(host) ? "" : ` at ${host}`}`);
  }
  return [...found].slice(0, 20);
}

/**
 * The exchange of a trace that a proof should replay: the innermost server span that failed and whose input was recorded, because
 * the bug is there; if no input was recorded, the innermost failing one. `service` selects the exchange of one service.
 */
export function findRecordedFailure(trace: ProvableTrace, service?: string): Result<RecordedFailure> {
  const byId = new Map(trace.spans.map((span) => [span.spanId, span]));
  const failing = trace.spans.filter(
    (span) => span.kind === "server" && isFailing(span) && (service === undefined || span.service === service),
  );
  const candidates: Candidate[] = failing
    .filter((span) => readMethod(span.attributes) !== undefined)
    .map((span) => ({ span, depth: measureDepth(span, byId), hasInput: hasInput(span) }));
  const best = candidates.sort((one, other) => Number(other.hasInput) - Number(one.hasInput) || other.depth - one.depth)[0]?.span;
  if (best === undefined) {
    const of = service === undefined ? "" : ` of ${service}`;
    return fail(
      failing.length === 0
        ? `trace ${trace.traceId} has no failing HTTP server span${of}: there is no request to replay`
        : `trace ${trace.traceId} has failing server spans${of}, but none says which request it served (no http.request.method)`,
    );
  }
  const target = readTarget(best);
  if (target === undefined) {
    return fail(
      `the failure of ${best.service} is known, but not its request: its span has no url.path (the route is ${readRoute(best.attributes) ?? best.name})`,
    );
  }
  return succeed({
    failure: {
      traceId: trace.traceId,
      fingerprint: trace.fingerprint,
      service: best.service,
      route: readRoute(best.attributes) ?? readPath(best.attributes) ?? "/",
      status: readStatusCode(best.attributes) ?? 500,
    },
    request: toRequest(best, target),
    dependencies: listDependencies(best, trace.spans),
  });
}
