/** Judges entries that were looked for in vain, and what the app throws on purpose: is it the client who asked for what cannot be there? */
import type { Claim } from "../claim.ts";
import { isFault, type Question, toData } from "../fault.ts";
import { collectNames } from "../names/names-read.ts";
import { isNear } from "../misnamed.ts";
import { listSent, type RecordedInput, readParams } from "../request-parts.ts";
import type { Replay } from "../run/replay.ts";
import { type Spot, Stop } from "../run/spot.ts";
import { isNothing, type Lookup, sourceOf, thingOf } from "../run/values.ts";
import { readThrow } from "./deliberate-throw.ts";
import { isKeyLike, isNoKey } from "./odd-keys.ts";

/** Does the request have the key itself, under a name that the code never reads, or within what was taken for one? */
function hasBetter(replay: Replay, { key, would, of: collection }: Lookup, parsed: unknown): boolean {
  const names = new Set([...replay.passed].flatMap(collectNames));
  // Which keys came with requests, nobody sees.
  const isAny = collection !== undefined && isNothing(key.data);
  const isIn = (of: unknown, isWithin: boolean): boolean =>
    typeof of === "object" &&
    of !== null &&
    Object.entries(of).some(([name, value]) => (isWithin || !names.has(name)) && (would(value) || (isAny && isKeyLike(value))));
  return isIn(parsed, thingOf(key) !== undefined) || (thingOf(key) !== undefined && isIn(toData(key), true));
}

/** Names that say nothing of what is kept under them. */
const GENERAL = /^(?:rows|items|entries|records|data|store|db|list|all|map|table|index|by[A-Z]\w*)$/;
/** What a name may end in, behind what is kept. */
const HOLDERS = /By[A-Z].*$|_?(?:map|store|table|list|index|db)$/i;

/** Is a collection the one that the path speaks of: `/orders/:id`, of `orders` or `openOrders`, and not of `customers`? */
function isOfPath(of: string, key: string, input: RecordedInput): boolean {
  const [parameter = ""] = Object.entries(readParams(input) ?? {}).find(([, value]) => value === key) ?? [];
  const parts = (input.route ?? "").split("/");
  const at = parts.findIndex((part) => /\w+/.exec(part)?.[0] === parameter && /^\W/.test(part));
  const before = parts[at - 1] ?? "";
  const isMeant = (word: string): boolean =>
    isNear(word, before) || isNear(word, parameter) || parameter.toLowerCase().startsWith(word.toLowerCase().replace(/(?<=..)s$/, ""));
  // Behind the key something else may be asked for; and it is the last word that says what is kept: `openOrders`, `ordersById`, and not `orderItems`.
  if (before === "" || GENERAL.test(of)) return before === "" || at === parts.length - 1;
  const kept = of.replace(HOLDERS, "");
  return [kept, kept.split(/(?=[A-Z])|_/).at(-1) as string].some((word) => word !== "" && isMeant(word));
}

/** Is a collection that is filled as requests come asked for the very value that was sent, and is it the one that is meant? */
function isVeryKey({ key, of }: Lookup, input: RecordedInput): boolean {
  const { data } = key;
  if (of === undefined || isNoKey(data)) return true;
  const text = String(data);
  return listSent(input).includes(text) && (!sourceOf(key)?.isPath || isOfPath(of, text, input));
}

function isKeyAtFault(replay: Replay, lookup: Lookup, { claim, input }: Question): boolean {
  const { key, node, would } = lookup;
  const { host } = input.headers;
  if (!isFault(replay, { value: key, node }, { claim: { ...claim, would, reads: undefined }, as: "key" })) return false;
  const data = toData(key);
  // A word that the app writes itself may be a key of what should have been asked; and which host is asked, is not the client's choice.
  const isWritten = typeof data === "string" && data !== "" && (replay.says(data) || replay.says(`${data}:`));
  return !isWritten && (host === undefined || data !== host) && isVeryKey(lookup, input) && !hasBetter(replay, lookup, input.parsed);
}

/** Ends it, where entries were looked for that are not there: as absent where the path names one. */
export function judgeLookups(replay: Replay, lookups: readonly Lookup[], question: Question): never {
  if (!lookups.every((each) => isKeyAtFault(replay, each, question))) throw new Stop("refuted");
  throw new Stop(lookups.some(({ key }) => sourceOf(key)?.isPath) ? "absent" : "proven");
}

/** Ends it where the app throws on purpose. */
export function judgeThrow(replay: Replay, spot: Extract<Spot, { readonly kind: "throw" }>, question: Question): never {
  const reasons = question.isBelieved ? undefined : readThrow(replay, spot, question.message);
  if (!reasons) throw new Stop("unclear");
  const claim: Claim = { ...question.claim, would: (value) => !isNothing(value) && value !== "", reads: undefined };
  if (!reasons.odd.every((each) => isFault(replay, each, { claim, as: "refused" }))) throw new Stop("refuted");
  judgeLookups(replay, reasons.lookups, question);
}
