import type {
  Evidence,
  FailurePath,
  FaultDomain,
  HopAccount,
  MetricPoint,
  MissingEvidence,
  Span,
  SpanNode,
  Suspect,
} from "@faultline/model";
import { followFailure } from "./blame/follow-failure.ts";
import { savingEvidence } from "./blame/step.ts";
import { isAfterwards, isFailed, isRecovered, toTarget } from "./call-fate.ts";
import { findEnding, findManner } from "./ending.ts";
import { nameOperation } from "./hops/hop.ts";
import type { Judgement, Step, Surroundings } from "./judgement.ts";
import { findLoopDelay } from "./processes/loop-delay.ts";
import type { Call, Hop } from "./hops/hop-shape.ts";
import { missingCaller } from "./hops/missing-callers.ts";
import { nameMaker } from "./responses/name-maker.ts";
import { type EntryFilter, type Occurrence, findMaskingHop, findOccurrence, isFailedHop } from "./occurrence.ts";
import { readActivity } from "./processes/process-activity.ts";
import { readStops } from "./processes/process-stops.ts";
import { SIGNATURES, type Signature } from "./signatures/index.ts";
import { thin } from "./thin.ts";

/** The judgements on all failing occurrences of one symptom, and their sum. */
export type Isolation = {
  readonly domain: FaultDomain;
  /** The judgements whose origin is the first suspect, the most certain first. */
  readonly agreeing: readonly { readonly occurrence: Occurrence; readonly judgement: Judgement }[];
};

/** The input of isolate: the failing occurrences of one symptom, and good ones of the same route to compare with. */
type IsolateInput = {
  readonly failing: readonly Occurrence[];
  readonly succeeding: readonly Occurrence[];
  /** Failing occurrences of other symptoms, which are read as well. */
  readonly elsewhere?: readonly Occurrence[];
  /** Every service that sent telemetry. */
  readonly services: ReadonlySet<string>;
  readonly metrics?: readonly MetricPoint[];
  /** All spans, which show what processes did meanwhile. */
  readonly spans?: readonly Span[];
  /** Default: the signatures that Faultline knows. */
  readonly signatures?: readonly Signature[];
};

/** The paths of one symptom, as the input of `isolateFault`. */
export type FaultPaths = {
  readonly failing: readonly FailurePath[];
  readonly succeeding?: readonly FailurePath[];
  /** The exchange of the paths that failed; by default, the outermost server hop that did. */
  readonly scope?: EntryFilter;
};

/** Finds the hop that made the failure, and what each other hop did with it. */
export function isolateFault({ failing, succeeding = [], scope = {} }: FaultPaths): FaultDomain {
  const toOccurrences = (paths: readonly FailurePath[]) => paths.flatMap((path) => findOccurrence(path, scope) ?? []);
  const services = listAllServices([...failing, ...succeeding]);
  return isolate({ failing: toOccurrences(failing), succeeding: toOccurrences(succeeding), services }).domain;
}

/**
 * The domain of each single path, in the light of all of them: which services send telemetry, which process stood still, which calls held
 * the connections that others waited for. A path without a failure has no suspects.
 */
export function isolateEach(paths: readonly FailurePath[], metrics: readonly MetricPoint[] = []): readonly FaultDomain[] {
  const occurrences = paths.map((path) => findOccurrence(path, {}));
  const failing = occurrences.flatMap((each) => (each === undefined || each.state === "ok" ? [] : [each]));
  const around = toSurroundings({ failing, succeeding: [], services: listAllServices(paths), metrics });
  return occurrences.map((occurrence) => {
    if (occurrence === undefined || occurrence.state === "ok") return NO_DOMAIN;
    const judgement = judge(occurrence, around);
    const members = [{ occurrence, judgement }];
    return toDomain(members, toSuspects([{ members, score: judgement.confidence }]), judgement.confidence);
  });
}

const NO_DOMAIN: FaultDomain = { path: [], suspects: [], confidence: 0, blastRadius: [], missing: [] };

function listAllServices(paths: readonly FailurePath[]): ReadonlySet<string> {
  return new Set(paths.flatMap(({ roots }) => roots.flatMap(listServices)));
}

function listServices(node: SpanNode): readonly string[] {
  return [node.span.resource.service, ...node.children.flatMap(listServices)];
}

/** Like `isolateFault`, but with the judgement on each occurrence. */
export function isolate(input: IsolateInput): Isolation {
  const around = toSurroundings(input);
  const judged = input.failing.map((occurrence) => ({ occurrence, judgement: judge(occurrence, around) }));
  const groups = new Map<string, typeof judged>();
  for (const each of judged) {
    const key = each.judgement.origin.service;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  const ranked = [...groups.values()]
    .map((members) => ({ members, score: members.reduce((sum, { judgement }) => sum + judgement.confidence, 0) / judged.length }))
    .sort((a, b) => b.score - a.score);
  const best = ranked[0];
  if (best === undefined) return { domain: NO_DOMAIN, agreeing: [] };
  const agreeing = [...best.members].sort((a, b) => b.judgement.confidence - a.judgement.confidence);
  const share = best.members.length / judged.length;
  const domain = toDomain(agreeing, toSuspects(ranked), (best.score / share) * Math.min(1, share / MOST_SHARE));
  return { domain: addBlastRadius(domain, thin(input.elsewhere ?? [], MAX_ELSEWHERE), around), agreeing };
}

/**
 * If at least this share of a symptom's requests fail because of it, it is the symptom's fault. The other requests met another fault, which
 * does not make this one less certain.
 */
const MOST_SHARE = 0.75;
/** The most failing requests of other routes that are judged to see how far a fault reaches. */
const MAX_ELSEWHERE = 300;
const MAX_NAMED = 12;

/** Adds the services of other symptoms that fail because of the same origin, and notes their number on the origin. */
function addBlastRadius(domain: FaultDomain, elsewhere: readonly Occurrence[], around: Surroundings): FaultDomain {
  const origin = domain.suspects[0]?.service;
  const blast = new Set(domain.blastRadius);
  for (const occurrence of elsewhere) {
    const { steps, origin: other } = judge(occurrence, around);
    if (other.service !== origin) continue;
    for (const { service, fate } of steps) if (fate !== "clean" && service !== origin) blast.add(service);
  }
  if (origin === undefined || blast.size === domain.blastRadius.length) return domain;
  const names = [...blast];
  const evidence: Evidence = {
    statement: `${names.length} services fail because of ${origin}`,
    measured: `${names.slice(0, MAX_NAMED).join(", ")}${names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : ""}`,
    source: "span",
    weight: 1,
  };
  const isOrigin = (account: HopAccount) => account.service === origin && account.fate !== "clean";
  const path = domain.path.map((account) => (isOrigin(account) ? { ...account, evidence: [...account.evidence, evidence] } : account));
  return { ...domain, path, blastRadius: names };
}

function toSurroundings(input: IsolateInput): Surroundings {
  const { failing, succeeding, elsewhere = [], services, metrics = [], spans = [], signatures = SIGNATURES } = input;
  const inFailing = countFailedCalls(failing);
  const inSucceeding = countFailedCalls(succeeding);
  const held = listTimedOut([...failing, ...elsewhere]);
  const activity = readActivity([...failing, ...elsewhere, ...succeeding]);
  const stops = readStops(spans);
  return {
    services,
    signatures,
    stallOf(call) {
      const { resource } = call.from.span;
      const { startMs: fromMs, endMs: toMs } = call;
      // A reporter gives the longest delay of its interval. The process's other work shows whether it was during this call.
      return activity.wasActive(resource, fromMs, toMs) ? undefined : findLoopDelay(metrics, { resource, fromMs, toMs })?.delayMs;
    },
    stopOf(call) {
      const stop = stops.find(call.from, { fromMs: call.startMs, toMs: call.endMs });
      return stop === undefined ? 0 : Math.min(stop.toMs, call.endMs) - Math.max(stop.fromMs, call.startMs);
    },
    heldOf: (call) => stops.measureHeld(call.from, { fromMs: call.startMs, toMs: call.endMs }),
    findHolder(call) {
      const { service, instance } = call.from.span.resource;
      return held.find(
        (each) =>
          each.peer.name === call.peer.name &&
          each.from.span.resource.service === service &&
          each.from.span.resource.instance === instance &&
          each.startMs < call.endMs &&
          each.endMs > call.startMs,
      );
    },
    isUsuallyHandled(call) {
      const key = keyOf(call);
      const handled = (inSucceeding.get(key) ?? 0) / Math.max(1, succeeding.length);
      // If it is at least half as common among the good requests as among the bad ones, it does not distinguish them.
      return handled > 0 && handled >= (inFailing.get(key) ?? 0) / Math.max(1, failing.length) / 2;
    },
  };
}

/** Calls that ran out of time and are known to have reached nobody who sends telemetry. */
function listTimedOut(occurrences: readonly Occurrence[]): readonly Call[] {
  const calls: Call[] = [];
  const open = occurrences.map(({ entry }) => entry);
  for (let hop = open.pop(); hop !== undefined; hop = open.pop()) {
    for (const call of hop.calls) {
      if (call.outcome.kind === "timed-out" && call.callee === undefined) calls.push(call);
      if (call.callee !== undefined) open.push(call.callee);
    }
  }
  return calls;
}

function countFailedCalls(occurrences: readonly Occurrence[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { entry } of occurrences) {
    const keys = new Set<string>();
    collectFailedCalls(entry, keys);
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function collectFailedCalls(hop: Hop, keys: Set<string>): void {
  for (const call of hop.calls) {
    // A failure that another try repaired excuses only such failures.
    if (isRecovered(call, hop)) continue;
    if (isFailed(call)) keys.add(keyOf(call));
    if (call.callee !== undefined) collectFailedCalls(call.callee, keys);
  }
}

function keyOf(call: Call): string {
  return `${call.from.span.resource.service}\n${call.peer.name}\n${toTarget(call.operation)}`;
}

function judge(occurrence: Occurrence, around: Surroundings): Judgement {
  const { hop, above } = occurrence.state === "masked" ? findMaskingHop(occurrence) : { hop: occurrence.entry, above: occurrence.above };
  const judgement = followFailure(hop, around);
  const whole = { ...judgement, steps: [...frontSteps(above, hop), ...judgement.steps] };
  return nameMaker(whole, around.signatures);
}

/** The hops in front of the one where the symptom is observed. They are nearer to the client and only saw its answer. */
function frontSteps(above: readonly Hop[], entry: Hop): readonly Step[] {
  const steps: Step[] = [];
  let below = entry;
  for (const hop of [...above].reverse()) {
    steps.unshift(frontStep(hop, below));
    below = hop;
  }
  return steps;
}

function frontStep(hop: Hop, below: Hop): Step {
  const evidence: Evidence = {
    statement: `${hop.service} answered ${hop.outcome.status} in front of ${below.service}`,
    measured: `${hop.outcome.status} over ${below.outcome.status}`,
    source: "span",
    weight: 1,
  };
  const base = { service: hop.service, operation: nameOperation(hop.entry), status: hop.outcome.status, hop, evidence: [evidence] };
  const sent = hop.calls.find(({ callee }) => callee === below);
  // A sender of a message has answered before the message is processed. A hop whose client went away did not answer for anything later.
  const isEarlier = sent !== undefined && !isFailedHop(hop) && (sent.from.span.kind === "producer" || isAfterwards(sent, hop));
  if (!isFailedHop(below) || isEarlier) return { ...base, fate: "clean" };
  if (!isFailedHop(hop) && sent !== undefined && isRecovered(sent, hop))
    return { ...base, fate: "masked", evidence: [savingEvidence(hop)], isSaved: true };
  if (!isFailedHop(hop)) return { ...base, fate: "masked" };
  const isSame = hop.outcome.code === undefined || below.outcome.code === undefined || hop.outcome.code === below.outcome.code;
  return { ...base, fate: isSame ? "propagated" : "remapped" };
}

type Ranked = readonly { readonly members: readonly { readonly judgement: Judgement }[]; readonly score: number }[];

function toSuspects(ranked: Ranked): readonly Suspect[] {
  const listed = new Map<string, Suspect>();
  for (const { members, score } of ranked) {
    const origin = members[0]?.judgement.origin;
    if (origin !== undefined) listed.set(origin.service, { service: origin.service, operation: origin.operation, score });
  }
  // The other hops of the path follow, the ones nearer to the origin first.
  const path = ranked[0]?.members[0]?.judgement.steps ?? [];
  const least = Math.min(...[...listed.values()].map(({ score }) => score), 1);
  [...path].reverse().forEach(({ service, operation }, index) => {
    if (!listed.has(service)) listed.set(service, { service, operation, score: (least * 0.2) / (index + 1) });
  });
  return [...listed.values()];
}

function toDomain(agreeing: Isolation["agreeing"], suspects: readonly Suspect[], score: number): FaultDomain {
  const typical = agreeing[0];
  const steps = typical?.judgement.steps ?? [];
  const origin = typical?.judgement.origin.service;
  const blast = new Set<string>();
  const missing = new Map<string, MissingEvidence>();
  for (const { judgement, occurrence } of agreeing) {
    for (const { service, fate } of judgement.steps) if (fate !== "clean" && service !== origin) blast.add(service);
    for (const each of judgement.missing) missing.set(each.what, each);
    for (const id of occurrence.path.missingParents.slice(0, 1)) missing.set("missing parents", missingParent(id, occurrence));
  }
  const masking = steps.find(({ fate, isSaved }) => fate === "masked" && isSaved !== true);
  const ending = typical === undefined ? undefined : findEnding(typical.judgement);
  const manner = typical === undefined ? undefined : findManner(typical.judgement);
  return {
    path: toAccounts(steps),
    suspects,
    confidence: score,
    blastRadius: [...blast],
    missing: [...missing.values()],
    ...(masking === undefined ? {} : { maskedBy: masking.service }),
    ...(ending === undefined ? {} : { ending }),
    ...(manner === undefined ? {} : { manner }),
  };
}

function missingParent(id: string, { path }: Occurrence): MissingEvidence {
  const orphan = path.roots.find(({ span }) => span.parentSpanId === id)?.span.resource.service;
  return missingCaller(orphan, { spanId: id, traceId: path.traceId });
}

function toAccounts(steps: readonly Step[]): readonly HopAccount[] {
  const passed = new Map<string, number>();
  return steps.map(({ service, operation, status, fate, evidence }) => {
    const times = (passed.get(service) ?? 0) + 1;
    passed.set(service, times);
    return { hop: times === 1 ? service : `${service} (${times})`, service, operation, status, fate, evidence };
  });
}
