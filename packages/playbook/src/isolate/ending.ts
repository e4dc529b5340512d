import { CLOSED, REFUSED } from "./words/connection-words.ts";
import { findRejection, findStatusInWords, isUnreachableText, nameLocalRefusal } from "./words/error-words.ts";
import type { Call } from "./hops/hop-shape.ts";
import type { Judgement, OriginKind } from "./judgement.ts";

/** Nobody answered in time, or at all. */
const NO_ANSWER = "no answer";
const SILENT: ReadonlySet<OriginKind> = new Set(["absent-callee", "slow-callee", "late-callee", "cut-callee", "stalled"]);
/** The statuses with which a proxy reports that a server behind it does not answer. */
const UNAVAILABLE: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * How a failure ended that no code raised, in words that are the same for every caller and route. So one dead dependency is one fault,
 * however many services call it, and one process that stands still is one fault, whatever was asked of it. Undefined if a hop's own code
 * failed, since that fault is identified by its exception.
 */
export function findEnding({ origin, originKind, blamed }: Judgement): string | undefined {
  const { call, hop } = origin;
  if (SILENT.has(originKind)) return NO_ANSWER;
  if (originKind === "silent-callee") return call === undefined ? NO_ANSWER : describeAnswer(call);
  if (originKind === "local") return blamed === undefined ? undefined : `${nameLocalRefusal(blamed.outcome.words)} to ${blamed.peer.name}`;
  const isHeld = originKind === "own" && hop !== undefined && findRejection(hop.outcome.words) === "local";
  return isHeld ? nameLocalRefusal(hop.outcome.words) : undefined;
}

function describeAnswer({ outcome }: Call): string {
  const code = outcome.code ?? findStatusInWords(outcome.words);
  if (code !== undefined) return UNAVAILABLE.has(code) ? NO_ANSWER : `answers ${code}`;
  return isUnreachableText(outcome.words) || outcome.words === "" ? NO_ANSWER : outcome.words;
}

/** How the answer was missing; undefined if the failure ended otherwise, or if nothing tells. */
export function findManner(judgement: Judgement): string | undefined {
  if (findEnding(judgement) !== NO_ANSWER) return undefined;
  const { origin, originKind } = judgement;
  if (originKind === "cut-callee") return "cut";
  const outcome = origin.call?.outcome;
  if (originKind !== "absent-callee" && originKind !== "silent-callee") return "late";
  if (outcome === undefined) return undefined;
  const code = outcome.code ?? findStatusInWords(outcome.words);
  if (outcome.kind === "timed-out" || code === 504) return "late";
  if (REFUSED.test(outcome.words)) return "refused";
  if (CLOSED.test(outcome.words)) return "cut";
  return code === undefined ? undefined : "unavailable";
}
