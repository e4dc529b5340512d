import type { CauseRule } from "../findings.ts";
import { hear } from "../findings.ts";

const WORDS =
  /\b429\b|too many requests|limiting requests|rate[ -]?limit|throttl|quota exceeded|RESOURCE_EXHAUSTED|SlowDown|ProvisionedThroughputExceeded/i;

/** Somebody said "slow down", and it reached the client as a server error. */
export const rateLimitedAs5xx: CauseRule = {
  sign: "a 429 or an exceeded quota behind the server error",
  weigh: (findings) => {
    const refused = findings.origin?.judgement.steps.at(-1)?.status === "429" || findings.origin?.step.call?.outcome.code === 429;
    const said = hear(findings, WORDS, { statement: "the error speaks of a rate limit", weight: 3.5 });
    if (!refused) return { evidence: said };
    return { evidence: [...said, { statement: "the callee answered 429", measured: "status 429", source: "span", weight: 3 }] };
  },
};
