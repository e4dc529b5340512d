import type { Evidence, Fate, MissingEvidence } from "@faultline/model";
import type { Call, Hop } from "./hops/hop-shape.ts";
import type { Signature } from "./signatures/index.ts";

/** One step of a path while it is being judged, client side first. */
export type Step = {
  readonly service: string;
  readonly operation: string;
  readonly status: string;
  readonly fate: Fate;
  readonly evidence: readonly Evidence[];
  /** Absent for a hop that sent no telemetry, since only the call to it is known. */
  readonly hop?: Hop;
  /** True if another try succeeded. Then nothing was hidden, because the client was served. */
  readonly isSaved?: boolean;
  /** The call through which the previous step reached this one. */
  readonly call?: Call;
};

/** Why the walk stopped where it did. */
export type OriginKind =
  /** The hop failed by itself. */
  | "own"
  /** The hop's process stood still and could not read the answers that arrived. */
  | "stalled"
  /** The hop's callee refused what the hop sent. */
  | "refused-request"
  /** The hop gave up before it sent anything, because of a pool, a breaker or a name look-up. */
  | "local"
  /** A callee without telemetry answered with an error. */
  | "silent-callee"
  /** A callee without telemetry gave no answer in time, or no connection. */
  | "absent-callee"
  /** The callee worked too long. */
  | "slow-callee"
  /** The callee began the request only when its caller was giving up, because something else kept it busy. */
  | "late-callee"
  /** The callee began the request, and the connection was closed before the caller had the answer. */
  | "cut-callee"
  /** An intermediary gave up on a callee that finished its work well. */
  | "impatient"
  /** The callee answered well and in time, and yet the caller failed. */
  | "healthy-callee"
  /** Something between caller and callee changed the answer. */
  | "between";

/** The judgement on one failing path. */
export type Judgement = {
  /** Client side first. The creating step is the last one whose fate is not `clean`. */
  readonly steps: readonly Step[];
  readonly origin: Step;
  readonly originKind: OriginKind;
  /** The call at which the walk ended, if it did not end inside a hop. */
  readonly blamed?: Call;
  /** 0 to 1. */
  readonly confidence: number;
  readonly missing: readonly MissingEvidence[];
};

/** Knowledge beyond a single trace that the walk needs. */
export type Surroundings = {
  /** Services that sent at least one span anywhere in the observations. */
  readonly services: ReadonlySet<string>;
  /** What the answers of known gateways look like. */
  readonly signatures: readonly Signature[];
  /** How long the caller's own process stood still during this call, ms; absent if that was not measured. */
  stallOf(call: Call): number | undefined;
  /**
   * How long, during this call, its process began and ended nothing although it had a request to work on, ms. The answer may have been
   * waiting there unread.
   */
  stopOf(call: Call): number;
  /** How long its process stood still during the call and held up several requests, ms, for all stops together. */
  heldOf(call: Call): number;
  /** True if this call also fails in requests that succeed, because it is retried, optional or otherwise handled. */
  isUsuallyHandled(call: Call): boolean;
  /** The call to the same place that ran out of time while this one waited in vain for a free connection; absent if there is none. */
  findHolder(call: Call): Call | undefined;
};
