import type { Evidence, Fate, MissingEvidence } from "@faultline/model";
import { durationOf, startOf } from "../trace/span-time.ts";
import { isUnreachableText } from "./error-words.ts";
import { isExchangeSpan } from "./exchange-hops.ts";
import { isAfterwards, isFailed, isRecovered, SAME_INSTANT_MS } from "./call-fate.ts";
import type { Call, Hop } from "./hop-shape.ts";
import { nameOperation } from "./hop.ts";
import type { Judgement, OriginKind, Step, Surroundings } from "./judgement.ts";

type Found = {
  readonly steps: Step[];
  readonly kind: OriginKind;
  readonly blamed?: Call;
  readonly confidence: number;
  readonly missing: readonly MissingEvidence[];
};

/** Follows a failure from the hop where the client met it to the hop that created it. */
export function followFailure(entry: Hop, around: Surroundings): Judgement {
  const found = follow(entry, around, 0);
  const steps = found.steps;
  const origin =
    steps.findLast(({ fate }) => fate === "created" || fate === "remapped") ??
    steps.findLast(({ fate }) => fate === "masked") ??
    steps.at(-1);
  if (origin === undefined) throw new Error("a walk has at least the hop it started from");
  const { kind, confidence, missing, blamed } = found;
  return { steps, origin, originKind: kind, confidence, missing, ...(blamed === undefined ? {} : { blamed }) };
}

/** A trace that nests deeper than this is a loop of redirects or of retries; the rest is not walked. */
const MAX_DEPTH = 64;

function follow(hop: Hop, around: Surroundings, depth: number): Found {
  const call = depth < MAX_DEPTH ? findBlamedCall(hop, around) : undefined;
  const outlived = call === undefined ? findOutlived(hop) : undefined;
  if (outlived !== undefined) return endImpatient(hop, outlived);
  if (call === undefined) return hop.outcome.hidden === undefined ? endAt(hop, "own", explainOwn(hop)) : endHidden(hop, hop.outcome.hidden);
  if (call.outcome.kind === "local") return endLocal(hop, call, around);
  if (call.outcome.kind === "refused" && !isServerFailure(call.callee)) return endRefused(hop, call);
  if (call.callee === undefined) return endAbsent(hop, call, around);
  if (call.callee.isInferred === true && findBlamedCall(call.callee, around) === undefined) return endAbsent(hop, call, around);
  return followCallee(hop, call, { around, depth });
}

/** Shorter stalls happen to everybody. */
const LEAST_STALL_MS = 500;

/** A process that stands still cannot read the answers it got: the time-outs it then sees are its own doing. */
function endStalled(hop: Hop, call: Call, stallMs: number): Found {
  const evidence: Evidence = {
    statement: `${hop.service} itself stood still while its call to ${call.peer.name} ran out of time`,
    measured: `event loop blocked for ${formatMs(stallMs)}, call ended after ${formatMs(call.endMs - call.startMs)}`,
    source: "metric",
    weight: 3,
  };
  return endAt(hop, "stalled", { evidence: [evidence, statusEvidence(hop)], confidence: 0.8 });
}

function isStalled(call: Call, stallMs: number | undefined): stallMs is number {
  const waitMs = call.endMs - call.startMs;
  return call.outcome.kind === "timed-out" && stallMs !== undefined && stallMs >= Math.max(LEAST_STALL_MS, waitMs * 0.9);
}

function isServerFailure(callee: Hop | undefined): boolean {
  return callee?.outcome.code !== undefined && callee.outcome.code >= 500;
}

/** The hop stands last: nothing below it failed, or what failed below was its own doing. */
function endAt(hop: Hop, kind: OriginKind, reason: { evidence: readonly Evidence[]; confidence: number }): Found {
  return { steps: [toStep(hop, "created", reason.evidence)], kind, confidence: reason.confidence, missing: [] };
}

/** A good status over an error of the hop's own: created and masked in one place; what was hidden is what there is to see. */
function endHidden(hop: Hop, hidden: string): Found {
  const evidence: Evidence = {
    statement: `${hop.service} answered ${hop.outcome.status} over a failure`,
    measured: cut(hidden, 240),
    source: "span",
    weight: 3,
  };
  return { steps: [toStep(hop, "masked", [evidence, ...explainOwn(hop).evidence])], kind: "own", confidence: 0.85, missing: [] };
}

function explainOwn(hop: Hop): { evidence: readonly Evidence[]; confidence: number } {
  const exception = hop.outcome.exceptions[0] ?? findOwnException(hop);
  const evidence: Evidence[] = [];
  if (exception !== undefined) {
    evidence.push({
      statement: `${hop.service} raised ${exception.type} itself`,
      measured: cut(exception.message),
      source: "span",
      weight: 3,
    });
  }
  if (hop.calls.length > 0 && hop.calls.every(({ outcome }) => outcome.kind === "ok")) {
    evidence.push({ statement: "every call it made succeeded", measured: `${hop.calls.length} calls`, source: "span", weight: 1.5 });
  } else if (hop.calls.length === 0) {
    evidence.push({ statement: "it called nothing that could have failed", measured: "0 calls in the trace", source: "span", weight: 1 });
  }
  evidence.push(statusEvidence(hop));
  return { evidence, confidence: exception === undefined ? 0.75 : 0.95 };
}

function findOwnException(hop: Hop) {
  for (const log of hop.logs) {
    const type = log.attributes["exception.type"];
    if (typeof type === "string") return { type, message: String(log.attributes["exception.message"] ?? log.body) };
  }
  return undefined;
}

function statusEvidence(hop: Hop): Evidence {
  return {
    statement: `${hop.service} answered ${describeStatus(hop.outcome.status)}`,
    measured: `${nameOperation(hop.entry)}: ${hop.outcome.status}, ${formatMs(durationOf(hop.entry))}`,
    source: "span",
    weight: 1,
  };
}

/** No connection was free. Where those in use were all waiting for a callee that gave no answer, the callee is at fault. */
function endLocal(hop: Hop, call: Call, around: Surroundings): Found {
  const holder = around.findHolder(call);
  if (holder === undefined) return { ...endAt(hop, "local", explainLocal(hop, call)), blamed: call };
  const found = endAbsent(hop, holder, around);
  const waiting: Evidence = {
    statement: `${hop.service} had no free connection to ${call.peer.name}: those in use were waiting for it`,
    measured: `${holder.operation}: ${holder.outcome.status}, ${formatMs(holder.endMs - holder.startMs)}`,
    source: "span",
    weight: 2,
  };
  const [first, ...rest] = found.steps;
  const steps = first === undefined ? rest : [{ ...first, evidence: [waiting, ...first.evidence] }, ...rest];
  return { ...found, steps, confidence: found.confidence * 0.9 };
}

function explainLocal(hop: Hop, call: Call): { evidence: readonly Evidence[]; confidence: number } {
  return {
    evidence: [
      {
        statement: `the call to ${call.peer.name} never left ${hop.service}`,
        measured: cut(call.outcome.words),
        source: "span",
        weight: 3,
      },
      statusEvidence(hop),
    ],
    confidence: 0.9,
  };
}

/** A 4xx below and a 5xx here: the callee did its duty; the request was wrong, and this hop made a server error of it. */
function endRefused(hop: Hop, call: Call): Found {
  const evidence: Evidence = {
    statement: `${call.peer.name} refused what ${hop.service} sent, and ${hop.service} answered with ${describeStatus(hop.outcome.status)}`,
    measured: `${call.operation}: ${call.outcome.status} ${cut(call.outcome.words, 160)}`.trim(),
    source: "span",
    weight: 3,
  };
  const steps = [toStep(hop, isOk(hop) ? "masked" : "remapped", [evidence, statusEvidence(hop)])];
  if (call.callee !== undefined) steps.push({ ...toStep(call.callee, "clean", []), call });
  return { steps, kind: "refused-request", confidence: 0.85, missing: [] };
}

function endAbsent(hop: Hop, call: Call, around: Surroundings): Found {
  const { peer, outcome } = call;
  const stallMs = around.stallOf(call);
  if (isStalled(call, stallMs)) return endStalled(hop, call, stallMs);
  const answered = isAnswered(call);
  const kind: OriginKind = answered ? "silent-callee" : "absent-callee";
  const measured = `${call.operation}: ${outcome.status}, ${formatMs(call.endMs - call.startMs)} ${cut(outcome.words, 160)}`.trim();
  const evidence: Evidence = answered
    ? { statement: `${peer.name} answered ${outcome.status} to ${hop.service}`, measured, source: "span", weight: 2.5 }
    : { statement: `${peer.name} gave ${hop.service} no answer`, measured, source: "span", weight: 2 };
  const isKnown = around.services.has(peer.name);
  const missing = isKnown || peer.kind === "service" ? [missingServerSpan(peer.name, isKnown)] : [];
  const created: Step = {
    service: peer.name,
    operation: call.operation,
    status: outcome.status,
    fate: "created",
    evidence: [evidence],
    call,
  };
  const isNamed = peer.name !== "unknown dependency";
  const confidence = (answered ? 0.85 : 0.75) * (isNamed ? 1 : 0.5);
  return { steps: [passOn(hop, call), created], kind, confidence, missing };
}

/** A status is an answer; so is an error that a database raised, unless it is one of not reaching it. */
function isAnswered({ outcome, peer }: Call): boolean {
  if (outcome.kind === "timed-out") return false;
  if (outcome.code !== undefined) return true;
  return (peer.kind === "database" || peer.kind === "cache") && outcome.words !== "" && !isUnreachableText(outcome.words);
}

function missingServerSpan(name: string, isKnown: boolean): MissingEvidence {
  return {
    what: isKnown ? `the server span of ${name} in these traces` : `any telemetry of ${name}`,
    wouldTell: `whether ${name} got the request, and what failed inside it or behind it`,
  };
}

function followCallee(hop: Hop, call: Call, { around, depth }: { around: Surroundings; depth: number }): Found {
  const callee = call.callee;
  if (callee === undefined) return endAbsent(hop, call, around);
  if (isOk(callee) && call.outcome.kind !== "ok") return judgeHealthyCallee(hop, { ...call, callee }, { around, depth });
  const below = follow(callee, around, depth + 1);
  const first = below.steps[0];
  if (first !== undefined) below.steps[0] = { ...first, call };
  if (callee.isInferred === true) return throughInferred(hop, call, below);
  const between = toIntermediary(call, callee);
  const steps = between === undefined ? [passOn(hop, call), ...below.steps] : [passOn(hop, call), between, ...below.steps];
  return { ...below, steps };
}

/** The failure went through a hop without telemetry: what it did is known from both its sides, what it saw is not. */
function throughInferred(hop: Hop, call: Call, below: Found): Found {
  const missing = [...below.missing, missingServerSpan(call.peer.name, false)];
  return { ...below, steps: [passOn(hop, call), ...below.steps], confidence: below.confidence * 0.9, missing };
}

/** The status changed on the wire: whoever the call was addressed to stands between and sent no telemetry. */
function toIntermediary(call: Call, callee: Hop): Step | undefined {
  const [seen, made] = [call.outcome.code, callee.outcome.code];
  if (!call.hasClientSpan || seen === undefined || made === undefined || seen === made) return undefined;
  return {
    service: nameBetween(call, callee),
    operation: call.operation,
    status: String(seen),
    fate: made >= 500 ? "remapped" : "created",
    evidence: [
      {
        statement: `${callee.service} answered ${made}, its caller received ${seen}: something between them changed it`,
        measured: `client span ${seen}, server span ${made}`,
        source: "span",
        weight: 3,
      },
    ],
    call,
  };
}

function nameBetween(call: Call, callee: Hop): string {
  const address = call.from.span.attributes["server.address"];
  return typeof address === "string" && address !== callee.service ? address : `intermediary before ${callee.service}`;
}

/** The callee says it did well. Either it was too late, or the answer was lost or changed on the way, or the caller is at fault. */
function judgeHealthyCallee(
  hop: Hop,
  call: Call & { readonly callee: Hop },
  { around, depth }: { around: Surroundings; depth: number },
): Found {
  const { callee } = call;
  const calleeMs = durationOf(callee.entry);
  const callMs = call.endMs - call.startMs;
  const stallMs = around.stallOf(call);
  if (isStalled(call, stallMs)) return endStalled(hop, call, stallMs);
  if (call.outcome.kind === "timed-out" && calleeMs >= callMs * 0.8)
    return isExchangeSpan(hop.entry.span) && isAllWell(callee) ? endImpatient(hop, call) : followSlow(hop, call, { around, depth });
  if (call.outcome.kind === "timed-out" && startOf(callee.entry) - call.startMs >= callMs / 2) return endLate(hop, call);
  const between = toIntermediary(call, callee);
  if (between !== undefined) {
    return {
      steps: [passOn(hop, call), between, { ...toStep(callee, "clean", []), call }],
      kind: "between",
      confidence: 0.85,
      missing: [],
    };
  }
  if (isUnreachableText(call.outcome.words)) return endCut(hop, call);
  const evidence: Evidence = {
    statement: `${callee.service} answered ${callee.outcome.status} in ${formatMs(calleeMs)}, and yet the call failed in ${hop.service}`,
    measured: `call ${formatMs(callMs)}, callee ${formatMs(calleeMs)}; ${cut(call.outcome.words, 160)}`,
    source: "span",
    weight: 2,
  };
  const steps: Step[] = [toStep(hop, "created", [evidence, statusEvidence(hop)]), { ...toStep(callee, "clean", []), call }];
  return { steps, kind: "healthy-callee", confidence: 0.6, missing: [] };
}

/** The work behind a failing intermediary that took longer than the intermediary did, and ended well: whoever gave up says so by that. */
function findOutlived(hop: Hop): (Call & { readonly callee: Hop }) | undefined {
  if (!isExchangeSpan(hop.entry.span) || isOk(hop)) return undefined;
  for (const call of hop.calls) {
    const { callee } = call;
    if (callee === undefined || callee.isInferred === true || !isAllWell(callee)) continue;
    if (durationOf(callee.entry) > durationOf(hop.entry) + SAME_INSTANT_MS) return { ...call, callee };
  }
  return undefined;
}

/** The connection broke in the callee's hands: what it noted of its answer, its caller never had. */
function endCut(hop: Hop, call: Call & { readonly callee: Hop }): Found {
  const { callee } = call;
  const cutOff: Evidence = {
    statement: `${callee.service} took the request up, and the connection was closed before ${hop.service} had the answer`,
    measured: `call ${formatMs(call.endMs - call.startMs)}, callee ${formatMs(durationOf(callee.entry))} with ${callee.outcome.status}; ${cut(call.outcome.words, 160)}`,
    source: "span",
    weight: 2.5,
  };
  const steps: Step[] = [passOn(hop, call), { ...toStep(callee, "created", [cutOff]), call }];
  return { steps, kind: "cut-callee", confidence: 0.8, missing: [] };
}

/** Nothing in or behind the hop failed. */
function isAllWell(hop: Hop): boolean {
  return isOk(hop) && hop.calls.every((call) => !isFailed(call) && (call.callee === undefined || isAllWell(call.callee)));
}

/** An intermediary gave up on work that then ended well: its limit is shorter than the work. */
function endImpatient(hop: Hop, call: Call & { readonly callee: Hop }): Found {
  const evidence: Evidence = {
    statement: `${hop.service} gave up on ${call.callee.service}, which finished its work well`,
    measured: `gave up after ${formatMs(call.endMs - call.startMs)}, finished after ${formatMs(durationOf(call.callee.entry))} with ${call.callee.outcome.status}`,
    source: "access-log",
    weight: 3,
  };
  const steps: Step[] = [toStep(hop, "created", [evidence, statusEvidence(hop)]), { ...toStep(call.callee, "clean", []), call }];
  return { steps, kind: "impatient", confidence: 0.85, missing: [] };
}

/** The caller gave up on a callee that was still working: go where the callee's time went. */
function followSlow(hop: Hop, call: Call & { readonly callee: Hop }, { around, depth }: { around: Surroundings; depth: number }): Found {
  const { callee } = call;
  const calleeMs = durationOf(callee.entry);
  const late: Evidence = {
    statement: `${callee.service} was still working when ${hop.service} gave up`,
    measured: `call ended after ${formatMs(call.endMs - call.startMs)}, callee took ${formatMs(calleeMs)}`,
    source: "span",
    weight: 2.5,
  };
  const slowest = findSlowestCall(callee, calleeMs);
  if (slowest === undefined || depth >= MAX_DEPTH) {
    return {
      steps: [passOn(hop, call), { ...toStep(callee, "created", [late]), call }],
      kind: "slow-callee",
      confidence: 0.85,
      missing: [],
    };
  }
  const passing: Step = { ...toStep(callee, "propagated", [late]), call };
  if (slowest.callee !== undefined) {
    const below = followSlow(callee, { ...slowest, callee: slowest.callee }, { around, depth: depth + 1 });
    return { ...below, steps: [passOn(hop, call), passing, ...below.steps.slice(1)] };
  }
  const created: Step = {
    service: slowest.peer.name,
    operation: slowest.operation,
    status: slowest.outcome.status,
    fate: "created",
    evidence: [
      {
        statement: `${callee.service} spent its time waiting for ${slowest.peer.name}`,
        measured: `${formatMs(slowest.endMs - slowest.startMs)} of ${formatMs(calleeMs)} in ${slowest.operation}`,
        source: "span",
        weight: 2.5,
      },
    ],
    call: slowest,
  };
  return { steps: [passOn(hop, call), passing, created], kind: "slow-callee", confidence: 0.8, missing: [] };
}

/** The callee took the request up when the caller had as good as given up: it was not free before. */
function endLate(hop: Hop, call: Call & { readonly callee: Hop }): Found {
  const { callee } = call;
  const late: Evidence = {
    statement: `${callee.service} took the request up only when ${hop.service} was giving up: it was not free before`,
    measured: `taken up ${formatMs(startOf(callee.entry) - call.startMs)} after it was sent, call ended after ${formatMs(call.endMs - call.startMs)}`,
    source: "span",
    weight: 2.5,
  };
  const steps: Step[] = [passOn(hop, call), { ...toStep(callee, "created", [late]), call }];
  return { steps, kind: "late-callee", confidence: 0.8, missing: [] };
}

function findSlowestCall(hop: Hop, totalMs: number): Call | undefined {
  const slowest = [...hop.calls].sort((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs))[0];
  return slowest !== undefined && slowest.endMs - slowest.startMs >= totalMs / 2 ? slowest : undefined;
}

/** The call that made this hop fail, or undefined when none did. */
function findBlamedCall(hop: Hop, around: Surroundings): Call | undefined {
  // A hop that answered well is only looked into for what it hid: then a try that was made good is what failed.
  const failed = hop.calls.filter((call) => isFailed(call) && (isOk(hop) ? !isAfterwards(call, hop) : !isRecovered(call, hop)));
  const unexpected = failed.filter((call) => !around.isUsuallyHandled(call));
  const candidates = unexpected.length > 0 || hasOwnException(hop) ? unexpected : failed;
  // What failed last is what the hop could no longer do without; of two that end together, the longer one held it up.
  return [...candidates].sort((a, b) => b.endMs - a.endMs || a.startMs - b.startMs)[0];
}

function hasOwnException(hop: Hop): boolean {
  return hop.outcome.exceptions.length > 0;
}

/** What shows that a later try made a failure good. */
export function savingEvidence({ service, outcome, calls, entry }: Hop): Evidence {
  return {
    statement: `${service} tried again and answered ${outcome.status}: the client never saw this failure`,
    measured: `tries: ${calls.map((call) => call.outcome.status).join(", ")}`,
    source: isExchangeSpan(entry.span) ? "access-log" : "span",
    weight: 3,
  };
}

function passOn(hop: Hop, call: Call): Step {
  if (isOk(hop) && isRecovered(call, hop)) return { ...toStep(hop, "masked", [savingEvidence(hop)]), isSaved: true };
  if (isOk(hop)) {
    const evidence: Evidence = {
      statement: `${hop.service} answered ${hop.outcome.status} although its call to ${call.peer.name} failed`,
      measured: `${call.operation}: ${call.outcome.status}`,
      source: "span",
      weight: 3,
    };
    return toStep(hop, "masked", [evidence]);
  }
  // A status below 500 is no failure: headers came, and then the rest did not.
  const received = call.outcome.code === undefined || call.outcome.code < 500 ? undefined : call.outcome.code;
  const isSame = hop.outcome.code === undefined || received === undefined || hop.outcome.code === received;
  const evidence: Evidence = {
    statement: isSame
      ? `${hop.service} passed on what its call to ${call.peer.name} ended with`
      : `${hop.service} answered ${hop.outcome.status} where it had received ${call.outcome.status}`,
    measured: `${call.operation}: ${call.outcome.status}`,
    source: "span",
    weight: 2,
  };
  return toStep(hop, isSame ? "propagated" : "remapped", [evidence]);
}

function toStep(hop: Hop, fate: Fate, evidence: readonly Evidence[]): Step {
  return { service: hop.service, operation: nameOperation(hop.entry), status: hop.outcome.status, fate, evidence, hop };
}

function isOk(hop: Hop): boolean {
  return hop.outcome.kind === "ok" || hop.outcome.kind === "refused";
}

function describeStatus(status: string): string {
  return status === "error" ? "an error" : status;
}

/** A duration for a sentence. */
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 100 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`;
}

function cut(text: string, limit = 300): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}...`;
}
