import type { Scene } from "../../plan.ts";
import { CALLS } from "./calls.ts";
import { CODE } from "./code.ts";
import { NEGATIVES } from "./negatives.ts";
import { STORES } from "./stores.ts";

/** Batch 8: more languages, platforms and cloud services that no earlier batch had. */
export const RARER_PLATFORMS: readonly Scene[] = [...CODE, ...STORES, ...CALLS, ...NEGATIVES];
