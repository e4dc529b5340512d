import type { Scene } from "../../plan.ts";
import { BROKERS } from "./brokers.ts";
import { CALLS } from "./calls.ts";
import { CODE } from "./code.ts";
import { DECOYS } from "./decoys.ts";
import { GATEWAYS } from "./gateways.ts";
import { NEGATIVES } from "./negatives.ts";
import { PLATFORMS } from "./platforms.ts";
import { STORES } from "./stores.ts";

/** The scenes written after the engine had learned from the first ones: all of them before one verdict on any of them was seen. */
export const SECOND_BATCH: readonly Scene[] = [
  ...CODE,
  ...STORES,
  ...BROKERS,
  ...CALLS,
  ...GATEWAYS,
  ...PLATFORMS,
  ...DECOYS,
  ...NEGATIVES,
];
