const LIMIT = 256;

/** An even sample of a stream of numbers in bounded memory: every n-th, where n doubles whenever the sample is full. */
export class Sample {
  private values: number[];
  private stride: number;
  private seen: number;

  /** An empty sample, or one that was taken elsewhere: every `stride`-th of `seen` numbers. */
  constructor(values: readonly number[] = [], { seen, stride } = { seen: values.length, stride: 1 }) {
    this.values = [...values];
    this.seen = seen;
    this.stride = stride;
  }

  add(value: number): void {
    if (this.seen % this.stride === 0) {
      this.values.push(value);
      if (this.values.length > LIMIT) this.thin();
    }
    this.seen += 1;
  }

  private thin(): void {
    this.values = this.values.filter((_, index) => index % 2 === 0);
    this.stride *= 2;
  }

  /** Takes in another sample. Both are thinned to the same density first, so that each weighs as much as the numbers it stands for. */
  merge(other: Sample): void {
    const theirs = new Sample(other.values, { seen: other.seen, stride: other.stride });
    while (this.stride < theirs.stride) this.thin();
    while (theirs.stride < this.stride) theirs.thin();
    this.values.push(...theirs.values);
    this.seen += theirs.seen;
    while (this.values.length > LIMIT) this.thin();
  }

  /** The number of values that the sample stands for. */
  get count(): number {
    return this.seen;
  }

  /** The value below which `ratio` of the sample lies; undefined for an empty sample. */
  quantile(ratio: number): number | undefined {
    const sorted = this.values.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(ratio * sorted.length))];
  }
}

/** Counts by name in bounded memory: once full, new names are counted together. */
export class Names {
  /** Absent until it is needed, because most of the counts in a report stay empty. */
  private counts: Map<string, number> | undefined;
  others = 0;
  private readonly limit: number;

  constructor(limit = 24) {
    this.limit = limit;
  }

  add(name: string, count = 1): void {
    const counts = (this.counts ??= new Map<string, number>());
    const known = counts.get(name);
    if (known !== undefined) counts.set(name, known + count);
    else if (counts.size < this.limit) counts.set(name, count);
    else this.others += count;
  }

  merge(other: Names): void {
    for (const [name, count] of other.counts ?? []) this.add(name, count);
    this.others += other.others;
  }

  /** The names and their counts, the most frequent first. */
  list(): readonly (readonly [name: string, count: number])[] {
    return [...(this.counts ?? [])].sort((a, b) => b[1] - a[1]);
  }
}
