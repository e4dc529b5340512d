import type { Scene } from "../../plan.ts";
import { CALLS } from "./calls.ts";
import { CODE } from "./code.ts";
import { NEGATIVES } from "./negatives.ts";
import { STORES } from "./stores.ts";

/** The scenes of the fifth batch: all of them were written, with the right answers, before one verdict on any of them was seen. */
export const FIFTH_BATCH: readonly Scene[] = [...CODE, ...STORES, ...CALLS, ...NEGATIVES];
