import type { CauseId, Change, Evidence, EvidenceSource, FaultDomain, MetricPoint, Scope } from "@faultline/model";
import type { Call, Hop } from "../isolate/hops/hop-shape.ts";
import type { Judgement, Step } from "../isolate/judgement.ts";
import type { Occurrence } from "../isolate/occurrence.ts";
import type { ProcessStops } from "../isolate/processes/process-stops.ts";
import type { Difference } from "./contrast/contrast.ts";
import type { Onset } from "./onset/find-onset.ts";
import type { ReleaseContrast } from "./contrast/contrast-releases.ts";
import type { SequenceBreak } from "./contrast/contrast-sequence.ts";
import { isDefectType } from "../isolate/words/defect-words.ts";
import type { OnsetSign } from "./onset/onset-signs.ts";
import type { OwnWords } from "./words/own-words.ts";

/** Something that the failing requests report about themselves: an error type, a message, a log line. */
export type Saying = {
  readonly text: string;
  readonly source: EvidenceSource;
  readonly service: string;
  /** `origin`: said by the creating hop, or by the call to it. `path`: said by another hop of the path. */
  readonly place: "origin" | "path";
  /** True for an exception or the failing span's own words, as opposed to a log line nearby. */
  readonly isDirect: boolean;
  /** True for what a process wrote outside of any request. */
  readonly isUntraced?: boolean;
  /** Set if only a program's own error says this. Its words may then be about its business, not about a machine. */
  readonly own?: OwnWords["kind"];
};

/** The place where a failure was created, with the occurrence that shows it best. */
export type Origin = { readonly judgement: Judgement; readonly occurrence: Occurrence; readonly step: Step };

/** A cause that a response on the path names. */
export type NamedCause = {
  readonly cause: CauseId;
  readonly evidence: Evidence;
  /**
   * For an intermediary's note: how certain it is, 0 to 1, whether it may stand for other causes too, and whether it is a code or a
   * message.
   */
  readonly noted?: { readonly confidence: number; readonly isGuess: boolean; readonly isCode: boolean };
};

/** A change close enough before the onset to have caused it. */
export type SuspiciousChange = { readonly change: Change; readonly beforeOnsetMs: number; readonly onset?: Onset };

/** Everything by which the causes are weighed. */
export type Findings = {
  readonly scope: Scope;
  readonly domain: FaultDomain;
  readonly origin: Origin | undefined;
  readonly failing: readonly Occurrence[];
  /** The calls through which the failing requests reached the origin, as far as they did. */
  readonly originCalls: readonly Call[];
  /** The origin's part in each failing request, as far as it sent telemetry. */
  readonly originHops: readonly Hop[];
  readonly succeeding: readonly Occurrence[];
  readonly elsewhere: readonly Occurrence[];
  readonly services: ReadonlySet<string>;
  readonly sayings: readonly Saying[];
  /** Causes that responses and access logs name explicitly. */
  readonly named: readonly NamedCause[];
  /** Notes of gateways that the answer came from behind them. */
  readonly passedOn: readonly Evidence[];
  readonly contrast: readonly Difference[];
  readonly releases: readonly ReleaseContrast[];
  readonly changes: readonly SuspiciousChange[];
  /** The time from which failures are more common; absent if that cannot be told. */
  readonly onset?: Onset;
  /** What else changed at the onset: restarts, traffic, saturation. */
  readonly onsetSigns: readonly OnsetSign[];
  /** How far the failing requests came in the sequence that the creating service logs for a good one. */
  readonly sequence?: SequenceBreak;
  readonly metrics: readonly MetricPoint[];
  /** True if these requests have no spans, but log records tell about them. */
  readonly isTold: boolean;
  /** True if the failing request has a span, so that it can be replayed. */
  readonly isRecorded: boolean;
  /** True if an intermediary also logged how these requests ended. */
  readonly isWitnessed: boolean;
  /** The times at which processes stood still, according to their spans. */
  readonly stops: ProcessStops;
};

/** One cause and how it is weighed. */
export type CauseRule = {
  /** What would be seen if this were the cause. It is the reason for ruling the cause out if none of it was seen. */
  readonly sign: string;
  readonly weigh: (findings: Findings) => Weighed;
};

/**
 * Evidence for and against one cause. `isGeneral`: the evidence only says that something of this kind happened; if another cause says what,
 * that one explains it. `isAmbiguous`: everything that was seen has other explanations as well, so the cause is a guess and never a
 * verdict.
 */
type Weighed = {
  readonly evidence: readonly Evidence[];
  readonly against?: readonly Evidence[];
  readonly isGeneral?: boolean;
  readonly isAmbiguous?: boolean;
};

/** The weight of technical words in an error of the program's own that nothing else confirms: not enough to explain it. */
const OF_TRADE = 0.4;

/**
 * Evidence from the first saying that matches. The creating hop's own words count in full; those of other hops, and of lines beside the
 * failure, count for less. So do words that an error of the program's own mentions in passing (`KeyError: 'rate_limit'`), unless the cause
 * is about the code (`isOfCode`).
 */
export function hear(
  findings: Findings,
  pattern: RegExp,
  { statement, weight, isOfCode = false }: { statement: string; weight: number; isOfCode?: boolean },
): readonly Evidence[] {
  const heard = findings.sayings.filter(({ text }) => pattern.test(text));
  const best =
    heard.find(({ place, isDirect, own }) => place === "origin" && isDirect && own === undefined) ??
    heard.find(({ place, isDirect }) => place === "origin" && isDirect) ??
    heard.find(({ isDirect }) => isDirect) ??
    heard[0];
  if (best === undefined) return [];
  const misleading = isOfCode ? 1 : best.own !== undefined ? OF_TRADE : isDefectType(best.text) ? 0.5 : 1;
  const factor = (best.place === "origin" ? 1 : 0.6) * (best.isDirect ? 1 : 0.6) * misleading;
  return [{ statement, measured: `${best.service}: ${excerpt(best.text, pattern)}`, source: best.source, weight: weight * factor }];
}

function excerpt(text: string, pattern: RegExp): string {
  const at = pattern.exec(text)?.index ?? 0;
  const from = Math.max(0, at - 60);
  // An error's type appears alone, and then again before its message.
  const cut = text
    .slice(from, from + 240)
    .replace(/\s+/g, " ")
    .replace(/(?<![\w.])([\w.]{1,80}) (?=\1: )/g, "");
  return `${from > 0 ? "..." : ""}${cut}${from + 240 < text.length ? "..." : ""}`;
}

/** True if a response on the path names the cause itself, so that nothing has to be guessed. */
export function isNamed({ named }: Findings, cause: CauseId): boolean {
  return named.some((each) => each.cause === cause && each.noted?.isGuess !== true);
}

/**
 * The status with which a callee refused the origin's request, whether the callee sends telemetry or not; undefined if nothing was refused.
 */
export function readRefusal({ origin }: Findings): string | undefined {
  if (origin?.judgement.originKind !== "refused-request") return undefined;
  return origin.judgement.blamed?.outcome.status ?? origin.judgement.steps.at(-1)?.status;
}

/** Evidence from a difference between failing and good requests. */
export function fromDifference(difference: Difference, weight: number): Evidence {
  const { attribute, property, failingWith, failing, succeedingWith, succeeding, pValue } = difference;
  return {
    statement: `${attribute} ${property} in the failing requests`,
    measured: `${failingWith} of ${failing} failing, ${succeedingWith} of ${succeeding} good; p = ${pValue.toPrecision(2)} after correction`,
    source: "span",
    weight,
  };
}

/** What changed at the onset and suggests a cause. It counts only if something else suggests the cause too. */
export function fromOnset({ onsetSigns }: Findings, cause: CauseId): readonly Evidence[] {
  return onsetSigns.filter(({ causes }) => causes.includes(cause)).map(({ evidence }) => evidence);
}

/** Evidence that one release makes the failures: the strongest contrast of versions or instances on the path. */
export function fromRelease({ releases }: Findings): readonly Evidence[] {
  const found = releases.find(({ isOrigin }) => isOrigin) ?? releases[0];
  if (found === undefined) return [];
  const { service, kind, difference, isLate, isOrigin } = found;
  const { value, failingWith, failing, succeedingWith, succeeding, pValue } = difference;
  const what = kind === "version" ? `version ${value ?? ""} of ${service}` : `instances of ${service} that came later than the others`;
  // A release that did not come after the others may just be the one that is not fixed yet.
  const weight = (kind === "version" && isLate ? 4 : 3.5) - (isOrigin ? 0 : 1);
  return [
    {
      statement: `the failing requests are those that ${what} served`,
      measured: `${failingWith} of ${failing} failing, ${succeedingWith} of ${succeeding} good; p = ${pValue.toPrecision(2)} after correction`,
      source: "span",
      weight,
    },
  ];
}
