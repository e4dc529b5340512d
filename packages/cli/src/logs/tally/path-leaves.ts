import { PathKinds } from "./path-kinds.ts";
import { RouteTally } from "./route-tally.ts";
import type { RouteTrie } from "../routes/route-trie.ts";
import { dropParameters, findValueEnd, isTopName } from "../routes/segment.ts";
import type { PlainLine } from "../shapes/line-shape.ts";
import { isTextAt } from "../shapes/line-tokens.ts";

/** After this many kinds of path, all are moved into the tries. */
const MAX_LEAVES = 4096;
/** In longer paths, values are not recognised. */
const MAX_PATH = 512;
const SLASH = 47;
const AT = 64;
/** Replaces a value in a kind of path. In a path, this character can only be escaped. */
const VALUE = "\u0000";

/** Paths that differ in their values only. */
type Leaf = {
  readonly method: string;
  /** The first of these paths. */
  readonly path: string;
  readonly tally: RouteTally;
  /** The number of the first value that varied, as all later ones did; `NONE` as long as there was one path only. */
  variedFrom: number;
};
const NONE = 2;

/** Counts by path on the way to the tries. Paths that differ in numbers and other plain values share a tally from the start. */
export class PathLeaves {
  private readonly leaves = new Map<string, Leaf>();
  private readonly bytes = new Uint8Array(MAX_PATH);
  /** The leaves by the bytes of their kind; absent while there are none. */
  private kinds: PathKinds<Leaf> | undefined;

  /** True when there is no room for another kind of path. */
  get isFull(): boolean {
    return this.leaves.size >= MAX_LEAVES;
  }

  /** The tally of a path. */
  get(method = "-", path = "/-"): RouteTally {
    return this.getLeaf(method, dropParameters(path)).tally;
  }

  /** The tally of a line's path. No text is made of the path if its kind is known. */
  getAt(line: PlainLine): RouteTally {
    const { method, bytes, pathStart, pathEnd } = line;
    const isPlain = method !== undefined && pathEnd > 0 && bytes[pathStart] === SLASH && pathEnd - pathStart <= MAX_PATH;
    if (!isPlain) return this.get(method, line.path);
    this.kinds ??= new PathKinds(MAX_LEAVES);
    const known = this.kinds.find(line);
    if (this.kinds.hasParameters) return this.get(method, line.path);
    if (known === undefined) {
      const leaf = this.getLeaf(method, line.path ?? "");
      this.kinds.put(leaf);
      return leaf.tally;
    }
    if (known.variedFrom > 0 && !(known.path.length === pathEnd - pathStart && isTextAt(bytes, pathStart, known.path)))
      known.variedFrom = 0;
    return known.tally;
  }

  private getLeaf(method: string, path: string): Leaf {
    const key = `${method} ${this.toKind(path)}`;
    let leaf = this.leaves.get(key);
    if (leaf === undefined) {
      leaf = { method, path, tally: new RouteTally(), variedFrom: NONE };
      this.leaves.set(key, leaf);
    } else if (leaf.variedFrom > 0 && leaf.path !== path) leaf.variedFrom = 0;
    return leaf;
  }

  /** The path without its values: segments with a digit or an @ that are not names of an API. */
  private toKind(path: string): string {
    const { length } = path;
    if (length > MAX_PATH) return path;
    const { bytes } = this;
    let hasDigit = false;
    for (let index = 0; index < length; index += 1) {
      const code = path.charCodeAt(index);
      if (code > 126) return path;
      if ((code >= 48 && code <= 57) || code === AT) hasDigit = true;
      bytes[index] = code;
    }
    if (!hasDigit || bytes[0] !== SLASH) return path;
    let kind = "";
    let copied = 0;
    for (let start = 1; start <= length;) {
      let end = start;
      while (end < length && bytes[end] !== SLASH) end += 1;
      const valueEnd = start === 1 && isTopName(bytes, start, end) ? -1 : findValueEnd(bytes, start, end);
      if (valueEnd !== -1) {
        kind += path.slice(copied, start) + VALUE;
        copied = valueEnd;
      }
      start = end + 1;
    }
    return copied === 0 ? path : kind + path.slice(copied);
  }

  /** Moves everything into the tries. */
  flush(getTrie: (method: string) => RouteTrie<RouteTally>): void {
    for (const { method, path, tally, variedFrom } of this.leaves.values())
      getTrie(method).add(path, tally, { lines: tally.lines, variedFrom });
    this.leaves.clear();
    this.kinds = undefined;
  }
}
