import type { Evidence } from "./evidence.ts";

/**
 * What a hop did with the failure: `created` it, `propagated` what it got, `remapped` it (502 behind, 500 in front; 404 behind,
 * 500 in front), `masked` it (500 behind, 200 in front), or had no part in it (`clean`).
 */
export type Fate = "created" | "propagated" | "remapped" | "masked" | "clean";

/** One hop of a failing path and what it did there. */
export type HopAccount = {
  /** A name unique in the path: the service, or the service and a number when it is passed twice. */
  readonly hop: string;
  readonly service: string;
  /** The hop's server operation: route, span name, query summary. */
  readonly operation: string;
  /** The status this hop answered with: HTTP code, gRPC code, `error`, `ok`, or `unknown`. */
  readonly status: string;
  readonly fate: Fate;
  readonly evidence: readonly Evidence[];
};

/** A service that may have created the failure. Scores are comparable inside one list only; best first. */
export type Suspect = { readonly service: string; readonly operation?: string; readonly score: number };

/** The answer of isolate: which hop made the failure, and what each other hop did with it. */
export type FaultDomain = {
  /** Client side first, the creating hop last. Hops beside the failing path are left out. */
  readonly path: readonly HopAccount[];
  readonly suspects: readonly Suspect[];
  /** 0 to 1: how sure it is that the first suspect created the failure. */
  readonly confidence: number;
  /** Services that failed only because of the first suspect, each once. */
  readonly blastRadius: readonly string[];
  readonly missing: readonly MissingEvidence[];
  /**
   * How the failure ended where no code of the first suspect raised it: `no answer`, `answers 500`, the words of a database. The same
   * for every caller and route.
   */
  readonly ending?: string;
  /** Who hid the failure behind a good answer; absent where another try made it good, which hides nothing. */
  readonly maskedBy?: string;
  /**
   * In which way nobody answered, where the ending is that nobody did: `late`, `refused`, `cut` or `unavailable`. One outage is met in
   * several ways; what is met in another way long after it began is another one.
   */
  readonly manner?: string;
};

/** Evidence that is not there, and what it would tell. */
export type MissingEvidence = { readonly what: string; readonly wouldTell: string };
