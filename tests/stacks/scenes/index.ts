import type { Scene } from "../plan.ts";
import { BROKERS } from "./brokers.ts";
import { CALLS } from "./calls.ts";
import { EIGHTH_BATCH } from "./eighth-batch/index.ts";
import { EXCEPTIONS } from "./exceptions.ts";
import { FIFTH_BATCH } from "./fifth-batch/index.ts";
import { FOURTH_BATCH } from "./fourth-batch/index.ts";
import { GATEWAYS } from "./gateways.ts";
import { NEGATIVES } from "./negatives.ts";
import { NINTH_BATCH } from "./ninth-batch/index.ts";
import { RESOURCES } from "./resources.ts";
import { SECOND_BATCH } from "./second-batch/index.ts";
import { SEVENTH_BATCH } from "./seventh-batch/index.ts";
import { SIXTH_BATCH } from "./sixth-batch/index.ts";
import { STORES } from "./stores.ts";
import { THIRD_BATCH } from "./third-batch/index.ts";

/** Every written incident. */
export const SCENES: readonly Scene[] = [
  ...[...EXCEPTIONS, ...STORES, ...BROKERS, ...CALLS, ...GATEWAYS, ...RESOURCES, ...NEGATIVES].map((scene) => ({ ...scene, batch: 4 })),
  ...SECOND_BATCH.map((scene) => ({ ...scene, batch: 5 })),
  ...THIRD_BATCH.map((scene) => ({ ...scene, batch: 6 })),
  ...FOURTH_BATCH.map((scene) => ({ ...scene, batch: 7 })),
  ...FIFTH_BATCH.map((scene) => ({ ...scene, batch: 8 })),
  ...SIXTH_BATCH.map((scene) => ({ ...scene, batch: 9 })),
  ...SEVENTH_BATCH.map((scene) => ({ ...scene, batch: 10 })),
  ...EIGHTH_BATCH.map((scene) => ({ ...scene, batch: 11 })),
  ...NINTH_BATCH.map((scene) => ({ ...scene, batch: 12 })),
];
