import type { Scene } from "../../plan.ts";
import { AFRESH } from "./afresh.ts";
import { CALM } from "./calm.ts";
import { FURTHER_AFRESH } from "./further-afresh.ts";
import { FURTHER_TONGUES } from "./further-tongues.ts";
import { GAPS } from "./gaps.ts";
import { TONGUES } from "./tongues.ts";

/** The scenes of the ninth batch: all of them were written, with the right answers, before one verdict on any of them was seen. */
export const NINTH_BATCH: readonly Scene[] = [...TONGUES, ...FURTHER_TONGUES, ...GAPS, ...AFRESH, ...FURTHER_AFRESH, ...CALM];
