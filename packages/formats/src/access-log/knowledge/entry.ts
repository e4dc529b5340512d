import type { CauseId } from "@faultline/model";

/** One row of a vendor's table: the meaning of a code in its log, and where to look next. */
export type CodeKnowledge = {
  /** As the log spells it, or a pattern for tables that say so. */
  readonly code: string;
  readonly meaning: string;
  /** Who wrote the answer or caused the end: the observer itself, the hop behind it, the client, or the network. */
  readonly hop: "observer" | "behind" | "client" | "network";
  /** The likely cause, if the code suggests one. */
  readonly cause?: CauseId;
  readonly nextCheck: string;
  readonly source: string;
  /** H: read in the source or official document. M: seen verbatim in public. K: general knowledge. */
  readonly confidence: "H" | "M" | "K";
  /** The same for the cause, if the source says what happened but not why. L: one of several causes that the code may stand for. */
  readonly causeConfidence?: "M" | "K" | "L";
};
