/**
 * Which series a failing trace counts under besides the one that the lists show it by. A failure that travelled through three services has three
 * failed exchanges and one row in the lists; whoever asks for the innermost service's failures must find that row.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Window } from "@faultline/model";

/** `id` is the row of a trace, `rank` its time or duration. */
type Place = Readonly<Record<string, unknown>>;

/** The failed hops behind the shown ones; transactions are the caller's. */
export class FailedHopTable {
  readonly #statements: Readonly<Record<"insert" | "remove" | "ofTrace" | "newest" | "slowest", StatementSync>>;
  /** Every series that was ever among them. */
  readonly series = new Set<number>();

  constructor(db: DatabaseSync) {
    const ranked = (column: "time_ms" | "duration_ms") =>
      db.prepare(
        `SELECT trace AS id, ${column} AS rank FROM failed_hop WHERE series = ? AND time_ms >= ? AND time_ms < ? ORDER BY ${column} DESC LIMIT ?`,
      );
    this.#statements = {
      insert: db.prepare("INSERT OR IGNORE INTO failed_hop (trace, series, time_ms, duration_ms) VALUES (?, ?, ?, ?)"),
      remove: db.prepare("DELETE FROM failed_hop WHERE trace = ?"),
      ofTrace: db.prepare("SELECT series FROM failed_hop WHERE trace = ?"),
      newest: ranked("time_ms"),
      slowest: ranked("duration_ms"),
    };
    for (const row of db.prepare("SELECT DISTINCT series FROM failed_hop").iterate()) this.series.add(Number(row["series"]));
  }

  /** Forgets what is known of a trace. */
  remove(trace: number): void {
    this.#statements.remove.run(trace);
  }

  /** `shown` is when the trace's entry in the lists began and how long it took. */
  add(trace: number, series: Iterable<number>, shown: { readonly timeMs: number; readonly durationMs: number }): void {
    for (const number of new Set(series)) {
      this.series.add(number);
      this.#statements.insert.run(trace, number, shown.timeMs, shown.durationMs);
    }
  }

  /** Rows of traces with a failed exchange of a series, whose entries begin in the window, the first of them by `order`. */
  list(order: "newest" | "slowest", series: number, { fromMs, toMs, limit }: Window & { readonly limit: number }): readonly Place[] {
    return this.#statements[order].all(series, fromMs, toMs, limit);
  }

  /** The series of a trace's failed exchanges that its entry does not show. */
  listSeries(trace: number): readonly number[] {
    return this.#statements.ofTrace.all(trace).map((row) => Number(row["series"]));
  }
}
