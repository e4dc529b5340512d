/** What is counted per route; folding adds one into the other. */
export type Mergeable<T> = {
  readonly merge: (other: T) => void;
  /** How many of the requests failed at the server, if that is counted. */
  readonly failed?: number;
};

/** A place in the trie of path segments, with the segments that were seen behind it. */
export type Node<T> = {
  /** By their keys; to be changed by `setChild` and `removeChild`. */
  children: ReadonlyMap<string, Node<T>>;
  /** Lines that went through here. */
  lines: number;
  leaf: T | undefined;
  /** For a parameter: the only value seen so far; undefined once there were two. */
  constant: string | undefined;
  /** For a parameter: how many words were folded into it. */
  folded: number;
  /** Set once so many values were seen behind this place that new words are taken for more of them. */
  crowd: Crowd | undefined;
};

/** What a new segment at a crowded place is. */
export type Crowd = {
  /** Of words with these suffixes each new one is a value; "" stands for words without a suffix. */
  readonly suffixes: Set<string>;
  /** True when values with suffixes that are not known here are taken for values without. */
  isOfAnySuffix: boolean;
  /** Its name among the crowded places of one trie; 0 until it is needed. */
  number: number;
};

/** Marks the child that stands for a parameter; the rest of the key is its fixed suffix. No segment of a path holds a slash. */
export const PARAMETER = "/";

/** The parameter whose values start with an @: `/@{scope}/{name}`. Its key is one that no other parameter's suffix makes. */
export const SCOPE = `${PARAMETER}@`;

/** Starts the key of a parameter in brackets behind a name; its template follows: `/Products({id})`. */
export const KEYED = `${PARAMETER}(`;

/** Shared by the many places that end a path. */
const NO_CHILDREN: ReadonlyMap<string, never> = new Map<string, never>();

/** Puts a place behind another one. */
export function setChild<T>(node: Node<T>, key: string, child: Node<T>): void {
  if (node.children.size === 0) node.children = new Map();
  // A map that is not empty is the node's own.
  (node.children as Map<string, Node<T>>).set(key, child);
}

/** Takes places away from behind another one. Of many children few are copied faster than the others are deleted. */
export function removeChildren<T>(node: Node<T>, keys: readonly string[]): void {
  if (keys.length * 2 < node.children.size) for (const key of keys) (node.children as Map<string, Node<T>>).delete(key);
  else {
    const gone = new Set(keys);
    const left = new Map([...node.children].filter(([key]) => !gone.has(key)));
    node.children = left.size === 0 ? NO_CHILDREN : left;
  }
}

/** An empty place; `constant` is the first value of a parameter. */
export function createNode<T>(constant?: string): Node<T> {
  return { children: NO_CHILDREN, lines: 0, leaf: undefined, constant, folded: 0, crowd: undefined };
}

/** The places below this one, and it. */
export function countNodes<T>(node: Node<T>): number {
  let count = 1;
  for (const child of node.children.values()) count += countNodes(child);
  return count;
}

/** Shows every place below this one, and it. */
export function eachNode<T>(node: Node<T>, visit: (node: Node<T>) => void): void {
  visit(node);
  for (const child of node.children.values()) eachNode(child, visit);
}

/** Adds `from` into `into`: lines, leaf and subtrees. */
export function absorb<T extends Mergeable<T>>(into: Node<T>, from: Node<T>): void {
  into.lines += from.lines;
  into.folded += from.folded;
  if (from.crowd !== undefined) {
    const crowd = getCrowd(into);
    for (const suffix of from.crowd.suffixes) crowd.suffixes.add(suffix);
    crowd.isOfAnySuffix ||= from.crowd.isOfAnySuffix;
  }
  if (from.leaf !== undefined) {
    if (into.leaf === undefined) into.leaf = from.leaf;
    else into.leaf.merge(from.leaf);
  }
  for (const [key, child] of from.children) {
    const same = into.children.get(key);
    if (same === undefined) setChild(into, key, child);
    else {
      if (same.constant !== child.constant) same.constant = undefined;
      absorb(same, child);
    }
  }
}

/** What new segments are at this place, to be changed; it is a crowded one from then on. */
export function getCrowd<T>(node: Node<T>): Crowd {
  return (node.crowd ??= { suffixes: new Set(), isOfAnySuffix: false, number: 0 });
}
