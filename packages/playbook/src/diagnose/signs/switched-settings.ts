import type { Evidence } from "@faultline/model";
import { formatMs } from "../../trace/format-ms.ts";
import { describeOnset } from "../onset/describe-onset.ts";
import type { Findings, SuspiciousChange } from "../findings.ts";

/** A switch acts at once: what hardly ever fails before it and hardly ever succeeds after it was caused by it. */
const [HARDLY, ALWAYS] = [0.02, 0.95];
const AT_ONCE_MS = 60_000;
const LEAST_BEFORE = 10;

/** A flag or a setting of a service on the path that was changed shortly before the failures began. */
export function fromSetting(findings: Findings): readonly Evidence[] {
  const services = new Set(findings.origin?.judgement.steps.map(({ service }) => service));
  const near = findings.changes.find((each) => isSetting(each) && services.has(each.change.service));
  return near === undefined ? [] : [describe(near, 2.5)];
}

/** Origins at which a hop's own settings decide: what it does by itself, and what it asks of others that refuse it. */
const DECIDED: ReadonlySet<string | undefined> = new Set(["own", "refused-request"]);

/** The same for a setting that switched the failures on: one of the creating service itself, at once, with next to no failures before. */
export function fromSwitch({ changes, origin }: Findings): readonly Evidence[] {
  if (origin === undefined || !DECIDED.has(origin.judgement.originKind) || changes.some(({ change }) => change.kind === "deploy"))
    return [];
  const near = changes.find((each) => isSetting(each) && each.change.service === origin.step.service);
  if (near?.onset === undefined || near.beforeOnsetMs > AT_ONCE_MS) return [];
  const { before, after } = near.onset;
  const isSharp = before.total >= LEAST_BEFORE && before.failing <= before.total * HARDLY && after.failing >= after.total * ALWAYS;
  return isSharp ? [describe(near, 3)] : [];
}

function isSetting({ change: { kind } }: SuspiciousChange): boolean {
  return kind === "flag" || kind === "config";
}

function describe({ change, beforeOnsetMs, onset }: SuspiciousChange, weight: number): Evidence {
  const what = change.kind === "flag" ? "a flag" : "a setting";
  const detail = change.description === undefined ? "" : `${change.description}; `;
  return {
    statement: `${what} of ${change.service} was changed before the failures began`,
    measured: `${detail}${formatMs(beforeOnsetMs)} before ${onset === undefined ? "the first failure" : describeOnset(onset)}`,
    source: "deploy",
    weight,
  };
}
