import { createRedactor, type Redactor } from "@faultline/guard/redact";
import type { CapturedRequest, Diagnosis, Evidence, FaultAnswer, FaultListing, Protection, TraceAnswer } from "@faultline/model";

/**
 * Removes secrets from captured text once more before it is shown: telemetry may come from senders that redact nothing, and the rules
 * may have improved since something was stored. Ids, counts, times and names of services and routes stay as they are.
 */
export type DisplayRedactor = {
  redactDiagnosis(diagnosis: Diagnosis): Diagnosis;
  redactListing(listing: FaultListing): FaultListing;
  redactFault(answer: FaultAnswer): FaultAnswer;
  redactTrace(answer: TraceAnswer): TraceAnswer;
};

/** Creates the redactor of one server or report; equal secrets look equal on all its pages. `mapStack` first maps stacks to their sources. */
export function createDisplayRedactor(mapStack: (stack: string) => string = (stack) => stack): DisplayRedactor {
  const redactor = createRedactor();
  const redactListing = (listing: FaultListing): FaultListing => ({
    ...listing,
    title: redactor.redactText(listing.title),
    ...(listing.sentence === undefined ? {} : { sentence: redactor.redactText(listing.sentence) }),
  });
  return {
    redactDiagnosis: (diagnosis) => redactDiagnosis(diagnosis, redactor),
    redactListing,
    redactFault: (answer) => ({
      ...answer,
      fault: redactListing(answer.fault),
      ...(answer.diagnosis === undefined ? {} : { diagnosis: redactDiagnosis(answer.diagnosis, redactor) }),
      ...(answer.example === undefined ? {} : { example: redactTrace(mapStacks(answer.example, mapStack), redactor) }),
      contrast: answer.contrast.map((each) => ({
        ...each,
        groups: each.groups.map((group) => ({ ...group, label: redactor.redactText(group.label) })),
      })),
    }),
    redactTrace: (answer) => redactTrace(mapStacks(answer, mapStack), redactor),
  };
}

function mapStacks(trace: TraceAnswer, mapStack: (stack: string) => string): TraceAnswer {
  const exceptions = trace.exceptions.map((each) => (each.stack === undefined ? each : { ...each, stack: mapStack(each.stack) }));
  return { ...trace, exceptions };
}

function redactTrace(trace: TraceAnswer, redactor: Redactor): TraceAnswer {
  return {
    ...trace,
    rows: trace.rows.map((row) => ({
      ...row,
      ...(row.statusMessage === undefined ? {} : { statusMessage: redactor.redactText(row.statusMessage) }),
      attributes: redactor.redactAttributes(row.attributes),
      events: row.events.map((event) => ({ ...event, attributes: redactor.redactAttributes(event.attributes) })),
    })),
    exceptions: trace.exceptions.map((exception) => ({
      ...exception,
      message: redactor.redactText(exception.message),
      ...(exception.stack === undefined ? {} : { stack: redactor.redactText(exception.stack) }),
    })),
    ...(trace.request === undefined ? {} : { request: redactRequest(trace.request, redactor) }),
    logs: trace.logs.map((log) => ({ ...log, body: redactor.redactText(log.body) })),
  };
}

function redactRequest(request: CapturedRequest, redactor: Redactor): CapturedRequest {
  const body = request.body === undefined ? undefined : redactor.redactBody(request.body, request.headers["content-type"]);
  return {
    ...request,
    target: redactor.redactUrl(request.target),
    headers: redactor.redactHeaders(request.headers),
    ...(body === undefined ? {} : { body: body.text, bodyTruncated: request.bodyTruncated || body.truncated }),
  };
}

function redactDiagnosis(diagnosis: Diagnosis, redactor: Redactor): Diagnosis {
  const text = (captured: string): string => redactor.redactText(captured);
  const evidence = (list: readonly Evidence[]): readonly Evidence[] =>
    list.map((each) => ({ ...each, statement: text(each.statement), measured: text(each.measured) }));
  const protect = (list: readonly Protection[]): readonly Protection[] => list.map((each) => ({ ...each, what: text(each.what) }));
  return {
    ...diagnosis,
    path: diagnosis.path.map((hop) => ({ ...hop, operation: text(hop.operation), evidence: evidence(hop.evidence) })),
    causes: diagnosis.causes.map((cause) => ({ ...cause, evidence: evidence(cause.evidence), against: evidence(cause.against) })),
    ruledOut: diagnosis.ruledOut.map((each) => ({ ...each, because: text(each.because) })),
    missing: diagnosis.missing.map((each) => ({ what: text(each.what), wouldTell: text(each.wouldTell) })),
    next: diagnosis.next.map((each) => ({ ...each, check: text(each.check) })),
    guard: { now: protect(diagnosis.guard.now), prevent: protect(diagnosis.guard.prevent) },
  };
}
