import { createRedactor } from "@faultline/guard/redact";
import type { Report } from "./report.ts";

/**
 * The report without secrets in the lines and messages that it quotes, so that it can be passed on. Routes, counts, times and the words of
 * the verdict are the report's own and stay.
 */
export function redactReport(report: Report): Report {
  const redactor = createRedactor();
  const clean = (text: string): string => redactor.redactText(text);
  return {
    ...report,
    unparsed: { ...report.unparsed, examples: report.unparsed.examples.map(clean) },
    routes: report.routes.map((each) => ({
      ...each,
      lines: each.lines.map(clean),
      joined: each.joined.map((message) => ({ ...message, text: clean(message.text) })),
      causes: each.causes.map((cause) => ({
        ...cause,
        evidence: cause.evidence.map((one) => ({ ...one, statement: clean(one.statement), measured: clean(one.measured) })),
      })),
    })),
    hidden: report.hidden.map((each) => ({ ...each, line: clean(each.line) })),
    patterns: report.patterns.map((each) => ({
      ...each,
      evidence: { ...each.evidence, statement: clean(each.evidence.statement), measured: clean(each.evidence.measured) },
    })),
  };
}
