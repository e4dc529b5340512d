import type { Scene } from "../plan.ts";
import { BASIC_FAULTS } from "./basic-faults/index.ts";
import { BY_STACK } from "./by-stack/index.ts";
import { COMMON_CAUSES } from "./common-causes/index.ts";
import { LOCALES_AND_GAPS } from "./locales-and-gaps/index.ts";
import { OPERATIONS } from "./operations/index.ts";
import { POST_MORTEMS } from "./post-mortems/index.ts";
import { PUBLIC_REPORTS } from "./public-reports/index.ts";
import { QUEUES_AND_FUNCTIONS } from "./queues-and-functions/index.ts";
import { RARER_PLATFORMS } from "./rarer-platforms/index.ts";
import { RARER_STACKS } from "./rarer-stacks/index.ts";

/** Batches 1 to 3 are recorded incidents. */
const FIRST_WRITTEN_BATCH = 4;

/** The batches of written incidents, in the order in which they were written. */
const BATCHES: readonly (readonly Scene[])[] = [
  BASIC_FAULTS,
  PUBLIC_REPORTS,
  QUEUES_AND_FUNCTIONS,
  RARER_STACKS,
  RARER_PLATFORMS,
  COMMON_CAUSES,
  BY_STACK,
  POST_MORTEMS,
  LOCALES_AND_GAPS,
  OPERATIONS,
];

/** Every written incident. All scenes of a batch, and their right answers, were written before a verdict on any of them was seen. */
export const SCENES: readonly Scene[] = BATCHES.flatMap((scenes, index) =>
  scenes.map((scene) => ({ ...scene, batch: FIRST_WRITTEN_BATCH + index })),
);
