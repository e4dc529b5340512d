import type { Outcome } from "../../isolate/outcome.ts";
import { type CauseRule, hear } from "../findings.ts";
import { isThirdParty } from "../signs/third-party.ts";

/** If no handshake came about, that says more than whose service it is. */
const HANDSHAKE = /certificate|handshake|\bSSL\b|\bTLS\b|x509|PKIX/i;

/** Somebody else's service failed. */
export const thirdPartyFailure: CauseRule = {
  sign: "an error or no answer from a service outside one's own network, which never sends telemetry",
  weigh: (findings) => {
    const { origin, services } = findings;
    const call = origin?.step.call;
    if (origin === undefined || call === undefined || !isThirdParty(origin) || services.has(call.peer.name)) return { evidence: [] };
    const { originKind } = origin.judgement;
    if (originKind !== "silent-callee" && originKind !== "absent-callee") return { evidence: [] };
    return {
      evidence: [
        {
          statement: `${call.peer.name}, somebody else's service, ${describeAnswer(call.outcome)}`,
          measured: `${call.operation}: ${call.outcome.words.slice(0, 160) || call.outcome.status}`,
          source: "span",
          weight: originKind === "silent-callee" ? 4 : 3.5,
        },
      ],
      against: hear(findings, HANDSHAKE, { statement: "TLS failed before anything was asked", weight: 2 }),
    };
  },
};

function describeAnswer({ code, kind }: Outcome): string {
  if (code !== undefined) return `answered ${code}`;
  return kind === "timed-out" ? "did not answer in time" : "gave no answer";
}
