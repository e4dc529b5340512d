import type { Scene } from "../../plan.ts";
import { CACHES_AND_SEARCH } from "./caches-and-search.ts";
import { CALLS } from "./calls.ts";
import { CERTIFICATES_AND_QUOTAS } from "./certificates-and-quotas.ts";
import { EDGES } from "./edges.ts";
import { NEGATIVES } from "./negatives.ts";
import { OPEN_QUESTIONS } from "./open-questions.ts";
import { PLATFORMS } from "./platforms.ts";
import { RELEASES_AND_RULES } from "./releases-and-rules.ts";
import { SCHEMAS_AND_SIZES } from "./schemas-and-sizes.ts";
import { STORES } from "./stores.ts";

/** Batch 9: the most common causes in production, on the most common stacks. */
export const COMMON_CAUSES: readonly Scene[] = [
  ...STORES,
  ...CACHES_AND_SEARCH,
  ...CALLS,
  ...CERTIFICATES_AND_QUOTAS,
  ...SCHEMAS_AND_SIZES,
  ...PLATFORMS,
  ...RELEASES_AND_RULES,
  ...EDGES,
  ...NEGATIVES,
  ...OPEN_QUESTIONS,
];
