/** How far the database reflects the journal; written in the same transaction as the data that it describes. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LedgerState } from "../ledger.ts";
import { seal, unseal } from "./sealed.ts";

/** Positions in the journal, and the books as they stood. */
export type Progress = {
  /** Failing traces, logs and changes of records before this are in the database. */
  readonly applied: number;
  /** Counts and metrics of records before this are in the database. */
  readonly counted: number;
  /** The first record that the window still pointed into. */
  readonly replayFrom: number;
  /** Number and items of the last record applied. */
  readonly lastNumber: number;
  readonly items: number;
  readonly ledger: LedgerState;
};

/** The progress of an empty database. */
export const NOTHING_DONE: Progress = {
  applied: 0,
  counted: 0,
  replayFrom: 0,
  lastNumber: 0,
  items: 0,
  ledger: { accepted: 0, stored: 0, deduplicated: 0, dropped: {} },
};

/** The one row of the table `progress`. */
export class ProgressRow {
  readonly #write: StatementSync;
  readonly #read: StatementSync;

  constructor(db: DatabaseSync) {
    this.#write = db.prepare("INSERT OR REPLACE INTO progress (only, json, crc) VALUES (1, ?, ?)");
    this.#read = db.prepare("SELECT json, crc FROM progress WHERE only = 1");
  }

  /** What was written last; `NOTHING_DONE` for a new database; undefined when it is damaged. */
  read(): Progress | undefined {
    const row = this.#read.get();
    if (row === undefined) return NOTHING_DONE;
    // Sealed by `write`.
    return unseal("progress", row) as Progress | undefined;
  }

  write(progress: Progress): void {
    const { json, crc } = seal("progress", progress);
    this.#write.run(json, crc);
  }
}
