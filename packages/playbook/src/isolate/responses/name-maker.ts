import type { Judgement, Step } from "../judgement.ts";
import type { Signature } from "../signatures/index.ts";
import { readSpanSigns } from "./read-response-signs.ts";

/** The judgement with what a response says about its maker: the proxy that declares itself, not the one to whom the call was addressed. */
export function nameMaker(judgement: Judgement, signatures: readonly Signature[]): Judgement {
  const { origin, steps } = judgement;
  if (origin.hop !== undefined || origin.call === undefined) return judgement;
  const signs = readSpanSigns(origin.call.from.span, signatures);
  if (signs.length === 0) return judgement;
  const evidence = signs.map(({ statement, measured, source, weight }) => ({ statement, measured, source, weight }));
  const maker = signs.find(({ isNamed }) => isNamed)?.maker ?? origin.service;
  const step: Step = { ...origin, service: maker, evidence: [...origin.evidence, ...evidence] };
  return { ...judgement, origin: step, steps: steps.map((each) => (each === origin ? step : each)) };
}
