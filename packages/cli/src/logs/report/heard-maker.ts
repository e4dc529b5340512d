import type { Diagnosis } from "@faultline/model";
import type { RouteErrors } from "./report.ts";

/** The score from which on a suspect is named. */
const NAMED_FROM = 0.5;

/** Names the service behind the observer as the maker of the failures, if its own log shows that it is. */
export function judgeByApplications(madeBy: RouteErrors["madeBy"], heard: Diagnosis | undefined): RouteErrors["madeBy"] {
  const [front, next] = heard?.path ?? [];
  const [suspect] = heard?.suspects ?? [];
  if (front === undefined || next === undefined || suspect === undefined || suspect.score < NAMED_FROM) return madeBy;
  if (suspect.service === front.service) return madeBy;
  const told = heard?.path.find(({ service }) => service === suspect.service)?.evidence[0];
  const because = told === undefined ? madeBy.because : `${told.statement}: ${told.measured}`;
  return { hop: "behind", because, confidence: suspect.score, observer: front.service, fate: front.fate, service: suspect.service };
}
