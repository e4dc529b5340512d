/** The names of series: those in use are in memory; on disk are also those that only old counts and traces still refer to. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ExchangeFilter } from "../contract.ts";
import { matchesSeries } from "../rules/count-rows.ts";
import type { Series } from "../rules/series.ts";
import { FORGOTTEN, SeriesTable } from "../rules/series-table.ts";
import { seal, unseal } from "./sealed.ts";

/** Names on disk for each one in memory; beyond that the oldest are forgotten, and their counts are reported under `(other)`. */
const ROWS_OF_LIMIT = 10;
/** Share of the limit for names that were read again for old counts. */
const OLD_OF_LIMIT = 1 / 4;
const ROWS_AT_A_TIME = 500;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** See above. Transactions are the caller's. */
export class SeriesCatalog {
  readonly #limit: number;
  readonly #table: SeriesTable;
  /** By number: the time until which the row on disk already marks the series as in use. */
  readonly #untilMs = new Map<number, number>();
  readonly #old = new Map<number, Series>();
  readonly #statements: ReturnType<typeof prepare>;
  #added: { readonly number: number; readonly series: Series; readonly untilMs: number }[] = [];
  #rows: number;
  /** Damaged rows that were found, each once. */
  readonly damaged = new Set<string>();

  constructor(db: DatabaseSync, limit: number) {
    this.#limit = limit;
    this.#table = new SeriesTable(limit);
    this.#statements = prepare(db);
    const { rows, last } = this.#statements.sizes.get() ?? {};
    this.#rows = Number(rows);
    this.#table.keepBefore(Number(last ?? -1) + 1);
    for (const row of this.#statements.newest.all(limit).reverse()) this.#restore(row);
  }

  /** The number of a series that is used now. */
  intern(series: Series, nowMs: number): number {
    const { number, added } = this.#table.intern(series, nowMs);
    if (added !== undefined) this.#added.push({ number, series: added, untilMs: nowMs + HOUR_MS });
    return number;
  }

  /** The name of a series, wherever it is. */
  get(number: number): Series {
    return this.#table.get(number) ?? this.#old.get(number) ?? this.#readOld(number);
  }

  /** Numbers of the series in memory that match a filter, the newest last. */
  listMatching(filter: ExchangeFilter): number[] {
    const matching: number[] = [];
    this.#table.forEach((number, series) => {
      if (matchesSeries(filter, series)) matching.push(number);
    });
    return matching;
  }

  /** Changes whenever series leave memory: whoever remembers numbers must look them up again. */
  get generation(): number {
    return this.#table.generation;
  }

  /** How many rows wait to be written. */
  get waiting(): number {
    return this.#added.length;
  }

  /**
   * Writes what is new, up to `limit` rows. Series must be stored before anything that refers to their number, so every transaction calls this without a
   * limit. Call the returned function once it is committed.
   */
  write(limit = Infinity): () => void {
    const added = this.#added.slice(0, limit);
    for (const { number, series, untilMs } of added) {
      const { json, crc } = seal(number, series);
      this.#statements.insert.run(number, json, crc, untilMs);
    }
    return () => {
      this.#added = this.#added.slice(added.length);
      this.#rows += added.length;
      for (const { number, untilMs } of added) this.#untilMs.set(number, untilMs);
    };
  }

  /**
   * Records that a block of counts, which begins at `fromMs` and is being written, refers to these series. Rows are marked an hour ahead,
   * spread over the minutes, so that a series in use costs one write an hour. Call the returned function once that is committed.
   */
  use(numbers: Iterable<number>, fromMs: number, nowMs: number): () => void {
    const written: [number: number, untilMs: number][] = [];
    for (const number of numbers) {
      this.#table.touch(number, nowMs);
      if ((this.#untilMs.get(number) ?? -Infinity) > fromMs) continue;
      const untilMs = fromMs + HOUR_MS + (number % 60) * MINUTE_MS;
      this.#statements.use.run(untilMs, number);
      written.push([number, untilMs]);
    }
    return () => {
      for (const [number, untilMs] of written) if (this.#table.get(number) !== undefined) this.#untilMs.set(number, untilMs);
    };
  }

  /** True when there is something for `removeUnused`. */
  hasUnused(nowMs: number): boolean {
    return this.#listOldest(nowMs, 1).length > 0;
  }

  /**
   * Deletes names that no counts, lists or samples need any more, and the oldest when there are too many, a bounded number at a time. The answer is
   * to be called once that is committed.
   */
  removeUnused(nowMs: number): () => void {
    const { isListed, use, remove } = this.#statements;
    const numbers: number[] = [];
    for (const number of this.#listOldest(nowMs, ROWS_AT_A_TIME)) {
      // Looked at again once the current counts are gone.
      if (this.#surplus <= 0 && isListed.get(number) !== undefined) use.run(nowMs + HOUR_MS, number);
      else {
        remove.run(number);
        numbers.push(number);
      }
    }
    return () => {
      this.#rows -= numbers.length;
      this.#table.forget(numbers);
      for (const number of numbers) this.#old.delete(number);
      for (const number of numbers) this.#untilMs.delete(number);
    };
  }

  /** Rows beyond the most that there may be. */
  get #surplus(): number {
    return this.#rows - this.#limit * ROWS_OF_LIMIT;
  }

  #listOldest(nowMs: number, limit: number): number[] {
    const surplus = this.#surplus;
    const rows = this.#statements.oldest.all(nowMs, surplus > 0 ? Infinity : 0, surplus > 0 ? Math.min(surplus, limit) : limit);
    return rows.map((row) => Number(row["number"]));
  }

  #readOld(number: number): Series {
    const row = this.#statements.find.get(number);
    const series = row === undefined ? FORGOTTEN : this.#parse(number, row);
    for (const oldest of this.#old.keys()) {
      if (this.#old.size < this.#limit * OLD_OF_LIMIT) break;
      this.#old.delete(oldest);
    }
    this.#old.set(number, series);
    return series;
  }

  #restore(row: Row): void {
    const [number, untilMs] = [Number(row["number"]), Number(row["until_ms"])];
    this.#table.restore(number, this.#parse(number, row), untilMs);
    this.#untilMs.set(number, untilMs);
  }

  /** Counts of a series with a damaged name are reported under a service that says so. */
  #parse(number: number, row: Row): Series {
    const series = toSeries(unseal(number, row));
    if (series !== undefined) return series;
    this.damaged.add(`the name of series ${number}`);
    return { service: "(damaged)", route: String(number), method: "", status: 0, version: "", region: "" };
  }
}

type Row = Readonly<Record<string, unknown>>;

function prepare(
  db: DatabaseSync,
): Record<"sizes" | "newest" | "find" | "insert" | "use" | "oldest" | "isListed" | "remove", StatementSync> {
  return {
    sizes: db.prepare("SELECT count(*) AS rows, max(number) AS last FROM series"),
    newest: db.prepare("SELECT number, json, crc, until_ms FROM series ORDER BY until_ms DESC LIMIT ?"),
    find: db.prepare("SELECT json, crc FROM series WHERE number = ?"),
    insert: db.prepare("INSERT OR REPLACE INTO series (number, json, crc, until_ms) VALUES (?, ?, ?, ?)"),
    use: db.prepare("UPDATE series SET until_ms = max(until_ms, ?) WHERE number = ?"),
    // The last number stays, so that it is not given out again after a start.
    oldest: db.prepare(`
      SELECT number FROM series
      WHERE until_ms < max(?2, min(?1, coalesce((SELECT min(from_ms) FROM block), ?1))) AND number < (SELECT max(number) FROM series)
      ORDER BY until_ms LIMIT ?3
    `),
    isListed: db.prepare(`
      SELECT 1 WHERE EXISTS (SELECT 1 FROM trace WHERE series = ?1 AND cursor IS NOT NULL) OR EXISTS (SELECT 1 FROM sample WHERE series = ?1)
        OR EXISTS (SELECT 1 FROM failed_hop WHERE series = ?1)
    `),
    remove: db.prepare("DELETE FROM series WHERE number = ?"),
  };
}

function toSeries(value: unknown): Series | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { service, route, method, status, version, region } = value as Record<string, unknown>;
  const texts = [service, route, method, version, region];
  if (!texts.every((text) => typeof text === "string") || typeof status !== "number") return undefined;
  return {
    service: String(service),
    route: String(route),
    method: String(method),
    status,
    version: String(version),
    region: String(region),
  };
}
