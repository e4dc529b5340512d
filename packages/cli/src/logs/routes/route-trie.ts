/**
 * Routes out of paths, without knowing the application: a trie of path segments in which siblings that are values of one parameter are
 * folded into one child. What they are is learned from the data: values are many and each is rare, names are few and each is frequent.
 * Where a thousand words were values, new ones are at once, so that paths without end cost neither memory nor time; a word that then comes
 * often is a name after all.
 */
import { foldRoutes, forceRoutes } from "./fold-routes.ts";
import { absorb, countNodes, createNode, eachNode, KEYED, type Mergeable, type Node, PARAMETER, SCOPE, setChild } from "./route-node.ts";
import { type Joined, listChildren } from "./place.ts";
import { RecentWords } from "./recent-words.ts";
import {
  DOMAINS,
  findFixedSuffix,
  findKeyed,
  findValueEndInText,
  isApi,
  isDateText,
  isPlural,
  isVersionPlace,
  isVersionText,
  toFolderSuffix,
} from "./segment.ts";
import { findDateKey } from "./top-dates.ts";

/** A trie of more places is folded, and harder until half as many are left. */
const MAX_NODES = 40_000;
/** Words and suffixes that a place may keep, for each try. */
const HARDER: readonly number[] = [64, 16, 4, 0];
/** Places that must have come before folding shows more than the last time. */
const WORTH_FOLDING = 4000;
/** How often a word must come lately to be a name where values are expected. */
const OFTEN = 6;
/** After as many hard folds frequent words are no names any more: there are too many of them. */
const MAX_FORCED = 5;
const NEVER = 256;
/** Segments of a path that count. */
export const MAX_DEPTH = 23;
/** How often all places are judged at the end: the second time with what the first one learned. */
const ROUNDS = 2;
/** Letters of a segment that count. */
const MAX_SEGMENT = 200;

/** A learned route with what was counted on it. */
export type LearnedRoute<T> = { readonly template: string; readonly leaf: T };

/** What is known of a path that is added. */
export type Seen = {
  readonly lines: number;
  /** Of its values those from this number on (0 is the first) were several. */
  readonly variedFrom: number;
  /** A bit for each segment that is a value because its place is crowded. */
  readonly crowdedValues?: number;
};

/** A place where new words are values: the keys that lead to it, as in a trie, and what is kept apart there. */
export type CrowdedPlace = {
  readonly keys: readonly string[];
  readonly names: readonly string[];
  /** Suffixes of words that are values, and of values with digits that are told from others; undefined when all are. */
  readonly wordSuffixes: readonly string[];
  readonly valueSuffixes: readonly string[] | undefined;
};

/** Learns the routes of one body of traffic. */
export class RouteTrie<T extends Mergeable<T>> {
  private readonly root: Node<T> = createNode();
  private nodes = 0;
  private nodesAtFold = 0;
  private forced = 0;
  private crowds = 0;
  private recent: RecentWords | undefined;

  /** Adds a path (no query) with what was counted on it. */
  add(path: string, leaf: T, seen: Seen): void {
    let node = this.root;
    let values = 0;
    let parent: string | undefined;
    node.lines += seen.lines;
    let depth = 0;
    for (let start = 1; start <= path.length && depth < MAX_DEPTH; depth += 1) {
      const slash = path.indexOf("/", start);
      const end = slash === -1 ? path.length : slash;
      const segment = path.slice(start, Math.min(end, start + MAX_SEGMENT));
      start = end + 1;
      const isCrowdedValue = ((seen.crowdedValues ?? 0) & (1 << depth)) !== 0;
      const at = { depth, lines: seen.lines, isFolder: slash !== -1, parent, isVaried: depth > 0 && values >= seen.variedFrom };
      const key = isCrowdedValue ? toValueKey(node, segment, at.isFolder) : this.findKey(node, segment, at);
      const isParameter = key.startsWith(PARAMETER);
      let child = node.children.get(key);
      if (child === undefined) {
        child = createNode(isParameter && values < seen.variedFrom ? segment : undefined);
        setChild(node, key, child);
        this.nodes += 1;
      } else if (isParameter && (values >= seen.variedFrom || child.constant !== segment)) child.constant = undefined;
      if (isParameter) values += 1;
      child.lines += seen.lines;
      node = child;
      parent = key;
    }
    if (node.leaf === undefined) node.leaf = leaf;
    else if (node.leaf !== leaf) node.leaf.merge(leaf);
    if (this.nodes > MAX_NODES) this.shrink();
  }

  /** The key of a segment at a place: what it is there, or what it looks like. */
  private findKey(node: Node<T>, segment: string, { depth, lines, isFolder, parent, isVaried }: Place): string {
    if (depth === 0 && isDateText(segment)) return findDateKey(node, segment);
    const keyed = findKeyed(segment);
    if (keyed !== undefined) return KEYED + keyed;
    const isVersion = !isVaried && isVersionPlace(depth, parent) && isVersionText(segment);
    const valueEnd = isVersion ? -1 : findValueEndInText(segment);
    const { crowd } = node;
    if (valueEnd !== -1) {
      const suffix = segment.slice(valueEnd);
      const key = PARAMETER + (isFolder ? toFolderSuffix(suffix) : suffix);
      return crowd?.isOfAnySuffix === true && !node.children.has(key) ? PARAMETER : key;
    }
    if (segment.startsWith("@")) return node.children.has(SCOPE) && !node.children.has(segment) ? SCOPE : segment;
    if (crowd === undefined || node.children.has(segment)) return segment;
    const suffix = findWordSuffix(segment, isFolder);
    if (!crowd.suffixes.has(suffix) && !(crowd.isOfAnySuffix && crowd.suffixes.has(""))) return segment;
    crowd.number ||= this.crowds += 1;
    this.recent ??= new RecentWords();
    return this.recent.add(segment, crowd.number, lines) >= this.often ? segment : toValueKey(node, segment, isFolder);
  }

  /** How often a word must come lately to be a name where values are expected; more than 255 is never. */
  get often(): number {
    return this.forced < MAX_FORCED ? OFTEN << this.forced : NEVER;
  }

  /** Takes another trie in, which is not to be used any more. */
  merge(other: RouteTrie<T>): void {
    absorb(this.root, other.root);
    this.nodes = countNodes(this.root);
    if (this.nodes > MAX_NODES) this.shrink();
  }

  /** A trie out of its copy from another thread; `reviveLeaf` does the same for what is counted. */
  static revive<T extends Mergeable<T>>(copy: RouteTrie<T>, reviveLeaf: (leaf: T) => T): RouteTrie<T> {
    const trie = Object.assign(new RouteTrie<T>(), copy);
    trie.recent = undefined;
    eachNode(trie.root, (node) => {
      if (node.leaf !== undefined) node.leaf = reviveLeaf(node.leaf);
    });
    return trie;
  }

  private fold(): void {
    foldRoutes([this.root]);
    this.countFolded();
  }

  private countFolded(): void {
    this.nodes = countNodes(this.root);
    this.nodesAtFold = this.nodes;
  }

  private shrink(): void {
    this.fold();
    for (const limit of HARDER) {
      if (this.nodes <= MAX_NODES / 2) return;
      forceRoutes(this.root, limit);
      this.forced += 1;
      this.fold();
    }
  }

  /** Where new words are values by now. Adding may go on afterwards. */
  findCrowds(): readonly CrowdedPlace[] {
    if (this.nodes - this.nodesAtFold > WORTH_FOLDING) this.fold();
    const places: CrowdedPlace[] = [];
    collectCrowds(this.root, [], places);
    return places;
  }

  /** The routes learned so far. Adding may go on afterwards. */
  learn(): readonly LearnedRoute<T>[] {
    return RouteTrie.learnTogether([this])[0] ?? [];
  }

  /** The routes of several tries, as of the methods of one application: what is a value in one is one in the others. */
  static learnTogether<T extends Mergeable<T>>(tries: readonly RouteTrie<T>[]): readonly (readonly LearnedRoute<T>[])[] {
    foldRoutes(
      tries.map(({ root }) => root),
      ROUNDS,
    );
    const roots = tries.map(({ root }) => root);
    return tries.map((trie) => {
      trie.countFolded();
      const routes: LearnedRoute<T>[] = [];
      collect(trie.root, { prefix: "", depth: 0, parent: undefined, joined: roots }, routes);
      return routes;
    });
  }
}

/** Where a segment stands: how deep, on so many lines, whether others stand behind it, the key before it, and whether the core saw several there. */
type Place = {
  readonly depth: number;
  readonly lines: number;
  readonly isFolder: boolean;
  readonly parent: string | undefined;
  readonly isVaried: boolean;
};

function findWordSuffix(word: string, isFolder: boolean): string {
  const suffix = findFixedSuffix(word);
  return isFolder ? toFolderSuffix(suffix) : suffix;
}

/** The key of what is a value by its place. */
function toValueKey<T>(node: Node<T>, segment: string, isFolder: boolean): string {
  const suffix = findWordSuffix(segment, isFolder);
  return node.crowd?.suffixes.has(suffix) === true ? PARAMETER + suffix : PARAMETER;
}

function collectCrowds<T>(node: Node<T>, keys: readonly string[], places: CrowdedPlace[]): void {
  const { crowd } = node;
  if (crowd !== undefined) {
    const own = [...node.children.keys()];
    places.push({
      keys,
      names: own.filter((key) => !key.startsWith(PARAMETER)),
      wordSuffixes: [...crowd.suffixes, ...(crowd.suffixes.has("") ? DOMAINS : [])],
      valueSuffixes: crowd.isOfAnySuffix ? own.filter((key) => key.startsWith(PARAMETER)).map((key) => key.slice(1)) : undefined,
    });
  }
  for (const [key, child] of node.children) collectCrowds(child, [...keys, key], places);
}

/** On the way to the routes: `joined` are the places of all methods there, as far down as versions stand. */
type Way<T> = { readonly prefix: string; readonly depth: number; readonly parent: string | undefined; readonly joined: Joined<T> };

function collect<T>(node: Node<T>, way: Way<T>, routes: LearnedRoute<T>[]): void {
  const { prefix, depth } = way;
  if (node.leaf !== undefined) routes.push({ template: prefix === "" ? "/" : prefix, leaf: node.leaf });
  for (const [key, child] of node.children) {
    const joined = depth < VERSION_DEPTH && way.joined.length > 0 ? listChildren(way.joined, key) : [];
    const name = nameSegment(key, joined, way);
    collect(child, { prefix: `${prefix}/${name}`, depth: depth + 1, parent: key, joined }, routes);
  }
}

/** Numbers and dates are versions at the start of a path; what is written as one is so not far from it, too: `/api/dissemination/sdmx/2.1/data`. */
const START_DEPTH = 3;
const VERSION_DEPTH = 6;
/** Lines that make a lone id at the start of a path the version of an API: `/2010-04-01/Accounts`. */
const VERSION_LINES = 20;
/** As many are enough for what is written as a version is and stands behind no collection: `/rest/agile/1.0/board`. */
const FEW_VERSION_LINES = 3;

function nameSegment<T>(key: string, joined: Joined<T>, { parent, depth }: Pick<Way<T>, "parent" | "depth">): string {
  if (!key.startsWith(PARAMETER)) return key;
  if (key === SCOPE) return "@{id}";
  if (key.startsWith(KEYED)) return key.slice(KEYED.length);
  return findVersion(joined, parent, depth) ?? `{id}${key.slice(PARAMETER.length)}`;
}

/** A number and its part; a number or a date alone only at the start or behind an API's name, as `/order/12/pay` may be retried. */
function isWrittenAsVersion(constant: string, parent: string | undefined): boolean {
  if (POINTED.test(constant)) return !isPlural(parent);
  return /^(?:\d{1,2}|20\d\d-?\d\d-?\d\d)$/.test(constant) && (parent === undefined || isApi(parent));
}

const NUMERIC = /^[\d.-]{1,10}$/;
const POINTED = /^\d{1,2}\.\d{1,2}$/;

/** The only value of all methods at a place, if that is an API's version. */
function findVersion<T>(joined: Joined<T>, parent: string | undefined, depth: number): string | undefined {
  const constant = joined[0]?.constant;
  if (constant === undefined || !(depth < START_DEPTH ? NUMERIC : POINTED).test(constant)) return undefined;
  if (!joined.every((node) => node.leaf === undefined && node.constant === constant)) return undefined;
  const lines = joined.reduce((sum, node) => sum + node.lines, 0);
  return lines >= (isWrittenAsVersion(constant, parent) ? FEW_VERSION_LINES : VERSION_LINES) ? constant : undefined;
}
