import { CAUSES, type CauseId, type RankedCause } from "@faultline/model";
import { calibrate } from "./calibrate.ts";
import { CAUSE_RULES } from "./causes.ts";
import { doesWithout } from "./does-without.ts";
import type { Findings, NamedCause } from "./findings.ts";
import { findStandstill, OF_TIME } from "./signs/standstill.ts";
import { countSources, isFamiliar } from "./support.ts";

/** The causes, best first, and every other cause with the reason why it was not chosen. */
export type Ranking = {
  readonly causes: readonly RankedCause[];
  readonly ruledOut: readonly { readonly cause: CauseId; readonly because: string }[];
};

/** Causes for which a gateway writes the answer itself. A note that the answer came from behind speaks against them. */
const GATEWAY_MADE: ReadonlySet<CauseId> = new Set(["gateway-timeout", "gateway-identity", "no-healthy-upstream", "circuit-open"]);
/** The weight of a cause that is unknown to Faultline. With less evidence than this, nothing is more likely than not. */
const UNKNOWN = 2;
/** From this score on, a cause explains what a more general one only notices. */
const EXPLAINS = 2.5;
/** Log records show who said what, but not how a request ended or what else was asked. That is enough for a lead, but not for a verdict. */
const MOST_TOLD = 0.45;
/**
 * If an intermediary saw how the request ended, an error that names what failed can be believed, except for these causes. They depend on
 * what else was asked, how often, and how long that took: a client library's errors are thrown like errors of the code itself.
 */
const BY_SPANS: ReadonlySet<CauseId> = new Set(["unhandled-exception", "bad-deploy", "keepalive-race", "retry-storm"]);
/** The beginning of the reason for ruling out a cause of which nothing was seen, although nothing speaks against it. */
export const NOT_SEEN = "not seen: ";
/** Below this confidence a cause is not listed. */
const LEAST_CONFIDENCE = 0.05;

/** Weighs every cause on the findings. Weights are log-odds; causes compete with each other and with "none of these". */
export function rankCauses(findings: Findings): Ranking {
  const { isTold, isWitnessed } = findings;
  const isMeant = doesWithout(findings);
  const isStill = findStandstill(findings) !== undefined;
  const weighed = CAUSES.map((cause) => {
    const { evidence: found, against: weighed = [], isGeneral = false, ...rest } = CAUSE_RULES[cause].weigh(findings);
    const named = findings.named.filter((each) => each.cause === cause);
    const noted = findNoted(named, { hasWords: found.length > 0, isRecorded: findings.isRecorded });
    const isGuess = noted === undefined ? rest.isAmbiguous === true : noted.isGuess;
    const isAmbiguous = isGuess || isMeant || (isStill && OF_TIME.has(cause));
    const against = GATEWAY_MADE.has(cause) ? [...weighed, ...findings.passedOn] : weighed;
    const evidence = [...found, ...named.map((each) => each.evidence)];
    const score = addUp(evidence) - addUp(against);
    // A guess never weighs more than a cause that is unknown to Faultline.
    const explains = !isGeneral && (isAmbiguous ? addUp(evidence) : score) >= EXPLAINS;
    return { cause, evidence, against, isGeneral, isAmbiguous, explains, noted, score: isAmbiguous ? Math.min(score, UNKNOWN) : score };
  });
  // The sayings explain an exception even if it is only a guess to which cause they belong.
  const isExplained = weighed.some(({ explains }) => explains) || isUnsure(findings, weighed);
  const ranked = weighed.map((each) => (each.isGeneral && isExplained ? { ...each, score: Math.min(each.score, UNKNOWN) } : each));
  const supported = ranked.filter(({ evidence, score }) => evidence.length > 0 && score > 0);
  const total = supported.reduce((sum, { score }) => sum + Math.exp(score), Math.exp(UNKNOWN));
  const hasFamiliarTeller = isFamiliar(findings);
  const shared = supported
    .map(({ score, noted, ...each }) => {
      // A noted cause is equally certain whether or not the note shows where the failure was made.
      const share = (Math.exp(score) / total) * (noted === undefined ? findings.domain.confidence : 1);
      const isLead = isTold ? !isWitnessed || BY_SPANS.has(each.cause) : isThrownAlone(findings, each.cause) && noted === undefined;
      const surest = noted?.confidence ?? 1;
      return isLead ? { ...each, surest, share: share * MOST_TOLD, isAmbiguous: true } : { ...each, surest, share };
    })
    .sort((a, b) => b.share - a.share);
  const causes = toConfidences(shared, hasFamiliarTeller).filter(({ confidence }) => confidence >= LEAST_CONFIDENCE);
  const named = new Set(causes.map(({ cause }) => cause));
  const ruledOut = weighed
    .filter(({ cause }) => !named.has(cause))
    .map(({ cause, evidence, against }) => ({ cause, because: explain({ cause, evidence, against }) }));
  return { causes, ruledOut };
}

/** True if only log lines show that something was thrown: the errors of a dependency are thrown as the code's own are, so that this is only a lead. */
function isThrownAlone({ isRecorded }: Findings, cause: CauseId): boolean {
  return cause === "unhandled-exception" && !isRecorded;
}

/** True if only an error of the program's own says what went wrong, in words that a machine might use too. */
function isUnsure({ sayings }: Findings, weighed: readonly { readonly isGeneral: boolean; readonly score: number }[]): boolean {
  return sayings.some(({ own }) => own === "unsure") && weighed.some(({ isGeneral, score }) => !isGeneral && score > 0);
}

/**
 * The most certain of the notes, if nothing else names the cause. If spans also tell about the cause, the note no longer limits its
 * confidence.
 */
function findNoted(named: readonly NamedCause[], { hasWords, isRecorded }: { readonly hasWords: boolean; readonly isRecorded: boolean }) {
  const noted = named.flatMap((each) => each.noted ?? []);
  const surest = noted.length < named.length ? undefined : noted.toSorted((a, b) => b.confidence - a.confidence)[0];
  if (surest === undefined || !hasWords) return surest;
  if (surest.isGuess) return undefined;
  // The words of a line are not a second witness beside the code in the same line.
  return surest.isCode && !isRecorded ? surest : { ...surest, confidence: 1 };
}

type Shared = Omit<RankedCause, "confidence"> & {
  readonly share: number;
  readonly surest: number;
  readonly isGeneral: boolean;
  readonly isAmbiguous: boolean;
};

/** The confidence of each cause, in the order of their shares. A guess has its share as confidence, and no more. */
function toConfidences(shared: readonly Shared[], hasFamiliarTeller: boolean): readonly RankedCause[] {
  let limit = 1;
  return shared.map(({ cause, evidence, against, share, surest, isGeneral, isAmbiguous }) => {
    const support = { isGeneral, sources: countSources(evidence), isFamiliar: hasFamiliarTeller };
    // A cause that is ranked after another is never more certain than that one.
    limit = Math.min(limit, surest, isAmbiguous ? share : calibrate(share, support));
    return { cause, evidence, against, confidence: round(limit) };
  });
}

/** The strongest piece counts in full, and each further one by half, because pieces of evidence are seldom independent. */
function addUp(evidence: readonly { readonly weight: number }[]): number {
  const sorted = evidence.map(({ weight }) => weight).sort((a, b) => b - a);
  return sorted.reduce((sum, weight, index) => sum + (index === 0 ? weight : weight / 2), 0);
}

function explain({ cause, evidence, against }: Pick<RankedCause, "cause" | "evidence" | "against">): string {
  const strongest = [...against].sort((a, b) => b.weight - a.weight)[0];
  if (strongest !== undefined) return `${strongest.statement} (${strongest.measured})`;
  if (evidence.length > 0) return `the evidence is outweighed: ${evidence[0]?.statement ?? ""}`;
  return `${NOT_SEEN}${CAUSE_RULES[cause].sign}`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
