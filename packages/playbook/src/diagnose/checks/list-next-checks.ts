import type { NextCheck, RankedCause } from "@faultline/model";
import type { Findings } from "../findings.ts";
import { CHECKS, PROVE, type CheckTemplate } from "./checks-by-cause.ts";
import { fillWords } from "./fill-words.ts";
import { type CheckWords, readCheckWords } from "./read-check-words.ts";

/** Causes whose own checks are worth a reader's time: the likely one and its rival. */
const CAUSES_CHECKED = 2;
const MOST_CHECKS = 6;

/** Where to look next and what to run: what tells the likely causes apart, then what would fill the gaps in the evidence. */
export function listNextChecks(findings: Findings, causes: readonly RankedCause[]): readonly NextCheck[] {
  const { origin, contrast, domain } = findings;
  if (origin === undefined) return [];
  const words = readCheckWords(findings, origin);
  const checks: NextCheck[] = causes.slice(0, CAUSES_CHECKED).flatMap(({ cause }) => CHECKS[cause].flatMap((each) => toCheck(each, words)));
  const difference = contrast[0];
  if (difference !== undefined)
    checks.push({ check: `Send one request where ${difference.attribute} ${difference.property}, and one where it is not` });
  for (const { what, wouldTell } of domain.missing.slice(0, 2)) checks.push({ check: `Get ${what}: it would tell ${wouldTell}` });
  if (checks.length === 0)
    checks.push({ check: `Read the log of ${origin.step.service} for trace ${origin.occurrence.path.traceId}, at ${words.time ?? ""}` });
  return [...distinct(checks).slice(0, MOST_CHECKS), ...(words.traceId === undefined ? [] : toCheck(PROVE, words))];
}

function toCheck({ check, command }: CheckTemplate, words: CheckWords): readonly NextCheck[] {
  const told = fillWords(check, words);
  if (told === undefined) return [];
  const run = command === undefined ? undefined : fillWords(command, words);
  return [{ check: told, ...(run === undefined ? {} : { command: run }) }];
}

function distinct(checks: readonly NextCheck[]): readonly NextCheck[] {
  return [...new Map(checks.map((each) => [each.check, each])).values()];
}
