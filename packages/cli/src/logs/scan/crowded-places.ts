import { PARAMETER } from "../routes/route-node.ts";
import type { CrowdedPlace, RouteTrie } from "../routes/route-trie.ts";
import { RecentWords } from "../routes/recent-words.ts";
import { findTextSuffix, toFolderSuffix } from "../routes/segment.ts";

/** What a scanner knows about one crowded place. */
type Known = {
  readonly number: number;
  readonly names: ReadonlySet<string>;
  readonly wordSuffixes: ReadonlySet<string>;
  readonly valueSuffixes: ReadonlySet<string> | undefined;
};

/** Walks from a method along the keys of a trie, and returns the scanner's hash of that path. */
type Walk = (method: string, keys: readonly { readonly isValue: boolean; readonly text: string }[]) => string;

/** The places at which a scanner takes new words for values. scan.c does the same with its set of places. */
export class CrowdedPlaces {
  private readonly places = new Map<string, Known>();
  private readonly recent = new RecentWords();
  private often = 0;

  /** Replaces the known places. */
  name(tries: ReadonlyMap<string, Pick<RouteTrie<never>, "often" | "findCrowds">>, walk: Walk): void {
    this.places.clear();
    this.often = Math.max(...[...tries.values()].map(({ often }) => often));
    for (const [method, trie] of tries) for (const place of trie.findCrowds()) this.add(walk(method, place.keys.map(toStep)), place);
  }

  private add(hash: string, { names, wordSuffixes, valueSuffixes }: CrowdedPlace): void {
    this.places.set(hash, {
      number: this.places.size,
      names: new Set(names),
      wordSuffixes: new Set(wordSuffixes),
      valueSuffixes: valueSuffixes === undefined ? undefined : new Set(valueSuffixes),
    });
  }

  get isEmpty(): boolean {
    return this.places.size === 0;
  }

  find(hash: string): Known | undefined {
    return this.places.get(hash);
  }

  /** The suffix of a value at a place; undefined if the word is a name there. A folder's suffix has rules of its own. */
  findSuffix(place: Known, word: string, isFolder: boolean): string | undefined {
    if (word.startsWith("@") || place.names.has(word)) return undefined;
    const own = findTextSuffix(word);
    const suffix = isFolder ? toFolderSuffix(own) : own;
    const isKnown = place.wordSuffixes.has(suffix);
    if (!isKnown && (place.valueSuffixes === undefined || !place.wordSuffixes.has(""))) return undefined;
    if (this.recent.add(word, place.number, 1) >= this.often) return undefined;
    return isKnown ? suffix : "";
  }
}

function toStep(key: string) {
  const isValue = key.startsWith(PARAMETER);
  return { isValue, text: isValue ? key.slice(PARAMETER.length) : key };
}
