/** Whether the app puts entries into a collection as requests come, under the very keys that it is asked for by: then one that is not there need not have been forgotten. */
import { codesAround } from "../names/codes-around.ts";
import { remember } from "../names/remember.ts";
import { isNear } from "../misnamed.ts";
import type { Named } from "../run/values.ts";
import type { Node, ScriptTree } from "../parse/syntax.ts";
import type { Token } from "../parse/tokens.ts";
import { type Change, findChanges, isChangedElsewhere, isDropDoubtful, isSteady } from "./changes.ts";

/** What loads a collection at the start, registers what the app itself has, or keeps what is to be had elsewhere, does not fill it as requests come. */
const LOADS =
  /load|fetch|init|warm|seed|refresh|sync|boot|start|cach|popul|memo|setup|receiv|consum|ingest|listen|poll|subscri|message|event|import|regist|defin|declar|config|provid|translat|install|^on/i;
const FILLS = /^(?:set|add|push|unshift|=)$/;

/** What makes a text, and what makes a number. */
const TEXT = /^(?:`.*|["'].*|[sS]tring|randomUUID|nanoid|crypto|uuid\w*|ulid)$/s;
const COUNTED = /^(?:\+\+|\d.*|number|parseInt|parseFloat|length|size|now|(?:next|last|max)(?:Id|Number|No)?)$/i;

/** The tokens of an expression, up to the next comma or closing bracket. */
function readUntil(tokens: readonly Token[], from: number): readonly Token[] {
  let end = from;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (/^[,;\])}]$/.test(token.text) || (at > from && token.isFirst)) break;
    // What stands in brackets is a part of it.
    if (token.pair > at) at = token.pair;
    end = at + 1;
  }
  return tokens.slice(from, end);
}

/** Is it a name, or a member of one? */
const isPlain = (tokens: readonly Token[]): boolean => tokens.every(({ text }) => /^(?:[\w$#]+|\??\.|!)$/.test(text));

/** Of which kind an expression is; "other" where a function makes it of who knows what. */
function kindOf(tokens: readonly Token[]): "text" | "number" | "plain" | "other" {
  if (TEXT.test(tokens[0]?.text ?? "")) return "text";
  if (tokens.some(({ text }) => COUNTED.test(text))) return "number";
  return isPlain(tokens) || tokens[0]?.text === "{" ? "plain" : "other";
}

/** The kinds of what stands behind a name anywhere in a script: `id = next++`, `id: String(row.id)`. */
function kindsBehind(tokens: readonly Token[], name: string): ReadonlySet<ReturnType<typeof kindOf>> {
  return new Set(
    tokens.flatMap(({ text }, at) =>
      text === name && /^[=:]$/.test(tokens[at + 1]?.text ?? "") ? [kindOf(readUntil(tokens, at + 2))] : [],
    ),
  );
}

/** The last name of an expression: `id` of `req.params.id`. */
export function lastName(node: Node | undefined): string | undefined {
  if (node?.type === "name") return node.name;
  if (node?.type === "member") return typeof node.key === "string" ? node.key : undefined;
  if (node?.type === "call") return lastName(node.given[0]) ?? (node.of.type === "member" ? lastName(node.of.of) : undefined);
  return undefined;
}

const REMAKES = /^(?:to\w+Case|trim\w*|normalize|replace\w*|slice|substr\w*|pad\w+|split|repeat|concat)$/;
const REMAKERS = /slug|normali|canon|clean|sanit|hash|digest|encod|decod|^(?:btoa|atob|escape)$|lower|upper|trim|strip/i;

/** Is another text made of what stands behind one of these names, anywhere in some scripts? It may be so where it is kept, and not where it is asked for. */
export function isRemade(scripts: Iterable<ScriptTree>, names: readonly (string | undefined)[]): boolean {
  for (const { tokens } of scripts) {
    for (const [at, { text }] of tokens.entries()) {
      const [first, second] = tokens.slice(at + 1, at + 3);
      if (names.includes(text) && /^\??\.$/.test(first?.text ?? "") && REMAKES.test(second?.text ?? "")) return true;
      if (REMAKERS.test(text) && first?.text === "(" && tokens.slice(at + 2, first.pair).some((each) => names.includes(each.text)))
        return true;
    }
  }
  return false;
}

/** How a collection is asked for an entry. */
export type Asking = {
  /** The expression of the key, and its value. */
  readonly node: Node | undefined;
  readonly data: unknown;
  /** Of a list: the member of its elements that is compared. */
  readonly member: string | undefined;
  /** Is a number another key than its text? */
  readonly isStrict: boolean;
  /** Is any key of it seen? */
  readonly isSeen: boolean;
};

/** The words of a name that say what a key is of: `order` of `orderId`, for a collection called `openOrders`. */
function isKeyOf(asked: string, put: string, name: string): boolean {
  const rest = asked.slice(0, -put.length);
  return asked.toLowerCase().endsWith(put.toLowerCase()) && rest.length > 1 && name.toLowerCase().includes(rest.toLowerCase());
}

/** Is something put in by the same name, and of the same kind? */
function isPutAlike({ script, name }: Named, { at, method }: Change, { node, data, member, isStrict, isSeen }: Asking): boolean {
  const { tokens } = script;
  const expression = readUntil(tokens, at);
  const asked = lastName(node);
  const isList = member !== undefined;
  const put = isList ? member : expression.at(-1)?.text;
  if (asked === undefined || put === undefined || isList !== /^(?:push|unshift)$/.test(method)) return false;
  // What is put together of several, is another key than any part of it.
  if (!isPlain(expression) && !(isList && expression[0]?.text === "{")) return false;
  if (!isNear(put, asked) && !isKeyOf(asked, put, name)) return false;
  const kinds = kindsBehind(tokens, put);
  // Of which kind those are that nobody sees, says only who puts them in.
  const [code] = codesAround(script, at);
  const known = kindsBehind(tokens.slice(code?.from, code?.end), put);
  const [wanted, other] = typeof data === "number" ? (["number", "text"] as const) : (["text", "number"] as const);
  return !kinds.has("other") && (!isStrict || (!kinds.has(other) && (isSeen || known.has(wanted))));
}

/** Is only what is named alike taken out of a map, and not what the app chooses? */
function isDropNamed({ script, name }: Named, { at, method }: Change, { node }: Asking): boolean {
  const expression = readUntil(script.tokens, at);
  const [dropped = "", asked = ""] = [expression.at(-1)?.text, lastName(node)];
  return (
    method !== "delete" ||
    (isPlain(expression) && (isNear(dropped, asked) || isKeyOf(asked, dropped, name) || isKeyOf(dropped, asked, name)))
  );
}

const filled = remember<boolean>();

/** Is a collection filled as requests come, under what it is asked for by? Nothing else may have taken an entry out that should be there. */
export function isFilledFor(named: Named, asking: Asking, passed: ReadonlySet<ScriptTree>): boolean {
  const { node, data, member, isStrict, isSeen } = asking;
  const question = [named.name, lastName(node), typeof data, member, isStrict, isSeen, ...[...passed].map(({ file }) => file)].join();
  return filled(named.script, () => readFilled(named, asking, passed), question);
}

function readFilled(named: Named, asking: Asking, passed: ReadonlySet<ScriptTree>): boolean {
  const { script, name } = named;
  if (LOADS.test(name)) return false;
  const changes = findChanges(named);
  const fills = changes.filter(({ method }) => FILLS.test(method));
  const isFilled = ({ at }: Change): boolean =>
    !codesAround(script, at).some((code) => LOADS.test(code.name ?? "")) && isSteady(script, at);
  if (fills.length === 0 || !fills.every((each) => isFilled(each) && isPutAlike(named, each, asking))) return false;
  if (
    changes.some((each) => !FILLS.test(each.method) && (isDropDoubtful(script, each) || !isDropNamed(named, each, asking))) ||
    isChangedElsewhere(named, passed)
  )
    return false;
  const put = fills.map(({ at }) => readUntil(script.tokens, at).at(-1)?.text);
  return !isRemade(new Set([script, ...passed]), [lastName(asking.node), asking.member, ...put]);
}
