import { POOLER_FULL, POOL_WAIT } from "../../isolate/pool-words.ts";
import { type CauseRule, fromOnset, hear } from "../findings.ts";
import { hearLetGo } from "../let-go.ts";

/** The same of a pool of calls instead of connections. */
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
    return letGo === undefined ? { evidence } : { evidence, against: [letGo], isAmbiguous: true };
  },
};
