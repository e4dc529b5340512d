import {
  type Change,
  type ExceptionRecord,
  type Observations,
  type Span,
  type Window,
  readSpanExceptions,
  readText,
} from "@faultline/model";
import { parseStack } from "../detect/parse-stack.ts";
import type { SpanNode } from "@faultline/model";
import type { Hop } from "../isolate/hops/hop-shape.ts";
import { isExchangeSpan } from "../isolate/hops/exchange-hops.ts";
import type { Isolation } from "../isolate/isolate-fault.ts";
import type { Occurrence } from "../isolate/occurrence.ts";
import { readStops } from "../isolate/processes/process-stops.ts";
import { isLogOnlySpan } from "../isolate/log-only/log-only-requests.ts";
import type { Symptom } from "../isolate/symptom/select-symptom.ts";
import { contrast, contrastOccurrences } from "./contrast/contrast.ts";
import { contrastReleases } from "./contrast/contrast-releases.ts";
import { findSequenceBreak } from "./contrast/contrast-sequence.ts";
import { hearUntraced } from "./hear-untraced.ts";
import { findOnsetSigns } from "./onset/onset-signs.ts";
import { findOnset, type Onset } from "./onset/find-onset.ts";
import { type IsTelling, findTellingLogs } from "./words/telling-logs.ts";
import { withEnglish } from "../isolate/words/other-tongues.ts";
import { readLogError, readLogWords } from "../isolate/words/log-words.ts";
import { findOwnWords, findRepeated } from "./words/own-words.ts";
import { hearExchanges, hearPassedOn, nameCauses } from "./hear-responses.ts";
import { nameNotedCauses } from "./noted-causes.ts";
import type { Findings, Origin, Saying, SuspiciousChange } from "./findings.ts";

const LOG_WARN = 13;
/** A change explains an onset that follows within this time. */
const CHANGE_REACH_MS = 15 * 60_000;
/** Exporters send in batches, so spans arrive at most about this late. */
const TELEMETRY_DELAY_MS = 10_000;
/** The number of occurrences that are read for their words: enough for the typical ones, bounded for speed. */
const MAX_HEARD = 20;

/** Collects everything by which the causes are weighed. */
export function gatherFindings(symptom: Symptom, isolation: Isolation, observations: Observations): Findings {
  const { signatures } = symptom;
  const best = isolation.agreeing[0];
  const origin = best === undefined ? undefined : { ...best, step: best.judgement.origin };
  const failing = isolation.agreeing.map(({ occurrence }) => occurrence);
  const { succeeding } = symptom;
  const [bad, good] = [failing.map(endOf).sort((a, b) => a - b), succeeding.map(endOf)];
  // If only the newest failures are available, the first of them is not the onset.
  const onset = symptom.scope.failing > symptom.failing.length ? undefined : findOnset(bad, good);
  const changes = findChanges(observations.changes, { bad, good, onset });
  const metrics = observations.metrics.filter(({ timeMs }) => isInside(timeMs, symptom.scope.window));
  const sequence = origin?.step.hop === undefined ? undefined : findSequenceBreak(origin.step.service, { failing, succeeding });
  const services = [...new Set((origin?.judgement.steps ?? []).map(({ service }) => service).toReversed())];
  const isTelling = findTellingLogs(failing, succeeding);
  const isWhole = symptom.scope.succeeding <= succeeding.length;
  const timesMs = isWhole ? { timesMs: [...bad, ...good].sort((a, b) => a - b) } : {};
  return {
    scope: symptom.scope,
    domain: isolation.domain,
    origin,
    failing,
    originCalls: isolation.agreeing.flatMap(({ judgement }) => judgement.origin.call ?? []),
    originHops: isolation.agreeing.flatMap(({ judgement }) => judgement.origin.hop ?? []),
    succeeding,
    elsewhere: symptom.elsewhere,
    services: symptom.services,
    sayings:
      origin === undefined
        ? []
        : isolation.agreeing
            .slice(0, MAX_HEARD)
            .flatMap((each) => [
              ...markOwn(listen({ ...each, step: each.judgement.origin }, isTelling), each.judgement, succeeding),
              ...hearExchanges(each),
            ])
            .concat(hearSupervisor(changes, origin.step.service))
            .concat(hearUntraced(observations.logs, { service: origin.step.service, failing })),
    named: [...nameCauses(isolation.agreeing.slice(0, MAX_HEARD), signatures), ...nameNotedCauses(isolation.agreeing, succeeding)],
    passedOn: hearPassedOn(isolation.agreeing.slice(0, MAX_HEARD), signatures),
    contrast: contrastOccurrences(failing, succeeding),
    releases: best === undefined ? [] : contrastReleases({ ...observations, judgement: best.judgement, failing, succeeding }),
    changes,
    ...(onset === undefined ? {} : { onset }),
    onsetSigns: onset === undefined ? [] : findOnsetSigns({ onset, services, changes, metrics, ...timesMs }),
    ...(sequence === undefined ? {} : { sequence }),
    metrics,
    isTold: failing.some(({ entry }) => isTold(entry)),
    isRecorded: best !== undefined && best.occurrence.path.roots.some(isSent),
    isWitnessed: failing.every(({ entry, above }) => [entry, ...above].some((hop) => isExchangeSpan(hop.entry.span))),
    stops: readStops(observations.spans),
  };
}

function isTold({ entry, calls }: Hop): boolean {
  return isLogOnlySpan(entry.span) || calls.some(({ callee }) => callee !== undefined && isTold(callee));
}

/** True if the span, or one below it, was sent by somebody. The others were made from log records and access logs. */
function isSent({ span, children }: SpanNode): boolean {
  return (!isLogOnlySpan(span) && !isExchangeSpan(span)) || children.some(isSent);
}

/** Measurements arrive at the next turn of their reporter's interval. */
const METRICS_AFTER_MS = 15_000;

function isInside(timeMs: number, { fromMs, toMs }: Window): boolean {
  return timeMs >= fromMs && timeMs < toMs + METRICS_AFTER_MS;
}

/** Marks sayings that repeat an error which a program on the path threw itself. */
function markOwn(sayings: readonly Saying[], { steps }: Origin["judgement"], succeeding: readonly Occurrence[]): readonly Saying[] {
  const words = steps.flatMap(({ hop }) => (hop === undefined ? [] : findOwnWords(hop, succeeding)));
  return sayings.map((saying) => {
    const own = findRepeated(saying.text, words);
    return own === undefined ? saying : { ...saying, own };
  });
}

function listen({ judgement, step }: Origin, isTelling: IsTelling): readonly Saying[] {
  const sayings: Saying[] = [];
  for (const each of judgement.steps) {
    const place = each === step ? "origin" : "path";
    if (each.hop !== undefined) sayings.push(...listenToHop(each.hop, place, isTelling).map((saying) => placeAtCallee(saying, step)));
    if (each === step && each.call !== undefined) sayings.push(...listenToCall(each.call));
  }
  // If a callee is silent, its caller's words about the call are the best there is. The same holds for a hop that said nothing itself.
  const isMute =
    step.hop === undefined ||
    !sayings.some(({ place, text, service }) => place === "origin" && service === step.service && /[a-z]{3}/i.test(text));
  if (isMute && step.call !== undefined) {
    const caller = judgement.steps.find(({ hop }) => hop?.service === step.call?.from.span.resource.service)?.hop;
    if (caller !== undefined) sayings.push(...listenToHop(caller, "origin", isTelling));
  }
  return sayings;
}

/** If a callee sent nothing, a line of its caller that names it counts as the callee's. */
function placeAtCallee(saying: Saying, { hop, call }: Origin["step"]): Saying {
  if (hop !== undefined || call === undefined || saying.source !== "log") return saying;
  const isOfCaller = saying.service === call.from.span.resource.service;
  return isOfCaller && saying.text.includes(call.peer.name) ? { ...saying, place: "origin" } : saying;
}

function listenToCall({ outcome, from }: NonNullable<Origin["step"]["call"]>): readonly Saying[] {
  const { service } = from.span.resource;
  const headers = listErrorHeaders(from.span).map((text): Saying => ({ text, source: "header", service, place: "origin", isDirect: true }));
  if (outcome.words === "" && outcome.code === undefined) return headers;
  const text = [outcome.words, outcome.code === undefined ? "" : `status ${outcome.code}`].filter((each) => each !== "").join("\n");
  return [{ text, source: "span", service, place: "origin", isDirect: true }, ...headers];
}

/** Headers in which proxies and clouds say why they did not answer: `l5d-proxy-error`, `x-amzn-errortype`, `grpc-message`. */
const ERROR_HEADER = /^http\.response\.header\.(?:.*[-_])?(?:error(?:[-_]?(?:type|code|message|reason))?|grpc[-_]message)$/i;

function listErrorHeaders({ attributes }: Span): readonly string[] {
  return Object.entries(attributes).flatMap(([name, value]) => (ERROR_HEADER.test(name) ? [String(value)] : []));
}

function listenToHop(hop: Hop, place: Saying["place"], isTelling: IsTelling): readonly Saying[] {
  const { service } = hop;
  const sayings: Saying[] = [];
  if (hop.outcome.words !== "") sayings.push({ text: hop.outcome.words, source: "span", service, place, isDirect: true });
  for (const node of hop.spans) {
    for (const exception of readSpanExceptions(node.span)) {
      for (const text of listChain(exception)) sayings.push({ text, source: "span", service, place, isDirect: true });
    }
    const flags = readText(node.span.attributes, "response_flags", "response_code_details");
    // An intermediary's own reason in its span: Envoy writes it as a tag.
    if (flags !== undefined && flags !== "-" && node.span.status === "error")
      sayings.push({ text: `response flags ${flags}`, source: "span", service, place, isDirect: true });
    const message = node.span.status === "error" || node === hop.entry ? readText(node.span.attributes, "error.message") : undefined;
    if (message !== undefined) sayings.push({ text: message, source: "span", service, place, isDirect: true });
    const { statusMessage } = node.span;
    if (statusMessage !== undefined && statusMessage !== "")
      sayings.push({ text: statusMessage, source: "span", service, place, isDirect: true });
  }
  for (const log of hop.logs) {
    if (log.severity < LOG_WARN) continue;
    const { text, isException } = readLogWords(log);
    // If an intermediary's error log names this path, the line is about this request.
    const isDirect = isException || (isExchangeSpan(hop.entry.span) && log.attributes["url.path"] !== undefined) || isTelling(log);
    sayings.push({ text, source: "log", service, place, isDirect });
    for (const cause of listChain(readLogError(log)).slice(1)) sayings.push({ text: cause, source: "log", service, place, isDirect });
  }
  return sayings.map((saying) => ({ ...saying, text: withEnglish(saying.text) }));
}

/** Marks in a stack that has more than one exception. */
const CHAINED = /Caused by: |-> \S|\[cause\]: |Previous: |\nNext |Wrapped by: |direct cause of|During handling of/;

/** An exception and its causes, outermost first, because a wrapper seldom says why. */
function listChain({ type, message, stack }: ExceptionRecord): readonly string[] {
  const head = `${type}: ${message}`;
  if (stack === undefined || !CHAINED.test(stack)) return [head];
  const causes = parseStack(stack).map((each) => `${each.type}: ${each.message}`);
  return [head, ...causes.filter((each) => each !== head)];
}

/** A supervisor's words about how a process ended. */
const ENDED = /\bOOM|exit code|exit status|\bSIG[A-Z]{3,}|\bkilled\b|\bcrash|\bevicted\b/i;

/** Why the creating service had to be restarted, as its supervisor noted it. */
function hearSupervisor(changes: readonly SuspiciousChange[], service: string): readonly Saying[] {
  return changes.flatMap(({ change: { kind, description: text = "", ...change } }) =>
    kind === "restart" && change.service === service && ENDED.test(text)
      ? [{ text, source: "deploy", service, place: "origin", isDirect: true }]
      : [],
  );
}

type Times = { readonly bad: readonly number[]; readonly good: readonly number[]; readonly onset: Onset | undefined };

/** The changes with which the failures may have begun, nearest first. */
function findChanges(changes: readonly Change[], times: Times): readonly SuspiciousChange[] {
  const { onset } = times;
  return changes
    .flatMap((change) => {
      const beforeOnsetMs = onset === undefined ? measureToFirst(change, times) : measureToOnset(change, onset);
      return beforeOnsetMs === undefined ? [] : [{ change, beforeOnsetMs, ...(onset === undefined ? {} : { onset }) }];
    })
    .filter(({ beforeOnsetMs }) => beforeOnsetMs <= CHANGE_REACH_MS)
    .sort((a, b) => a.beforeOnsetMs - b.beforeOnsetMs);
}

/** The earliest time of a change. An inferred change may be noted as late as the telemetry arrived, after the first failure. */
function earliestOf({ timeMs, source }: Change): number {
  return timeMs - (source === "inferred" ? TELEMETRY_DELAY_MS : 0);
}

/** The time from a change to the onset. Undefined for a change after the failures had certainly begun, which did not bring them. */
function measureToOnset(change: Change, { atMs, toMs }: Onset): number | undefined {
  return earliestOf(change) > toMs ? undefined : Math.max(0, atMs - change.timeMs);
}

/**
 * The time from a change to the first failure after it. Earlier failures, which every system has, do not acquit a change since which
 * certainly more requests fail; then the first failure after the change counts.
 */
function measureToFirst(change: Change, { bad, good }: Times): number | undefined {
  const first = bad[0];
  if (first === undefined) return undefined;
  if (first >= earliestOf(change)) return Math.max(0, first - change.timeMs);
  const isAfter = (timeMs: number) => ({ after: timeMs >= change.timeMs });
  const shift = contrast({ failing: bad.map(isAfter), succeeding: good.map(isAfter) }).find(({ value }) => value === "true");
  const next = shift === undefined ? undefined : bad.find((timeMs) => timeMs >= change.timeMs);
  return next === undefined ? undefined : next - change.timeMs;
}

function endOf({ entry }: Occurrence): number {
  return entry.entry.span.endMs;
}
