import type { Scope } from "./diagnosis.ts";

/** A ratio with the bounds of its interval, all 0 to 1. */
export type Interval = { readonly ratio: number; readonly lower: number; readonly upper: number };

/** The answer of detect for one scope: is there a server-error problem, and how sure is that? */
export type Detection = {
  readonly scope: Scope;
  /** `firing`: certainly above what is normal here. `quiet`: certainly not. `too-few`: not enough requests to say. */
  readonly state: "firing" | "quiet" | "too-few";
  readonly errorRatio: Interval;
  /** The same scope before the window, when it was seen. */
  readonly baselineRatio?: Interval;
  /** The reason for `state`, in one sentence with counts. */
  readonly because: string;
};
