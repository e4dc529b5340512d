import type { Observations, Span, Suspect, Window } from "@faultline/model";

/** A rule of thumb that people and tools use today, to be measured on the same cases in the same run. */
export type Rule = (observations: Observations, window: Window | undefined) => readonly Suspect[];

/** "The deepest span with an error", over every trace of the window. */
export const deepestErroredSpan: Rule = (observations, window) => rank(tracesOf(observations, window).map(findDeepestError));

/** The same, only in traces whose outermost span failed. */
export const deepestErroredSpanScoped: Rule = (observations, window) =>
  rank(
    tracesOf(observations, window)
      .filter((spans) => spans.some((span) => isRoot(span, spans) && isErrored(span)))
      .map(findDeepestError),
  );

/** "The service with the most ERROR logs" of the window. */
export const mostErrorLogs: Rule = ({ logs }, window) =>
  rank(logs.filter(({ severity, timeMs }) => severity >= 17 && isInside(timeMs, window)).map(({ resource }) => resource.service));

function rank(names: readonly (string | undefined)[]): readonly Suspect[] {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([service, score]) => ({ service, score })).sort((a, b) => b.score - a.score);
}

function tracesOf({ spans }: Observations, window: Window | undefined): readonly (readonly Span[])[] {
  return [
    ...Map.groupBy(
      spans.filter(({ startMs }) => isInside(startMs, window)),
      ({ traceId }) => traceId,
    ).values(),
  ];
}

function isInside(timeMs: number, window: Window | undefined): boolean {
  return window === undefined || (timeMs >= window.fromMs && timeMs < window.toMs);
}

function isErrored(span: Span): boolean {
  return span.status === "error" || Number(span.attributes["http.response.status_code"] ?? 0) >= 500;
}

function isRoot(span: Span, spans: readonly Span[]): boolean {
  return !spans.some(({ spanId }) => spanId === span.parentSpanId);
}

/** Service, or for a client span without a server span below it the service it calls. */
function findDeepestError(spans: readonly Span[]): string | undefined {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  let [deepest, depth]: [Span | undefined, number] = [undefined, -1];
  for (const span of spans) {
    if (!isErrored(span)) continue;
    let level = 0;
    for (let up = byId.get(span.parentSpanId ?? ""); up !== undefined && level < 200; up = byId.get(up.parentSpanId ?? "")) level += 1;
    if (level > depth) [deepest, depth] = [span, level];
  }
  if (deepest === undefined) return undefined;
  const peer = deepest.attributes["service.peer.name"] ?? deepest.attributes["peer.service"];
  return deepest.kind === "client" && typeof peer === "string" ? peer : deepest.resource.service;
}
