/** The store's books: accepted = stored + deduplicated + dropped(reason), to the unit. */

/** Why an accepted item is not there. */
export type DropReason =
  /** A log record of no trace, below ERROR: nobody can find it again. */
  | "log-without-trace"
  /** A log record of a trace that turned out good. */
  | "log-of-good-trace"
  /** A trace that already holds as many spans and log records as one trace may. */
  | "trace-too-large"
  /** A metric series beyond the limit. */
  | "too-many-metric-series"
  /** A second point of a metric series in the same 10 s. */
  | "metric-point-thinned"
  /** Bookkeeping of what retention took: by age, and by the size of the store. */
  | "retention-age"
  | "retention-size"
  /** Bad records that the start-up audit found. */
  | "corrupted";

/** The books at one time. */
export type LedgerState = {
  readonly accepted: number;
  readonly stored: number;
  readonly deduplicated: number;
  readonly dropped: Readonly<Record<string, number>>;
};

/** A count of items by what became of them. */
export class Ledger {
  accepted = 0;
  stored = 0;
  deduplicated = 0;
  readonly dropped: Record<string, number> = {};

  /** An item that is now kept in the form its kind is promised. */
  countStored(items = 1): void {
    this.accepted += items;
    this.stored += items;
  }

  /** An item that was already there. */
  countDuplicate(items = 1): void {
    this.accepted += items;
    this.deduplicated += items;
  }

  /** An item that will not be kept. */
  countDropped(reason: DropReason, items = 1): void {
    this.accepted += items;
    this.dropped[reason] = (this.dropped[reason] ?? 0) + items;
  }

  /** Items that were stored and no longer are. */
  moveToDropped(reason: DropReason, items: number): void {
    if (items === 0) return;
    this.stored -= items;
    this.dropped[reason] = (this.dropped[reason] ?? 0) + items;
  }

  /** The books as they would be after these items stopped being stored. */
  preview(removals: readonly { readonly reason: DropReason; readonly items: number }[]): LedgerState {
    const copy = new Ledger();
    copy.restore(this);
    for (const { reason, items } of removals) copy.moveToDropped(reason, items);
    const { accepted, stored, deduplicated, dropped } = copy;
    return { accepted, stored, deduplicated, dropped };
  }

  /** Takes over the counts of an earlier run. */
  restore(saved: LedgerState): void {
    this.accepted = saved.accepted;
    this.stored = saved.stored;
    this.deduplicated = saved.deduplicated;
    Object.assign(this.dropped, saved.dropped);
  }
}
