import { createRedactor } from "@faultline/guard/redact";
import type { Evidence, NextCheck, RankedCause } from "@faultline/model";
import type { Report } from "./report.ts";

/**
 * The report without secrets in the lines and messages that it quotes, so that it can be passed on. Routes, counts, times and the words of
 * the verdict are the report's own and stay.
 */
export function redactReport(report: Report): Report {
  const redactor = createRedactor();
  const clean = (text: string): string => redactor.redactText(text);
  const cleanEvidence = (each: Evidence): Evidence => ({ ...each, statement: clean(each.statement), measured: clean(each.measured) });
  const cleanCause = (each: RankedCause): RankedCause => ({
    ...each,
    evidence: each.evidence.map(cleanEvidence),
    against: each.against.map(cleanEvidence),
  });
  const cleanCheck = ({ check, ...rest }: NextCheck): NextCheck => ({ ...rest, check: clean(check) });
  return {
    ...report,
    unparsed: { ...report.unparsed, examples: report.unparsed.examples.map(clean) },
    routes: report.routes.map((each) => ({
      ...each,
      lines: each.lines.map(clean),
      joined: each.joined.map((message) => ({ ...message, text: clean(message.text) })),
      madeBy: { ...each.madeBy, because: clean(each.madeBy.because) },
      causes: each.causes.map(cleanCause),
      next: each.next.map(cleanCheck),
    })),
    hidden: report.hidden.map((each) => ({ ...each, line: clean(each.line) })),
    patterns: report.patterns.map((each) => ({
      ...each,
      evidence: cleanEvidence(each.evidence),
    })),
    diagnosis: {
      ...report.diagnosis,
      path: report.diagnosis.path.map((hop) => ({ ...hop, evidence: hop.evidence.map(cleanEvidence) })),
      causes: report.diagnosis.causes.map(cleanCause),
      next: report.diagnosis.next.map(cleanCheck),
    },
  };
}
