/** Says which of its words stand anywhere in a text, as bits. Texts are lower case. */
export type WordFinder = (text: string) => number;

type Entry = { readonly word: string; readonly bit: number };

const BUCKETS = 4_096;

/** Three letters tell most words apart; of scripts above ASCII, whose words are shorter, two signs do. */
function hashAt(text: string, at: number): number {
  const first = text.charCodeAt(at);
  const two = Math.imul(first, 961) + Math.imul(text.charCodeAt(at + 1), 31);
  return (first >= 128 || at + 2 >= text.length ? two : two + text.charCodeAt(at + 2)) & (BUCKETS - 1);
}

/** Creates a finder over lists of words; a word of the list at index `n` sets the bit `1 << n`. Words are of three letters or more. */
export function createWordFinder(lists: readonly (readonly string[])[]): WordFinder {
  const buckets: (Entry[] | undefined)[] = Array.from({ length: BUCKETS }, () => undefined);
  lists.forEach((words, index) => {
    for (const word of words) (buckets[hashAt(word, 0)] ??= []).push({ word, bit: 1 << index });
  });
  return (text) => {
    let bits = 0;
    for (let at = 0; at + 1 < text.length; at++) {
      const entries = buckets[hashAt(text, at)];
      if (entries === undefined) continue;
      for (const { word, bit } of entries) if ((bits & bit) === 0 && text.startsWith(word, at)) bits |= bit;
    }
    return bits;
  };
}
