import type { Scene } from "../../plan.ts";
import { CALLS } from "./calls.ts";
import { CODE } from "./code.ts";
import { NEGATIVES } from "./negatives.ts";
import { SETTINGS } from "./settings.ts";
import { STORES } from "./stores.ts";

/** Batch 7: languages, frameworks and stores that no earlier batch had, and settings. */
export const RARER_STACKS: readonly Scene[] = [...CODE, ...STORES, ...CALLS, ...SETTINGS, ...NEGATIVES];
