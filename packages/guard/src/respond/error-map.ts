/**
 * From what was thrown to the right answer: a table of rules, asked in order; users put their own in front. What no rule knows stays
 * 500: a bug is never dressed up as somebody else's fault.
 */
import { ruleForClientGone, ruleForDeclaredStatus } from "./declared-rule.ts";
import { ruleForDatabase } from "./database-rule.ts";
import { ruleForDependency, ruleForForeignAnswer } from "./dependency-rule.ts";
import { type ErrorAnswer, type ErrorFacts, type ErrorRule, isErrorStatus } from "./error-facts.ts";
import { ruleForRequestInput } from "./input-rule.ts";

/** The table that comes with the guard. Order matters: what is certain stands before what is inferred. */
const ERROR_RULES: readonly ErrorRule[] = [
  ruleForClientGone,
  ruleForForeignAnswer,
  ruleForDeclaredStatus,
  ruleForDatabase,
  ruleForDependency,
  ruleForRequestInput,
];

/** The answer for what no rule knows. */
export const UNKNOWN_ERROR: ErrorAnswer = { status: 500, retryable: false };

/** Asks the user's rules, then ours. A rule that throws, or answers something that is no error, has no opinion. */
export function decideAnswer(facts: ErrorFacts, first: readonly ErrorRule[]): ErrorAnswer {
  for (const rule of [...first, ...ERROR_RULES]) {
    try {
      const answer = rule(facts);
      if (answer !== undefined && isErrorStatus(answer.status)) return answer;
    } catch {
      // The next rule may know; an error in a rule must not become a second error of the request.
    }
  }
  return UNKNOWN_ERROR;
}
