import { type Observations, readRoute, readStatusCode, type Span, type Window } from "@faultline/model";
import { mergeTwins } from "./symptom/merge-twins.ts";
import { createRouteNamer } from "./symptom/route-of-path.ts";

/** A place where requests fail, in the words with which one can ask for a diagnosis of it. */
export type FailingRoute = { readonly service: string; readonly route: string; readonly failing: number };

type Place = { readonly service: string; readonly route: string; readonly startMs: number };

/**
 * The routes that answered with server errors in a window, most failures first. Each failing trace counts once, for its earliest failing
 * server span, where its client met the failure. Intermediaries' logs count only if there is no span, so that nothing counts twice.
 */
export function listFailingRoutes({ spans, exchanges }: Observations, window?: Window): readonly FailingRoute[] {
  const isAsked = (timeMs: number) => window === undefined || (timeMs >= window.fromMs && timeMs < window.toMs);
  const first = new Map<string, Place>();
  for (const span of spans) {
    if (!isFailingServer(span) || !isAsked(span.startMs)) continue;
    const known = first.get(span.traceId);
    if (known === undefined || span.startMs < known.startMs) first.set(span.traceId, toPlace(span));
  }
  if (first.size > 0) return countPlaces([...first.values()]);
  const written = mergeTwins(exchanges).filter(({ status = 0, timeMs }) => status >= 500 && (timeMs === undefined || isAsked(timeMs)));
  const nameRoute = createRouteNamer(spans);
  return countPlaces(
    written.map(({ observer, method, route, path = "" }) => ({ service: observer.name, route: route ?? nameRoute(method, path) })),
  );
}

function isFailingServer({ kind, status, attributes }: Span): boolean {
  if (kind !== "server" && kind !== "consumer") return false;
  const code = readStatusCode(attributes);
  return code === undefined ? status === "error" : code >= 500;
}

function toPlace({ resource, attributes, name, startMs }: Span): Place {
  return { service: resource.service, route: readRoute(attributes) ?? name, startMs };
}

function countPlaces(places: readonly Omit<FailingRoute, "failing">[]): readonly FailingRoute[] {
  const counts = new Map<string, FailingRoute>();
  for (const { service, route } of places) {
    const key = `${service}\n${route}`;
    counts.set(key, { service, route, failing: (counts.get(key)?.failing ?? 0) + 1 });
  }
  return [...counts.values()].sort((one, other) => other.failing - one.failing);
}
