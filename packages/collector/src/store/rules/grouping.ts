/** Which group of an answer each series belongs to; computed once, because a number never changes its series. */
import type { CountRow, Dimension } from "../contract.ts";
import type { Series } from "./series.ts";
import { FORGOTTEN } from "./series-table.ts";

/** Looks up the names of series; undefined for one whose name is gone, which is counted nevertheless. */
export type SeriesNames = { readonly get: (number: number) => Series | undefined };

/** Groups by number, for one list of dimensions. */
export class Grouping {
  readonly #groupBy: readonly Dimension[];
  readonly #names: SeriesNames;
  readonly #groupOf = new Map<number, number>();
  readonly #groups: CountRow["group"][] = [];
  readonly #numbers = new Map<string, number>();

  constructor(groupBy: readonly Dimension[], names: SeriesNames) {
    this.#groupBy = groupBy;
    this.#names = names;
  }

  /** The number of the group that a series belongs to. */
  find(series: number): number {
    let group = this.#groupOf.get(series);
    if (group === undefined) this.#groupOf.set(series, (group = this.#intern(this.#names.get(series) ?? FORGOTTEN)));
    return group;
  }

  /** The values that name a group. */
  get(group: number): CountRow["group"] {
    return this.#groups[group] ?? {};
  }

  /** How many series it knows. */
  get size(): number {
    return this.#groupOf.size;
  }

  #intern(series: Series): number {
    let key = "";
    for (const dimension of this.#groupBy) key += `${series[dimension]}\u0000`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const group: Partial<Record<Dimension, string>> = {};
    for (const dimension of this.#groupBy) group[dimension] = String(series[dimension]);
    this.#numbers.set(key, this.#groups.length);
    return this.#groups.push(group) - 1;
  }
}

const MOST_GROUPINGS = 8;
const MOST_SERIES = 50_000;

/** The groupings that were asked for last. */
export class Groupings {
  readonly #names: SeriesNames;
  readonly #byKey = new Map<string, Grouping>();

  constructor(names: SeriesNames) {
    this.#names = names;
  }

  get(groupBy: readonly Dimension[]): Grouping {
    const key = groupBy.join();
    const known = this.#byKey.get(key);
    if (known !== undefined && known.size < MOST_SERIES) return known;
    if (this.#byKey.size >= MOST_GROUPINGS) this.#byKey.clear();
    const grouping = new Grouping(groupBy, this.#names);
    this.#byKey.set(key, grouping);
    return grouping;
  }
}
