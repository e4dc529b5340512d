import type { Scene } from "../../plan.ts";
import { CALLS } from "./calls.ts";
import { CHAINS } from "./chains.ts";
import { EDGES } from "./edges.ts";
import { FUNCTIONS } from "./functions.ts";
import { NAMES_AND_CERTIFICATES } from "./names-and-certificates.ts";
import { NEGATIVES } from "./negatives.ts";
import { QUEUES } from "./queues.ts";
import { STORES } from "./stores.ts";

/** Batch 6: queues, functions, GraphQL, chains of gRPC, gateways, caches, names and certificates. */
export const QUEUES_AND_FUNCTIONS: readonly Scene[] = [
  ...QUEUES,
  ...FUNCTIONS,
  ...CHAINS,
  ...EDGES,
  ...STORES,
  ...NAMES_AND_CERTIFICATES,
  ...CALLS,
  ...NEGATIVES,
];
