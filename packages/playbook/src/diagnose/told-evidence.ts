import type { Diagnosis, Evidence } from "@faultline/model";

/** The same hops and causes where no span came of the requests: what a span would have said, log records said. */
export function asToldByLogs(said: Pick<Diagnosis, "path" | "causes">): Pick<Diagnosis, "path" | "causes"> {
  return {
    path: said.path.map((hop) => ({ ...hop, evidence: hop.evidence.map(fromLog) })),
    causes: said.causes.map((each) => ({ ...each, evidence: each.evidence.map(fromLog), against: each.against.map(fromLog) })),
  };
}

function fromLog(evidence: Evidence): Evidence {
  return evidence.source === "span" ? { ...evidence, source: "log" } : evidence;
}
