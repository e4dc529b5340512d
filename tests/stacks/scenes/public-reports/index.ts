import type { Scene } from "../../plan.ts";
import { BROKERS } from "./brokers.ts";
import { CALLS } from "./calls.ts";
import { CODE } from "./code.ts";
import { DECOYS } from "./decoys.ts";
import { GATEWAYS } from "./gateways.ts";
import { NEGATIVES } from "./negatives.ts";
import { PLATFORMS } from "./platforms.ts";
import { STORES } from "./stores.ts";

/** Batch 5: scenes based on public reports and documentation, some beside decoys. */
export const PUBLIC_REPORTS: readonly Scene[] = [
  ...CODE,
  ...STORES,
  ...BROKERS,
  ...CALLS,
  ...GATEWAYS,
  ...PLATFORMS,
  ...DECOYS,
  ...NEGATIVES,
];
