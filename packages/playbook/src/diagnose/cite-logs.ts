import type { Diagnosis, Evidence } from "@faultline/model";

/** Rewords hops and causes for requests without spans: log records said what a span would have said. */
export function citeLogs(said: Pick<Diagnosis, "path" | "causes">): Pick<Diagnosis, "path" | "causes"> {
  return {
    path: said.path.map((hop) => ({ ...hop, evidence: hop.evidence.map(fromLog) })),
    causes: said.causes.map((each) => ({ ...each, evidence: each.evidence.map(fromLog), against: each.against.map(fromLog) })),
  };
}

function fromLog(evidence: Evidence): Evidence {
  return evidence.source === "span" ? { ...evidence, source: "log" } : evidence;
}
