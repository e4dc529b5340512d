import type { Evidence } from "@faultline/model";
import { isExchangeSpan } from "../../isolate/hops/exchange-hops.ts";
import { nameOperation } from "../../isolate/hops/hop.ts";
import { hearPartFailure } from "../signs/failed-parts.ts";
import { type CauseRule, type Findings, hear } from "../findings.ts";
import { hearSilence } from "../signs/silence.ts";
import { isThirdParty } from "../signs/third-party.ts";
import { isBare } from "../words/bare-words.ts";

/** A gateway's words about a service that it asks for every request. */
const ASKED = /ext_authz_error|auth request unexpected status|external (?:authorization|processing) (?:service )?(?:failed|error)/i;

/** A service of the team's own, which sends no telemetry, answered with an error. */
export const dependencyError: CauseRule = {
  sign: "an error status received from an internal service that sends no telemetry",
  weigh: (findings) => {
    const { origin } = findings;
    const call = origin?.step.call;
    const told = hearPartFailure(findings, "away", "the error says that what it asked could not serve");
    if (told.length > 0) return { evidence: told };
    const written = fromOwnLog(findings);
    if (written.length > 0) return { evidence: written };
    const asked = hear(findings, ASKED, {
      statement: "the gateway asks another service before it lets a request through, and that one failed",
      weight: 4,
    });
    if (asked.length > 0) return { evidence: asked };
    if (origin?.judgement.originKind === "cut-callee") return { evidence: origin.step.evidence.map((each) => ({ ...each, weight: 3.5 })) };
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
          // What a broker says about itself says more than that it failed; so it is with a database.
          weight: call.peer.kind === "messaging" ? 2.5 : 3.5,
        },
      ],
      // A call that has neither a status nor a word may have been refused, or never have been sent.
      isAmbiguous: call.outcome.status === "error" && isBare(call.outcome.words),
      against: hearSilence(findings),
    };
  },
};

/** Evidence that a callee which sent no spans made the error itself, according to its own access log. */
function fromOwnLog({ origin }: Findings): readonly Evidence[] {
  const { hop, call, service } = origin?.step ?? {};
  if (hop === undefined || call === undefined || origin?.judgement.originKind !== "own" || !isExchangeSpan(hop.entry.span)) return [];
  return [
    {
      statement: `${service ?? hop.service} answered ${hop.outcome.status} by itself`,
      measured: `its own log: ${nameOperation(hop.entry)}, ${hop.outcome.status}`,
      source: "access-log",
      weight: 3.5,
    },
  ];
}
