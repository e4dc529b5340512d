/** Where a piece of evidence was read. */
export type EvidenceSource = "span" | "log" | "access-log" | "header" | "body" | "metric" | "deploy" | "probe";

/** One reason for or against a statement, as a person may check it. */
export type Evidence = {
  /** One sentence in plain words. */
  readonly statement: string;
  /** The measurement behind it: numbers with their units, ids, the exact text. */
  readonly measured: string;
  readonly source: EvidenceSource;
  /** How much it speaks, in nats of log-odds: 0.5 weak, 1 fair, 2 strong, 4 nearly proof. Never negative: see `against`. */
  readonly weight: number;
};
