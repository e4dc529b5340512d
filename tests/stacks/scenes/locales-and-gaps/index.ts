import type { Scene } from "../../plan.ts";
import { NEW_CAUSES } from "./new-causes.ts";
import { NEGATIVES } from "./negatives.ts";
import { FURTHER_NEW_CAUSES } from "./further-new-causes.ts";
import { FURTHER_LOCALES } from "./further-locales.ts";
import { GAPS } from "./gaps.ts";
import { LOCALES } from "./locales.ts";

/** Batch 12: errors in the language that a locale chose, telemetry with gaps, new causes, and what fails by design. */
export const LOCALES_AND_GAPS: readonly Scene[] = [
  ...LOCALES,
  ...FURTHER_LOCALES,
  ...GAPS,
  ...NEW_CAUSES,
  ...FURTHER_NEW_CAUSES,
  ...NEGATIVES,
];
