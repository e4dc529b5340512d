import { anyOf } from "@faultline/model";
import { type CauseRule, hear } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    /circuit[ -]?(?:breaker)? ?(?:is )?(?:still )?open\b/,
    /circuit.{0,40}\bis (?:now |still )?OPEN\b/,
    /short-circuited/,
    /does not permit further calls/,
    /BrokenCircuit/,
    /CallNotPermitted/,
    /EOPENBREAKER/,
    /OpenCircuit/,
    /Stoplight::Error::RedLight/,
    /\bDegradeException\b/,
    /breaker is (?:now )?open/,
    /circuit is (?:now )?open/,
    /upstream overflow/,
    /reset reason: overflow/,
    /breaker opened/,
    /x-envoy-overloaded/,
    /\bUO\b/,
  ),
  "i",
);

/** A circuit breaker refuses calls on purpose. */
export const circuitOpen: CauseRule = {
  sign: "an error of an open circuit breaker",
  weigh: (findings) => ({ evidence: hear(findings, WORDS, { statement: "a circuit breaker was open and refused the call", weight: 4 }) }),
};
