/** Finds the function of the app that a call runs, in this script or in one that it imports, and what that gives back. */
import { findBinding, findOpener, findSurroundings } from "./find-binding.ts";
import { findModule } from "./find-import.ts";
import type { Scripts, Site } from "./frames.ts";
import { type Expression, isEnd, readExpression, writeTokens } from "./read-expression.ts";
import type { Token } from "./tokens.ts";

/** Where the value of a name begins; a method begins with its name. */
type Place = { readonly site: Site; readonly start: number };

/** A function as it is written: the token that its parameters begin with, and its body, which is a bracket or an expression. */
export type Written = { readonly site: Site; readonly parameters: number; readonly body: number; readonly isAsync: boolean };

const MAX_NAMES = 8;

/** Where the body of a function begins, behind its parameters and the type of what it gives; undefined where that may be nothing. */
function findBody(tokens: readonly Token[], from: number): number | undefined {
  for (let at = from; tokens[at]; at++) {
    const { text, pair, isFirst } = tokens[at] as Token;
    if (text === "=>") return at + 1;
    if (isFirst || /^(?:undefined|null|void|[;?=,)}])$/.test(text)) return undefined;
    // Of a type is the bracket that stands behind such a sign.
    if (text === "{" && !/^[:|&<]$/.test(tokens[at - 1]?.text ?? "")) return at;
    if (pair > at) at = pair;
  }
  return undefined;
}

/** The function that begins at a token: a method with its name. What gives its values one by one is none. */
function readFunction({ site, start }: Place): Written | undefined {
  const { tokens } = site;
  let at = tokens[start]?.text === "async" ? start + 1 : start;
  const isWritten = tokens[at]?.text === "function";
  if (isWritten) at += 1;
  const isNamed = tokens[at]?.kind !== "sign" && tokens[at + 1]?.text === "(";
  if (isNamed) at += 1;
  const token = tokens[at];
  if (!token || (token.text !== "(" && tokens[at + 1]?.text !== "=>") || tokens[start - 1]?.text === "*") return undefined;
  const body = findBody(tokens, token.pair + 1);
  if (!body || !(isWritten || isNamed || tokens[body - 1]?.text === "=>")) return undefined;
  return { site, parameters: at, body, isAsync: [start, start - 1].some((each) => tokens[each]?.text === "async") };
}

/**
 * The one place in a script where a name gets its value: `function read(`, `read = `, `read: `, `read() {`; `isMeant` says of the bracket around it
 * whether it may stand there. None where there are several, nor where the name has another (`as read`) or stands as a text, by which a decorator or
 * `defineProperty` may replace it.
 */
function findDefined(site: Site, name: string, isMeant = (open: number): boolean => open < 0): Place | undefined {
  const { tokens } = site;
  const starts = tokens.flatMap(({ text }, at) => {
    if (text !== name) return text.slice(1, -1) === name ? [at] : [];
    if (/^(?:as|function|class)$/.test(tokens[at - 1]?.text ?? "")) return [at - 1];
    const sign = tokens[at + 1]?.text ?? "";
    if (sign === "(") return readFunction({ site, start: at }) ? [at] : [];
    const value = tokens[at + 2]?.text ?? "";
    // What compilers put there first, and the very thing that has the name.
    return value === name || !":=".includes(sign) || /^(?:void|exports)$/.test(value) ? [] : [at + 2];
  });
  const [start, other] = starts;
  return start !== undefined && !other && isMeant(findOpener(tokens, start) ?? -1) ? { site, start } : undefined;
}

/** Follows names to where their values are written. */
export class Functions {
  readonly #scripts: Scripts;
  #names = 0;

  constructor(scripts: Scripts) {
    this.#scripts = scripts;
  }

  /** The function that is called by an expression. */
  find(callee: Expression, site: Site): Written | undefined {
    this.#names = 0;
    const place = this.#locate(callee, site);
    return place && readFunction(place);
  }

  #locate(expression: Expression, site: Site): Place | undefined {
    const root = expression.kind === "member" ? expression.of : expression;
    // Nobody looks through a whole script for what the language and Node have.
    if (root.kind !== "name" || root.name in globalThis || ++this.#names > MAX_NAMES) return undefined;
    const { tokens } = site;
    const { name, at } = root;
    const binding = findBinding(tokens, name, at);
    if (binding === null) return undefined;
    if (expression.kind === "member") {
      // Whoever is handed an object may put another function into it.
      if (binding?.changes.size) return undefined;
      const place = this.#locate(root, site);
      // `orders_1.read(` is a function of a module.
      return place ? this.#locateMember(place, expression.key) : this.#locateImported(name, expression.key, site);
    }
    if (binding && binding.kind !== "value") return undefined;
    const place = binding?.path.length === 0 ? this.#follow({ site, start: binding.start }) : undefined;
    const isMeant = (open: number): boolean => open < at && at <= (tokens[open]?.pair ?? at);
    return place ?? this.#locateImported(name, name, site) ?? this.#follow(findDefined(site, name, isMeant));
  }

  /** A member of an object or a class that is written out, which nothing may put another over. */
  #locateMember(place: Place, key: string): Place | undefined {
    const { site, start } = place;
    const { tokens } = site;
    const open = tokens.findIndex(({ text }, each) => each >= start && text === "{");
    const isWhole = !readFunction(place) && !/, \.{3}/.test(writeTokens(tokens, open, (tokens[open] as Token).pair));
    return this.#follow(isWhole ? findDefined(site, key, (each) => each === open) : undefined);
  }

  /** What a name stands for may itself be another name, or a thing that is made of a class. */
  #follow(place: Place | undefined): Place | undefined {
    if (!place) return undefined;
    const { site, start } = place;
    const { tokens } = site;
    if (/^(?:\{|class)$/.test(tokens[start]?.text ?? "") || readFunction(place)) return place;
    const read = readExpression(tokens, start)?.expression;
    return read && this.#locate(read.kind === "call" && read.isNew ? read.of : read, { ...site, at: start });
  }

  /** What another script of the app, which this one has a name from, calls so. */
  #locateImported(by: string, name: string, { tokens, file, frame }: Site): Place | undefined {
    const script = this.#scripts.open(file, findModule(tokens, by));
    // From its first token all that it has outside of functions is seen.
    const imported = { ...script, at: 0, frame } as Site;
    return script && findDefined(imported, name) && this.#locate({ kind: "name", name, at: 0 }, imported);
  }
}

const NOTHING: Expression = { kind: "literal", value: undefined };

/** What a function gives back in each place where it ends; undefined where that cannot be read. */
export function readReturns({ site, parameters, body }: Written): readonly (Expression | undefined)[] {
  const { tokens } = site;
  const open = tokens[body] as Token;
  if (open.text !== "{") {
    const read = readExpression(tokens, body);
    return [read && isEnd(tokens, read.end) ? read.expression : undefined];
  }
  const found: (Expression | undefined)[] = [];
  let isLast = false;
  for (let at = body + 1; at < open.pair; at++) {
    if (tokens[at]?.text !== "return" || findSurroundings(tokens, at).next().value?.parameters !== parameters) continue;
    isLast ||= findOpener(tokens, at) === body && /^[;{}]$/.test(tokens[at - 1]?.text ?? "");
    const read = readExpression(tokens, at + 1);
    // Minified code does something else first: `return check(a), a`.
    found.push(read && isEnd(tokens, read.end) && tokens[read.end]?.text !== "," ? read.expression : undefined);
  }
  return isLast ? found : [...found, NOTHING];
}
