import type { CauseId, NextCheck, RankedCause } from "@faultline/model";
import type { Findings } from "../findings.ts";
import { CHECKS, PROVE } from "./checks-by-cause.ts";
import { PLATFORM_CHECKS } from "./checks-by-platform.ts";
import { fillCheck } from "./fill-check.ts";
import { findOriginPlatforms, type OriginPlatforms } from "./origin-platforms.ts";
import { type CheckWords, readCheckWords } from "./read-check-words.ts";

/** The number of causes whose checks are listed: the likely one and its rival. */
const CAUSES_CHECKED = 2;
const MOST_CHECKS = 6;

/** Where to look next and what to run: first what distinguishes the likely causes, then what would fill gaps in the evidence. */
export function listNextChecks(findings: Findings, causes: readonly RankedCause[]): readonly NextCheck[] {
  const { origin, contrast, domain } = findings;
  if (origin === undefined) return [];
  const words = readCheckWords(findings, origin);
  const platforms = findOriginPlatforms(origin);
  const checks: NextCheck[] = causes.slice(0, CAUSES_CHECKED).flatMap(({ cause }) => fillChecks(cause, words, platforms));
  const difference = contrast[0];
  if (difference !== undefined)
    checks.push({ check: `Send one request where ${difference.attribute} ${difference.property}, and one where it is not` });
  for (const { what, wouldTell } of domain.missing.slice(0, 2)) checks.push({ check: `Get ${what}: it would tell ${wouldTell}` });
  const trace = words.traceId === undefined ? "" : ` for trace ${words.traceId},`;
  if (checks.length === 0) checks.push({ check: `Read the log of ${origin.step.service}${trace} at ${words.time ?? ""}` });
  return [...distinct(checks).slice(0, MOST_CHECKS), ...(findings.isRecorded ? fillCheck(PROVE, words) : [])];
}

/** Causes that lie between an intermediary and the hop behind it. The intermediary's own tools tell as much about them. */
const BETWEEN: ReadonlySet<CauseId> = new Set([
  "gateway-timeout",
  "gateway-mismatch",
  "no-healthy-upstream",
  "keepalive-race",
  "circuit-open",
  "rate-limited-as-5xx",
]);

/** The checks of a cause, those for the hop's own software first, or for the software in front of it if the cause lies between the two. */
function fillChecks(
  cause: CauseId,
  words: CheckWords,
  { creating, calling, callingService: inFrontName }: OriginPlatforms,
): readonly NextCheck[] {
  const own = (creating === undefined ? undefined : PLATFORM_CHECKS[creating][cause]) ?? [];
  const general = CHECKS[cause].filter(({ isGeneral }) => own.length === 0 || isGeneral !== true);
  const inFront = (calling === undefined || own.length > 0 || !BETWEEN.has(cause) ? undefined : PLATFORM_CHECKS[calling][cause]) ?? [];
  const wordsInFront = { ...words, ...(inFrontName === undefined ? {} : { service: inFrontName }) };
  return [...inFront.flatMap((each) => fillCheck(each, wordsInFront)), ...[...own, ...general].flatMap((each) => fillCheck(each, words))];
}

function distinct(checks: readonly NextCheck[]): readonly NextCheck[] {
  return [...new Map(checks.map((each) => [each.check, each])).values()];
}
