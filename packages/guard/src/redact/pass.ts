import type { KeyClassifier } from "./names/sensitive-key.ts";
import type { NameTable } from "./names/name-table.ts";
import type { ResolvedPolicy } from "./policy.ts";
import type { Work } from "./work.ts";
import type { Pseudonymizer } from "./pseudonym.ts";

/** What every part of the redactor needs to know while it looks through one value. */
export type Pass = {
  readonly policy: ResolvedPolicy;
  readonly classify: KeyClassifier;
  /** The same verdicts for names where they stand in a text. */
  readonly names: NameTable;
  readonly pseudonym: Pseudonymizer;
  readonly work: Work;
  /** Notes one replaced value by its kind. */
  readonly count: (kind: string) => void;
};

/** How many encodings inside encodings are followed: base64 of JSON of a URL. What lies deeper is left as the opaque text it is. */
export const MAX_ENCODINGS = 4;
