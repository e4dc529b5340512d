/**
 * Entries that the app has not, and that the request has asked for by their key: in maps, lists, tables and rows of a database. Whether it is the client
 * who is wrong, or the app that forgot one, the key and the collection tell together. See docs/decisions/0501.
 */
import { isNear } from "../misnamed.ts";
import { remember } from "../names/remember.ts";
import type { Call, Replay } from "../run/replay.ts";
import { namesOf } from "../run/tree-search.ts";
import {
  isKnown,
  isNothing,
  keysOf,
  makeThing,
  NOTHING,
  readOwn,
  ROW,
  Scope,
  sourceOf,
  type Thing,
  thingOf,
  type Value,
} from "../run/values.ts";
import type { Code, Node, NodeOf, ScriptTree } from "../parse/syntax.ts";
import { CHANGES, isEnsured } from "./changes.ts";
import { isFilledFor, isRemade, lastName } from "./fills.ts";
import { isKeyLike, isNoKey, isOdd } from "./odd-keys.ts";

/** What is seen of the keys of a collection, and how they are compared. */
type Keys = {
  readonly seen: readonly unknown[];
  /** Is a number another key than its text? */
  readonly isStrict: boolean;
  /** Of a list: the member of its elements that is compared. */
  readonly member?: string | undefined;
  /** Where it is known what the collection is called. */
  readonly named: Thing["named"];
};

/** A key that is asked for, and how it is written. */
type Wanted = { readonly key: Value; readonly node: Node | undefined };

const MAX_KEYS = 300;

/** What a client may have to send for a key to be asked for. */
function candidatesFor(key: unknown, isText: boolean): readonly unknown[] {
  const text = String(key);
  return [...(isText ? [] : [key]), text, text.toLowerCase(), text.toUpperCase()];
}

/** The test whether what the code makes of another value is a key of the collection. */
function toReach(key: Value, { seen, isStrict }: Keys): (other: unknown) => boolean {
  const remake = sourceOf(key)?.remake;
  return (other) => {
    try {
      const made = remake ? remake(other) : other;
      return seen.some((each) => (isStrict ? each === made : isKeyLike(made) && String(each) === String(made)));
    } catch {
      return false;
    }
  };
}

/** Does a key come from the request as it was sent, or made of it in a way that can be tried on another? */
function isSent({ key }: Wanted, { seen, member }: Keys): boolean {
  const source = sourceOf(key);
  if (!source || source.isSpoilt || source.isMixed || source.isStandIn || !isKnown(key) || seen.length > MAX_KEYS) return false;
  // Of a list that nobody sees anything of, nobody knows what its elements have.
  if (seen.length > 0) return true;
  // Nor whether what the code makes of a text is what it made when it put it there.
  return member === undefined && (!source.remake || typeof key.data === "number");
}

/** The scripts of which a function was run. */
const scriptsOf = ({ passed }: Replay): ReadonlySet<ScriptTree> => new Set([...passed].map(({ script }) => script));

/** What an entry may be that is asked for by a key of the request and is not there; undefined where the app may be what is wrong. */
function lookFor(replay: Replay, wanted: Wanted, keys: Keys): Value | undefined {
  if (!isSent(wanted, keys)) return undefined;
  const { key, node } = wanted;
  const { seen, named, isStrict, member } = keys;
  const data = thingOf(key) ? {} : key.data;
  const would = toReach(key, keys);
  const isText = sourceOf(key)?.isText ?? false;
  const isSeen = seen.length > 0;
  const isKept = named !== undefined && isFilledFor(named, { node, data: key.data, member, isStrict, isSeen }, scriptsOf(replay));
  // What can never be found, whatever is asked for, is looked for by mistake.
  if (isSeen ? !seen.some((each) => candidatesFor(each, isText).some(would)) : !isKept) return undefined;
  // A header has parts, which it is for the code to take apart.
  if (!isKept && (sourceOf(key)?.isHeaders ? !isNoKey(data) : !isOdd(data, seen))) return undefined;
  if (isKeyLike(data) && seen.some((each) => (isStrict ? each === data : String(each) === String(data)))) return undefined;
  return { data: Symbol("looked up"), source: undefined, lookup: { key, node, would, of: isKept ? named.name : undefined } };
}

/** What a map or a set has under a key. */
export function lookInMap(replay: Replay, thing: Thing, { given: [key = NOTHING], node }: Omit<Call, "self">): Value | undefined {
  if (node.type !== "call" || !sourceOf(key) || thing.isTouched) return undefined;
  const isGot = node.of.type === "member" && node.of.key === "get";
  if (isGot && thing.named && isEnsured(thing.named, replay.passed)) return undefined;
  const seen = [...(thing.entries ?? [])].map(([each]) => each);
  return lookFor(replay, { key, node: node.given[0] }, { seen, isStrict: true, named: thing.named });
}

/** What else a thing may be than a table that is written out. */
const OTHERS = ["items", "entries", "host", "real", "base", "code", "native", "promised", "global", "made"] as const;

/** What a table has under a name that is computed. */
export function lookInTable(replay: Replay, of: Value, { key, node }: { readonly key: Value; readonly node: Node }): Value | undefined {
  const thing = thingOf(of);
  if (!thing || !sourceOf(key) || sourceOf(of) || thing.isTouched || OTHERS.some((each) => thing[each] !== undefined)) return undefined;
  if (isKnown(key) && isKeyLike(key.data) && readOwn(thing, String(key.data))) return undefined;
  return lookFor(replay, { key, node }, { seen: keysOf(thing), isStrict: false, named: thing.named });
}

function hasName(node: Node, names: readonly string[]): boolean {
  if (node.type === "name") return names.includes(node.name);
  if (node.type === "member") return hasName(node.of, names);
  return node.type === "call" && (hasName(node.of, names) || node.given.some((each) => hasName(each, names)));
}

/** What a function compares with each element: what it reads of it, and the other side. */
function readComparison(code: Code): { readonly mine: Node; readonly other: Node; readonly isStrict: boolean } | undefined {
  const { parameters, statements } = code.read();
  const [parameter] = parameters;
  const [only, more] = statements;
  const node = only?.type === "return" ? only.of : undefined;
  if (!parameter || more || node?.type !== "binary" || !/^===?$/.test(node.sign)) return undefined;
  const names = namesOf(parameter);
  const [isFirst, isSecond] = [hasName(node.first, names), hasName(node.second, names)];
  if (isFirst === isSecond) return undefined;
  return { mine: isFirst ? node.first : node.second, other: isFirst ? node.second : node.first, isStrict: node.sign.length === 3 };
}

/** What `find` gives in a list of the app's own. */
function find(replay: Replay, thing: Thing, callee: Thing): Value | undefined {
  const { code, scope: around } = callee;
  const comparison = code && readComparison(code);
  if (!comparison) return undefined;
  const { mine, other, isStrict } = comparison;
  const key = replay.evaluate(other, new Scope(around));
  if (!sourceOf(key)) return undefined;
  const [parameter] = code.read().parameters as readonly [Node];
  const seen = (thing.items ?? []).slice(0, MAX_KEYS).flatMap((each) => {
    const scope = new Scope(around);
    for (const name of namesOf(parameter)) scope.names.set(name, { value: NOTHING, level: replay.level });
    replay.assign(parameter, each, scope);
    const { data } = replay.evaluate(mine, scope);
    return isKeyLike(data) ? [data] : [];
  });
  return lookFor(replay, { key, node: other }, { seen, isStrict, named: thing.named, member: lastName(mine) });
}

/** What `find` gives in a list of the app's own, or whether `includes` says yes. */
export function lookInList(replay: Replay, name: string, { self, given: [first] }: Call): Value | undefined {
  const thing = thingOf(self);
  if (!thing) return undefined;
  if (CHANGES.test(name)) thing.isTouched = true;
  const { items = [], named } = thing;
  if (!first || thing.isTouched || thing.source || items.some((each) => sourceOf(each))) return undefined;
  const callee = thingOf(first);
  if (name === "find") return callee && find(replay, thing, callee);
  if (name !== "includes" || !sourceOf(first)) return undefined;
  const seen = items.map(({ data }) => data).filter(isKeyLike);
  return seen.length === items.length ? lookFor(replay, { key: first, node: undefined }, { seen, isStrict: true, named }) : undefined;
}

/** One row by one column: `select ... from rooms where number = ?`. */
const ONE_ROW =
  /^\s*select\s(?!.*\b(?:join|union|group)\b).*?\sfrom\s+"?(\w+)"?\s+where\s+"?(\w+)"?\s*=\s*(?:\?|\$1)\s*(?:limit 1\s*)?;?\s*$/is;

/** A statement of a database that a text is made into. */
function toStatement([text, more]: readonly Value[]): Value | undefined {
  if (more || typeof text?.data !== "string" || text.source) return undefined;
  return { data: makeThing({ isOpen: true, statement: text.data }), source: undefined };
}

/** Is a statement one that only looks? */
const LOOKS = /^\s*select\b/i;

const filled = remember<boolean>();

/** Do rows of a table come with requests, under the very key that is asked for, as far as the scripts show? */
function isTableFilled(scripts: ReadonlySet<ScriptTree>, table: string, names: readonly string[]): boolean {
  const [first] = scripts;
  if (!first) return false;
  const question = `${table} ${names.join()} ${[...scripts].map(({ file }) => file).join()}`;
  const isFilled = (): boolean => {
    const insert = new RegExp(`into\\W+${table}\\b[^;]{0,400}?values\\s*\\((?:[^)]*,)?\\s*[?:@$]`, "i");
    return [...scripts].some(({ text }) => insert.test(text)) && !isRemade(scripts, names);
  };
  return filled(first, isFilled, question);
}

/** The one row that a value of the request names, where it may not be there. */
function askRow(
  replay: Replay,
  statement: string,
  { given: [key, more], node }: Pick<Call, "given"> & { readonly node: NodeOf<"call"> },
): Value | undefined {
  if (!key || more) return undefined;
  const source = sourceOf(key);
  const [, table = "", column = ""] = ONE_ROW.exec(statement) ?? [];
  const { data } = key;
  if (!column || !source || source.isSpoilt || source.isMixed || !isKnown(key) || !(isKeyLike(data) || isNothing(data))) return undefined;
  // A row that another value than the path names may be the app's to have: only what no row could have is not.
  if (!source.isPath && !isNoKey(data)) return undefined;
  const asked = lastName(node.given[0]) ?? "";
  const isOfBoth = asked.toLowerCase() === `${table.replace(/s$/, "")}${column}`.toLowerCase();
  if (!isOfBoth && ![table, column].some((name) => isNear(name, asked))) return undefined;
  const scripts = scriptsOf(replay);
  const isNumber = /^\d+$/.test(String(data));
  if (!isNoKey(data) && !isNumber && !isTableFilled(scripts, table, [asked, column])) return undefined;
  return { data: Symbol("row"), source: undefined, lookup: { key, node: node.given[0], would: () => false, of: table } };
}

/** What a database gives: a statement, or the one row that a value of the request names. */
export function askDatabase(replay: Replay, { self, given, node }: Call): Value | undefined {
  if (node.type !== "call" || node.of.type !== "member") return undefined;
  const { key: method } = node.of;
  if (method === "prepare") return toStatement(given);
  const { statement = "" } = thingOf(self) ?? {};
  if (method === "exec" || (statement && !LOOKS.test(statement))) replay.hasWritten = true;
  if (!statement) return undefined;
  return (method === "get" && !replay.hasWritten && askRow(replay, statement, { given, node })) || ROW;
}
