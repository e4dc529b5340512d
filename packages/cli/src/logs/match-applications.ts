import type { Exchange } from "@faultline/model";
import type { KeptExchange } from "./tally/tally.ts";

/** The applications' lines that describe a request which a proxy in front logged as well. */
export type Matched = {
  readonly matched: ReadonlySet<KeptExchange>;
  /** The application's line for each of the proxy's lines. */
  readonly answers: ReadonlyMap<KeptExchange, KeptExchange>;
};

/** Clocks of two programs on one host, and times that are whole seconds. */
const TOLERANCE_MS = 1500;

/**
 * Matches the lines that applications wrote about their own answers with the lines of the proxies in front of them, which are in another file: by
 * request or trace id, otherwise by method, path, status and time. Each line is matched once, so that a request counts once.
 */
export function matchApplications(exchanges: readonly KeptExchange[]): Matched {
  const [own, inFront] = [exchanges.filter(isOfApplication), exchanges.filter((kept) => !isOfApplication(kept))];
  if (own.length === 0 || inFront.length === 0) return { matched: new Set(), answers: new Map() };
  const byId = new Map(own.flatMap((kept) => listIds(kept.exchange).map((id) => [id, kept] as const)));
  const byPlace = Map.groupBy(own.toSorted(byTime), ({ exchange }) => toPlace(exchange));
  const matched = new Set<KeptExchange>();
  const answers = new Map<KeptExchange, KeptExchange>();
  for (const front of inFront.toSorted(byTime)) {
    const named = listIds(front.exchange).flatMap((id) => byId.get(id) ?? [])[0];
    const answer = named ?? takeNext(byPlace.get(toPlace(front.exchange)), front);
    if (answer === undefined || matched.has(answer) || answer.file === front.file) continue;
    matched.add(answer);
    answers.set(front, answer);
  }
  return { matched, answers };
}

/** True for an exchange that was logged by the application that answered it. */
export function isOfApplication({ exchange: { observer } }: Pick<KeptExchange, "exchange">): boolean {
  return observer.kind === "app" || observer.kind === "app-server";
}

function listIds({ requestId, traceId }: Exchange): readonly string[] {
  return [requestId, traceId].filter((id) => id !== undefined);
}

function toPlace({ method, path, status }: Exchange): string {
  return `${method} ${path} ${status}`;
}

function byTime(a: KeptExchange, b: KeptExchange): number {
  return (a.exchange.timeMs ?? 0) - (b.exchange.timeMs ?? 0);
}

/** Takes the first entry within the time of the request from a list sorted by time. Earlier entries match no later request either. */
function takeNext(list: KeptExchange[] | undefined, { exchange }: KeptExchange): KeptExchange | undefined {
  const { timeMs, durationMs = 0 } = exchange;
  if (list === undefined || timeMs === undefined) return undefined;
  while (list[0] !== undefined && (list[0].exchange.timeMs ?? 0) < timeMs - durationMs - TOLERANCE_MS) list.shift();
  const [first] = list;
  if (first === undefined || (first.exchange.timeMs ?? Infinity) > timeMs + durationMs + TOLERANCE_MS) return undefined;
  return list.shift();
}
