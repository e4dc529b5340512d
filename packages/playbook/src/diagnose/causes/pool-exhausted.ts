import type { Evidence } from "@faultline/model";
import { POOLER_FULL, POOL_WAIT } from "../../isolate/words/pool-words.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { type CauseRule, type Findings, fromOnset, hear } from "../findings.ts";
import { hearLetGo } from "../signs/let-go.ts";

/** The kinds of origin that gave no answer, or a late one, while connections were waiting for them. */
const HELD_BY: ReadonlySet<string> = new Set(["absent-callee", "slow-callee", "late-callee"]);

/** If all used connections were waiting for one callee, that callee is why none became free. */
function hearHeld({ origin }: Findings): readonly Evidence[] {
  const call = origin?.step.call;
  if (origin === undefined || call === undefined || !HELD_BY.has(origin.judgement.originKind)) return [];
  const statement = `the connections in use were waiting for ${origin.step.service}`;
  return [
    { statement, measured: `${call.operation}: ${formatMs(call.endMs - call.startMs)}, ${call.outcome.status}`, source: "span", weight: 3 },
  ];
}

/** The same for a pool of calls instead of connections. */
const BULKHEAD = /Bulkhead(?:Full|Rejected)|bulkhead.{0,20}(?:full|exceeded|exhausted)/i;

/** Every connection of a pool is in use, and a request waited for one in vain. */
export const poolExhausted: CauseRule = {
  sign: "an error of waiting for a free connection",
  weigh: (findings) => {
    const statement = "no connection of the pool became free in time";
    const pooled = hear(findings, POOL_WAIT, { statement, weight: 5 });
    const others = [...hear(findings, POOLER_FULL, { statement, weight: 5 }), ...hear(findings, BULKHEAD, { statement, weight: 5 })];
    const said = pooled.length > 0 ? pooled : others;
    if (said.length === 0) return { evidence: [] };
    const letGo = hearLetGo(findings);
    const evidence = [...said, ...fromOnset(findings, "pool-exhausted")];
    const against = [...(pooled.length > 0 ? hearHeld(findings) : []), ...(letGo === undefined ? [] : [letGo])];
    return { evidence, against, isAmbiguous: letGo !== undefined };
  },
};
