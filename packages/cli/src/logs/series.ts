const BUCKETS = 96;

/**
 * Counts over time in bounded memory: buckets of one width, a power of two of seconds, which doubles whenever the span outgrows them.
 * All series share the same grid, so they can be added and compared.
 */
export class Series {
  widthMs = 1000;
  /** Number of the first bucket on the grid of this width. */
  first = 0;
  readonly counts = new Float64Array(BUCKETS);
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

  /** Moves the start back when the bucket lies before it; false when the span is too long for the width. */
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
    const wide = new Float64Array(BUCKETS);
    const first = Math.floor(this.first / 2);
    this.counts.forEach((count, index) => {
      const target = Math.floor((this.first + index) / 2) - first;
      if (count > 0) wide[target] = (wide[target] ?? 0) + count;
    });
    this.counts.set(wide);
    this.first = first;
    this.widthMs *= 2;
  }

  merge(other: Series): void {
    other.counts.forEach((count, index) => {
      if (count > 0) this.add((other.first + index) * other.widthMs, count);
    });
    while (this.total > 0 && this.widthMs < other.widthMs) this.widen();
  }

  /** Counts of `[fromMs, toMs)` in `buckets` equal steps. */
  resample(fromMs: number, toMs: number, buckets: number): number[] {
    const steps = Array.from({ length: buckets }, () => 0);
    const stepMs = Math.max(1, (toMs - fromMs) / buckets);
    this.counts.forEach((count, index) => {
      if (count === 0) return;
      const at = Math.floor(((this.first + index) * this.widthMs + this.widthMs / 2 - fromMs) / stepMs);
      const step = Math.min(buckets - 1, Math.max(0, at));
      steps[step] = (steps[step] ?? 0) + count;
    });
    return steps;
  }
}
