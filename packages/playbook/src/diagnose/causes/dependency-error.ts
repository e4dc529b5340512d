import type { CauseRule } from "../findings.ts";
import { hearSilence } from "../silence.ts";
import { isThirdParty } from "../third-party.ts";

/** A service of one's own, without telemetry of its own, answered with an error. */
export const dependencyError: CauseRule = {
  sign: "an error status received from an internal service that sends no telemetry",
  weigh: (findings) => {
    const { origin } = findings;
    const call = origin?.step.call;
    if (
      origin === undefined ||
      call === undefined ||
      call.peer.kind === "database" ||
      call.peer.kind === "cache" ||
      call.callee !== undefined
    )
      return { evidence: [] };
    if (origin.judgement.originKind !== "silent-callee" || isThirdParty(origin)) return { evidence: [] };
    return {
      evidence: [
        {
          statement: `${call.peer.name} answered ${call.outcome.status}`,
          measured: `${call.operation}: ${call.outcome.status}`,
          source: "span",
          weight: 3.5,
        },
      ],
      against: hearSilence(findings),
    };
  },
};
