/** One place in the tries of several methods: what is a value for one method is one for the others. */
import type { Node } from "./route-node.ts";

/** The nodes of one place, of the methods that were seen there. */
export type Joined<T> = readonly Node<T>[];

/** Where a place stands. */
export type At = {
  readonly depth: number;
  /** The key of the segment before, and of the one before that; undefined at the top. */
  readonly parent: string | undefined;
  readonly grandparent: string | undefined;
  /** False while all paths share every segment so far, as they do an API's prefix. */
  readonly isBranched: boolean;
  /** How often a route of the log is asked for; 0 as long as that is not known. */
  readonly usual: number;
  readonly known: KnownWords;
  /** Words of the lists that parameters are filled from; they may be names elsewhere. */
  readonly drawn: KnownWords;
};

/** The keys of all children. */
export function listKeys<T>(nodes: Joined<T>): string[] {
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return [...only.children.keys()];
  return [...new Set(nodes.flatMap((node) => [...node.children.keys()]))];
}

/** The place behind a key. */
export function listChildren<T>(nodes: Joined<T>, key: string): Joined<T> {
  const children: Node<T>[] = [];
  for (const node of nodes) {
    const child = node.children.get(key);
    if (child !== undefined) children.push(child);
  }
  return children;
}

/** The lines of all methods that went through a child. */
export function countWord<T>(nodes: Joined<T>, key: string): number {
  let lines = 0;
  for (const node of nodes) lines += node.children.get(key)?.lines ?? 0;
  return lines;
}

/** How many words were folded into a parameter. */
export function countFolded<T>(nodes: Joined<T>, parameter: string): number {
  return listChildren(nodes, parameter).reduce((sum, child) => sum + child.folded, 0);
}

/** Words that turned out to be values somewhere: they return at other places. */
export class KnownWords {
  private readonly words = new Set<string>();

  add(word: string): void {
    if (this.words.size < MAX_KNOWN) this.words.add(word);
  }

  has(word: string): boolean {
    return this.words.has(word);
  }
}

const MAX_KNOWN = 20_000;
