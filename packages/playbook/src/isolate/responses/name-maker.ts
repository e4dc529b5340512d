import type { Exchange } from "@faultline/model";
import type { Judgement, Step } from "../judgement.ts";
import type { Signature } from "../signatures/index.ts";
import { readSpanSigns } from "./read-response-signs.ts";

/** Exchanges of one request looked at: a request passes few intermediaries. */
const MAX_EXCHANGES = 16;

/** The judgement with what responses and access logs tell of hops that sent no spans. */
export function nameMaker(
  judgement: Judgement,
  { exchanges, signatures }: { readonly exchanges: readonly Exchange[]; readonly signatures: readonly Signature[] },
): Judgement {
  const named = nameDeclared(judgement, signatures);
  const saving = exchanges.slice(0, MAX_EXCHANGES).find(isSaved);
  return saving === undefined ? named : { ...named, steps: [toSavingStep(saving), ...named.steps] };
}

/** An answer without a span behind it is made by the proxy that declares it, not by whom the call was addressed to. */
function nameDeclared(judgement: Judgement, signatures: readonly Signature[]): Judgement {
  const { origin, steps } = judgement;
  if (origin.hop !== undefined || origin.call === undefined) return judgement;
  const signs = readSpanSigns(origin.call.from.span, signatures);
  if (signs.length === 0) return judgement;
  const evidence = signs.map(({ statement, measured, source, weight }) => ({ statement, measured, source, weight }));
  const maker = signs.find(({ isNamed }) => isNamed)?.maker ?? origin.service;
  const step: Step = { ...origin, service: maker, evidence: [...origin.evidence, ...evidence] };
  return { ...judgement, origin: step, steps: steps.map((each) => (each === origin ? step : each)) };
}

/** A request that an intermediary tried more than once and at last answered well. */
function isSaved({ status, upstream = [] }: Exchange): boolean {
  if (status === undefined || status >= 500 || upstream.length < 2) return false;
  return upstream.slice(0, -1).some((attempt) => attempt.answered === false || (attempt.status ?? 0) >= 500);
}

function toSavingStep({ observer, status, method, path, upstream = [] }: Exchange): Step {
  const tries = upstream.map((attempt) => attempt.status ?? (attempt.answered === false ? "no answer" : "?")).join(", ");
  return {
    service: observer.name,
    operation: `${method ?? ""} ${path ?? ""}`.trim(),
    status: String(status),
    fate: "masked",
    evidence: [
      {
        statement: `${observer.name} tried again and answered ${status}: the client never saw this failure`,
        measured: `tries: ${tries}`,
        source: "access-log",
        weight: 3,
      },
    ],
  };
}
