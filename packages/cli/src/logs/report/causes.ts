import { type CodeKnowledge, findErrorMessage, findNotedCode, isAwsBalancer, trustCause } from "@faultline/formats/access-log-knowledge";
import type { CauseId, Diagnosis, Evidence, NextCheck, RankedCause } from "@faultline/model";
import { matchSignatures, SIGNATURES } from "@faultline/playbook/signatures";
import type { Pattern } from "./report.ts";
import type { FailureTally } from "../tally/route-tally.ts";

/** A cause for which there is evidence. */
type Claim = { readonly cause: CauseId; readonly confidence: number; readonly evidence: Evidence; readonly next: string };

/** The context in which a group of failures is judged. */
export type GroupContext = {
  readonly status: number;
  readonly patterns: readonly Pattern[];
  /** The number of all requests of its route. */
  readonly requests: number;
  /** The playbook's diagnosis of these failures, where the applications behind logged something about them. */
  readonly heard?: Diagnosis | undefined;
};

/** From this number on, failures of every single request are no coincidence. */
const EACH_TIME_FROM = 3;
/** That a program started before the failures is only a lead: programs start for many reasons. */
export const AFTER_RESTART = 0.45;
/** The factor by which a race loses confidence on a route that fails each time. */
const RACE_EACH_TIME = 0.3;

/** What the vendors' tables, the messages and the patterns say about one group, most likely cause first, and the checks that follow. */
export function rankCauses(
  failures: FailureTally,
  { status, patterns, requests, heard }: GroupContext,
): { readonly causes: readonly RankedCause[]; readonly next: readonly NextCheck[] } {
  if (heard !== undefined) return addShapes(heard, patterns);
  const isEachTime = failures.count >= EACH_TIME_FROM && failures.count === requests;
  // A time-out of a dyno that swaps is a memory incident, whatever the time-out's code says by itself.
  const isMemory = patterns.some(({ pattern }) => pattern === "memory-before");
  const claims = [
    ...readFlags(failures, status).map((claim) => (isMemory ? { ...claim, confidence: claim.confidence / 2 } : claim)),
    ...readOwnStatus(failures, status),
    ...readMessages(failures),
    ...patterns.flatMap(readPattern),
  ].map((claim) => (claim.cause === "keepalive-race" && isEachTime ? { ...claim, confidence: claim.confidence * RACE_EACH_TIME } : claim));
  const byCause = new Map<CauseId, Claim[]>();
  for (const claim of claims) byCause.set(claim.cause, [...(byCause.get(claim.cause) ?? []), claim]);
  const causes = [...byCause].map(([cause, found]) => ({
    cause,
    // Independent signs of one cause add up, but never to certainty.
    confidence: Math.min(0.95, 1 - found.reduce((doubt, claim) => doubt * (1 - claim.confidence), 1)),
    evidence: found.map(({ evidence }) => evidence),
    against: [],
  }));
  causes.sort((a, b) => b.confidence - a.confidence);
  const order = new Map(causes.map(({ cause }, index) => [cause, index]));
  const next = claims.toSorted((a, b) => (order.get(a.cause) ?? 0) - (order.get(b.cause) ?? 0)).map((claim) => claim.next);
  const checks = new Set([...next, ...patterns.map((pattern) => pattern.next.check)]);
  return { causes, next: [...checks].slice(0, 4).map((check) => ({ check })) };
}

/** The patterns that only all failures together show, and no log line by itself. */
const SHAPES: ReadonlySet<Pattern["pattern"]> = new Set(["large-bodies", "memory-before"]);

function addShapes({ causes, next }: Diagnosis, patterns: readonly Pattern[]): ReturnType<typeof rankCauses> {
  const shapes = patterns.filter(({ pattern }) => SHAPES.has(pattern));
  const further = shapes.flatMap(readPattern).filter(({ cause }) => causes.every((known) => known.cause !== cause));
  const seen = further.map(({ cause, confidence, evidence }) => ({ cause, confidence, evidence: [evidence], against: [] }));
  return {
    causes: [...causes, ...seen].toSorted((a, b) => b.confidence - a.confidence),
    next: [...next, ...shapes.map((pattern) => pattern.next)].slice(0, 4),
  };
}

function readFlags(failures: FailureTally, status: number): Claim[] {
  const observer = failures.observers.list()[0]?.[0] ?? "";
  const isAlb = isAwsBalancer(observer);
  const looked = [...failures.madeBy.values()].reduce((sum, { count }) => sum + count, 0);
  const own = failures.madeBy.get("observer")?.count ?? 0;
  const flags = isAlb
    ? failures.messages.list().length > 0
      ? failures.messages.list()
      : own > 0
        ? [[String(status), own] as const]
        : []
    : failures.flags.list();
  const namesUpstream = failures.upstreams.list().length > 0;
  return flags.slice(0, 4).flatMap(([flag, count]) => {
    const row = findNotedCode({ software: observer, flag, status, namesUpstream });
    const apart = row === undefined ? 0 : countToldBetter(row, failures) / Math.max(1, looked);
    if (row?.cause === undefined || apart >= 1) return [];
    const share = (count / Math.max(1, looked, count)) * (1 - apart);
    const evidence = {
      statement: `${flag}: ${row.meaning}`,
      measured: `${count} of ${Math.max(looked, count)} failures looked at`,
      source: "access-log" as const,
      weight: row.confidence === "H" ? 3 : 2,
    };
    return [{ cause: row.cause, confidence: trustCause(row) * share, evidence, next: row.nextCheck }];
  });
}

/** The confidence in a vendor's own status: as reliable as the vendor's documentation. */
const OWN_STATUS_TRUST = 0.85;
/** The last status that a standard defines. A vendor's own status tells by itself what happened, as in a diagnosis. */
const LAST_STANDARD = 511;

function readOwnStatus({ count }: FailureTally, status: number): Claim[] {
  if (status <= LAST_STANDARD) return [];
  return matchSignatures({ status }, SIGNATURES).flatMap(({ signature: { cause, vendor, meaning, source } }) => {
    if (cause === undefined) return [];
    const evidence = {
      statement: `${status} of ${vendor}: ${meaning}`,
      measured: `${count} failures`,
      source: "access-log",
      weight: 3,
    } as const;
    return [
      {
        cause,
        confidence: OWN_STATUS_TRUST,
        evidence,
        next: `read what ${source} says of ${status}, and the log of the origin at that time`,
      },
    ];
  });
}

/** Counts failures with Envoy's flag for a failed connection whose message gives a different cause: a failed handshake is not a refusal. */
function countToldBetter({ code, cause }: CodeKnowledge, { messages }: FailureTally): number {
  if (code !== "UF") return 0;
  const apart = messages.list().filter(([text]) => (findErrorMessage(text)?.cause ?? cause) !== cause);
  return apart.reduce((sum, [, count]) => sum + count, 0);
}

function readMessages(failures: FailureTally): Claim[] {
  // An AWS load balancer's reason is a code, and is read as one.
  const said = isAwsBalancer(failures.observers.list()[0]?.[0] ?? "") ? [] : failures.messages.list();
  const because = failures.madeBy.get("observer")?.because.list() ?? [];
  return [
    ...said.slice(0, 3),
    ...because.slice(0, 1).filter(([text]) => said.length === 0 && findErrorMessage(text) !== undefined),
  ].flatMap(([text, count]): Claim[] => {
    const row = findErrorMessage(text);
    const share = Math.min(1, count / Math.max(1, failures.count));
    const evidence = {
      statement: row?.meaning ?? text,
      measured: `${count} lines say: ${text}`,
      source: "access-log" as const,
      weight: 3,
    };
    if (row?.cause !== undefined)
      return [{ cause: row.cause, confidence: trustCause(row) * Math.max(share, 0.5), evidence, next: row.nextCheck }];
    if (!/(?:Error|Exception|Fault)\b/.test(text)) return [];
    return [{ cause: "unhandled-exception", confidence: 0.7, evidence, next: "read the stack of this exception in the application's log" }];
  });
}

function readPattern(pattern: Pattern): Claim[] {
  const { evidence, next, share = 1 } = pattern;
  const claim = (cause: CauseId, confidence: number): Claim[] => [{ cause, confidence, evidence, next: next.check }];
  if (pattern.pattern === "steady-delay") {
    const { cause, confidence } = pattern.speaksFor ?? { cause: "dependency-timeout", confidence: 0 };
    return confidence === 0 ? [] : claim(cause, confidence);
  }
  if (pattern.pattern === "memory-before") return claim("memory-leak", 0.85);
  if (pattern.pattern === "large-bodies") return claim("body-too-large", 0.6);
  if (pattern.pattern === "with-traffic") return claim("resource-exhausted", 0.45);
  if (pattern.pattern === "after-restart") return claim("bad-deploy", AFTER_RESTART);
  if (pattern.pattern !== "logged-reason") return [];
  const row = findErrorMessage(evidence.statement);
  if (row?.cause !== undefined) return claim(row.cause, trustCause(row) * share);
  return /(?:Error|Exception|Fault|Panic|panic)\b|Traceback/.test(evidence.statement)
    ? claim("unhandled-exception", (evidence.weight >= 4 ? 0.8 : 0.65) * share)
    : [];
}
