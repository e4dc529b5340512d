import type { Scene } from "../../plan.ts";
import { CALLS } from "./calls.ts";
import { CODE } from "./code.ts";
import { NEGATIVES } from "./negatives.ts";
import { SETTINGS } from "./settings.ts";
import { STORES } from "./stores.ts";

/** The scenes of the fourth batch: all of them were written, with the right answers, before one verdict on any of them was seen. */
export const FOURTH_BATCH: readonly Scene[] = [...CODE, ...STORES, ...CALLS, ...SETTINGS, ...NEGATIVES];
