import type { Change } from "./change.ts";
import type { CauseId } from "./diagnosis.ts";

/** What people are told about a fault, once: enough to decide whether to get up. */
export type FaultAlert = {
  /** The same on every attempt and after a restart, so that a receiver can drop a second copy. */
  readonly key: string;
  readonly fingerprint: string;
  /** The verdict in one sentence. */
  readonly sentence: string;
  readonly service: string;
  readonly route: string;
  /** The hop that created the failure; absent while inconclusive. */
  readonly hop?: string;
  readonly cause?: CauseId;
  /** 0 to 1. */
  readonly confidence?: number;
  readonly failing: number;
  readonly total: number;
  readonly firstSeenMs: number;
  /** One failing request to look at. */
  readonly exampleTraceId: string;
  /** The change nearest before the onset, when there is one. */
  readonly change?: Change;
};
