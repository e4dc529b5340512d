import type { Diagnosis } from "@faultline/model";
import { formatUtc, NOT_SEEN } from "@faultline/playbook";
import type { StoredFault } from "../store/contract.ts";

/** What a judgement of a fault says, when it was made, and the time of the oldest failure that it looked at. */
export type Judged = Required<Pick<StoredFault, "diagnosis" | "diagnosedAtMs" | "judgedFromMs">>;

/**
 * Of two judgements of one fault, the one to show. Only the newest failures are judged: where they decide nothing, and nothing in them speaks
 * against the verdict of earlier ones, that verdict stays with its time, and says that they tell less.
 */
export function keepVerdict(known: Partial<Judged>, newer: Judged): Judged {
  const { diagnosis, diagnosedAtMs, judgedFromMs } = known;
  if (diagnosis === undefined || diagnosedAtMs === undefined || judgedFromMs === undefined) return newer;
  if (diagnosis.verdict === "inconclusive" || newer.diagnosis.verdict === "diagnosed") return newer;
  // Who looked at the same failures and more knows better.
  if (newer.judgedFromMs <= judgedFromMs || isContradicted(diagnosis, newer.diagnosis)) return newer;
  return { diagnosis: sayLess(diagnosis, diagnosedAtMs), diagnosedAtMs, judgedFromMs };
}

/** True where something that was seen speaks against the cause of a verdict, and did not before. */
function isContradicted({ causes: [verdict] }: Diagnosis, { causes, ruledOut }: Diagnosis): boolean {
  if (verdict === undefined) return true;
  const known = new Set(verdict.against.map(({ statement }) => statement));
  const isAgainst = causes.some(({ cause, against }) => cause === verdict.cause && against.some(({ statement }) => !known.has(statement)));
  return isAgainst || ruledOut.some(({ cause, because }) => cause === verdict.cause && !because.startsWith(NOT_SEEN));
}

function sayLess(diagnosis: Diagnosis, diagnosedAtMs: number): Diagnosis {
  const note = {
    what: "evidence in the newest failures, which tell less than earlier ones",
    wouldTell: `whether the verdict of ${formatUtc(diagnosedAtMs)} UTC holds for them`,
  };
  const others = diagnosis.missing.filter(({ what }) => what !== note.what);
  return { ...diagnosis, missing: [...others, note] };
}
