/**
 * Routes out of paths, without knowing the application: a trie of path segments in which siblings that are values of one parameter are
 * folded into one child. What they are is learned from the data: values are many and each is rare, names are few and each is frequent.
 */
import { findValueEnd, isVersion, looksLikeValue } from "./segment.ts";

/** What is counted per route; folding adds one into the other. */
export type Mergeable<T> = { readonly merge: (other: T) => void };

type Node<T> = {
  readonly children: Map<string, Node<T>>;
  /** Lines that went through here. */
  lines: number;
  leaf: T | undefined;
  /** For a parameter: the only value seen so far; undefined once there were two. */
  constant: string | undefined;
};

/** Marks the child that stands for a parameter; the rest of the key is its fixed suffix. No segment of a path holds a slash. */
const PARAMETER = "/";
/** Folding runs when a trie has this many nodes, and harder when that does not help. */
const MAX_NODES = 60_000;
const encoder = new TextEncoder();

/** A learned route with what was counted on it. */
export type LearnedRoute<T> = { readonly template: string; readonly leaf: T };

/** Learns the routes of one body of traffic. */
export class RouteTrie<T extends Mergeable<T>> {
  private readonly root: Node<T> = createNode();
  private nodes = 0;
  private threshold = MAX_NODES;

  /** Adds a path (no query) with what was counted on it. Of its values those from number `variedFrom` on (0 is the first) were several. */
  add(path: string, leaf: T, seen: { readonly lines: number; readonly variedFrom: number }): void {
    let node = this.root;
    let values = 0;
    node.lines += seen.lines;
    for (const [depth, segment] of path.split("/").slice(1, MAX_DEPTH).entries()) {
      const key = this.toKey(segment, depth);
      const isParameter = key.startsWith(PARAMETER);
      let child = node.children.get(key);
      if (child === undefined) {
        child = createNode(isParameter && values < seen.variedFrom ? segment : undefined);
        node.children.set(key, child);
        this.nodes += 1;
      } else if (isParameter && (values >= seen.variedFrom || child.constant !== segment)) child.constant = undefined;
      if (isParameter) values += 1;
      child.lines += seen.lines;
      node = child;
    }
    if (node.leaf === undefined) node.leaf = leaf;
    else if (node.leaf !== leaf) node.leaf.merge(leaf);
    if (this.nodes > this.threshold) this.shrink();
  }

  /** Takes another trie in, which is not to be used any more. */
  merge(other: RouteTrie<T>): void {
    absorb(this.root, other.root);
    this.nodes = countNodes(this.root);
    if (this.nodes > this.threshold) this.shrink();
  }

  /** A trie out of its copy from another thread; `reviveLeaf` does the same for what is counted. */
  static revive<T extends Mergeable<T>>(copy: RouteTrie<T>, reviveLeaf: (leaf: T) => T): RouteTrie<T> {
    const trie = Object.assign(new RouteTrie<T>(), copy);
    eachNode(trie.root, (node) => {
      if (node.leaf !== undefined) node.leaf = reviveLeaf(node.leaf);
    });
    return trie;
  }

  private toKey(segment: string, depth: number): string {
    const bytes = encoder.encode(segment.slice(0, MAX_SEGMENT));
    if (depth === 0 && isVersion(bytes, 0, bytes.length)) return segment;
    const valueEnd = findValueEnd(bytes, 0, bytes.length);
    return valueEnd === -1 ? segment.slice(0, MAX_SEGMENT) : PARAMETER + segment.slice(valueEnd, MAX_SEGMENT);
  }

  private shrink(): void {
    fold(this.root, 0);
    this.nodes = countNodes(this.root);
    if (this.nodes > MAX_NODES / 2) {
      force(this.root);
      this.nodes = countNodes(this.root);
    }
    this.threshold = Math.max(MAX_NODES, this.nodes * 2);
  }

  /** The routes learned so far. Adding may go on afterwards. */
  learn(): readonly LearnedRoute<T>[] {
    fold(this.root, 0);
    this.nodes = countNodes(this.root);
    const routes: LearnedRoute<T>[] = [];
    collect(this.root, { prefix: "", depth: 0 }, routes);
    return routes;
  }
}

/** No API answers in more versions; more short numbers at the start of a path are values. */
const MAX_VERSIONS = 4;
const MAX_DEPTH = 24;
const MAX_SEGMENT = 200;

function createNode<T>(constant?: string): Node<T> {
  return { children: new Map(), lines: 0, leaf: undefined, constant };
}

function countNodes<T>(node: Node<T>): number {
  let count = 1;
  for (const child of node.children.values()) count += countNodes(child);
  return count;
}

function eachNode<T>(node: Node<T>, visit: (node: Node<T>) => void): void {
  visit(node);
  for (const child of node.children.values()) eachNode(child, visit);
}

/** Adds `from` into `into`: lines, leaf and subtrees. */
function absorb<T extends Mergeable<T>>(into: Node<T>, from: Node<T>): void {
  into.lines += from.lines;
  if (from.leaf !== undefined) {
    if (into.leaf === undefined) into.leaf = from.leaf;
    else into.leaf.merge(from.leaf);
  }
  for (const [key, child] of from.children) {
    const same = into.children.get(key);
    if (same === undefined) into.children.set(key, child);
    else {
      if (same.constant !== child.constant) same.constant = undefined;
      absorb(same, child);
    }
  }
}

/** Folds the children of a node, then of its children. Children are judged together with others of the same suffix. */
function fold<T extends Mergeable<T>>(node: Node<T>, depth: number): void {
  const groups = new Map<string, string[]>();
  const versions =
    depth === 0 ? [...node.children.keys()].filter((key) => /^\d/.test(key) && isVersion(encoder.encode(key), 0, key.length)) : [];
  if (versions.length > MAX_VERSIONS) foldInto(node, PARAMETER, versions);
  for (const key of node.children.keys()) {
    if (key.startsWith(PARAMETER) || versions.includes(key)) continue;
    const suffix = findFixedSuffix(key);
    const group = groups.get(suffix);
    if (group === undefined) groups.set(suffix, [key]);
    else group.push(key);
  }
  for (const [suffix, keys] of groups) {
    const values = findValues(node, { keys, suffix, depth });
    if (values.length > 0) foldInto(node, PARAMETER + suffix, values);
  }
  for (const child of node.children.values()) fold(child, depth + 1);
}

/** Endings of host names that no file has: a place for domains is one parameter, whatever they end in. */
const DOMAINS = new Set(
  ".com .net .org .io .dev .app .info .biz .edu .gov .eu .uk .de .fr .nl .ch .at .se .us .ca .au .jp .xyz".split(" "),
);

function findFixedSuffix(key: string): string {
  const suffix = /(?:[^.:](\.[A-Za-z]\w{0,4}|:[A-Za-z]\w{1,10}))$/.exec(key)?.[1] ?? "";
  return DOMAINS.has(suffix) ? "" : suffix;
}

function foldInto<T extends Mergeable<T>>(node: Node<T>, parameter: string, values: readonly string[]): void {
  let target = node.children.get(parameter);
  if (target === undefined) {
    target = createNode();
    node.children.set(parameter, target);
  }
  target.constant = undefined;
  for (const value of values) {
    const child = node.children.get(value);
    if (child === undefined) continue;
    node.children.delete(value);
    absorb(target, child);
  }
}

/** Lines of known ids for each of a rare word that looks like one. */
const SURE_LINES = 10;

type Siblings = { readonly keys: readonly string[]; readonly suffix: string; readonly depth: number };

/**
 * The siblings that are values of one parameter. Of random values none is frequent, so the rare ones form a long tail; names stand out
 * of it. How long the tail must be depends on how much its members look like values, and whether ids already stand in the same place.
 */
function findValues<T>(node: Node<T>, { keys, suffix, depth }: Siblings): string[] {
  const counts = keys.map((key) => node.children.get(key)?.lines ?? 0).sort((a, b) => a - b);
  const median = counts[Math.floor(counts.length / 2)] ?? 0;
  const limit = keys.length >= 8 ? Math.max(3, median * 4) : 3;
  const tail = keys.filter((key) => (node.children.get(key)?.lines ?? 0) <= limit);
  const valueLike = tail.filter(looksLikeValue);
  const known = node.children.get(PARAMETER + suffix)?.lines ?? 0;
  const hasParameter = known > 0;
  if (isLongTail(node, tail, { depth, hasParameter })) return tail;
  // Beside many known ids, the few that happen to hold no digit.
  if (known >= SURE_LINES && valueLike.every((key) => (node.children.get(key)?.lines ?? 0) * SURE_LINES <= known)) return valueLike;
  return isLongTail(node, valueLike, { depth: depth + 1, hasParameter: true }) || valueLike.length >= 3 ? valueLike : [];
}

/** Least number of distinct values for a number of lines per value: the more often each returns, the more of them are wanted. */
const TAILS: readonly (readonly [linesPerValue: number, distinct: number])[] = [
  [1.35, 6],
  [2, 10],
  [3, 16],
  [6, 40],
  [15, 120],
  [Number.POSITIVE_INFINITY, 400],
];

function isLongTail<T>(node: Node<T>, tail: readonly string[], place: { readonly depth: number; readonly hasParameter: boolean }): boolean {
  if (tail.length === 0) return false;
  const lines = tail.reduce((sum, key) => sum + (node.children.get(key)?.lines ?? 0), 0);
  const wanted = TAILS.find(([perValue]) => lines / tail.length <= perValue)?.[1] ?? Number.POSITIVE_INFINITY;
  // At the top of a path stand the names of an API far more often than values; beside known ids stand values.
  const factor = place.depth === 0 ? 3 : place.hasParameter ? 0.5 : 1;
  return tail.length >= wanted * factor;
}

/** The last resort against paths without end: every crowded place becomes a parameter, whatever it holds. */
function force<T extends Mergeable<T>>(node: Node<T>): void {
  const words = [...node.children.keys()].filter((key) => !key.startsWith(PARAMETER));
  if (words.length > 64) {
    const byLines = words.sort((a, b) => (node.children.get(b)?.lines ?? 0) - (node.children.get(a)?.lines ?? 0));
    foldInto(node, PARAMETER, byLines.slice(32));
  }
  for (const child of node.children.values()) force(child);
}

function collect<T>(node: Node<T>, at: { readonly prefix: string; readonly depth: number }, routes: LearnedRoute<T>[]): void {
  if (node.leaf !== undefined) routes.push({ template: at.prefix === "" ? "/" : at.prefix, leaf: node.leaf });
  for (const [key, child] of node.children) {
    collect(child, { prefix: `${at.prefix}/${nameSegment(key, child, at.depth)}`, depth: at.depth + 1 }, routes);
  }
}

/** Lines that make a lone id at the start of a path the version of an API: `/2010-04-01/Accounts`. */
const VERSION_LINES = 20;

function nameSegment<T>(key: string, node: Node<T>, depth: number): string {
  if (!key.startsWith(PARAMETER)) return key;
  const { constant } = node;
  if (constant !== undefined && depth <= 2 && node.leaf === undefined && node.lines >= VERSION_LINES && /^[\d.-]{1,10}$/.test(constant))
    return constant;
  return `{id}${key.slice(PARAMETER.length)}`;
}
