/**
 * OpenFeature: `OpenFeature.addHooks(recordFlags())` puts the flags that a request evaluated into the record of its failure, and
 * `readFlagOf(client)` makes a kill switch of any flag: `createKillSwitch("checkout", { read: readFlagOf(client) })`.
 */
import { noteFlag } from "../capture/note-flag.ts";
import type { FlagReader } from "../resilience/kill-switch.ts";

/** The part of OpenFeature's `HookContext` that is used here. */
type HookContext = { readonly flagKey: string; readonly providerMetadata?: { readonly name: string } };
/** The part of OpenFeature's `EvaluationDetails` that is used here. */
type Details = { readonly value: unknown; readonly variant?: string; readonly reason?: string; readonly errorCode?: string };

/** A hook of `@openfeature/server-sdk`. */
export type FlagHook = { readonly finally: (context: HookContext, details: Details) => void };

/** The hook. It runs at the end of each evaluation, also of one that failed; outside of a request it does nothing. */
export function recordFlags(): FlagHook {
  return {
    finally(context, details) {
      noteFlag({
        timeMs: Date.now(),
        key: context.flagKey,
        variant: details.variant,
        value: details.value,
        // OpenFeature writes reasons in upper case, the semantic conventions in lower case.
        reason: details.reason?.toLowerCase(),
        provider: context.providerMetadata?.name,
        errorType: details.errorCode?.toLowerCase(),
      });
    },
  };
}

/** The part of an OpenFeature client that is used here. */
export type FlagClient = { getBooleanValue(key: string, fallback: boolean): Promise<boolean> };

/** Reads switches from an OpenFeature client. `fallback` is the answer for an unknown flag; default true, which means on. */
export function readFlagOf(client: FlagClient, fallback = true): FlagReader {
  return (name) => client.getBooleanValue(name, fallback);
}
