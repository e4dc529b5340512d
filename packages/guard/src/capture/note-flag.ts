/** From an evaluation to the request that made it. */
import { findCurrentExchange } from "./context.ts";
import { EvaluatedFlags, type FlagEvaluation } from "./flags.ts";

/** Notes an evaluation on the request that runs now. */
export function noteFlag(evaluation: FlagEvaluation): void {
  const exchange = findCurrentExchange();
  if (exchange === undefined || exchange.isFinished) return;
  exchange.flags ??= new EvaluatedFlags();
  exchange.flags.note(evaluation);
}
