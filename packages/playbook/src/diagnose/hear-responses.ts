import type { CauseId, Evidence, Exchange } from "@faultline/model";
import { isMaker, isNotedSurely } from "../isolate/hops/exchange-hops.ts";
import type { Judgement } from "../isolate/judgement.ts";
import type { Occurrence } from "../isolate/occurrence.ts";
import { type ResponseSign, readExchangeSigns, readSpanSigns } from "../isolate/responses/read-response-signs.ts";
import type { Signature } from "../isolate/signatures/index.ts";
import type { NamedCause, Saying } from "./findings.ts";

type Heard = { readonly judgement: Judgement; readonly occurrence: Occurrence };

/** The most exchanges of a request that are examined. */
const MAX_EXCHANGES = 16;
/** On a hop that only passed the failure on, a sign is a mere hint. */
const BESIDE = 0.5;

/** The causes that responses on the path and access logs name, each with its strongest evidence. */
export function nameCauses(heard: readonly Heard[], signatures: readonly Signature[]): readonly NamedCause[] {
  const strongest = new Map<CauseId, NamedCause>();
  for (const { judgement, occurrence } of heard) {
    for (const { sign, isOrigin } of listen({ judgement, occurrence }, signatures)) {
      if (sign.cause === undefined) continue;
      const { cause, statement, measured, source } = sign;
      const weight = sign.weight * (isOrigin ? 1 : BESIDE);
      if (weight > (strongest.get(cause)?.evidence.weight ?? 0))
        strongest.set(cause, { cause, evidence: { statement, measured, source, weight } });
    }
  }
  return [...strongest.values()];
}

/** The evidence against causes that a gateway makes: the strongest note that an answer came from behind it. */
export function hearPassedOn(heard: readonly Heard[], signatures: readonly Signature[]): readonly Evidence[] {
  const notes = heard.flatMap((each) => listen(each, signatures)).filter(({ sign, isOrigin }) => sign.isPassedOn && isOrigin);
  const strongest = notes.map(({ sign }) => sign).sort((a, b) => b.weight - a.weight)[0];
  if (strongest === undefined) return [];
  const { statement, measured, source, weight } = strongest;
  return [{ statement, measured, source, weight }];
}

function listen({ judgement, occurrence }: Heard, signatures: readonly Signature[]): readonly Placed[] {
  return [...listenToSteps(judgement, signatures), ...listenToExchanges(occurrence.path.exchanges, signatures)];
}

type Placed = { readonly sign: ResponseSign; readonly isOrigin: boolean };

function listenToSteps({ steps, origin, originKind }: Judgement, signatures: readonly Signature[]): readonly Placed[] {
  return steps.flatMap((step) => {
    // The call to a hop that failed by itself carries that hop's answer. A proxy's sign on it comes from in between.
    const isOrigin = step.service === origin.service && step.hop === origin.hop && originKind !== "refused-request";
    const spans = [step.hop?.isInferred === true ? undefined : step.hop?.entry.span, step.call?.from.span];
    return spans.flatMap((span) => (span === undefined ? [] : readSpanSigns(span, signatures).map((sign) => ({ sign, isOrigin }))));
  });
}

function listenToExchanges(exchanges: readonly Exchange[], signatures: readonly Signature[]): readonly Placed[] {
  return exchanges.slice(0, MAX_EXCHANGES).flatMap((exchange) => {
    const isOrigin = isMadeByObserver(exchange);
    return readExchangeSigns(exchange, signatures).map((sign) => ({ sign, isOrigin }));
  });
}

/** What intermediaries wrote in their logs about a request that failed: flags and error messages. */
export function hearExchanges({ occurrence }: Heard): readonly Saying[] {
  return occurrence.path.exchanges.slice(0, MAX_EXCHANGES).flatMap((exchange) => {
    const { flags, errorMessage, status, observer, madeBy, upstream = [] } = exchange;
    // If a note is documented by its own software, its words are not interpreted again.
    if (isNotedSurely(exchange)) return [];
    // HAProxy notes a refused connection also if it had no server left. It then names no server.
    const isUntried = upstream.length === 0 && flags?.startsWith("SC") === true ? "no server is available" : undefined;
    const text = [flags, errorMessage, madeBy?.because, isUntried]
      .filter((part) => part !== undefined && part !== "" && part !== "-")
      .join(" ");
    if (text === "" || (status ?? 500) < 500) return [];
    const isMaker = isMadeByObserver(exchange);
    return [{ text, source: "access-log", service: observer.name, place: isMaker ? "origin" : "path", isDirect: isMaker }];
  });
}

/** True if the observer wrote the answer itself. An answer that certainly came from behind is not its own, whatever its flags. */
function isMadeByObserver({ madeBy, upstream = [] }: Exchange): boolean {
  if (upstream.at(-1)?.answered === true) return false;
  return isMaker(madeBy);
}
