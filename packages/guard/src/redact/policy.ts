import { createNameTriggers, type NameTriggers } from "./names/name-trigger.ts";

/**
 * What is removed from telemetry before it leaves memory. Everything is on unless noted otherwise here; redaction of credentials cannot be
 * switched off, because nobody has ever needed one in a log.
 */
export type RedactionPolicy = {
  /** Email addresses: an email-shaped pseudonym (default), or `keep`. */
  readonly emails?: "pseudonym" | "keep";
  /** IP addresses: `keep` (default), `public` replaces those of the open internet, `all` every one but loopback. */
  readonly ipAddresses?: "keep" | "public" | "all";
  /** Values under names of personal data (phone, date of birth, passport, ...): a marker (default), or `keep`. */
  readonly personal?: "marker" | "keep";
  /** Further names whose values are secret, regardless of case and separators: `x-tenant-proof`. */
  readonly keys?: readonly string[];
  /** Names that never make a value secret; patterns are still searched for in their values. */
  readonly safeKeys?: readonly string[];
  /** The longest body that is read, in characters; the rest is dropped, never sent unread. Default 65,536. */
  readonly maxBodyLength?: number;
  /** The longest single text that is read, in characters; the rest is dropped. Default 1,048,576. */
  readonly maxTextLength?: number;
  /** The deepest nesting of objects, and of encodings, that is followed; anything deeper is dropped. Default 32. */
  readonly maxDepth?: number;
  /** The most members of one object or array that are read; the rest is dropped and replaced by its count. Default 1,000. */
  readonly maxMembers?: number;
  /** A key that makes pseudonyms agree between the processes of one incident. Default: random for each redactor. */
  readonly pseudonymKey?: string;
};

/** A policy with every default filled in. */
export type ResolvedPolicy = Required<Omit<RedactionPolicy, "pseudonymKey">> & {
  readonly pseudonymKey: string | undefined;
  /** What a name must contain to lead to a secret. */
  readonly nameTriggers: NameTriggers;
};

/** Fills in the defaults. */
export function resolvePolicy(policy: RedactionPolicy): ResolvedPolicy {
  return {
    emails: policy.emails ?? "pseudonym",
    ipAddresses: policy.ipAddresses ?? "keep",
    personal: policy.personal ?? "marker",
    keys: policy.keys ?? [],
    safeKeys: policy.safeKeys ?? [],
    maxBodyLength: policy.maxBodyLength ?? 65_536,
    maxTextLength: policy.maxTextLength ?? 1_048_576,
    maxDepth: policy.maxDepth ?? 32,
    maxMembers: policy.maxMembers ?? 1_000,
    pseudonymKey: policy.pseudonymKey,
    nameTriggers: createNameTriggers(policy.keys ?? []),
  };
}
