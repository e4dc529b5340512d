import type { MissingEvidence } from "@faultline/model";
import { saysOverrun } from "../isolate/blame/out-of-time.ts";
import type { Findings } from "./findings.ts";
import { mayHaveStoodStill } from "./signs/stall.ts";
import { CLOSED, REFUSED } from "../isolate/words/connection-words.ts";
import { doesWithout } from "./does-without.ts";
import { hearLetGo } from "./signs/let-go.ts";
import { findStandstill } from "./signs/standstill.ts";
import { isClosedOnPurpose } from "./signs/closed-on-purpose.ts";
import { isUnplaced } from "./unplaced.ts";
import { hearLoneInstances } from "./signs/lone-instances.ts";

/** Missing evidence that would tell more: first gaps on the path, then what was missing to weigh the causes. */
export function listMissing(findings: Findings, isDiagnosed: boolean): readonly MissingEvidence[] {
  const { domain, origin, sayings, succeeding } = findings;
  const missing = [...domain.missing];
  if (isDiagnosed || origin === undefined) return missing;
  const { service } = origin.step;
  if (isUnplaced(findings)) {
    missing.push({
      what: `the upstream's own status and header time in the access log of ${service}`,
      wouldTell: "which hop wrote the response",
    });
  }
  missing.push(...listUnsaid(findings, service));
  if (sayings.some(({ own }) => own === "unsure")) {
    missing.push({
      what: `what the error of ${service} came from: a span of the call that failed, its own cause, a number or a measurement of what ran out`,
      wouldTell: "whether a machine failed, or a rule of the program's trade that uses the same words",
    });
  }
  if (origin.step.hop !== undefined && saysOverrun(origin.step.hop)) {
    missing.push({ what: `what ${service} did in that time: a span of each call and query, a profile`, wouldTell: "what took so long" });
  }
  if (isClosedOnPurpose(findings)) {
    missing.push({
      what: `whether the 503 of ${service} is meant: it says that it is closed, or when to come again`,
      wouldTell: "whether anything is wrong",
    });
  }
  if (doesWithout(findings)) {
    missing.push({
      what: `whether the answer is whole without ${service}: whoever asked it warned, and called it no error`,
      wouldTell: "whether anything is wrong for a user",
    });
  }
  if (hearLoneInstances(findings) !== undefined) {
    missing.push({
      what: `which release the instances of ${service} run: service.version, or a record of their deploys`,
      wouldTell: "whether a release brought it, or their settings or machines",
    });
  }
  if (origin.judgement.originKind === "late-callee" || mayHaveStoodStill(findings)) {
    missing.push({
      what: `metrics of ${service}: event loop delay, memory, queues`,
      wouldTell: `what kept ${service} busy when these requests came`,
    });
  }
  const standstill = findStandstill(findings);
  if (standstill !== undefined) {
    missing.push({
      what: `processor time of the machine that ${[service, ...standstill.services].join(" and ")} share: load, steal, pressure`,
      wouldTell: `whether it had no time for any of them, for they stood still together (${standstill.measured}): then no hop is at fault`,
    });
  }
  const letGo = hearLetGo(findings);
  if (letGo !== undefined) missing.push({ what: "the requests that kept its caller busy", wouldTell: letGo.statement });
  if (succeeding.length === 0) {
    missing.push({ what: "good requests of the same route", wouldTell: "what separates the failing requests from them" });
  }
  return missing;
}

/** What nobody reported about these requests. */
function listUnsaid({ sayings, isTold }: Findings, service: string): readonly MissingEvidence[] {
  const unsaid: MissingEvidence[] = [];
  // A bare status, or the caller's words about it, does not tell what went wrong inside.
  if (!sayings.some((each) => each.place === "origin" && each.service === service && /[a-z]{3}/i.test(each.text))) {
    unsaid.push({ what: `an exception or an error log line of ${service} under these requests`, wouldTell: "what it failed with" });
  }
  if (sayings.some(({ text }) => CLOSED.test(text)) && sayings.some(({ text }) => REFUSED.test(text))) {
    unsaid.push({
      what: `how the process of ${service} ended: exit code, signal, out of memory`,
      wouldTell: "why it died with requests in hand",
    });
  }
  if (isTold) {
    unsaid.push({
      what: `spans of these requests: only log records tell of them, of ${service} too`,
      wouldTell: "how each request ended, who called whom, and what each call ended with",
    });
  }
  return unsaid;
}
