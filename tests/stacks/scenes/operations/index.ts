import type { Scene } from "../../plan.ts";
import { CONNECTIONS } from "./connections.ts";
import { NAMES_AND_SECRETS } from "./names-and-secrets.ts";
import { NEGATIVES } from "./negatives.ts";
import { PLATFORMS } from "./platforms.ts";
import { STORES } from "./stores.ts";

/** Batch 13: what operators meet, each with a part of its telemetry missing. */
export const OPERATIONS: readonly Scene[] = [...STORES, ...NAMES_AND_SECRETS, ...CONNECTIONS, ...PLATFORMS, ...NEGATIVES];
