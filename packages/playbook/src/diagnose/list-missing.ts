import type { MissingEvidence } from "@faultline/model";
import type { Findings } from "./findings.ts";

/** What is not there and would tell more: gaps on the path first, then what the causes could not be weighed on. */
export function listMissing({ domain, origin, sayings, succeeding }: Findings, isDiagnosed: boolean): readonly MissingEvidence[] {
  const missing = [...domain.missing];
  if (isDiagnosed || origin === undefined) return missing;
  const { service } = origin.step;
  // A bare status, or what the caller says of it, tells nothing about what went wrong inside.
  if (!sayings.some((each) => each.place === "origin" && each.service === service && /[a-z]{3}/i.test(each.text))) {
    missing.push({ what: `an exception or an error log line of ${service} under these requests`, wouldTell: "what it failed with" });
  }
  if (origin.judgement.originKind === "late-callee") {
    missing.push({
      what: `metrics of ${service}: event loop delay, memory, queues`,
      wouldTell: `what kept ${service} busy before it took these requests up`,
    });
  }
  if (succeeding.length === 0) {
    missing.push({ what: "good requests of the same route", wouldTell: "what separates the failing requests from them" });
  }
  return missing;
}
