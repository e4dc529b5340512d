import { CAUSES, type CauseId, type RankedCause } from "@faultline/model";
import { calibrate } from "./calibrate.ts";
import { CAUSE_RULES } from "./causes.ts";
import { doesWithout } from "./does-without.ts";
import type { Findings, NamedCause } from "./findings.ts";
import { findStandstill, OF_TIME } from "./signs/standstill.ts";
import { countSources, isFamiliar } from "./support.ts";

/** Causes best first, and every other cause with the reason why it was not chosen. */
export type Ranking = {
  readonly causes: readonly RankedCause[];
  readonly ruledOut: readonly { readonly cause: CauseId; readonly because: string }[];
};

/** Causes of which a gateway writes the answer itself: a note that it came from behind speaks against them. */
const GATEWAY_MADE: ReadonlySet<CauseId> = new Set(["gateway-timeout", "gateway-identity", "no-healthy-upstream", "circuit-open"]);
/** What a cause unknown to Faultline would have to be worth: with less evidence than this, nothing is more likely than not. */
const UNKNOWN = 2;
/** From this score on a cause explains what a more general one only notices. */
const EXPLAINS = 2.5;
/** Log records show who said what, not how a request ended nor what else was asked: enough for a lead, and for no verdict. */
const MOST_TOLD = 0.45;
/**
 * Where an intermediary saw how it ended, an error that names what failed may be believed; not these, for which it matters what else was asked, how
 * often, and how long it took: an error of a client's is thrown as one of the code's own is.
 */
const BY_SPANS: ReadonlySet<CauseId> = new Set([
  "unhandled-exception",
  "bad-deploy",
  "keepalive-race",
  "connection-refused",
  "retry-storm",
]);
/** How the reason begins for which a cause is ruled out of which nothing was seen: nothing speaks against it. */
export const NOT_SEEN = "not seen: ";
/** Below this a cause is not worth a reader's time. */
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
    // A guess is never worth more than what a cause unknown to Faultline would have to be.
    const explains = !isGeneral && (isAmbiguous ? addUp(evidence) : score) >= EXPLAINS;
    return { cause, evidence, against, isGeneral, isAmbiguous, explains, noted, score: isAmbiguous ? Math.min(score, UNKNOWN) : score };
  });
  // What was heard explains an exception even where it is only a guess which cause it belongs to.
  const isExplained = weighed.some(({ explains }) => explains) || isUnsure(findings, weighed);
  const ranked = weighed.map((each) => (each.isGeneral && isExplained ? { ...each, score: Math.min(each.score, UNKNOWN) } : each));
  const supported = ranked.filter(({ evidence, score }) => evidence.length > 0 && score > 0);
  const total = supported.reduce((sum, { score }) => sum + Math.exp(score), Math.exp(UNKNOWN));
  const hasFamiliarTeller = isFamiliar(findings);
  const shared = supported
    .map(({ score, noted, ...each }) => {
      // Who noted a cause is as sure of it whether or not it shows where the failure was made.
      const share = (Math.exp(score) / total) * (noted === undefined ? findings.domain.confidence : 1);
      const isLead = isTold && (!isWitnessed || BY_SPANS.has(each.cause));
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

/** Nobody but an error of the program's own says what went wrong, in words that a machine's would have: it may be either. */
function isUnsure({ sayings }: Findings, weighed: readonly { readonly isGeneral: boolean; readonly score: number }[]): boolean {
  return sayings.some(({ own }) => own === "unsure") && weighed.some(({ isGeneral, score }) => !isGeneral && score > 0);
}

/** The surest of what was noted, where nothing else names the cause; where spans tell of it as well, it bounds them no more. */
function findNoted(named: readonly NamedCause[], { hasWords, isRecorded }: { readonly hasWords: boolean; readonly isRecorded: boolean }) {
  const noted = named.flatMap((each) => each.noted ?? []);
  const surest = noted.length < named.length ? undefined : noted.toSorted((a, b) => b.confidence - a.confidence)[0];
  if (surest === undefined || !hasWords) return surest;
  if (surest.isGuess) return undefined;
  // Of whoever wrote a line, its words are no second witness beside its code.
  return surest.isCode && !isRecorded ? surest : { ...surest, confidence: 1 };
}

type Shared = Omit<RankedCause, "confidence"> & {
  readonly share: number;
  readonly surest: number;
  readonly isGeneral: boolean;
  readonly isAmbiguous: boolean;
};

/** How sure each cause is, in the order of their shares. A guess is worth its share and nothing more. */
function toConfidences(shared: readonly Shared[], hasFamiliarTeller: boolean): readonly RankedCause[] {
  let limit = 1;
  return shared.map(({ cause, evidence, against, share, surest, isGeneral, isAmbiguous }) => {
    const support = { isGeneral, sources: countSources(evidence), isFamiliar: hasFamiliarTeller };
    // What is ranked behind another cause is never surer than that one.
    limit = Math.min(limit, surest, isAmbiguous ? share : calibrate(share, support));
    return { cause, evidence, against, confidence: round(limit) };
  });
}

/** The strongest piece counts in full, each further one by half: pieces of evidence seldom stand alone. */
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
