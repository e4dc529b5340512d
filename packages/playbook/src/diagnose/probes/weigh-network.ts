import type { CauseId, Evidence } from "@faultline/model";
import { isFailedProbe, type Probe } from "../../isolate/responses/probe.ts";
import type { ProbeEvidence } from "./probe-evidence.ts";
import type { TlsFlaw } from "./read-tls-flaws.ts";

type NetworkCause = { readonly codes: RegExp; readonly cause: CauseId; readonly statement: string; readonly weight: number };

const NETWORK_CAUSES: readonly NetworkCause[] = [
  { codes: /^(?:ENOTFOUND|EAI_\w+|ENODATA)$/, cause: "dns-failure", statement: "the name does not resolve", weight: 5 },
  { codes: /^ECONNREFUSED$/, cause: "connection-refused", statement: "nothing listens at that address and port", weight: 5 },
  { codes: /^(?:EHOSTUNREACH|ENETUNREACH)$/, cause: "no-healthy-upstream", statement: "there is no route to that address", weight: 3 },
  {
    codes: /^(?:CERT_|ERR_TLS|ERR_SSL|EPROTO|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/,
    cause: "tls-failure",
    statement: "TLS fails",
    weight: 5,
  },
  { codes: /^HPE_/, cause: "gateway-mismatch", statement: "the response is malformed", weight: 4 },
];

/** The evidence for a cause if the first probe got no response: by a flaw of TLS if one was found, otherwise by the platform's code. */
export function weighNetwork(probes: readonly Probe[], flaws: readonly TlsFlaw[] = []): readonly ProbeEvidence[] {
  const [first] = probes;
  const failure = first?.failure;
  if (first === undefined || failure === undefined) return [];
  const measured = `${failure.code} after ${Math.round(first.totalMs)} ms`;
  const known = NETWORK_CAUSES.find(({ codes }) => codes.test(failure.code));
  const isTls = failure.phase === "tls" || known?.cause === "tls-failure";
  if (isTls && flaws.length > 0) return flaws.map(({ evidence }) => ({ cause: "tls-failure", evidence }));
  const say = (cause: CauseId, evidence: Omit<Evidence, "source" | "measured">): readonly ProbeEvidence[] => [
    { cause, evidence: { ...evidence, measured, source: "probe" } },
  ];
  if (known !== undefined) return say(known.cause, known);
  if (failure.phase === "dns") return say("dns-failure", { statement: "nobody resolves the name in time", weight: 3 });
  if (failure.phase === "tls") return say("tls-failure", { statement: "the TLS handshake does not finish", weight: 3 });
  if (failure.phase === "connect") return say("no-healthy-upstream", { statement: "nobody accepts the connection in time", weight: 2.5 });
  if (failure.code === "TIMEOUT")
    return say("dependency-timeout", { statement: "connected, but no answer came: something behind it waits", weight: 2 });
  return weighBreak(probes, measured);
}

/**
 * Weighs a connection that was accepted and then broke before a response. A process that died does that, and so does a proxy that reaches
 * nobody or refuses by a reset. Only later probes tell which of them it was.
 */
function weighBreak(probes: readonly Probe[], measured: string): readonly ProbeEvidence[] {
  const later = probes.slice(1).filter(({ purpose }) => purpose !== "direct");
  const refused = later.find(({ failure }) => failure?.code === "ECONNREFUSED");
  if (refused !== undefined) {
    const statement = "the connection broke, and right after it nothing listened any more: the process ended";
    const after = `${measured}, then ECONNREFUSED to ${refused.purpose === "again" ? "the same request" : "another route"}`;
    return [{ cause: "unhandled-exception", evidence: { statement, measured: after, source: "probe", weight: 2.5 } }];
  }
  const found: ProbeEvidence[] = [
    {
      cause: "unhandled-exception",
      evidence: {
        statement: "the connection broke before a response: a process that dies does that",
        measured,
        source: "probe",
        weight: 0.7,
      },
    },
  ];
  const simple = later.filter(({ purpose }) => purpose === "simple");
  if (simple.length > 0 && simple.every(isFailedProbe))
    found.push({
      cause: "no-healthy-upstream",
      evidence: {
        statement: "every connection is accepted and broken, whatever is asked: as before a port that nobody serves",
        measured: `${simple.length} of ${simple.length} other requests too`,
        source: "probe",
        weight: 0.7,
      },
    });
  return found;
}
