const BUCKETS = 96;
/**
 * A plain array, because there may be a series for each of thousands of routes, and V8 keeps typed arrays of this size outside of its heap.
 */
const EMPTY: readonly number[] = Array.from({ length: BUCKETS }, () => 0);

/**
 * Counts over time in bounded memory: buckets of one width, a power of two of seconds, which doubles whenever the span outgrows them.
 * All series share the same grid, so they can be added and compared.
 */
export class Series {
  widthMs = 1000;
  /** The number of the first bucket on the grid of this width. */
  first = 0;
  counts = EMPTY.slice();
  total = 0;

  add(timeMs: number, count = 1): void {
    let index = Math.floor(timeMs / this.widthMs);
    if (this.total === 0) this.first = index;
    while (!this.makeRoom(index)) {
      this.widen();
      index = Math.floor(timeMs / this.widthMs);
    }
    this.counts[index - this.first] = (this.counts[index - this.first] ?? 0) + count;
    this.total += count;
  }

  /** Moves the start back if the bucket lies before it; false if the span is too long for the width. */
  private makeRoom(index: number): boolean {
    const shift = this.first - index;
    if (shift <= 0) return index - this.first < BUCKETS;
    const last = this.counts.findLastIndex((count) => count > 0);
    if (last + shift >= BUCKETS) return false;
    this.counts.copyWithin(shift, 0, BUCKETS - shift);
    this.counts.fill(0, 0, shift);
    this.first = index;
    return true;
  }

  private widen(): void {
    const wide = EMPTY.slice();
    const first = Math.floor(this.first / 2);
    this.counts.forEach((count, index) => {
      const target = Math.floor((this.first + index) / 2) - first;
      if (count > 0) wide[target] = (wide[target] ?? 0) + count;
    });
    this.counts = wide;
    this.first = first;
    this.widthMs *= 2;
  }

  merge(other: Series): void {
    if (other.total === 0) return;
    if (this.total === 0) {
      this.counts = other.counts.slice();
      this.widthMs = other.widthMs;
      this.first = other.first;
      this.total = other.total;
      return;
    }
    const both = [this, other];
    let widthMs = Math.max(...both.map((series) => series.widthMs));
    const spans = both.map((series) => series.findSpan());
    const startMs = Math.min(...spans.map(({ firstMs }) => firstMs));
    const endMs = Math.max(...spans.map(({ lastMs }) => lastMs));
    while (Math.floor(endMs / widthMs) - Math.floor(startMs / widthMs) >= BUCKETS) widthMs *= 2;
    const first = Math.floor(startMs / widthMs);
    const counts = EMPTY.slice();
    for (const series of both) series.addTo(counts, { widthMs, first });
    this.counts = counts;
    this.widthMs = widthMs;
    this.first = first;
    this.total += other.total;
  }

  /** The starts of the first and the last bucket that are not empty. */
  private findSpan(): { readonly firstMs: number; readonly lastMs: number } {
    const { counts } = this;
    let [low, high] = [0, BUCKETS - 1];
    while (low < high && counts[low] === 0) low += 1;
    while (high > low && counts[high] === 0) high -= 1;
    return { firstMs: (this.first + low) * this.widthMs, lastMs: (this.first + high) * this.widthMs };
  }

  private addTo(counts: number[], grid: { readonly widthMs: number; readonly first: number }): void {
    for (let index = 0; index < BUCKETS; index += 1) {
      const count = this.counts[index] ?? 0;
      if (count === 0) continue;
      const target = Math.floor(((this.first + index) * this.widthMs) / grid.widthMs) - grid.first;
      counts[target] = (counts[target] ?? 0) + count;
    }
  }

  /**
   * Counts of `[fromMs, toMs)` in `buckets` equal steps. A bucket that overlaps several steps is divided by its time in each, so that even
   * traffic looks even. The results are whole numbers with the same sum.
   */
  resample(fromMs: number, toMs: number, buckets: number): number[] {
    const stepMs = Math.max(1, (toMs - fromMs) / buckets);
    const shares = Array.from({ length: buckets }, () => 0);
    this.counts.forEach((count, index) => {
      if (count === 0) return;
      const startMs = (this.first + index) * this.widthMs;
      const start = clamp((startMs - fromMs) / stepMs, 0, buckets);
      const end = clamp((startMs + this.widthMs - fromMs) / stepMs, 0, buckets);
      if (end - start < 1e-9) {
        const at = Math.min(buckets - 1, Math.floor(start));
        shares[at] = (shares[at] ?? 0) + count;
        return;
      }
      for (let step = Math.floor(start); step < end; step += 1) {
        const overlap = Math.min(end, step + 1) - Math.max(start, step);
        shares[step] = (shares[step] ?? 0) + (count * overlap) / (end - start);
      }
    });
    let before = 0;
    let sum = 0;
    return shares.map((share) => {
      sum += share;
      const whole = Math.round(sum) - before;
      before += whole;
      return whole;
    });
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
