import { createNameTriggers, type NameTriggers } from "./names/name-trigger.ts";

/**
 * What is taken out of telemetry before it leaves memory. Everything is on unless it is said otherwise here; credentials cannot be
 * switched off, because nobody has ever needed one in a log.
 */
export type RedactionPolicy = {
  /** Email addresses: an email-shaped pseudonym (default), or `keep`. */
  readonly emails?: "pseudonym" | "keep";
  /** IP addresses: `keep` (default), `public` replaces those of the open internet, `all` every one but loopback. */
  readonly ipAddresses?: "keep" | "public" | "all";
  /** Values under keys that name a person's data (phone, date of birth, passport, ...): a marker (default), or `keep`. */
  readonly personal?: "marker" | "keep";
  /** Further names whose values are secret, whatever their case and separators: `x-tenant-proof`. */
  readonly keys?: readonly string[];
  /** Names whose values are never secret by name; patterns are still looked for inside. */
  readonly safeKeys?: readonly string[];
  /** Longest body that is looked through, characters; the rest is dropped, never sent unread. Default 65,536. */
  readonly maxBodyLength?: number;
  /** Longest single text that is looked through, characters; the rest is dropped. Default 1,048,576. */
  readonly maxTextLength?: number;
  /** Deepest nesting of objects, and of encodings inside encodings, that is followed; what lies deeper is dropped. Default 32. */
  readonly maxDepth?: number;
  /** Most members of one object or array that are looked at; the rest is dropped and counted in its place. Default 1,000. */
  readonly maxMembers?: number;
  /** Makes pseudonyms agree between processes of one incident. Default: random for each redactor. */
  readonly pseudonymKey?: string;
};

/** A policy with every default filled in. */
export type ResolvedPolicy = Required<Omit<RedactionPolicy, "pseudonymKey">> & {
  readonly pseudonymKey: string | undefined;
  /** What a name must have in it to lead to a secret. */
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
