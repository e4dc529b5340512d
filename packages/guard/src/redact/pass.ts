import type { KeyClassifier } from "./names/sensitive-key.ts";
import type { NameTable } from "./names/name-table.ts";
import type { ResolvedPolicy } from "./policy.ts";
import type { Work } from "./work.ts";
import type { Pseudonymizer } from "./pseudonym.ts";

/** What every part of the redactor needs while it redacts one value. */
export type Pass = {
  readonly policy: ResolvedPolicy;
  readonly classify: KeyClassifier;
  /** The same verdicts, for names looked up in place within a text. */
  readonly names: NameTable;
  readonly pseudonym: Pseudonymizer;
  readonly work: Work;
  /** Counts one replaced value by its kind. */
  readonly count: (kind: string) => void;
};

/** How many nested encodings are followed, such as base64 of JSON of a URL. Anything deeper is left as opaque text. */
export const MAX_ENCODINGS = 4;
