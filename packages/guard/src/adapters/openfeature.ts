/**
 * OpenFeature: `OpenFeature.addHooks(recordFlags())` puts the flags that a request evaluated into the record of its failure, and
 * `readFlagOf(client)` makes a kill switch of any flag: `createKillSwitch("checkout", { read: readFlagOf(client) })`.
 */
import { noteFlag } from "../capture/note-flag.ts";
import type { FlagReader } from "../resilience/kill-switch.ts";

/** What is used of OpenFeature's `HookContext`. */
type HookContext = { readonly flagKey: string; readonly providerMetadata?: { readonly name: string } };
/** What is used of OpenFeature's `EvaluationDetails`. */
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
        // OpenFeature shouts, the semantic conventions do not.
        reason: details.reason?.toLowerCase(),
        provider: context.providerMetadata?.name,
        errorType: details.errorCode?.toLowerCase(),
      });
    },
  };
}

/** What is used of an OpenFeature client. */
export type FlagClient = { getBooleanValue(key: string, fallback: boolean): Promise<boolean> };

/** Reads switches from an OpenFeature client. `fallback` is what it answers for a flag that it does not know: default true, which is on. */
export function readFlagOf(client: FlagClient, fallback = true): FlagReader {
  return (name) => client.getBooleanValue(name, fallback);
}
