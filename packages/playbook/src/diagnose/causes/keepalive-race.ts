import type { Evidence } from "@faultline/model";
import { type CauseRule, type Findings, hear } from "../findings.ts";

const WORDS =
  /\bECONNRESET\b|socket hang up|other side closed|UND_ERR_SOCKET|\bEPIPE\b|connection reset|upstream prematurely closed|NoHttpResponse|RemoteDisconnected|broken pipe|unexpected EOF|stream closed/i;
const QUICK_MS = 50;

/** The server closed an idle connection in the moment in which the caller used it again. */
export const keepaliveRace: CauseRule = {
  sign: "a reset within milliseconds on a connection that was open already, now and then",
  weigh: (findings) => {
    const said = hear(findings, WORDS, { statement: "the connection was closed under the request", weight: 2.5 });
    return { evidence: said.length === 0 ? [] : [...said, ...isQuick(findings), ...isRare(findings)] };
  },
};

function isQuick({ origin }: Findings): readonly Evidence[] {
  const call = origin?.step.call;
  if (call === undefined || call.endMs - call.startMs > QUICK_MS) return [];
  const measured = `${(call.endMs - call.startMs).toFixed(1)} ms`;
  return [{ statement: "it happened at once, before any work could be done", measured, source: "span", weight: 1.5 }];
}

function isRare({ scope }: Findings): readonly Evidence[] {
  if (scope.succeeding < scope.failing * 4) return [];
  const measured = `${scope.failing} failing, ${scope.succeeding} good`;
  return [{ statement: "most requests on the same way succeed", measured, source: "span", weight: 1 }];
}
