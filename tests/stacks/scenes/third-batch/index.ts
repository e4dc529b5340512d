import type { Scene } from "../../plan.ts";
import { CALLS } from "./calls.ts";
import { CHAINS } from "./chains.ts";
import { EDGES } from "./edges.ts";
import { FUNCTIONS } from "./functions.ts";
import { NAMES_AND_CERTIFICATES } from "./names-and-certificates.ts";
import { NEGATIVES } from "./negatives.ts";
import { QUEUES } from "./queues.ts";
import { STORES } from "./stores.ts";

/** The scenes of the third batch: all of them were written, with the right answers, before one verdict on any of them was seen. */
export const THIRD_BATCH: readonly Scene[] = [
  ...QUEUES,
  ...FUNCTIONS,
  ...CHAINS,
  ...EDGES,
  ...STORES,
  ...NAMES_AND_CERTIFICATES,
  ...CALLS,
  ...NEGATIVES,
];
