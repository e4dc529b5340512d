import type { CauseId } from "@faultline/model";

/** What is known about one thing that was asked for. */
export type Explanation = {
  readonly title: string;
  readonly meaning: string;
  /** Who makes it, if that can be told. */
  readonly madeBy?: string;
  readonly cause?: CauseId;
  readonly mistakenFor?: string;
  readonly nextCheck?: string;
  readonly source: string;
};
