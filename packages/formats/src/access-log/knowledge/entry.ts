import type { CauseId } from "@faultline/model";

/** One row of a vendor's table: what a code in its log means and where to look next. */
export type CodeKnowledge = {
  /** As the log spells it; a pattern where `matches` says so. */
  readonly code: string;
  readonly meaning: string;
  /** Who wrote the answer or caused the end: the observer itself, what is behind it, the client, the way between. */
  readonly hop: "observer" | "behind" | "client" | "network";
  /** The likely cause, when the code speaks for one. */
  readonly cause?: CauseId;
  readonly nextCheck: string;
  readonly source: string;
  /** H read in the source or official document, M seen verbatim in public, K general knowledge. */
  readonly confidence: "H" | "M" | "K";
  /** The same of its cause, where the source says what happened and not why; L where it is one of several that the code may stand for. */
  readonly causeConfidence?: "M" | "K" | "L";
};
