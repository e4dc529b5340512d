/** How far an answer is right: each step on its own. */
import type { CauseId, Diagnosis, Observations } from "@faultline/model";
import type { Expected, ExpectedHop } from "./incident.ts";

/** The marks of one answer. `undefined` where the incident does not ask. */
export type Marks = {
  readonly isDetected: boolean;
  /** The creating hop is the first suspect. */
  readonly isCreatorRight: boolean | undefined;
  readonly isPathRight: boolean | undefined;
  readonly causeRank: number | undefined;
  readonly isDiagnosed: boolean;
  readonly confidence: number;
  /** A wrong cause, or any cause where none should be, named with a confidence of 0.5 or more. */
  readonly isFalseBlame: boolean;
  /** Where evidence is missing: it said so, and named the missing piece. */
  readonly isHonest: boolean | undefined;
  /** What the verdict as a whole claims is true: its cause, or that it cannot tell. */
  readonly isRight: boolean;
};

/** From here on a verdict names its cause. */
const NAMED = 0.5;

/** Marks a diagnosis against what is right, where all was at hand or one source was taken away. */
export function markDiagnosis(diagnosis: Diagnosis, expected: Expected, without?: keyof Observations): Marks {
  const { verdict, scope, suspects, causes, path, missing } = diagnosis;
  const first = causes[0];
  const { diagnose, isolate, detect } = expected;
  const isDiagnosed = verdict === "diagnosed";
  const right = listRight(diagnose, without);
  const rank = causes.findIndex(({ cause }) => right.has(cause));
  const isNamed = isDiagnosed && (first?.confidence ?? 0) >= NAMED;
  const asksHop = diagnose.verdict === "diagnosed";
  const isRouteRight = detect.route === undefined || (scope.route !== undefined && scope.route.endsWith(detect.route));
  const said = [...missing.map(({ what }) => what), suspects[0]?.service ?? ""].join("\n");
  const honest = diagnose.verdict === "inconclusive" ? !isNamed && diagnose.missing.some((name) => said.includes(name)) : undefined;
  const isFalseBlame = isNamed && first !== undefined && !right.has(first.cause);
  return {
    isDetected: diagnose.verdict === "healthy" ? scope.failing === 0 : scope.failing > 0 && isRouteRight,
    isCreatorRight: asksHop ? isolate.creators.includes(suspects[0]?.service ?? "") : undefined,
    isPathRight: asksHop ? isSamePath(path, isolate.path) : undefined,
    causeRank: asksHop && rank >= 0 ? rank + 1 : undefined,
    isDiagnosed,
    confidence: first?.confidence ?? 0,
    isFalseBlame,
    isHonest: honest,
    isRight: asksHop ? isDiagnosed && rank === 0 : diagnose.verdict === "inconclusive" ? honest === true : !isNamed,
  };
}

function listRight(due: Expected["diagnose"], without: keyof Observations | undefined): ReadonlySet<CauseId> {
  if (due.verdict !== "diagnosed") return new Set();
  return new Set([due.cause, ...(due.also ?? []), ...(without === undefined ? [] : (due.without?.[without] ?? []))]);
}

/** The answer's hops in order against the right ones; optional hops may be left out, hops without a part in it may be added. */
export function isSamePath(path: Diagnosis["path"], expected: readonly ExpectedHop[]): boolean {
  let at = 0;
  for (const { service, fate } of path) {
    const isMatch = (hop: ExpectedHop): boolean => hop.service.includes(service) && hop.fate.includes(fate);
    let next = at;
    while (next < expected.length && !isMatch(expected[next] as ExpectedHop) && expected[next]?.isOptional === true) next += 1;
    const hop = expected[next];
    if (hop !== undefined && isMatch(hop)) at = next + 1;
    else if (fate !== "clean") return false;
  }
  return expected.slice(at).every(({ isOptional }) => isOptional === true);
}
