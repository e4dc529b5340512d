import type { NextCheck } from "@faultline/model";
import type { Findings } from "./findings.ts";

/** Where to look next and what to run, from the origin outwards. */
export function listNextChecks({ origin, contrast, changes, domain }: Findings): readonly NextCheck[] {
  if (origin === undefined) return [];
  const { service, operation } = origin.step;
  const { traceId } = origin.occurrence.path;
  const checks: NextCheck[] = [
    { check: `Read one failing trace, at ${operation} of ${service}`, command: `faultline diagnose FILE... --json | grep ${traceId}` },
  ];
  const change = changes[0]?.change;
  if (change?.version !== undefined) {
    checks.push({
      check: `Compare ${service} ${change.version} with the release before it`,
      command: `faultline gate --baseline ${change.previousVersion ?? "OLD"} --canary ${change.version}`,
    });
  }
  const difference = contrast[0];
  if (difference !== undefined)
    checks.push({ check: `Send one request where ${difference.attribute} ${difference.property}, and one where it is not` });
  for (const { what, wouldTell } of domain.missing.slice(0, 2)) checks.push({ check: `Get ${what}: it would tell ${wouldTell}` });
  return checks;
}
