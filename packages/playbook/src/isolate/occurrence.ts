import { type FailurePath, readRoute } from "@faultline/model";
import { isAfterwards, isFailed, isRecovered } from "./call-fate.ts";
import { isExchangeSpan } from "./hops/exchange-hops.ts";
import { buildHops, nameOperation } from "./hops/hop.ts";
import type { Call, Hop } from "./hops/hop-shape.ts";
import { isClientClosed } from "./outcome.ts";

/** One exchange of the symptom in its trace: the hop where it is observed, and the hops in front of it. */
export type Occurrence = {
  readonly path: FailurePath;
  readonly entry: Hop;
  /** Root first, without the entry. */
  readonly above: readonly Hop[];
  /** `failed`: the entry answered with a server error. `masked`: it answered well although a call failed for good. */
  readonly state: "ok" | "failed" | "masked";
};

/** Selects exchanges; absent members mean any. */
export type EntryFilter = {
  readonly service?: string;
  readonly route?: string;
  readonly version?: string;
  readonly region?: string;
};

/**
 * The exchange of a trace that the filter selects: the outermost hop that matches. Without a filter, the outermost server hop that failed,
 * else the outermost server hop.
 */
export function findOccurrence(path: FailurePath, filter: EntryFilter): Occurrence | undefined {
  // Nobody observed an inferred hop; what it did shows in front of it and behind it.
  const chains = buildHops(path).flatMap((root) => [...walk(root, [])].filter(({ hop }) => hop.isInferred !== true));
  const matching = chains.filter(({ hop }) => matches(hop, filter));
  const served = matching.filter(({ hop }) => hop.entry.span.kind === "server" || hop.entry.span.kind === "consumer");
  const pool = served.length > 0 ? served : matching;
  const hasFilter = Object.values(filter).some((value) => value !== undefined);
  // A hop that sent spans represents the request. One that only logged it does so if no other failed.
  const failed = pool.find(({ hop }) => isFailedHop(hop) && !isExchangeSpan(hop.entry.span)) ?? pool.find(({ hop }) => isFailedHop(hop));
  const chosen = hasFilter ? (pool[0] ?? failed) : (failed ?? matching.find(({ hop }) => isFailedHop(hop)) ?? pool[0]);
  if (chosen === undefined) return undefined;
  const state = isFailedHop(chosen.hop) ? "failed" : hidesFailure(chosen.hop) ? "masked" : "ok";
  return { path, entry: chosen.hop, above: chosen.above, state };
}

function* walk(hop: Hop, above: readonly Hop[]): Generator<{ hop: Hop; above: readonly Hop[] }> {
  yield { hop, above };
  for (const { callee } of hop.calls) if (callee !== undefined) yield* walk(callee, [...above, hop]);
}

function matches(hop: Hop, filter: EntryFilter): boolean {
  const { span } = hop.entry;
  if (filter.service !== undefined && hop.service !== filter.service) return false;
  if (filter.version !== undefined && span.resource.version !== filter.version) return false;
  if (filter.region !== undefined && span.resource.region !== filter.region) return false;
  return filter.route === undefined || isRoute(hop, filter.route);
}

function isRoute(hop: Hop, route: string): boolean {
  return routeOf(hop) === route || nameOperation(hop.entry) === route || hop.entry.span.name === route;
}

/** The route of a hop: its template, otherwise the name of its entry span. */
export function routeOf(hop: Hop): string {
  return readRoute(hop.entry.span.attributes) ?? hop.entry.span.name;
}

/** True when the hop answered with a server error. */
export function isFailedHop(hop: Hop): boolean {
  return hop.outcome.kind === "failed" || hop.outcome.kind === "timed-out" || hop.outcome.kind === "local";
}

/** The hop of a service that served this request: the one that failed, else the first. Undefined if the request never got there. */
export function findServingHop({ entry, above }: Occurrence, service: string): Hop | undefined {
  const below = [...walk(entry, [])].map(({ hop }) => hop);
  const own = [...above, ...below].filter((hop) => hop.service === service && hop.isInferred !== true);
  return own.find(isFailedHop) ?? own[0];
}

/** True if the hop answered well and a call below it failed for good with a server error. */
function hidesFailure(hop: Hop): boolean {
  if (hop.outcome.hidden !== undefined) return true;
  return hop.calls.some((call) => hidesCall(call, hop) || (call.callee !== undefined && hidesFailure(call.callee)));
}

/** True if the hop hid this call's failure. A failure after the answer was not hidden by the answer. */
function hidesCall(call: Call, hop: Hop): boolean {
  // A refusal that is passed on as a refusal hides nothing.
  if (call.outcome.kind === "refused" && hop.outcome.kind === "refused") return false;
  // "Not yet", if the caller waited as asked and then succeeded, hides nothing either.
  if (call.outcome.kind === "refused" && isRecovered(call, hop)) return false;
  // A hop whose client had gone away gave up what it was doing for it.
  if (isClientClosed(hop.outcome.code)) return false;
  return (isFailedBelow(call) || isHardFailure(call)) && !isAfterwards(call, hop);
}

/** A refused call is an everyday answer (404 for "not there yet"), unless the caller itself complained about it. */
function isHardFailure(call: Call): boolean {
  // A message is processed after its sender answered, so nothing is hidden from the sender's client.
  if (call.from.span.kind === "producer") return false;
  return isFailed(call) && (call.outcome.kind !== "refused" || call.outcome.words !== "");
}

function isFailedBelow({ callee, from }: Call): boolean {
  return callee !== undefined && from.span.kind !== "producer" && isFailedHop(callee);
}

/** The hop nearest to the client that hid a failure, with the hops in front of it. */
export function findMaskingHop(occurrence: Occurrence): { readonly hop: Hop; readonly above: readonly Hop[] } {
  let hop = occurrence.entry;
  const above = [...occurrence.above];
  for (;;) {
    if (hop.outcome.hidden !== undefined || hop.calls.some((call) => hidesCall(call, hop))) return { hop, above };
    const next = hop.calls.find(({ callee }) => callee !== undefined && hidesFailure(callee))?.callee;
    if (next === undefined) return { hop, above };
    above.push(hop);
    hop = next;
  }
}
