import { type CauseRule, hear } from "../findings.ts";

const WORDS =
  /fault filter abort|fault[ _-]injection|fault injected|injected (?:fault|error|failure)|chaos[ _-]?(?:monkey|mesh|experiment)|\bFI\b,?|\bDI\b,?|x-fault|simulated (?:fault|failure)/i;

/** Somebody injects faults on purpose: an experiment, a mesh rule. */
export const faultInjected: CauseRule = {
  sign: "a marker of fault injection",
  weigh: (findings) => ({ evidence: hear(findings, WORDS, { statement: "the failure says that it was injected", weight: 4 }) }),
};
