/** Counters; a power of two. */
const SLOTS = 1 << 17;
/** Words after which all is forgotten: half as many as there are counters, so that few words share one. */
const WINDOW = SLOTS / 2;

/**
 * How often words came lately, in 128 KB whatever their number: a name among values that appears late stands out by it. Two words may
 * share a counter, so that in a window of 65,536 a count of 6 is reached by chance for about one in 70,000. scan.c does the same.
 */
export class RecentWords {
  private readonly counts = new Uint8Array(SLOTS);
  private seen = 0;

  /** Counts a word at a place that has the name `place`, and returns how often it came lately. */
  add(word: string, place: number, lines: number): number {
    if (this.seen >= WINDOW) {
      this.counts.fill(0);
      this.seen = 0;
    }
    this.seen += 1;
    let hash = Math.imul(place ^ 0x811c9dc5, 0x01000193);
    for (let index = 0; index < word.length; index += 1) hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const count = Math.min(255, (this.counts[slot] ?? 0) + lines);
    this.counts[slot] = count;
    return count;
  }
}
