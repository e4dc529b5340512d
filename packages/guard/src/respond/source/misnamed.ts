/**
 * Tells a value that the client left out from one that the code asks for by a wrong name: where something else that the request has would have
 * done, under a name that the code never reads or one that is nearly the same, the code may be mistaken, and nothing is proven.
 */
import type { Claim } from "./claim.ts";
import { isNothing } from "./run/values.ts";

/** A value, and where it was looked for: `holder` is what has no member `key`. `isText` where all values are texts. */
export type Found = {
  readonly value: unknown;
  readonly holder?: unknown;
  readonly key?: string | undefined;
  readonly isText: boolean;
  /** Is it, or was it looked for in, the headers? */
  readonly isHeaders?: boolean | undefined;
};

const MAX_MEMBERS = 200;

function simplify(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
  return plain.length > 3 && plain.endsWith("s") ? plain.slice(0, -1) : plain;
}

/** Are two names nearly the same, so that one may stand for the other by mistake? They have the same letters, or differ in a few at one place. */
export function isNear(one: string, other: string): boolean {
  const [a = [], b = []] = [one, other].map((name) => simplify(name).split(""));
  const longer = Math.max(a.length, b.length);
  let same = 0;
  while (same < longer && a[same] === b[same]) same += 1;
  for (let end = 1; same < longer && a.at(-end) === b.at(-end); end++) same += 1;
  return longer - same <= (longer > 5 ? 2 : longer > 3 ? 1 : 0) || (longer < 33 && a.sort().join() === b.sort().join());
}

/** Does every value of this kind have something that is nearly named so, and would have done? */
function hasNearBuiltIn(holder: unknown, key: string, claim: Claim): boolean {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(holder)).some(
    (name) => isNear(name, key) && claim.would((holder as Record<string, unknown>)[name]),
  );
}

/** What a proxy puts in front of a service is not the client's to send. */
const OF_PROXIES = /^(?:x-)?(?:forwarded|real-|original-|amzn-|cf-|via)/;

/** Names of headers are many, and all hold texts: only one that is nearly the same says something, or letters that Node never has there. */
function isHeaderMisnamed(holder: object, key: string): boolean {
  return key !== key.toLowerCase() || OF_PROXIES.test(key) || Object.keys(holder).some((name) => isNear(name, key));
}

function isMemberMisnamed(
  holder: object,
  key: string,
  { claim, names }: { readonly claim: Claim; readonly names: ReadonlySet<string> },
): boolean {
  // Every list has a length.
  const isOwn = claim.reads && Object.hasOwn(holder, claim.reads);
  if (isOwn && !(Array.isArray(holder) && claim.reads === "length")) return true;
  const members = Object.entries(holder).slice(0, MAX_MEMBERS);
  // `filter[name]` and `filter.name` are parts of `filter`, for a parser that takes them so.
  if (members.some(([name]) => name.startsWith(`${key}[`) || name.startsWith(`${key}.`))) return true;
  // What was read next may stand one level below.
  if (
    members.some(
      ([, value]) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key) && claim.would((value as Record<string, unknown>)[key]),
    )
  )
    return true;
  // Two of: it would have done, the code never reads it, it is nearly the same.
  return members.some(([name, value]) => {
    const wouldDo = claim.would(value);
    return wouldDo === names.has(name) ? isNear(name, key) : wouldDo;
  });
}

/** Would something else that the request has have done? */
export function wouldAnotherDo(found: Found, claim: Claim, names: ReadonlySet<string>): boolean {
  const { holder, key, isText } = found;
  // What the request has under this very name, it has: of the wrong kind, or null.
  if (key === undefined) return false;
  // Of nothing only `?.` reads: then it need not be there.
  if (isNothing(holder)) return true;
  // The code itself reckons with its absence.
  if (isNothing((holder as Record<string, unknown>)[key]) && names.has(`${key}?`)) return true;
  if (typeof holder !== "object") return isText || hasNearBuiltIn(holder, key, claim);
  if (Object.hasOwn(holder, key)) return found.value === undefined;
  if (Array.isArray(holder) && /^\d+$/.test(key)) return false;
  if (Array.isArray(holder) && hasNearBuiltIn(holder, key, claim)) return true;
  if (found.isHeaders) return isHeaderMisnamed(holder, key);
  return isMemberMisnamed(holder, key, { claim, names });
}
