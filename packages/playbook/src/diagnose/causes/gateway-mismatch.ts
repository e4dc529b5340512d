import type { Evidence } from "@faultline/model";
import { type CauseRule, type Findings, hear } from "../findings.ts";

const WORDS =
  /Unexpected token '?<|invalid character '<'|<!DOCTYPE|<html|duplicate (?:content-length|header)|Parse Error: (?:Duplicate|Invalid header|Missing expected|Expected)|HPE_|upstream sent (?:invalid|duplicate|too big) header|malformed header|Unknown content type \[?text\/html|content[- ]type.{0,40}text\/html/i;

/** A gateway and what stands behind it do not speak alike: HTML for JSON, another status, a malformed header. */
export const gatewayMismatch: CauseRule = {
  sign: "an answer that changed between two hops, HTML where JSON was due, or a header that cannot be read",
  weigh: (findings) => ({
    evidence: [...hear(findings, WORDS, { statement: "the answer was not in the form that was due", weight: 4.5 }), ...fromPath(findings)],
  }),
};

function fromPath({ domain, origin }: Findings): readonly Evidence[] {
  const changed = origin?.judgement.steps.find(({ fate, hop, call }) => fate === "remapped" && hop === undefined && call !== undefined);
  if (changed !== undefined) return changed.evidence.map((each) => ({ ...each, weight: 3 }));
  const first = domain.path[0];
  const isFront = first?.fate === "remapped" && origin?.judgement.originKind !== "refused-request" && domain.path.length > 1;
  return isFront ? first.evidence.map((each) => ({ ...each, weight: 1 })) : [];
}
