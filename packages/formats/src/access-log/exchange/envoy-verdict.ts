import { type Draft, isAbsent } from "./draft.ts";
import { findEnvoyFlag, pickEnvoyFlag } from "../knowledge/envoy-flags.ts";

/** What Envoy says about the end of a request, besides status and flags. */
export type EnvoyEnd = {
  /** `%RESPONSE_CODE_DETAILS%`. */
  readonly details?: string | undefined;
  /** `%UPSTREAM_TRANSPORT_FAILURE_REASON%`. */
  readonly failure?: string | undefined;
  /** `x-envoy-upstream-service-time`, which only a response from behind has. */
  readonly serviceTime?: string | undefined;
  readonly hasServiceTime: boolean;
};

/** Sets who made a server error, whether the upstream answered, and Envoy's own words about it. */
export function putEnvoyVerdict(draft: Draft, end: EnvoyEnd): void {
  const { status } = draft;
  const behind = end.details === "via_upstream" || !isAbsent(end.serviceTime);
  const last = draft.upstream?.at(-1);
  if (last !== undefined && (behind || !isAbsent(draft.flags))) {
    draft.upstream = [{ ...last, answered: behind, ...(behind && status !== undefined ? { status } : {}) }];
  }
  if (!isAbsent(end.failure) && end.failure !== end.details) draft.errorMessage = end.failure ?? "";
  else if (!isAbsent(end.details) && end.details !== "via_upstream") draft.errorMessage = end.details ?? "";
  if (status === undefined || status < 500) return;
  draft.madeBy = judgeEnvoy(draft, end, behind);
}

function judgeEnvoy(draft: Draft, end: EnvoyEnd, behind: boolean): NonNullable<Draft["madeBy"]> {
  const flag = pickEnvoyFlag(draft.flags ?? "");
  const known = flag === undefined ? undefined : findEnvoyFlag(flag);
  if (end.details === "via_upstream") return { hop: "behind", because: "response_code_details is via_upstream", confidence: 0.98 };
  if (behind && (known === undefined || flag === "URX")) {
    return { hop: "behind", because: "x-envoy-upstream-service-time shows that the upstream answered", confidence: 0.95 };
  }
  if (known !== undefined && flag !== "URX") {
    const hop = known.hop === "client" ? "client" : "observer";
    return { hop, because: `flag ${flag}: ${known.meaning}`, confidence: 0.95 };
  }
  if (!isAbsent(end.details)) return { hop: "observer", because: `Envoy's own reply: ${end.details}`, confidence: 0.9 };
  if (end.hasServiceTime && isAbsent(end.serviceTime)) {
    return { hop: "observer", because: "no x-envoy-upstream-service-time: no upstream answered", confidence: 0.8 };
  }
  return { hop: "unknown", because: "neither flags nor details nor the upstream's service time are in the line", confidence: 0.3 };
}
