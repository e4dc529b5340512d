import type { Scene } from "../../plan.ts";
import { BROKERS } from "./brokers.ts";
import { CALLS } from "./calls.ts";
import { EXCEPTIONS } from "./exceptions.ts";
import { GATEWAYS } from "./gateways.ts";
import { NEGATIVES } from "./negatives.ts";
import { RESOURCES } from "./resources.ts";
import { STORES } from "./stores.ts";

/** Batch 4, the first of written incidents: the basic kinds of fault, on runtimes other than Node. */
export const BASIC_FAULTS: readonly Scene[] = [...EXCEPTIONS, ...STORES, ...BROKERS, ...CALLS, ...GATEWAYS, ...RESOURCES, ...NEGATIVES];
