/** The series in use, by number and by name, limited in number. */
import type { Series } from "./series.ts";

/** The route, or service, under which exchanges are counted when there are too many series. */
const OTHER = "(other)";
const SHARE_OF_OTHERS = 1.25;

/** The name of a series whose own name is gone. */
export const FORGOTTEN: Series = { service: OTHER, route: OTHER, method: "", status: 0, version: "", region: "" };

/** Longer than good traces are kept for the contrast, so that the series of each is still known by name. */
const QUIET_MS = 2 * 3_600_000;
/** The oldest series leave in batches of this share of the limit. If fewer can leave, the next search waits for a while. */
const SHARE_OF_LEAVING = 1 / 8;
const SEEK_EVERY_MS = 1_000;

/** True when exchanges of other series may be counted in this one too. */
function isCollective({ route }: Series): boolean {
  return route === OTHER;
}

/** True when a collective series may hold exchanges of a service; of any when none is named. */
export function mayCollect(series: Series, service: string | undefined): boolean {
  return isCollective(series) && (service === undefined || series.service === service || series.service === OTHER);
}

type Entry = { readonly number: number; readonly key: string; readonly series: Series; usedMs: number };

/**
 * Series by number and by name. Numbers are never reused. At the limit, series that received nothing for hours leave, the oldest first. While none is that
 * old, a new series is counted under the route `(other)` of its service; and once these exceed the limit by a quarter, by its status code alone.
 */
export class SeriesTable {
  readonly #byKey = new Map<string, Entry>();
  readonly #byNumber = new Map<number, Entry>();
  readonly #limit: number;
  #next = 0;
  #seekNotBeforeMs = -Infinity;
  /** Changes whenever series leave: whoever remembers numbers must look them up again. */
  generation = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The number of a series that is used now; `added` tells what was unknown before. */
  intern(series: Series, nowMs: number): { readonly number: number; readonly added?: Series } {
    const key = toSeriesKey(series);
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.usedMs = Math.max(known.usedMs, nowMs);
      return { number: known.number };
    }
    if (this.#byNumber.size >= this.#limit && !isCollective(series) && !this.#makeRoom(nowMs)) {
      return this.intern({ ...series, route: OTHER, version: "", method: "" }, nowMs);
    }
    if (this.#byNumber.size >= this.#limit * SHARE_OF_OTHERS && series.service !== OTHER) {
      const status = series.status >= 100 && series.status < 600 ? series.status : 0;
      return this.intern({ ...series, service: OTHER, region: "", status }, nowMs);
    }
    const number = this.#next++;
    this.#put({ number, key, series, usedMs: nowMs });
    return { number, added: series };
  }

  /** Restores a series under its earlier number. Of two with the same name, the last one receives new exchanges. */
  restore(number: number, series: Series, usedMs: number): void {
    this.#put({ number, key: toSeriesKey(series), series, usedMs });
    this.keepBefore(number + 1);
  }

  /** Makes sure that no number below this one is given out. */
  keepBefore(number: number): void {
    this.#next = Math.max(this.#next, number);
  }

  /** Something of the series arrived at this time. */
  touch(number: number, nowMs: number): void {
    const entry = this.#byNumber.get(number);
    if (entry !== undefined && entry.usedMs < nowMs) entry.usedMs = nowMs;
  }

  get(number: number): Series | undefined {
    return this.#byNumber.get(number)?.series;
  }

  /** Calls `visit` with each series, the newest last. */
  forEach(visit: (number: number, series: Series) => void): void {
    for (const { number, series } of this.#byNumber.values()) visit(number, series);
  }

  get size(): number {
    return this.#byNumber.size;
  }

  /** Lets series leave. */
  forget(numbers: Iterable<number>): void {
    for (const number of numbers) {
      const entry = this.#byNumber.get(number);
      if (entry === undefined) continue;
      this.generation += 1;
      this.#byNumber.delete(number);
      if (this.#byKey.get(entry.key) === entry) this.#byKey.delete(entry.key);
    }
  }

  #put(entry: Entry): void {
    this.#byNumber.set(entry.number, entry);
    this.#byKey.set(entry.key, entry);
  }

  /** True when there is room now. */
  #makeRoom(nowMs: number): boolean {
    if (nowMs < this.#seekNotBeforeMs) return false;
    const oldestFirst = [...this.#byNumber.values()].filter(({ usedMs }) => nowMs - usedMs >= QUIET_MS).sort((a, b) => a.usedMs - b.usedMs);
    const surplus = this.#byNumber.size - this.#limit + Math.ceil(this.#limit * SHARE_OF_LEAVING);
    if (oldestFirst.length < surplus) this.#seekNotBeforeMs = nowMs + SEEK_EVERY_MS;
    this.forget(oldestFirst.slice(0, surplus).map(({ number }) => number));
    return this.#byNumber.size < this.#limit;
  }
}

function toSeriesKey(series: Series): string {
  return [series.service, series.route, series.method, series.status, series.version, series.region].join("\u0000");
}
