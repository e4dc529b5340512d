import type { Evidence } from "./evidence.ts";
import type { HopAccount, MissingEvidence, Suspect } from "./fault-domain.ts";

/** Every cause Faultline can name. Ids are kebab-case; one file each under `playbook/diagnose/causes`. */
export const CAUSES = [
  "unhandled-exception",
  "invalid-input-unguarded",
  "dependency-timeout",
  "dependency-error",
  "third-party-failure",
  "database-failure",
  "pool-exhausted",
  "resource-exhausted",
  "memory-leak",
  "bad-deploy",
  "bad-configuration",
  "body-too-large",
  "parse-failure",
  "gateway-mismatch",
  "gateway-timeout",
  "gateway-identity",
  "no-healthy-upstream",
  "connection-refused",
  "keepalive-race",
  "tls-failure",
  "dns-failure",
  "circuit-open",
  "rate-limited-as-5xx",
  "masked-by-middleware",
  "retry-storm",
  "fault-injected",
] as const;

/** The id of a cause. */
export type CauseId = (typeof CAUSES)[number];

/** A stretch of time, Unix ms, `fromMs` inside and `toMs` outside. */
export type Window = { readonly fromMs: number; readonly toMs: number };

/** The symptom a diagnosis is about. Absent members mean "any". */
export type Scope = {
  readonly service?: string;
  readonly route?: string;
  readonly version?: string;
  readonly region?: string;
  readonly window: Window;
  /** Exchanges of the scope that ended in a server error, and that did not. */
  readonly failing: number;
  readonly succeeding: number;
};

/** A cause with how sure it is (a calibrated probability) and why. */
export type RankedCause = {
  readonly cause: CauseId;
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
  readonly against: readonly Evidence[];
};

/** One protection, in plain words and in terms of `@faultline/guard`. */
export type Protection = {
  readonly what: string;
  /** Where it belongs: a service, and the route or dependency in it. */
  readonly where: string;
  /** Code or configuration to start from. */
  readonly example?: string;
};

/** What protects the users now, and what would have prevented the failure. */
export type GuardPlan = { readonly now: readonly Protection[]; readonly prevent: readonly Protection[] };

/** Something to look at or run next. */
export type NextCheck = { readonly check: string; readonly command?: string };

/** The verdict, as the command line, the API, the page and the alert all show it. */
export type Diagnosis = {
  readonly verdict: "diagnosed" | "inconclusive";
  readonly scope: Scope;
  /** Client side first. */
  readonly path: readonly HopAccount[];
  /** Best first. */
  readonly suspects: readonly Suspect[];
  /** Best first. */
  readonly causes: readonly RankedCause[];
  readonly ruledOut: readonly { readonly cause: CauseId; readonly because: string }[];
  readonly missing: readonly MissingEvidence[];
  readonly next: readonly NextCheck[];
  readonly guard: GuardPlan;
};

/** A verdict is `diagnosed` when its first cause is at least this sure: more likely right than all others together. */
export const DIAGNOSED_CONFIDENCE = 0.5;
