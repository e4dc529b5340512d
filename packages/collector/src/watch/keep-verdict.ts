import type { Diagnosis } from "@faultline/model";
import { formatUtc, NOT_SEEN } from "@faultline/playbook";
import type { StoredFault } from "../store/contract.ts";

/** A diagnosis of a fault, when it was made, and the time of the oldest failure that it took into account. */
export type Judged = Required<Pick<StoredFault, "diagnosis" | "diagnosedAtMs" | "judgedFromMs">>;

/**
 * Chooses which of two diagnoses of one fault to show. Only the newest failures are diagnosed. Where they decide nothing and nothing in them contradicts the
 * earlier verdict, that verdict stays, with its time and a note that the newest failures tell less.
 */
export function keepVerdict(known: Partial<Judged>, newer: Judged): Judged {
  const { diagnosis, diagnosedAtMs, judgedFromMs } = known;
  if (diagnosis === undefined || diagnosedAtMs === undefined || judgedFromMs === undefined) return newer;
  if (diagnosis.verdict === "inconclusive" || newer.diagnosis.verdict === "diagnosed") return newer;
  // The newer diagnosis saw the same failures and more.
  if (newer.judgedFromMs <= judgedFromMs || isContradicted(diagnosis, newer.diagnosis)) return newer;
  return { diagnosis: sayLess(diagnosis, diagnosedAtMs), diagnosedAtMs, judgedFromMs };
}

/** True when there is evidence against the cause of a verdict that was not known before. */
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
